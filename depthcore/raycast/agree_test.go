package raycast

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"zscope/depthcore/depth"
	"zscope/depthcore/gltfscene"
)

// Each path and any number of threads give the same bits and the same hits of the
// shared scenes, with all of their cameras.
func TestPathsAgreeOnScenes(t *testing.T) {
	const dir = "../../../shared/scenes"
	files, err := filepath.Glob(dir + "/*.glb")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		if os.Getenv("CI") != "" {
			t.Fatal("the shared scenes are not here")
		}
		t.Skip("the shared scenes are not here")
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			s, err := gltfscene.Load(context.Background(), os.DirFS(dir), filepath.Base(file))
			if err != nil {
				t.Fatal(err)
			}
			pose := s.NewPose(nil)
			for _, at := range []float64{0, 0.7, 2.3} {
				s.Pose(pose, at)
				for k := range s.Cameras {
					v, err := s.View(pose, k, 1001, 563)
					if err != nil {
						t.Fatal(err)
					}
					var want *depth.Map
					var wantHits *Hits
					for _, path := range Paths() {
						for _, threads := range []int{1, 2, 3, 7} {
							o := DefaultOptions()
							o.Path, o.Threads = path, threads
							_, got, hits := castHits(t, s, pose, v, o)
							if want == nil {
								want, wantHits = got, hits
							}
							what := fmt.Sprintf("%g s, camera %d, %v, threads %d", at, k, path, threads)
							compare(t, what, got, want)
							if !slices.Equal(hits.Instance, wantHits.Instance) || !slices.Equal(hits.Triangle, wantHits.Triangle) {
								t.Errorf("%s: the hits are others", what)
							}
						}
					}
					note(t, fmt.Sprintf("%s %g %d", filepath.Base(file), at, k), want)
					if _, _, hits := want.Range(); hits == 0 {
						t.Errorf("%g s, camera %d sees nothing", at, k)
					}
				}
			}
		})
	}
}

// note adds the sum of a map's bytes to the file of ZSCOPE_SUMS, if any.
func note(t *testing.T, what string, m *depth.Map) {
	path := os.Getenv("ZSCOPE_SUMS")
	if path == "" {
		return
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sum := sha256.New()
	if err := binary.Write(sum, binary.LittleEndian, m.Z); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(f, "%s %x\n", what, sum.Sum(nil)); err != nil {
		t.Fatal(err)
	}
}

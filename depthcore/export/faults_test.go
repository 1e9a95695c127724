package export

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"zscope/depthcore/gltfscene"
)

// TestFaults is the table of what can go wrong with an export: the fault, the
// sentence that is said of it, and what is left in the folder. Whatever the
// fault, once it is gone a resumed export makes the sequence whole. In
// sentences $DIR is the output folder.
//
// kill -9 is TestKill's, an input that vanishes TestInputVanishes', damaged and
// missing files are TestResume's, shards that do not fit together
// TestMergeErrors', and what a person asks for that cannot be TestCheck's.
func TestFaults(t *testing.T) {
	done := []string{CamerasFile, ManifestFile}
	upTo := func(last int) []string { // the files of the first frames
		list := slices.Clone(done)
		for n := 1; n <= last; n++ {
			list = append(list, FileName("hall_z_####", n, EXR), FileName("hall_z_####", n, PFM))
		}
		slices.Sort(list)
		return list
	}
	for _, c := range []struct {
		fault string
		// export exports with the fault and says how it ended. It may change the
		// job, and what it returns makes the fault go away.
		export func(t *testing.T, j *Job) (mend func() error, err error)
		want   string
		left   []string
	}{
		{"the disk is full", func(t *testing.T, j *Job) (func() error, error) {
			dir := tmpfs(t, "64k")
			j.Dir = filepath.Join(dir, "out")
			fill := filepath.Join(dir, "fill")
			err := fails(t, *j, 4, func() error {
				os.WriteFile(fill, make([]byte, 64<<10), 0o666) // fails where all is full
				return nil
			})
			return func() error { return os.Remove(fill) }, err
		}, "no space left on device", nil},
		{"the file system becomes read-only", func(t *testing.T, j *Job) (func() error, error) {
			dir := tmpfs(t, "1m")
			j.Dir = filepath.Join(dir, "out")
			remount := func(how string) error { return exec.Command("mount", "-o", "remount,"+how, dir).Run() }
			if err := remount("ro"); err != nil {
				t.Skip("cannot mount: ", err)
			}
			_, err := runFake(t.Context(), *j, nil, nil)
			return func() error { return remount("rw") }, err
		}, "output folder $DIR cannot be made: $PARENT is not writable", []string{}},
		{"the folder may not be written to", func(t *testing.T, j *Job) (func() error, error) {
			dir := tmpfs(t, "1m")
			j.Dir = dir
			if err := exec.Command("mount", "-o", "remount,ro", dir).Run(); err != nil {
				t.Skip("cannot mount: ", err)
			}
			_, err := runFake(t.Context(), *j, nil, nil)
			return func() error { return exec.Command("mount", "-o", "remount,rw", dir).Run() }, err
		}, "output folder $DIR is not writable", []string{}},
		{"the folder vanishes", func(t *testing.T, j *Job) (func() error, error) {
			ready := make(chan int, 10)
			_, err := runFake(t.Context(), *j, func(frame int) error {
				for frame == 3 && <-ready < 2 {
				}
				if frame == 3 {
					return os.RemoveAll(j.Dir)
				}
				return nil
			}, func(p Progress) { ready <- p.Done })
			return nil, err
		}, "frame 3: create $DIR/hall_z_0003.exr.part: no such file or directory", []string{}},
		{"a folder has a frame's name, so that it cannot be renamed to", func(t *testing.T, j *Job) (func() error, error) {
			inTheWay := filepath.Join(j.Dir, "hall_z_0003.pfm")
			j.Overwrite = true
			err := fails(t, *j, 3, func() error { return os.MkdirAll(filepath.Join(inTheWay, "deep"), 0o777) })
			return func() error { return os.RemoveAll(inTheWay) }, err
		}, "frame 3: rename $DIR/hall_z_0003.pfm.part: file exists", nil},
		{"a file appears between the check and the rename", func(t *testing.T, j *Job) (func() error, error) {
			path := filepath.Join(j.Dir, "hall_z_0001.pfm")
			j.Formats = []Format{PFM}
			_, err := runFake(t.Context(), *j, func(frame int) error {
				if frame == 1 {
					return os.WriteFile(path, []byte("mine"), 0o666)
				}
				return nil
			}, nil)
			if data, readErr := os.ReadFile(path); string(data) != "mine" {
				t.Errorf("somebody's file is gone: %v", readErr)
			}
			return func() error { return os.Remove(path) }, err
		}, "frame 1: write $DIR/hall_z_0001.pfm: file already exists", []string{"hall_z_0001.pfm"}},
		{"a frame's maker panics", func(t *testing.T, j *Job) (func() error, error) {
			_, err := runFake(t.Context(), *j, func(frame int) error {
				if frame == 6 {
					panic("index out of range")
				}
				return nil
			}, nil)
			return nil, err
		}, "frame 6: internal error: index out of range", upTo(5)},
		{"another export writes to the folder", func(t *testing.T, j *Job) (func() error, error) {
			var second error
			j.Resume = true
			if _, err := runFake(t.Context(), *j, func(frame int) error {
				if frame == 2 {
					_, second = runFake(t.Context(), *j, nil, nil)
				}
				return nil
			}, nil); err != nil {
				t.Fatal(err)
			}
			return nil, second
		}, "another export is writing to $DIR", upTo(6)},
		{"the clock jumps, and the files' times with it", func(t *testing.T, j *Job) (func() error, error) {
			if _, err := runFake(t.Context(), *j, nil, nil); err != nil {
				t.Fatal(err)
			}
			for i, name := range names(t, j.Dir) {
				when := []time.Time{time.Unix(0, 0), time.Now().AddDate(50, 0, 0)}[i%2]
				if err := os.Chtimes(filepath.Join(j.Dir, name), when, when); err != nil {
					t.Fatal(err)
				}
			}
			j.Resume = true
			sum, err := runFake(t.Context(), *j, nil, nil)
			if err == nil && (sum.Kept != 6 || len(sum.Redone) > 0) {
				err = fmt.Errorf("kept %d frames, made again %v", sum.Kept, sum.Redone)
			}
			return nil, err
		}, "", upTo(6)},
		{"the picture is too large for any memory", func(t *testing.T, j *Job) (func() error, error) {
			large := *j
			large.Track = testTrack(math.MaxInt32, math.MaxInt32, 1, 6)
			_, err := runFake(t.Context(), large, nil, nil)
			return nil, err
		}, "size 2147483647x2147483647: more than the 268435456 pixels a picture may have", []string{}},
		{"the pictures do not fit the memory that ulimit allows", func(t *testing.T, j *Job) (func() error, error) {
			return nil, exportWithin(t, j, 4_000_000, "ZSCOPE_TEST_SIZE=16000")
		}, "frames of 16000x16000 take 5.1 GB of memory or more, and this process's limit (ulimit -v) is 4.1 GB", []string{}},
		{"memory ends amid the export", func(t *testing.T, j *Job) (func() error, error) {
			return nil, exportWithin(t, j, 4_000_000, "ZSCOPE_TEST_HUNGRY_AT=4")
		}, "out of memory", upTo(3)[1:]}, // all but the cameras
	} {
		t.Run(strings.ReplaceAll(c.fault, " ", "_"), func(t *testing.T) {
			j := testJob(t)
			mend, err := c.export(t, &j)
			want := strings.NewReplacer("$DIR", j.Dir, "$PARENT", filepath.Dir(j.Dir)).Replace(c.want)
			switch {
			case want == "" && err != nil:
				t.Fatal(err)
			case want != "" && (err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n")):
				t.Fatalf("said %v, want %s", err, want)
			}
			left := names(t, j.Dir)
			for _, name := range left {
				if strings.HasSuffix(name, partSuffix) {
					t.Errorf("%s was left", name)
				}
			}
			if c.left != nil && !slices.Equal(left, c.left) {
				t.Errorf("left %v, want %v", left, c.left)
			}

			// Once the fault is gone, the rest is made.
			if mend != nil {
				if err := mend(); err != nil {
					t.Fatal(err)
				}
			}
			j.Resume = true
			if _, err := runFake(t.Context(), j, nil, nil); err != nil {
				t.Fatal("resumed: ", err)
			}
			checkWhole(t, j, 1, 2, 3, 4, 5, 6)
		})
	}
}

// fails runs an export that a fault ends, which comes before the cast of a
// frame: the frames before that are there by then.
func fails(t *testing.T, j Job, at int, fault func() error) error {
	t.Helper()
	ready, done := make(chan int, 10), 0
	_, err := runFake(t.Context(), j, func(frame int) error {
		if frame != at {
			return nil
		}
		for done < at-1 {
			done = <-ready
		}
		return fault()
	}, func(p Progress) { ready <- p.Done })
	return err
}

// exportWithin exports in a process that may have so many kilobytes of address
// space, and returns the first line of what it says where it fails.
func exportWithin(t *testing.T, j *Job, kilobytes int, env string) error {
	t.Helper()
	if runtime.GOOS != "linux" || raceEnabled() {
		t.Skip("needs Linux's ulimit -v, and no race detector, which takes terabytes of addresses")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh", "-c", fmt.Sprintf("ulimit -v %d && exec %q", kilobytes, self))
	cmd.Env = append(os.Environ(), "ZSCOPE_TEST_EXPORT_TO="+j.Dir, env)
	said, err := cmd.CombinedOutput()
	if err == nil {
		return nil
	}
	first, _, _ := strings.Cut(string(said), "\n")
	return errors.New(first)
}

// raceEnabled reports whether the tests run with the race detector.
func raceEnabled() bool {
	info, _ := debug.ReadBuildInfo()
	return info != nil && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// TestManyFrames resumes a sequence of a hundred thousand frames, one of which
// is gone.
func TestManyFrames(t *testing.T) {
	const n = 100_000
	j := baseJob(filepath.Join(tmpfs(t, "2g"), "out"))
	j.Track, j.Formats, j.Name = testTrack(4, 3, 1, n), []Format{PFM}, "z_######"
	if _, err := runFake(t.Context(), j, nil, nil); err != nil {
		t.Fatal(err)
	}
	gone := filepath.Join(j.Dir, "z_077777.pfm")
	want, err := os.ReadFile(gone)
	if err == nil {
		err = os.Remove(gone)
	}
	if err != nil {
		t.Fatal(err)
	}
	j.Resume = true
	sum, err := runFake(t.Context(), j, nil, nil)
	if err != nil || sum.Kept != n-1 || redone(sum) != "77777: z_077777.pfm is missing" {
		t.Fatalf("kept %d, made again %q, error %v", sum.Kept, redone(sum), err)
	}
	if got, err := os.ReadFile(gone); err != nil || string(got) != string(want) {
		t.Errorf("the frame made again is another: %v", err)
	}
}

// TestInputVanishes takes the scene's file away, and damages it, amid an export:
// what was read once is all that is needed.
func TestInputVanishes(t *testing.T) {
	data, err := os.ReadFile("../../assets/demo.glb")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "hall.glb")
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
	s, err := gltfscene.Load(t.Context(), os.DirFS(dir), "hall.glb")
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]string
	for _, fault := range []func() error{
		func() error { return nil },
		func() error { return os.Truncate(path, 1000) },
		func() error { return os.Remove(path) },
	} {
		j := NewJob(s, filepath.Join(t.TempDir(), "out"))
		j.Frames, j.Width, j.Height, j.Formats = []int{1, 2, 3}, 64, 36, []Format{EXR, PFM}
		var faulty error
		if _, err := Run(t.Context(), j, func(p Progress) {
			if p.Done == 1 {
				faulty = fault()
			}
		}); err != nil || faulty != nil {
			t.Fatal(err, faulty)
		}
		got := map[string]string{}
		for _, name := range names(t, j.Dir) {
			content, err := os.ReadFile(filepath.Join(j.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			got[name] = string(content)
		}
		if want == nil {
			want = got
		}
		if len(got) != 8 || !maps.Equal(got, want) {
			t.Errorf("%d files, which are others", len(got))
		}
	}
}

package export

import (
	"encoding/json"
	"errors"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zscope/depthcore/channels"
	"zscope/depthcore/depth"
)

// OpenCV, OpenImageIO and numpy read the same bits from the EXR of many
// channels, from the NPZ and from the NPY of each.
func TestChannelConsumers(t *testing.T) {
	s, _ := loadScene(t, "c_room")
	j := NewJob(s, t.TempDir())
	j.Frames, j.Width, j.Height, j.Verify = []int{7}, 160, 90, true
	j.Formats, j.Channels, j.Baseline = []Format{EXR, NPY, NPZ}, channels.All(), 0.1
	sum, err := Run(t.Context(), j, nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := 2 + len(channels.All()); sum.Files != want {
		t.Errorf("%d files, want %d", sum.Files, want)
	}
	base := strings.TrimSuffix(filepath.Join(j.Dir, FileName(j.Pattern(), 7, EXR)), ".exr")
	out, err := exec.Command("/usr/bin/python3", "testdata/channels.py", base).CombinedOutput()
	var exit *exec.ExitError
	if (errors.As(err, &exit) && exit.ExitCode() == 77 || errors.Is(err, os.ErrNotExist)) && os.Getenv("CI") == "" {
		t.Skipf("%s", out)
	}
	want := "21 True\nOpenCV float32 True\nOpenImageIO 38 []\noptical flow to the next frame | pixel | image: U right, V down | nan\n"
	if err != nil || string(out) != want {
		t.Errorf("%v: got\n%swant\n%s", err, out, want)
	}

	var says struct {
		Channels map[string]channels.Meaning
		Stereo   struct{ Baseline float64 }
		Files    []string
	}
	if err := json.Unmarshal([]byte(readText(t, filepath.Join(j.Dir, CamerasFile))), &says); err != nil {
		t.Fatal(err)
	}
	if len(says.Channels) != len(channels.All()) || says.Channels["inverse"].Unit != "1/metre" || says.Channels["z"].Invalid != "inf" || says.Stereo.Baseline != 0.1 || len(says.Files) != sum.Files {
		t.Errorf("cameras.json says %+v", says)
	}
	var names channels.Names
	if err := json.Unmarshal([]byte(readText(t, filepath.Join(j.Dir, NamesFile))), &names); err != nil || len(names.Object) < 3 || len(names.Mesh) < 3 {
		t.Errorf("names %+v, %v", names, err)
	}
}

// Frames that share their neighbours' poses are those of frames made alone.
func TestFlowOfFramesAlone(t *testing.T) {
	s, _ := loadScene(t, "h_walk")
	run := func(frames ...int) Job {
		j := NewJob(s, t.TempDir())
		j.Frames, j.Width, j.Height, j.Verify = frames, 96, 54, true
		j.Channels = []channels.Channel{channels.FlowBackward, channels.OcclusionForward, channels.FlowForward, channels.SmoothWorld}
		if _, err := Run(t.Context(), j, nil); err != nil {
			t.Fatal(err)
		}
		return j
	}
	together := run(3, 4, 5, 9)
	for _, n := range []int{3, 5, 9} {
		alone := run(n)
		name := FileName(alone.Pattern(), n, EXR)
		if readText(t, filepath.Join(alone.Dir, name)) != readText(t, filepath.Join(together.Dir, name)) {
			t.Errorf("frame %d made alone is another one", n)
		}
	}
}

// Middlebury's right disparities and masks are of the right camera: a pixel that
// its mask says is seen by both has its disparity there too.
func TestMiddleburyPair(t *testing.T) {
	s, _ := loadScene(t, "c_room")
	j := NewJob(s, t.TempDir())
	j.Use(Middlebury)
	j.Frames, j.Width, j.Height, j.Verify = []int{7}, 320, 180, true
	if _, err := Run(t.Context(), j, nil); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(j.Dir, "frame_00007")
	left, right := readPFM(t, filepath.Join(dir, "disp0.pfm")), readPFM(t, filepath.Join(dir, "disp1.pfm"))
	masks := [2][]byte{readGrey(t, filepath.Join(dir, "mask0nocc.png")), readGrey(t, filepath.Join(dir, "mask1nocc.png"))}
	for side, m := range []*depth.Map{left, right} {
		other, step := right, -1.0
		if side == 1 {
			other, step = left, 1
		}
		both, agree, hidden := 0, 0, 0
		for i, d := range m.Z {
			switch masks[side][i] {
			case maskHidden:
				hidden++
			case maskSeen:
				both++
				x := int(float64(i%320) + 0.5 + step*float64(d))
				if x < 0 || x >= 320 {
					t.Fatalf("picture %d: pixel %d is said to be seen at column %d", side, i, x)
				}
				// The nearest centre there sees about the same surface, but at edges.
				if e := other.Z[i/320*320+x]; e > d*0.97 && e < d*1.03 {
					agree++
				}
			}
		}
		if hidden == 0 || both < len(m.Z)/2 || agree < both*97/100 {
			t.Errorf("picture %d: %d pixels are seen by both, %d of them agree, %d are hidden", side, both, agree, hidden)
		}
	}
}

func readGrey(t *testing.T, path string) []byte {
	t.Helper()
	img, err := png.Decode(strings.NewReader(readText(t, path)))
	if err != nil {
		t.Fatal(err)
	}
	return img.(*image.Gray).Pix
}

// What cannot be made or stored is one sentence before any work.
func TestChannelChecks(t *testing.T) {
	s, _ := loadScene(t, "c_room")
	for want, change := range map[string]func(j *Job){
		"unknown channel":             func(j *Job) { j.Channels = []channels.Channel{"colour"} },
		"there twice":                 func(j *Job) { j.Channels = []channels.Channel{channels.Z, channels.Z} },
		"pfm files have no place":     func(j *Job) { j.Channels, j.Formats = []channels.Channel{channels.World}, []Format{EXR, PFM} },
		"png files have no place":     func(j *Job) { j.Channels, j.Formats = []channels.Channel{channels.Disparity}, []Format{PNG} },
		"the baseline 0 is not":       func(j *Job) { j.Stereo = true },
		"decides what is in its file": func(j *Job) { j.Use(TUM); j.Channels = []channels.Channel{channels.Z} },
	} {
		j := NewJob(s, t.TempDir())
		change(&j)
		if err := j.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
	j := NewJob(s, t.TempDir())
	j.Channels = []channels.Channel{channels.Smooth}
	flat := channels.Flat(s)
	if told := slices.ContainsFunc(j.Warnings(), func(w string) bool { return strings.Contains(w, "vertex normals") }); told != (len(flat) > 0) {
		t.Errorf("flat meshes %q, warnings %q", flat, j.Warnings())
	}
}

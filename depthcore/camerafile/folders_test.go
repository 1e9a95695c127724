package camerafile

import (
	"strings"
	"testing"
)

// What is wrong with ScanNet's and Kubric's files is said in one sentence; a
// pose that ScanNet lost is left out.
func TestScanNetAndKubric(t *testing.T) {
	const k = "50 0 31.5 0\n0 50 23.5 0\n0 0 1 0\n0 0 0 1\n"
	const pose = "1 0 0 2\n0 1 0 3\n0 0 1 4\n0 0 0 1\n"
	lost := strings.Repeat("-inf -inf -inf -inf\n", 4)
	size := Options{Width: 64, Height: 48}
	scan := func(k, pose string) map[string]string {
		return map[string]string{"intrinsic/intrinsic_depth.txt": k, "pose/3.txt": pose, "pose/4.txt": lost, "pose/notes.md": "nothing"}
	}
	track, err := Read(folder(scan(k, pose)), ".", size)
	if err != nil || len(track.Frames) != 1 || track.Frames[0].Frame != 3 || track.Frames[0].View.Cx != 32 {
		t.Errorf("%+v, %v", track, err)
	}
	kubric := func(change ...string) map[string]string {
		text := `{"metadata": {"width": 64, "height": 48}, "camera": {"K": [[0.8, 0, -0.5], [0, -1.1, -0.5], [0, 0, -1]],
"positions": [[0, 0, 1], [0, 0, 2]], "quaternions": [[1, 0, 0, 0], [0.6, 0, 0.8, 0]]}}`
		return map[string]string{"metadata.json": strings.NewReplacer(change...).Replace(text)}
	}
	track, err = Read(folder(kubric()), "metadata.json", Options{})
	if err != nil || len(track.Frames) != 2 || track.Frames[1].Frame != 1 || track.Frames[0].View.Cy != 24 {
		t.Errorf("%+v, %v", track, err)
	}
	for _, c := range []struct {
		files map[string]string
		name  string
		o     Options
		want  string
	}{
		{scan(k, pose), ".", Options{}, "how large the picture is"},
		{scan(k, "1 2 3"), ".", size, "pose/3.txt: it has 3 numbers, not 16"},
		{scan(k, strings.Replace(pose, "1", "5", 1)), ".", size, "pose/3.txt: the pose is no rotation"},
		{scan("1 2 3", pose), ".", size, "intrinsic/intrinsic_depth.txt: it has 3 numbers"},
		{scan(k, lost), ".", size, "it has no cameras"},
		{kubric("-1]", "1]"), "metadata.json", Options{}, "is not of the form"},
		{kubric(`, [0.6, 0, 0.8, 0]`, ""), "metadata.json", Options{}, "2 positions and 1 quaternions"},
		{kubric(`"width": 64`, `"frames": [1]`), "metadata.json", size, "1 frame numbers"},
		{kubric(`[0, 0, 2]`, `[0, 2]`), "metadata.json", Options{}, "entry 1"},
		{kubric(`[0.6, 0, 0.8, 0]`, `[0, 0, 0, 0]`), "metadata.json", Options{}, "entry 1: the rotation is no quaternion"},
	} {
		if _, err := Read(folder(c.files), c.name, c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
}

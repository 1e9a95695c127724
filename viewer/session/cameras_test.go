package session

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"zscope/depthcore/camera"
	"zscope/depthcore/camerafile"
	"zscope/viewer/model"
)

// What a camera file leaves open is taken from the picture that is shown, and
// told.
func TestCamerasLikeThePicture(t *testing.T) {
	like := camera.Intrinsics{Width: 64, Height: 48, Fx: 50, Fy: 51, Cx: 30, Cy: 25, Lens: camera.Lens{Model: camera.OpenCVLens, Coefficients: [12]float64{-0.1}}}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"groundtruth.txt": "0 0 0 0 0 0 0 1\n", "poses.txt": "1 0 0 0 0 1 0 0 0 0 1 0\n", "calib.txt": "P0: 70 0 31.5 0 0 70 23.5 0 0 0 1 0\n",
		"k.txt": "70 0 31.5\n0 70 23.5\n0 0 1\n", "broken.txt": "0 0 0 0 0 0 0 0\n",
		"transforms.json": `{"fl_x":70,"cx":32,"cy":24,"w":96,"h":72,"frames":[{"file_path":"a","transform_matrix":[[1,0,0,0],[0,1,0,0],[0,0,1,0],[0,0,0,1]]}]}`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name     string
		borrowed model.Borrowed
		w        int
		fx       float64
	}{{"groundtruth.txt", model.BorrowedLens, 64, 50}, {"poses.txt", model.BorrowedSize, 64, 70}, {"k.txt", model.BorrowedSize, 64, 70}, {"transforms.json", model.BorrowedNothing, 96, 70}} {
		got, err := readCameras(filepath.Join(dir, c.name), like)
		if err != nil {
			t.Fatal(c.name, err)
		}
		in := got.Intrinsics
		if got.Track != nil {
			in = got.Track.Frames[0].View.Intrinsics
		}
		if got.Borrowed != c.borrowed || in.Width != c.w || in.Fx != c.fx || c.borrowed == model.BorrowedLens && in != like {
			t.Errorf("%s: borrowed %d, %+v", c.name, got.Borrowed, in)
		}
	}
	for _, none := range []camera.Intrinsics{{}, {Width: 4, Height: 3, Model: camera.Orthographic, Fx: 1, Fy: 1}} {
		if _, err := readCameras(filepath.Join(dir, "groundtruth.txt"), none); !errors.Is(err, camerafile.ErrIncomplete) {
			t.Errorf("%+v: %v", none, err)
		}
	}
	if _, err := readCameras(filepath.Join(dir, "broken.txt"), like); err == nil || errors.Is(err, camerafile.ErrIncomplete) {
		t.Error(err)
	}
}

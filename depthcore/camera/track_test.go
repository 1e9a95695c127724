package camera

import (
	"bytes"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-gl/mathgl/mgl64"
)

const goodTrack = `{"zscope_cameras":1,"width":320,"height":240,"fps":24,"axes":"opencv","pixel_origin":"corner","world":"gltf","note":{"any":["thing"]},
"frames":[
{"frame":2,"time":0.5,"camera":"B","model":"orthographic","fx":10,"fy":11,"cx":160,"cy":120,"near":0.1,"far":100,"extra":1,
 "world_to_camera":[[1,0,0,0],[0,1,0,0],[0,0,1,5],[0,0,0,1]]},
{"frame":-1,"fx":300.5,"fy":301,"cx":150,"cy":110,
 "world_to_camera":[[1,0,0,1],[0,-1,0,2],[0,0,-1,4],[0,0,0,1]]}]}`

func TestReadTrack(t *testing.T) {
	got, err := ReadTrack(strings.NewReader(goodTrack))
	if err != nil {
		t.Fatal(err)
	}
	if got.Width != 320 || got.Height != 240 || got.FPS != 24 || len(got.Frames) != 2 {
		t.Fatalf("got %+v", got)
	}
	first, ok := got.At(-1)
	if !ok || !math.IsNaN(first.Time) || first.View.Model != Perspective || first.View.Far != 0 {
		t.Errorf("frame -1: got %+v", first)
	}
	// A point in front of the camera, at OpenCV's (1, 2, 4):
	// y and z change their sign in glTF's axes.
	if want := (mgl64.Vec4{1, -2, -4, 1}); first.View.CameraFromWorld.Col(3) != want {
		t.Errorf("frame -1: translation %v, want %v", first.View.CameraFromWorld.Col(3), want)
	}
	if u, v, z := first.View.Project(mgl64.Vec3{1, -2, -4}); u != 300.5/4+150 || v != 301/2.+110 || z != 4 {
		t.Errorf("frame -1: the world's origin projects to %v %v %v", u, v, z)
	}
	second, ok := got.At(2)
	if !ok || second.Time != 0.5 || second.Camera != "B" || second.View.Model != Orthographic || second.View.Near != 0.1 || second.View.Far != 100 || second.View.Width != 320 {
		t.Errorf("frame 2: got %+v", second)
	}
	if _, ok := got.At(0); ok {
		t.Error("frame 0 is not in the track")
	}
	if _, ok := got.At(3); ok {
		t.Error("frame 3 is not in the track")
	}
}

// TestReadTrackConventions reads one camera in each convention.
func TestReadTrackConventions(t *testing.T) {
	want, err := ReadTrack(strings.NewReader(goodTrack))
	if err != nil {
		t.Fatal(err)
	}
	other := strings.NewReplacer(
		`"corner"`, `"centre"`, `"cx":160,"cy":120`, `"cx":159.5,"cy":119.5`, `"cx":150,"cy":110`, `"cx":149.5,"cy":109.5`,
		`"opencv"`, `"opengl"`, `[0,1,0,0],[0,0,1,5]`, `[0,-1,0,0],[0,0,-1,-5]`, `[0,-1,0,2],[0,0,-1,4]`, `[0,1,0,-2],[0,0,1,-4]`,
	).Replace(goodTrack)
	got, err := ReadTrack(strings.NewReader("\xef\xbb\xbf" + other))
	if err != nil {
		t.Fatal(err)
	}
	for i := range want.Frames {
		if got.Frames[i].View != want.Frames[i].View {
			t.Errorf("entry %d: got %+v, want %+v", i, got.Frames[i].View, want.Frames[i].View)
		}
	}
}

func TestReadTrackErrors(t *testing.T) {
	for _, c := range []struct{ name, from, to, want string }{
		{"an unknown lens", `"near":0.1`, `"lens":"soap"`, `"lens" is "soap": it must be one of`},
		{"too many coefficients", `"near":0.1`, `"lens":"fisheye","lens_coefficients":[1,2,3,4,5]`, `"lens_coefficients": 5 coefficients are too many`},
		{"a coefficient that is none", `"near":0.1`, `"lens":"fisheye","lens_coefficients":[1,null]`, `"lens_coefficients" has no number at 1`},
		{"an orthographic camera with a lens", `"near":0.1`, `"lens":"fisheye"`, `an orthographic camera has no lens`},
		{"not JSON", `{"zscope`, `zscope`, "not valid JSON"},
		{"a list", goodTrack, `[1]`, "a JSON array stands where an object should"},
		{"other JSON", `"zscope_cameras":1,`, ``, `"zscope_cameras" is missing`},
		{"version", `"zscope_cameras":1`, `"zscope_cameras":2`, `"zscope_cameras" is 2`},
		{"no width", `"width":320,`, ``, `"width" is missing`},
		{"half a pixel", `"width":320`, `"width":320.5`, `"width" is 320.5: it must be a whole number`},
		{"no height", `"height":240`, `"height":0`, `size 320x0`},
		{"huge", `"width":320,"height":240`, `"width":200000,"height":200000`, `size 200000x200000`},
		{"fps", `"fps":24`, `"fps":0`, `"fps" is 0`},
		{"fps text", `"fps":24`, `"fps":"24"`, `"fps" is a string: it must be a number`},
		{"axes", `"axes":"opencv"`, `"axes":"maya"`, `"axes" is "maya"`},
		{"no axes", `"axes":"opencv",`, ``, `"axes" is missing`},
		{"no origin", `"pixel_origin":"corner",`, ``, `"pixel_origin" is missing`},
		{"world", `"world":"gltf"`, `"world":"blender"`, `"world" is "blender"`},
		{"no frames", `"frames"`, `"frame"`, `"frames" is missing or empty`},
		{"frame missing", `"frame":2,`, ``, `entry 0 of "frames": "frame" is missing`},
		{"frame fraction", `"frame":2`, `"frame":2.5`, `entry 0 of "frames": "frame" is 2.5`},
		{"twice", `"frame":2`, `"frame":-1`, `frame -1 is there twice`},
		{"no fx", `"fx":10,`, ``, `frame 2: "fx" is missing`},
		{"null fx", `"fx":10,`, `"fx":null,`, `frame 2: "fx" is missing`},
		{"fx text", `"fx":10`, `"fx":"10"`, `frame 2: "fx" is a string: it must be a number`},
		{"fx overflow", `"fx":10`, `"fx":1e999`, `frame 2: "fx" is a number 1e999: it must be a number that a float64 holds`},
		{"fx zero", `"fx":10`, `"fx":0`, `frame 2: fx is 0`},
		{"model", `"model":"orthographic"`, `"model":"fisheye"`, `frame 2: "model" is "fisheye"`},
		{"near", `"near":0.1`, `"near":-1`, `frame 2: "near" is -1`},
		{"far", `"far":100`, `"far":0.05`, `frame 2: "far" is 0.05`},
		{"no pose", `"world_to_camera":[[1,0,0,1],[0,-1,0,2],[0,0,-1,4],[0,0,0,1]]`, `"w":0`, `frame -1: "world_to_camera" is missing`},
		{"3 rows", `[0,0,1,5],[0,0,0,1]`, `[0,0,1,5]`, `frame 2: "world_to_camera" has 3 rows`},
		{"3 columns", `[0,0,1,5]`, `[0,0,1]`, `frame 2: "world_to_camera" has 3 numbers in row 2`},
		{"null number", `[0,0,1,5]`, `[0,0,1,null]`, `frame 2: "world_to_camera" has no number in row 2, column 3`},
		{"text number", `[0,0,1,5]`, `[0,0,1,"5"]`, `frame 2: "world_to_camera" is a string`},
		{"last row", `[0,0,1,5],[0,0,0,1]`, `[0,0,1,5],[0,0,1,1]`, `frame 2: "world_to_camera" has the last row [0 0 1 1]`},
		{"scaled", `[[1,0,0,0],[0,1,0,0],[0,0,1,5]`, `[[2,0,0,0],[0,2,0,0],[0,0,2,5]`, `frame 2: "world_to_camera" scales: an axis of the camera is 0.5 long in the world, not 1`},
		{"flat", `[0,0,1,5]`, `[0,0,0,5]`, `frame 2: "world_to_camera": the camera's pose has no inverse`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(goodTrack, c.from) {
				t.Fatalf("the good track has no %s", c.from)
			}
			_, err := ReadTrack(strings.NewReader(strings.Replace(goodTrack, c.from, c.to, 1)))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got error %v, want one with %s", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("the error has several lines: %v", err)
			}
		})
	}
}

// randomTrack has numbers of every kind that JSON can hold.
func randomTrack(rng *rand.Rand, n int) *Track {
	t := &Track{Width: 64, Height: 48, FPS: 30000. / 1001}
	for i := range n {
		f := TrackFrame{Frame: i*3 - 10, Time: rng.NormFloat64(), Camera: `Cam "é" <1>`}
		if i%2 == 1 {
			f.Time = math.NaN()
		}
		f.View.Intrinsics = Intrinsics{Width: 64, Height: 48, Model: Model(i % 2), Fx: rng.ExpFloat64(), Fy: rng.ExpFloat64() * 1e5, Cx: rng.NormFloat64() * 1e3, Cy: math.Copysign(0, -1)}
		if f.View.Model == Perspective {
			f.View.Lens.Model = LensModel(i / 2 % 4)
			for c := range f.View.Lens.Model.used() {
				f.View.Lens.Coefficients[c] = rng.NormFloat64()
			}
		}
		q := mgl64.Quat{W: rng.NormFloat64(), V: mgl64.Vec3{rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()}}.Normalize()
		m := q.Mat4()
		m.SetCol(3, mgl64.Vec4{rng.NormFloat64() * 1e-300, rng.NormFloat64() * 1e300, 5e-324, 1})
		f.View.CameraFromWorld = m
		f.View.Near, f.View.Far = rng.Float64(), 1+rng.Float64()
		t.Frames = append(t.Frames, f)
	}
	return t
}

// sameBits reports whether two tracks are equal, each number bit for bit.
func sameBits(a, b *Track) bool {
	if a.Width != b.Width || a.Height != b.Height || a.FPS != b.FPS || len(a.Frames) != len(b.Frames) {
		return false
	}
	for i := range a.Frames {
		x, y := a.Frames[i], b.Frames[i]
		if math.IsNaN(x.Time) && math.IsNaN(y.Time) {
			x.Time, y.Time = 0, 0
		}
		if x.Frame != y.Frame || math.Float64bits(x.Time) != math.Float64bits(y.Time) || x.Camera != y.Camera || x.View != y.View {
			return false
		}
		for k := range x.View.CameraFromWorld {
			if math.Float64bits(x.View.CameraFromWorld[k]) != math.Float64bits(y.View.CameraFromWorld[k]) {
				return false
			}
		}
	}
	return true
}

func TestTrackRoundTrip(t *testing.T) {
	want := randomTrack(rand.New(rand.NewPCG(1, 2)), 200)
	var b bytes.Buffer
	if err := WriteTrack(&b, want, Note{"what", "planar Z"}, Note{"more", map[string]int{"a": 1}}); err != nil {
		t.Fatal(err)
	}
	got, err := ReadTrack(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if !sameBits(got, want) {
		t.Error("the track read is not the track written")
	}
	var again bytes.Buffer
	if err := WriteTrack(&again, got, Note{"what", "planar Z"}, Note{"more", map[string]int{"a": 1}}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Error("writing again gives other bytes")
	}
}

func TestWriteTrackErrors(t *testing.T) {
	for name, spoil := range map[string]func(*Track){
		"size": func(t *Track) { t.Frames[1].View.Width++ },
		"NaN":  func(t *Track) { t.Frames[1].View.CameraFromWorld[3] = math.NaN() },
		"K":    func(t *Track) { t.Frames[1].View.Fx = 0 },
	} {
		track := randomTrack(rand.New(rand.NewPCG(3, 4)), 2)
		spoil(track)
		if err := WriteTrack(&bytes.Buffer{}, track); err == nil || !strings.Contains(err.Error(), "frame -7") {
			t.Errorf("%s: got error %v", name, err)
		}
	}
}

// TestReadTrackShared reads the tracks that Blender scenes come with.
func TestReadTrackShared(t *testing.T) {
	dir := "../../../shared/scenes"
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("the shared scenes are not here")
	}
	names, err := fs.Glob(os.DirFS(dir), "*.cameras.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("no tracks: %v", err)
	}
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		track, err := ReadTrack(bytes.NewReader(data))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, f := range track.Frames {
			if f.Time != float64(f.Frame)/track.FPS {
				t.Errorf("%s: frame %d is at %v s", name, f.Frame, f.Time)
			}
		}
	}
}

func FuzzReadTrack(f *testing.F) {
	f.Add([]byte(goodTrack))
	f.Add([]byte(strings.Replace(goodTrack, "opencv", "opengl", 1)))
	f.Add([]byte(`{"zscope_cameras":1,"width":1,"height":1,"axes":"opengl","pixel_origin":"center","frames":[{"frame":0,"fx":1,"fy":1,"cx":-0,"cy":0,"world_to_camera":[[1,0,0,0],[0,1,0,0],[0,0,1,0],[0,0,0,1]]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		track, err := ReadTrack(bytes.NewReader(data))
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := WriteTrack(&b, track); err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		again, err := ReadTrack(&b)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if !sameBits(again, track) {
			t.Fatal("the track changed on its way")
		}
	})
}

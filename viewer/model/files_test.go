package model

import (
	"errors"
	"testing"

	"github.com/go-gl/mathgl/mgl64"
)

// A file that cannot be read leaves the window as it was: the picture that was
// asked for before it still comes.
func TestFailedLoadKeepsThePictureToCome(t *testing.T) {
	d := opened(t, 48)
	d.send(GoTo{7})
	asked := take[Render](d)
	d.send(Open{"/scenes/bad.glb"})
	d.send(LoadFailed{Serial: take[Load](d)[0].Serial, Err: errors.New("cut off")})
	d.answer(asked[0].Request, true)
	if !d.m.Settled() || d.m.Shown.Frame != 7 {
		t.Errorf("settled %v, frame %d is shown", d.m.Settled(), d.m.Shown.Frame)
	}
}

// While another scene is read, the one that is open can still be scrubbed; what
// was asked of it does not appear in the new one.
func TestPictureOfTheSceneBefore(t *testing.T) {
	d := opened(t, 48)
	d.send(Open{"/scenes/other.glb"}, GoTo{7})
	asked, load := take[Render](d), take[Load](d)[0]
	d.send(Loaded{Serial: load.Serial, Path: load.Path, Scene: walk(10), Bounds: Bounds{Max: mgl64.Vec3{1, 1, 1}}})
	d.answer(asked[0].Request, true)
	if d.m.Shown.Map != nil {
		t.Errorf("frame %d of the scene before is shown in %s", d.m.Shown.Frame, d.m.Name())
	}
	d.render(true)
	if !d.m.Settled() {
		t.Error("the new scene's picture is not shown")
	}
}

func TestSentence(t *testing.T) {
	for in, want := range map[string]string{
		"load hall.glb: cut off":                "Load hall.glb: cut off.",
		"hall_z_0001.exr exists already":        "hall_z_0001.exr exists already.",
		"cameras.json: was a scale left?":       "cameras.json: was a scale left?",
		"":                                      "",
		"the frames 3-1 run backwards; fix it.": "The frames 3-1 run backwards; fix it.",
	} {
		if got := sentence(errors.New(in)); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

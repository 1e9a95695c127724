package camera

import (
	"math"
	"testing"

	"github.com/go-gl/mathgl/mgl64"
)

func TestFilled(t *testing.T) {
	at := func(frame int, name string, x, turn, fx float64) TrackFrame {
		m := mgl64.Translate3D(x, 0, 2).Mul4(mgl64.HomogRotate3DY(turn))
		inverse, _ := AffineInverse(m)
		return TrackFrame{Frame: frame, Time: float64(frame) / 10, Camera: name, View: View{
			Intrinsics: Intrinsics{Width: 40, Height: 30, Fx: fx, Fy: fx, Cx: 20, Cy: 15}, CameraFromWorld: inverse, Near: 0.1}}
	}
	track := &Track{Width: 40, Height: 30, FPS: 10, Frames: []TrackFrame{at(1, "A", 0, 0, 30), at(5, "A", 4, 0.8, 50), at(6, "A", 5, 1, 50), at(9, "B", 0, 3, 70)}}
	filled, err := track.Filled(9)
	if err != nil || len(filled.Frames) != 9 {
		t.Fatalf("%+v, %v", filled, err)
	}
	for _, want := range []TrackFrame{at(2, "A", 1, 0.2, 35), at(3, "A", 2, 0.4, 40), at(4, "A", 3, 0.6, 45)} {
		got, _ := filled.At(want.Frame)
		if !got.View.CameraFromWorld.ApproxEqualThreshold(want.View.CameraFromWorld, 1e-12) || math.Abs(got.Time-want.Time) > 1e-12 ||
			math.Abs(got.View.Fx-want.View.Fx) > 1e-12 || got.View.Near != 0.1 || got.View.Far != 0 {
			t.Errorf("frame %d is %+v, want %+v", want.Frame, got, want)
		}
	}
	for _, f := range track.Frames {
		if got, _ := filled.At(f.Frame); got != f {
			t.Errorf("frame %d is another one", f.Frame)
		}
	}
	// From one camera to another is a cut.
	for n := 7; n <= 8; n++ {
		if got, _ := filled.At(n); got.View != track.Frames[2].View || got.Camera != "A" || math.Abs(got.Time-float64(n)/10) > 1e-12 {
			t.Errorf("frame %d is %+v", n, got)
		}
	}
	if _, err := track.Filled(8); err == nil {
		t.Error("more frames than the limit are no error")
	}
}

package model

import (
	"errors"
	"image"
	"math"
	"strings"
	"testing"

	"zscope/depthcore/colormap"
	"zscope/depthcore/points"
)

// Points are drawn anew exactly when they look different.
func TestPointsDrawnOnChange(t *testing.T) {
	d := opened(t, 48)
	asked := func(msgs ...Msg) []DrawPoints {
		d.send(msgs...)
		return take[DrawPoints](d)
	}
	if len(asked(PointsSized{image.Pt(100, 80)})) != 0 {
		t.Error("drawn while it is not shown")
	}
	first := asked(TogglePoints{})
	if len(first) != 1 || first[0].Of != d.m.Shown.Map || first[0].Size != image.Pt(100, 80) || first[0].Look == (points.Look{}) {
		t.Fatalf("%+v", first)
	}
	if len(asked(GoFirst{}, PointAway{})) != 0 {
		t.Error("drawn without a change")
	}
	turned := asked(TurnPoints{Yaw: 0.5, Pitch: 9})
	if len(turned) != 1 || turned[0].Look.Yaw != 1 || turned[0].Look.Pitch != math.Pi/2 {
		t.Errorf("%+v", turned)
	}
	if len(asked(SetMap{colormap.Magma})) != 1 || len(asked(PointsSized{image.Pt(50, 40)})) != 1 || len(asked(MovePoints{0.1, 0})) != 1 || len(asked(ZoomPoints{0.3})) != 1 {
		t.Error("a change is not drawn")
	}
	if l := asked(ResetPoints{Camera: true}); len(l) != 1 || l[0].Look != (points.Look{}) {
		t.Errorf("%+v", l)
	}
	d.send(GoTo{5})
	d.render(true)
	next := take[DrawPoints](d)
	if len(next) != 1 || next[0].Of != d.m.Shown.Map {
		t.Errorf("frame 5: %+v", next)
	}
	old, img := image.NewRGBA(image.Rect(0, 0, 1, 1)), image.NewRGBA(image.Rect(0, 0, 1, 1))
	d.send(PointsDrawn{next[0].Serial, img}, PointsDrawn{first[0].Serial, old})
	if d.m.Points.Image != img {
		t.Error("an older drawing took the place of a newer one")
	}
	if len(asked(TogglePoints{}, TurnPoints{Yaw: 1})) != 0 {
		t.Error("drawn after it was taken away")
	}
}

func TestPointsTakeRGB(t *testing.T) {
	d := withRGB(t)
	show := take[ShowRGB](d)
	img := image.NewRGBA(image.Rect(0, 0, 32, 24))
	d.send(RGBShown{Serial: show[len(show)-1].Serial, Number: 1, Image: img})
	d.send(PointsSized{image.Pt(100, 80)}, TogglePoints{})
	take[DrawPoints](d)
	d.send(PaintPoints{true})
	if l := take[DrawPoints](d); len(l) != 1 || l[0].RGB != img {
		t.Errorf("%+v", l)
	}
	// The picture of another frame has other colours than this one's points.
	d.send(SetRGBOffset{3})
	if l := take[DrawPoints](d); len(l) != 1 || l[0].RGB != nil {
		t.Errorf("%+v", l)
	}
}

func TestSavePoints(t *testing.T) {
	d := opened(t, 48)
	d.send(AskSavePoints{points.InWorld}, AskSavePoints{points.InCamera})
	if l := take[ChoosePoints](d); len(l) != 1 || l[0].Name != "walk_points_0001.ply" || !d.m.Choosing {
		t.Fatalf("%+v", l)
	}
	d.send(Chosen{For: ToSave, Path: "/tmp/a.ply"})
	l := take[SavePoints](d)
	if len(l) != 1 || l[0].Path != "/tmp/a.ply" || l[0].Axes != points.InWorld || l[0].Of != d.m.Shown.Map || d.m.Choosing || len(take[SavePicture](d)) != 0 {
		t.Errorf("%+v", l)
	}
	if notes := strings.Join(l[0].Notes, "\n"); !strings.Contains(notes, "unit: ") || !strings.Contains(notes, "source: walk.glb") {
		t.Errorf("the file's header does not say where the points come from: %q", notes)
	}
	d.send(AskSavePoints{}, Chosen{For: ToSave})
	if len(take[SavePoints](d)) != 0 {
		t.Error("choosing nothing saved something")
	}
	d.m.Home = "/home/a"
	d.send(AskSavePoints{}, Chosen{For: ToSave, Err: errors.New("no GTK")})
	if l := take[SavePoints](d); len(l) != 1 || l[0].Path != "/home/a/walk_points_0001" || l[0].Axes != points.InCamera {
		t.Errorf("%+v", l)
	}
	d.send(PointsSaved{Path: "/tmp/a.ply", Count: 7})
	if n := d.m.Notices[len(d.m.Notices)-1].Text; n != "7 points are saved as /tmp/a.ply." {
		t.Errorf("%q", n)
	}
	d.send(PointsSaved{Err: errors.New("save the points: no space left on device")})
	if n := d.m.Notices[len(d.m.Notices)-1]; n.Severity != Error || !strings.Contains(n.Text, "no space left") {
		t.Errorf("%+v", n)
	}
}

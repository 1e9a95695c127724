package model

import (
	"encoding/json"
	"image"
	"testing"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/colormap"
)

// The next window without a file shows what the last one did.
func TestRestore(t *testing.T) {
	d := opened(t, 48)
	d.send(GoTo{17}, SetMap{colormap.Magma}, ToggleReversed{}, SetScale{colormap.Log}, SetRange{2, 30}, SetSpacing{0.5},
		WindowSized{image.Pt(900, 700)}, SetPanel{Width: 320}, SetPanel{Width: 333, Done: true}, ToggleLight{}, CloseAsked{})
	kept := take[KeepSettings](d)
	text, err := json.Marshal(kept[len(kept)-1].Settings)
	if err != nil {
		t.Fatal(err)
	}
	var settings Settings
	if err := json.Unmarshal(text, &settings); err != nil {
		t.Fatal(err)
	}
	if settings.Size() != image.Pt(900, 700) || settings.Panel != 333 || settings.Theme != ThemeLight {
		t.Errorf("kept: %s", text)
	}

	next := &driver{t: t, m: New()}
	next.send(SettingsKnown{settings}, Restore{})
	load := take[Load](next)
	if len(load) != 1 || load[0].Path != "/scenes/walk.glb" {
		t.Fatalf("restoring asked for %+v", load)
	}
	next.send(Loaded{Serial: load[0].Serial, Path: load[0].Path, Scene: walk(48), Bounds: Bounds{Max: mgl64.Vec3{1, 1, 1}}})
	next.render(true)
	if next.m.Frame != 17 || next.m.Colour != d.m.Colour {
		t.Errorf("restored frame %d, colour %+v; want %+v", next.m.Frame, next.m.Colour, d.m.Colour)
	}
	// It is of that scene and that time only.
	next.send(Open{"/scenes/other.glb"})
	next.send(Loaded{Serial: take[Load](next)[0].Serial, Path: "/scenes/other.glb", Scene: walk(48)})
	if next.m.Frame != 1 {
		t.Errorf("another scene starts at frame %d", next.m.Frame)
	}
}

// Whatever the file says, the window comes up.
func TestRestoreNonsense(t *testing.T) {
	for _, text := range []string{
		`{}`,
		`{"panel": -5, "window": {"X": -1, "Y": 99999}, "last": {"file": "", "frame": -7, "map": "no", "scale": "no", "range": "no", "spacing": -1}}`,
		`{"last": {"range": "locked", "near": 5, "far": 1, "scale": "log"}}`,
	} {
		var settings Settings
		if err := json.Unmarshal([]byte(text), &settings); err != nil {
			t.Fatal(err)
		}
		d := &driver{t: t, m: New()}
		d.send(Resized{image.Pt(640, 480)}, SettingsKnown{settings}, Restore{})
		d.send(Loaded{Serial: take[Load](d)[0].Serial, Scene: walk(48)})
		d.render(true)
		if !d.m.Settled() || d.m.Frame != 1 || d.m.Colour.Range != RangeAuto || d.m.Settings.Size() != image.Pt(1280, 800) {
			t.Errorf("%s: frame %d, %+v", text, d.m.Frame, d.m.Colour)
		}
	}
}

// The window is light or dark as the desktop is, until the person says
// otherwise, and again when that is the same.
func TestLightAndDark(t *testing.T) {
	d := opened(t, 9)
	for i, step := range []struct {
		msg   Msg
		light bool
		theme Theme
	}{
		{DesktopIs{true}, true, ThemeOfDesktop},
		{DesktopIs{false}, false, ThemeOfDesktop},
		{ToggleLight{}, true, ThemeLight},
		{DesktopIs{true}, true, ThemeLight},
		{DesktopIs{false}, true, ThemeLight},
		{ToggleLight{}, false, ThemeOfDesktop},
		{DesktopIs{true}, true, ThemeOfDesktop},
		{ToggleLight{}, false, ThemeDark},
		{FollowDesktop{}, true, ThemeOfDesktop},
	} {
		d.send(step.msg)
		if d.m.Light() != step.light || d.m.Settings.Theme != step.theme {
			t.Errorf("step %d: light %v, theme %q", i, d.m.Light(), d.m.Settings.Theme)
		}
	}
	if k := take[KeepSettings](d); len(k) != 4 || k[2].Settings.Theme != ThemeDark {
		t.Errorf("kept %d times", len(k))
	}
}

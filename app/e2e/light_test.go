//go:build linux && cgo

package e2e

import (
	"image/color"
	"testing"

	"zscope/app/internal/desktoptest"
)

// The window is light or dark as the desktop is, also when that changes.
func TestLightAndDark(t *testing.T) {
	display := desktoptest.StartDisplay(t, "1280x800")
	portal := desktoptest.StartPortal(t, 2)
	w := startWindow(t, display, []string{"DBUS_SESSION_BUS_ADDRESS=" + portal.Address})
	w.id = w.xdo("search", "--onlyvisible", "--class", "^zscope$")
	looks := func(light bool) {
		t.Helper()
		w.until("the window's colours", func(s state) bool { return s.Light == light })
		desktoptest.Wait(t, "the panel's colour on the screen", func() bool {
			picture, err := w.eyes.Screenshot()
			if err != nil {
				t.Fatal(err)
			}
			p := w.now.Widgets["panel"]
			c := picture.NRGBAAt(p[0]+8, p[1]+p[3]-4)
			return c == map[bool]color.NRGBA{true: {0xe9, 0xeb, 0xee, 0xff}, false: {0x1c, 0x1f, 0x25, 0xff}}[light]
		})
	}
	looks(true)
	w.shot("as the desktop")
	portal.Change(1)
	looks(false)
	w.keys("ctrl+l")
	looks(true)
	portal.Change(1)
	w.keys("ctrl+l")
	looks(false)
	portal.Change(2)
	looks(true)
}

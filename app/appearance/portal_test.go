//go:build (linux && !android) || freebsd

package appearance

import (
	"testing"

	"zscope/app/internal/desktoptest"
)

func TestPortal(t *testing.T) {
	t.Setenv("GTK_THEME", "")
	portal := desktoptest.StartPortal(t, 1)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", portal.Address)
	next, end := watching(t)
	next(false)
	portal.Change(2)
	next(true)
	portal.Change(1)
	next(false)
	portal.Change(0)
	next(true)
	if end() > 0 {
		t.Error("something else was taken for it")
	}
}

func TestThemeOfTheEnvironment(t *testing.T) {
	for theme, light := range map[string]bool{"Adwaita": true, "Adwaita:dark": false, "Yaru-dark": false, "Darkroom": true} {
		t.Setenv("GTK_THEME", theme)
		told := 0
		Watch(t.Context(), func(l bool) {
			told++
			if l != light {
				t.Errorf("%s: light %v", theme, l)
			}
		})
		if told != 1 {
			t.Errorf("%s: told %d times", theme, told)
		}
	}
}

// Without a bus nothing is said.
func TestNoBus(t *testing.T) {
	t.Setenv("GTK_THEME", "")
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+t.TempDir()+"/none")
	Watch(t.Context(), func(bool) { t.Error("told of nothing") })
}

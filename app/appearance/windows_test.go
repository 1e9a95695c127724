//go:build windows

package appearance

import (
	"os"
	"testing"

	"golang.org/x/sys/windows/registry"
)

// TestRegistry changes the setting that Watch reads: in wine's registry, since a
// person's own is not a test's to change.
func TestRegistry(t *testing.T) {
	if os.Getenv("WINEPREFIX") == "" {
		t.Skip("TestWine of app/e2e runs this")
	}
	key, _, err := registry.CreateKey(registry.CURRENT_USER, themeKey, registry.SET_VALUE)
	if err != nil {
		t.Fatal(err)
	}
	defer key.Close()
	set := func(light uint32) {
		t.Helper()
		if err := key.SetDWordValue("AppsUseLightTheme", light); err != nil {
			t.Fatal(err)
		}
	}
	set(0)
	next, end := watching(t)
	next(false)
	set(1)
	next(true)
	set(0)
	next(false)
	end()
}

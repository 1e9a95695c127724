//go:build windows

package appearance

import (
	"context"
	"os"
	"testing"
	"time"

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
	said := make(chan bool, 10)
	next := func(want bool) {
		t.Helper()
		select {
		case light := <-said:
			if light != want {
				t.Errorf("told light %v, want %v", light, want)
			}
		case <-time.After(time.Minute):
			t.Fatal("nothing was told")
		}
	}
	set(0)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan bool)
	go func() {
		Watch(ctx, func(light bool) { said <- light })
		close(ended)
	}()
	next(false)
	set(1)
	next(true)
	set(0)
	next(false)
	cancel()
	<-ended
}

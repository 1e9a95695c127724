//go:build (linux && !android) || freebsd

package filedrop

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"zscope/app/internal/desktoptest"
)

// Sources of every habit drag over a window of a real X server.
func TestX11(t *testing.T) {
	display := desktoptest.StartDisplay(t, "800x600")
	conn, window := showWindow(t, display)

	said := make(chan string, 100)
	attach := func() func() {
		detach, err := attachX11(window, Events{
			Over:   func(paths []string) { said <- fmt.Sprintf("over %q", paths) },
			Leave:  func() { said <- "leave" },
			Drop:   func(paths []string) { said <- fmt.Sprintf("drop %q", paths) },
			Failed: func(err error) { said <- "failed: " + err.Error() },
		}.complete())
		if err != nil {
			t.Fatal(err)
		}
		return detach
	}
	// next waits for what the window is told next.
	next := func(t *testing.T, want string) {
		t.Helper()
		select {
		case got := <-said:
			if !strings.HasPrefix(got, want) {
				t.Fatalf("the window was told %.300s, want %.300s", got, want)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("the window was not told %.300s", want)
		}
	}
	detach := attach()
	defer func() { detach() }()

	var long []string
	for i := range 20_000 {
		long = append(long, fmt.Sprintf("/frames/beauty of the room/%06d.exr", i))
	}
	two := []string{"/tmp/hall.glb", "/tmp/été/屋 #1.json"}

	source := func(t *testing.T, paths ...string) *desktoptest.Source {
		t.Helper()
		s, err := desktoptest.NewSource(display)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		if err := s.Take(paths...); err != nil {
			t.Fatal(err)
		}
		return s
	}
	over := func(t *testing.T, s *desktoptest.Source, want bool) {
		t.Helper()
		if accepted, err := s.MoveTo(200, 200); err != nil || accepted != want {
			t.Fatalf("over the window: accepted %v, %v", accepted, err)
		}
	}
	drop := func(t *testing.T, s *desktoptest.Source, want bool) {
		t.Helper()
		if accepted, err := s.Drop(); err != nil || accepted != want {
			t.Fatalf("dropped: accepted %v, %v", accepted, err)
		}
	}

	t.Run("drop", func(t *testing.T) {
		s := source(t, two...)
		over(t, s, true)
		next(t, "over []")
		next(t, fmt.Sprintf("over %q", two))
		over(t, s, true)
		drop(t, s, true)
		next(t, fmt.Sprintf("drop %q", two))
	})
	t.Run("leave and come back", func(t *testing.T) {
		s := source(t, two...)
		for range 2 {
			over(t, s, true)
			next(t, "over []")
			next(t, fmt.Sprintf("over %q", two))
			s.Leave()
			next(t, "leave")
		}
	})
	t.Run("many types", func(t *testing.T) {
		s, err := desktoptest.NewSource(display)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		s.Types = 9
		if err := s.Take(two...); err != nil {
			t.Fatal(err)
		}
		over(t, s, true)
		next(t, "over []")
		next(t, fmt.Sprintf("over %q", two))
		drop(t, s, true)
		next(t, fmt.Sprintf("drop %q", two))
	})
	t.Run("answers only after the drop", func(t *testing.T) {
		s := source(t, two...)
		s.RefuseHover = true
		over(t, s, true)
		next(t, "over []")
		drop(t, s, true)
		next(t, fmt.Sprintf("drop %q", two))
	})
	t.Run("20,000 files in pieces", func(t *testing.T) {
		s := source(t, long...)
		s.Piece = 64 << 10
		over(t, s, true)
		drop(t, s, true)
		next(t, "over []")
		told := <-said
		if strings.HasPrefix(told, "over") { // the list may come before the drop
			told = <-said
		}
		if told != fmt.Sprintf("drop %q", long) {
			t.Errorf("told %.100s..., %d bytes", told, len(told))
		}
	})
	t.Run("not a local file", func(t *testing.T) {
		s := source(t)
		if err := s.TakeList("https://example.com/hall.glb\r\n"); err != nil {
			t.Fatal(err)
		}
		over(t, s, true)
		next(t, "over []")
		drop(t, s, false)
		next(t, `failed: "https://example.com/hall.glb" is not a file`)
	})
	t.Run("dies over the window", func(t *testing.T) {
		s := source(t, two...)
		over(t, s, true)
		next(t, "over []")
		next(t, fmt.Sprintf("over %q", two))
		s.Close()
		next(t, "leave")
	})
	t.Run("never answers", func(t *testing.T) {
		s := source(t, two...)
		s.Silent = true
		over(t, s, true)
		next(t, "over []")
		drop(t, s, false)
		next(t, "failed: the program that was dragged from did not hand over its files")
	})
	t.Run("enters twice", func(t *testing.T) {
		a, b := source(t, two...), source(t, two[0])
		over(t, a, true)
		next(t, "over []")
		next(t, "over") // with b's list: the selection is b's by now
		over(t, b, true)
		next(t, "leave")
		next(t, "over []")
		next(t, fmt.Sprintf("over %q", two[:1]))
		drop(t, b, true)
		next(t, fmt.Sprintf("drop %q", two[:1]))
	})
	t.Run("detached and attached again", func(t *testing.T) {
		s := source(t, two...)
		over(t, s, true)
		next(t, "over []")
		next(t, "over")
		detach()
		detach()
		next(t, "leave")
		desktoptest.Wait(t, "a window that takes no drops", func() bool {
			return !slices.Contains(properties(t, conn, window), "XdndAware")
		})
		detach = attach()
		again := source(t, two...)
		over(t, again, true)
		next(t, "over []")
		next(t, "over")
		drop(t, again, true)
		next(t, fmt.Sprintf("drop %q", two))
	})
}

func TestNoDisplay(t *testing.T) {
	t.Setenv("DISPLAY", "/nowhere:9")
	if _, err := attachX11(1, Events{}.complete()); err == nil {
		t.Error("attached without an X server")
	}
}

// showWindow shows a window that covers the display.
func showWindow(t *testing.T, display string) (*xgb.Conn, xproto.Window) {
	t.Helper()
	conn, err := xgb.NewConnDisplay(display)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	window, err := xproto.NewWindowId(conn)
	if err != nil {
		t.Fatal(err)
	}
	root := xproto.Setup(conn).DefaultScreen(conn).Root
	if err := xproto.CreateWindowChecked(conn, 0, window, root, 0, 0, 700, 500, 0, xproto.WindowClassInputOutput, 0,
		0, nil).Check(); err != nil {
		t.Fatal(err)
	}
	if err := xproto.MapWindowChecked(conn, window).Check(); err != nil {
		t.Fatal(err)
	}
	desktoptest.Wait(t, "the window on the screen", func() bool {
		a, err := xproto.GetWindowAttributes(conn, window).Reply()
		return err == nil && a.MapState == xproto.MapStateViewable
	})
	return conn, window
}

// properties are the names of a window's properties.
func properties(t *testing.T, conn *xgb.Conn, window xproto.Window) (names []string) {
	t.Helper()
	list, err := xproto.ListProperties(conn, window).Reply()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range list.Atoms {
		name, err := xproto.GetAtomName(conn, a).Reply()
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, name.Name)
	}
	return names
}

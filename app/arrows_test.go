// Package app has no code of its own: its folders are the programs and what the
// operating system sees.
package app

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// arrows says what each room may import, by one-way doors: app to viewer to
// depthcore. A word is a room of this module or the start of another module's
// path; the standard library is free but for what reaches out of the program:
// os, log and net with what is below them, syscall and C have to be named too.
const arrows = `
depthcore/depth             -> cpuid
depthcore/camera            -> depthcore/depth mgl64
depthcore/scene             -> depthcore/camera depthcore/depth mgl64 cpuid
depthcore/camerafile        -> depthcore/camera mgl64 os
depthcore/gltfscene         -> depthcore/scene depthcore/internal/draco depthcore/internal/meshopt mgl64 gltf webp
depthcore/meshscene         -> depthcore/scene mgl64
depthcore/scenefile         -> depthcore/scene depthcore/gltfscene depthcore/meshscene os
depthcore/internal/draco    ->
depthcore/internal/meshopt  ->
depthcore/raycast           -> depthcore/scene depthcore/camera depthcore/depth depthcore/bvh depthcore/internal/par depthcore/internal/pages mgl64 cpuid
depthcore/channels          -> depthcore/raycast depthcore/scene depthcore/camera depthcore/depth depthcore/internal/par mgl64
depthcore/bvh               -> depthcore/internal/par depthcore/internal/pages mgl64 cpuid
depthcore/internal/par      ->
depthcore/internal/deflate  -> cpuid
depthcore/internal/pages    -> syscall
depthcore/colormap          -> depthcore/depth depthcore/internal/par cpuid
depthcore/preview           -> depthcore/colormap depthcore/depth image-fonts
depthcore/exr               -> depthcore/depth depthcore/internal/deflate zlib cpuid
depthcore/png16             -> depthcore/depth zlib
depthcore/pfm               -> depthcore/depth
depthcore/npy               -> depthcore/depth flate
depthcore/tiff              -> depthcore/depth
depthcore/depthfile         -> depthcore/depth depthcore/exr depthcore/npy depthcore/pfm
depthcore/doctor            -> depthcore/camera depthcore/depth
depthcore/difference        -> depthcore/depth
depthcore/alignment         -> depthcore/depth
depthcore/points            -> depthcore/camera depthcore/depth mgl64
depthcore/export            -> depthcore/channels depthcore/raycast depthcore/scene depthcore/camera depthcore/depth depthcore/exr depthcore/pfm depthcore/npy depthcore/png16 depthcore/tiff mgl64 x-sys os syscall

viewer/model                -> depthcore/channels depthcore/alignment depthcore/points depthcore/difference depthcore/scene depthcore/camera depthcore/depth depthcore/export depthcore/colormap gio mgl64
viewer/session              -> viewer/model depthcore/alignment depthcore/points webp depthcore/depthfile depthcore/difference depthcore/doctor depthcore/scene depthcore/raycast depthcore/export depthcore/depth depthcore/camera depthcore/camerafile depthcore/colormap depthcore/preview fsnotify mgl64 os
viewer/ui                   -> viewer/model depthcore/points depthcore/difference depthcore/depth depthcore/colormap depthcore/export gio roboto icons mgl64

app/filedrop                -> gio-window xgb x-sys os log syscall C
app/clipboard               -> gio-window xgb x-sys os C
app/appearance              -> dbus x-sys os
app/zscope                  -> depthcore/channels depthcore/points viewer/ui viewer/session viewer/model app/filedrop app/clipboard app/appearance assets depthcore/export depthcore/raycast depthcore/scene depthcore/scenefile depthcore/meshscene depthcore/camera depthcore/camerafile depthcore/colormap depthcore/preview depthcore/depth depthcore/depthfile depthcore/doctor depthcore/exr gio gio-window dialog os syscall

assets                      ->
assets/generate             -> os
`

// testArrows are for tests only, beside the arrows of their room: depthcore's
// look into any of its rooms, the viewer's also into those.
const testArrows = `
depthcore -> depthcore oracles os syscall
viewer    -> viewer depthcore oracles gio os
app       -> app assets xgb dbus oracles os syscall log
assets    -> assets depthcore mgl64 oracles os
`

// modules are what the words stand for that are no rooms.
var modules = map[string][]string{
	"mgl64":       {"github.com/go-gl/mathgl/mgl64"},
	"gltf":        {"github.com/qmuntal/gltf"},
	"cpuid":       {"golang.org/x/sys/cpu", "github.com/klauspost/cpuid/v2"},
	"webp":        {"golang.org/x/image/webp"},
	"zlib":        {"github.com/klauspost/compress/zlib"},
	"flate":       {"github.com/klauspost/compress/flate"},
	"image-fonts": {"golang.org/x/image/font", "golang.org/x/image/math/fixed"},
	"x-sys":       {"golang.org/x/sys"},
	"xgb":         {"github.com/jezek/xgb"},
	"dbus":        {"github.com/godbus/dbus/v5"},
	"fsnotify":    {"github.com/fsnotify/fsnotify"},
	"dialog":      {"github.com/sqweek/dialog"},
	"roboto":      {"eliasnaur.com/font/roboto"},
	"icons":       {"golang.org/x/exp/shiny/materialdesign/icons"},
	// Gio without its window, which needs cgo and a display.
	"gio":        {"gioui.org/f32", "gioui.org/font", "gioui.org/gesture", "gioui.org/io", "gioui.org/layout", "gioui.org/op", "gioui.org/text", "gioui.org/unit", "gioui.org/widget"},
	"gio-window": {"gioui.org/app"},
	"oracles": {"github.com/mrjoshuak/go-openexr", "github.com/google/go-cmp", "pgregory.net/rapid", "github.com/rogpeppe/go-internal",
		"github.com/qmuntal/gltf", "github.com/klauspost/compress", "github.com/go-gl/mathgl", "gioui.org/gpu/headless"},
}

// outside is what of the standard library reaches out of the program.
var outside = []string{"os", "log", "net", "syscall", "C"}

// TestArrows reads every file's imports, whatever its build tags, and allows
// nothing but the arrows.
func TestArrows(t *testing.T) {
	rooms, ofTests := parseArrows(t, arrows), parseArrows(t, testArrows)
	root := os.DirFS("..")
	err := fs.WalkDir(root, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if base := path.Base(name); e.IsDir() {
			// What starts with a dot or a line is no part of the module.
			if name != "." && (strings.ContainsAny(base[:1], "._") || base == "testdata" || slices.Contains([]string{"bin", "out", "artifacts"}, name)) {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(name) != ".go" {
			return nil
		}
		room := path.Dir(name)
		may, known := rooms[room]
		isTest := strings.HasSuffix(name, "_test.go") || strings.HasPrefix(room, "app/internal/") || room == "app" || room == "app/e2e"
		if isTest {
			floor, _, _ := strings.Cut(room, "/")
			may = append(slices.Clone(may), ofTests[floor]...)
		} else if !known {
			t.Errorf("%s: the room %s is new; say in arrows what it may import", name, room)
			return nil
		}
		for _, imported := range importsOf(t, root, name) {
			if !allowed(imported, may, isTest) {
				t.Errorf("%s imports %s: no arrow allows it", name, imported)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for room := range rooms {
		if files, _ := fs.Glob(root, room+"/*.go"); len(files) == 0 {
			t.Errorf("arrows names the room %s, which is not there", room)
		}
	}
}

// parseArrows reads "room -> word word" lines.
func parseArrows(t *testing.T, text string) map[string][]string {
	t.Helper()
	rooms := map[string][]string{}
	for line := range strings.Lines(text) {
		room, words, ok := strings.Cut(strings.TrimSpace(line), "->")
		if !ok {
			continue
		}
		if _, twice := rooms[strings.TrimSpace(room)]; twice {
			t.Errorf("two lines for %s", room)
		}
		rooms[strings.TrimSpace(room)] = strings.Fields(words)
	}
	return rooms
}

func importsOf(t *testing.T, root fs.FS, name string) (imports []string) {
	t.Helper()
	source, err := fs.ReadFile(root, name)
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range file.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		imports = append(imports, p)
	}
	return imports
}

// allowed says whether one of the words stands for an import.
func allowed(imported string, may []string, isTest bool) bool {
	room, own := strings.CutPrefix(imported, "zscope/")
	first, _, _ := strings.Cut(imported, "/")
	if !own && !strings.Contains(first, ".") && (!slices.Contains(outside, first) || imported == "net/url") {
		return true
	}
	for _, word := range may {
		switch {
		case own && (room == word || isTest && within(room, word)),
			!own && word == first,
			slices.ContainsFunc(modules[word], func(m string) bool { return within(imported, m) }):
			return true
		}
	}
	return false
}

func within(p, folder string) bool { return p == folder || strings.HasPrefix(p, folder+"/") }

// The rule itself: what it must refuse and what it must let pass.
func TestAllowed(t *testing.T) {
	rooms := parseArrows(t, arrows)
	for _, tc := range []struct {
		room, imported string
		want           bool
	}{
		{"depthcore/depth", "math", true},
		{"depthcore/depth", "os", false},
		{"depthcore/raycast", "log", false},
		{"depthcore/raycast", "log/slog", false},
		{"depthcore/raycast", "C", false},
		{"depthcore/raycast", "zscope/depthcore/scene", true},
		{"depthcore/scene", "zscope/depthcore/raycast", false},
		{"depthcore/camera", "zscope/depthcore/depthmap", false},
		{"depthcore/export", "os", true},
		{"depthcore/exr", "github.com/klauspost/compress/zlib", true},
		{"depthcore/exr", "github.com/klauspost/compress/zstd", false},
		{"viewer/model", "gioui.org/f32", true},
		{"viewer/ui", "gioui.org/app", false},
		{"viewer/ui", "github.com/sqweek/dialog", false},
		{"app/zscope", "gioui.org/app", true},
		{"app/filedrop", "zscope/viewer/model", false},
	} {
		if got := allowed(tc.imported, rooms[tc.room], false); got != tc.want {
			t.Error(fmt.Sprint(tc.room, " imports ", tc.imported, ": allowed is ", got))
		}
	}
}

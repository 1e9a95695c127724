//go:build linux && cgo

package app

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// installed are the files that make install puts below its prefix.
var installed = []string{
	"bin/zscope",
	"share/applications/zscope.desktop",
	"share/icons/hicolor/128x128/apps/zscope.png",
	"share/icons/hicolor/16x16/apps/zscope.png",
	"share/icons/hicolor/24x24/apps/zscope.png",
	"share/icons/hicolor/256x256/apps/zscope.png",
	"share/icons/hicolor/32x32/apps/zscope.png",
	"share/icons/hicolor/48x48/apps/zscope.png",
	"share/icons/hicolor/512x512/apps/zscope.png",
	"share/icons/hicolor/64x64/apps/zscope.png",
	"share/icons/hicolor/scalable/apps/zscope.svg",
	"share/mime/packages/zscope.xml",
}

// The program, its icon, its desktop entry and its file types are put in place
// and taken away again, for a packager's folder and for a person's own, where
// the desktop then opens .glb and .gltf files with it.
func TestInstall(t *testing.T) {
	for _, program := range []string{"make", "desktop-file-validate", "update-mime-database", "gio"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatalf("%s is not installed: %v", program, err)
			}
			t.Skipf("%s is not installed (make test installs it)", program)
		}
	}

	t.Run("packager", func(t *testing.T) {
		root := t.TempDir()
		runMake(t, "install", "PREFIX=/usr", "DESTDIR="+root)
		if got := filesBelow(t, root, func(string) bool { return true }); !slices.Equal(got, below("usr", installed)) {
			t.Errorf("installed %q", got)
		}
		runMake(t, "uninstall", "PREFIX=/usr", "DESTDIR="+root)
		if got := filesBelow(t, root, func(string) bool { return true }); len(got) > 0 {
			t.Errorf("left behind: %q", got)
		}
	})

	t.Run("person", func(t *testing.T) {
		prefix := filepath.Join(t.TempDir(), "a person's own")
		home := filepath.Join(t.TempDir(), "home")
		// What the desktop's own tools keep in their folders is not ours.
		ours := func(name string) bool { return strings.Contains(name, "zscope") || strings.HasPrefix(name, "bin") }
		runMake(t, "install", "PREFIX="+prefix)
		if got := filesBelow(t, prefix, ours); !slices.Equal(got, installed) {
			t.Errorf("installed %q", got)
		}
		if said := run(t, nil, filepath.Join(prefix, "bin", "zscope"), "version"); !strings.Contains(said, "zscope") {
			t.Errorf("the program says %q", said)
		}
		if said := run(t, nil, "desktop-file-validate", filepath.Join(prefix, "share/applications/zscope.desktop")); said != "" {
			t.Errorf("the desktop entry: %s", said)
		}

		// As the desktop asks, with nothing but the system's list of types.
		desktop := []string{"HOME=" + home, "XDG_DATA_HOME=" + filepath.Join(prefix, "share"), "XDG_CONFIG_HOME=" + home,
			"PATH=" + filepath.Join(prefix, "bin") + ":" + os.Getenv("PATH"), "LC_ALL=C.UTF-8"}
		for name, kind := range map[string]string{"scene.glb": "model/gltf-binary", "scene.gltf": "model/gltf+json"} {
			path := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(path, []byte("{}"), 0o644); err != nil {
				t.Fatal(err)
			}
			if said := run(t, desktop, "gio", "info", "-a", "standard::content-type", path); !strings.Contains(said, "content-type: "+kind+"\n") {
				t.Errorf("%s is said to be %s", name, said)
			}
			if said := run(t, desktop, "gio", "mime", kind); !strings.Contains(said, "zscope.desktop") {
				t.Errorf("%s is opened by: %s", kind, said)
			}
		}

		runMake(t, "uninstall", "PREFIX="+prefix)
		if got := filesBelow(t, prefix, ours); len(got) > 0 {
			t.Errorf("left behind: %q", got)
		}
		runMake(t, "uninstall", "PREFIX="+t.TempDir()) // where nothing is
		for _, kind := range []string{"model/gltf-binary", "model/gltf+json"} {
			if said := run(t, desktop, "gio", "mime", kind); strings.Contains(said, "zscope.desktop") {
				t.Errorf("after it is gone, %s is opened by: %s", kind, said)
			}
		}
	})
}

func below(dir string, names []string) (all []string) {
	for _, name := range names {
		all = append(all, dir+"/"+name)
	}
	return all
}

// filesBelow returns the paths of the files below a folder that are wanted, in
// the order of their names.
func filesBelow(t *testing.T, dir string, wanted func(string) bool) (names []string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && wanted(name) {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func runMake(t *testing.T, args ...string) {
	t.Helper()
	run(t, nil, "make", append([]string{"-C", "..", "--no-print-directory"}, args...)...)
}

// run returns what a program says; env is this one's where it is nil.
func run(t *testing.T, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = env
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

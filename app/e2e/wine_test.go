//go:build linux && cgo

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestWine runs the tests of what talks to Windows under wine, which has no
// bcryptprimitives.dll for Go's runtime: it gets a small one. The window itself
// does not start there, for wine lacks more of what Gio asks for.
func TestWine(t *testing.T) {
	wine := firstOf("wine64", "wine", "/usr/lib/wine/wine64")
	compiler := firstOf("x86_64-w64-mingw32-gcc", "x86_64-w64-mingw32-gcc-win32")
	if wine == "" || compiler == "" {
		t.Skip("wine or a C compiler for Windows is not installed (make test installs both on Debian)")
	}
	dir := t.TempDir()
	run := func(what, name string, args ...string) string {
		t.Helper()
		cmd := exec.Command(name, args...)
		cmd.Env = append(os.Environ(), "WINEPREFIX="+filepath.Join(dir, "prefix"), "WINEDEBUG=-all", "DISPLAY=", "GOOS=windows", "CGO_ENABLED=0")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", what, err, out)
		}
		return string(out)
	}
	if server := firstOf("wineserver", "/usr/lib/wine/wineserver64"); server != "" {
		defer run("wine's end", server, "-w") // it still writes to its folders
	}
	run("wine's folders", wine, "wineboot", "-i")
	system := filepath.Join(dir, "prefix", "drive_c", "windows", "system32")
	if _, err := os.Stat(system); err != nil {
		t.Skipf("wine does not start here: %v", err)
	}
	run("the compiler", compiler, "-shared", "-o", filepath.Join(system, "bcryptprimitives.dll"), "testdata/bcryptprimitives.c", "-ladvapi32")
	for pkg, test := range map[string]string{"filedrop": "TestWindows", "clipboard": "TestWindows", "appearance": "TestRegistry"} {
		program := filepath.Join(dir, pkg+".exe")
		run("go test -c", "go", "test", "-c", "-o", program, "zscope/app/"+pkg)
		if said := run(pkg+" under wine", wine, program, "-test.v", "-test.run", "^"+test+"$"); !strings.Contains(said, "--- PASS: "+test) {
			t.Errorf("%s under wine: %s", pkg, said)
		}
	}
}

// firstOf returns the path of the first program that is installed.
func firstOf(names ...string) string {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

//go:build unix

package scenefile

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	write := func(name, data string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	pipe := filepath.Join(dir, "pipe.glb")
	if err := syscall.Mkfifo(pipe, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ name, path, want string }{
		{"no file", filepath.Join(dir, "none.glb"), "there is no such file"},
		{"a folder", dir, "it is a folder"},
		{"a pipe", pipe, "not a regular file"},
		{"another format", write("a.blend", "BLENDER-v340"), "not a scene file that zscope reads"},
		{"text named .glb", write("text.glb", "hello"), "text.glb"},
		{"below a file", filepath.Join(write("plain.txt", "x"), "a.glb"), "not a directory"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := Open(context.Background(), tc.path)
			if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.HasPrefix(err.Error(), "load ") {
				t.Errorf("got %v, want a sentence with %q", err, tc.want)
			}
		})
	}
}

// A main file may be a link out of its folder, its companions may not.
func TestFolderLinks(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	for _, name := range []string{"main.gltf", "data.bin"} {
		if err := os.WriteFile(filepath.Join(outside, name), []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Join(outside, name), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	f := folder{root.FS(), "main.gltf", filepath.Join(dir, "main.gltf")}
	if data, err := fs.ReadFile(f, "main.gltf"); err != nil || string(data) != "main.gltf" {
		t.Errorf("main file: %q, %v", data, err)
	}
	if _, err := fs.ReadFile(f, "data.bin"); err == nil {
		t.Error("a companion was read through a link that leads out of the folder")
	}
}

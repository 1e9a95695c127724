package gltfscene

import (
	"bufio"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// corpus returns the files that a manifest of the public glTF files beside the
// repository names in the given column.
func corpus(t *testing.T, folder string, column int) (root string, files []string) {
	t.Helper()
	root = filepath.Join("..", "..", "..", "shared", "corpus")
	if _, err := os.Stat(root); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("no corpus beside the repository")
	}
	f, err := os.Open(filepath.Join(root, folder, "manifest.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	seen := map[string]bool{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	lines.Scan() // the titles
	for lines.Scan() {
		if name := strings.Split(lines.Text(), "\t")[column]; !seen[name] {
			seen[name] = true
			files = append(files, name)
		}
	}
	if err := lines.Err(); err != nil || len(files) < 50 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	return root, files
}

// Each file that has reference depth maps loads, and none needs more of an
// excuse than a warning.
func TestCorpus(t *testing.T) {
	root, files := corpus(t, "ref", 1)
	for _, name := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		s, err := Load(context.Background(), os.DirFS(filepath.Dir(path)), filepath.Base(path))
		if err != nil {
			t.Error(err)
			continue
		}
		checkScene(t, s)
		if len(s.Instances) == 0 {
			t.Errorf("%s shows nothing", name)
		}
		if len(s.Source.SHA256) != 64 || s.Source.Bytes == 0 {
			t.Errorf("%s: source %+v", name, s.Source)
		}
	}
}

// Broken files are refused or loaded, in bounded memory.
func TestBrokenCorpus(t *testing.T) {
	root, files := corpus(t, "bad", 0)
	for _, name := range files {
		path := filepath.Join(root, "bad", filepath.FromSlash(name))
		checkMemory(t, 0, func() {
			s, err := Load(context.Background(), os.DirFS(filepath.Dir(path)), filepath.Base(path))
			if err == nil {
				checkScene(t, s)
			} else if strings.ContainsAny(err.Error(), "\n") {
				t.Errorf("the message is more than a line: %q", err)
			}
		})
		if t.Failed() {
			t.Fatal(name)
		}
	}
}

package filedrop

import (
	"net/url"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

func TestLocalPaths(t *testing.T) {
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, list string
		want       []string
		err        string
	}{
		{"one", "file:///home/ann/hall.glb\r\n", []string{"/home/ann/hall.glb"}, ""},
		{"no line end", "file:///hall.glb", []string{"/hall.glb"}, ""},
		{"several, in order", "file:///b.glb\r\nfile:///a.json\r\n", []string{"/b.glb", "/a.json"}, ""},
		{"bare newlines", "file:///b.glb\nfile:///a.json\n", []string{"/b.glb", "/a.json"}, ""},
		{"NUL at the end", "file:///b.glb\x00", []string{"/b.glb"}, ""},
		{"comment", "# from a file manager\r\nfile:///b.glb\r\n", []string{"/b.glb"}, ""},
		{"percent-encoded", "file:///tmp/two%20words%23%25.glb", []string{"/tmp/two words#%.glb"}, ""},
		{"UTF-8", "file:///tmp/%C3%A9t%C3%A9/%E5%B1%8B.glb", []string{"/tmp/été/屋.glb"}, ""},
		{"UTF-8, not encoded", "file:///tmp/été.glb", []string{"/tmp/été.glb"}, ""},
		{"a stray percent sign", "file:///tmp/100%.glb", []string{"/tmp/100%.glb"}, ""},
		{"question and number signs", "file:///tmp/a?b#c.glb", []string{"/tmp/a?b#c.glb"}, ""},
		{"localhost", "file://localhost/b.glb", []string{"/b.glb"}, ""},
		{"this machine", "file://" + strings.ToUpper(host) + "/b.glb", []string{"/b.glb"}, ""},
		{"one slash", "file:/b.glb", []string{"/b.glb"}, ""},
		{"upper case", "FILE:///b.glb", []string{"/b.glb"}, ""},
		{"a folder", "file:///frames/", []string{"/frames"}, ""},
		{"dots", "file:///a/../b.glb", []string{"/b.glb"}, ""},
		{"remote among local", "sftp://far/b.glb\r\nfile:///a.glb", []string{"/a.glb"}, ""},
		{"another machine", "file://far.example/b.glb", nil, `"file://far.example/b.glb" is not a file on this machine`},
		{"a web page", "https://example.com/b.glb\r\n", nil, "is not a file on this machine"},
		{"no path", "file://localhost", nil, "is not a file on this machine"},
		{"relative", "file:b.glb", nil, "is not a file on this machine"},
		{"encoded NUL", "file:///a%00b", nil, "is not a file on this machine"},
		{"nothing", "", nil, "names no file"},
		{"only comments", "# nothing\r\n", nil, "names no file"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := localPaths([]byte(tc.list))
			if !slices.Equal(got, tc.want) {
				t.Errorf("paths %q, want %q", got, tc.want)
			}
			if tc.err == "" && err != nil || tc.err != "" && (err == nil || !strings.Contains(err.Error(), tc.err)) {
				t.Errorf("error %v, want %q", err, tc.err)
			}
		})
	}
}

// Whatever a source sends, paths are absolute, clean and without NUL; a list
// that is made of paths gives them back.
func FuzzLocalPaths(f *testing.F) {
	f.Add([]byte("file:///home/ann/hall.glb\r\nfile://localhost/%C3%A9.glb\r\n"))
	f.Add([]byte("# c\n\x00file:/a%zz\nhttp://x/y"))
	f.Fuzz(func(t *testing.T, list []byte) {
		paths, err := localPaths(list)
		if (len(paths) > 0) != (err == nil) {
			t.Fatalf("%d paths and error %v", len(paths), err)
		}
		var again strings.Builder
		for _, p := range paths {
			if !path.IsAbs(p) || path.Clean(p) != p || strings.ContainsRune(p, 0) {
				t.Fatalf("path %q", p)
			}
			again.WriteString((&url.URL{Scheme: "file", Path: p}).String() + "\r\n")
		}
		if len(paths) == 0 {
			return
		}
		if got, err := localPaths([]byte(again.String())); err != nil || !slices.Equal(got, paths) {
			t.Fatalf("%q came back as %q, %v", paths, got, err)
		}
	})
}

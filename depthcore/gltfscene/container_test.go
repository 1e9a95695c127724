package gltfscene

import (
	"bytes"
	"context"
	"encoding/base64"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"zscope/depthcore/scene"
)

func loadBytes(name string, data []byte) (*scene.Scene, error) {
	return load(context.Background(), fstest.MapFS{name: {Data: data}}, name)
}

// triangleJSON is a document of one triangle whose 36 bytes are in a buffer
// with the given members.
func triangleJSON(buffer string) string {
	return `{"asset":{"version":"2.0"},"nodes":[{"mesh":0}],"meshes":[{"primitives":[{"attributes":{"POSITION":0}}]}],
		"accessors":[{"bufferView":0,"componentType":5126,"count":3,"type":"VEC3"}],
		"bufferViews":[{"buffer":0,"byteLength":36}],"buffers":[{` + buffer + `"byteLength":36}]}`
}

var triangleData = bytesOf(cardXY[:9])

func chunk(kind uint32, data []byte) []byte {
	return append(bytesOf(uint32(len(data)), kind), data...)
}

func glbOf(chunks ...[]byte) []byte {
	body := bytes.Join(chunks, nil)
	return append(append([]byte(glbMagic), bytesOf(uint32(2), uint32(12+len(body)))...), body...)
}

func TestContainer(t *testing.T) {
	json, bin := []byte(triangleJSON("")), triangleData
	embedded := []byte(triangleJSON(`"uri":"data:application/octet-stream;base64,` + base64.StdEncoding.EncodeToString(triangleData) + `",`))
	whole := glbOf(chunk(chunkJSON, json), chunk(chunkBIN, bin))
	late := bytes.Clone(whole)
	late[8]++
	short := bytes.Clone(whole)
	copy(short[8:], bytesOf(uint32(0)))
	old := bytes.Clone(whole)
	old[4] = 1
	for _, tc := range []struct {
		name string
		data []byte
		err  string // "" where it must load
	}{
		{"a GLB", whole, ""},
		{"spaces after the JSON", glbOf(chunk(chunkJSON, append(bytes.Clone(json), "    "...)), chunk(chunkBIN, bin)), ""},
		{"zeros after the JSON", glbOf(chunk(chunkJSON, append(bytes.Clone(json), 0, 0, 0)), chunk(chunkBIN, bin)), ""},
		{"500 bytes after the JSON", glbOf(chunk(chunkJSON, append(bytes.Clone(json), bytes.Repeat([]byte(" "), 500)...)), chunk(chunkBIN, bin)), ""},
		{"a byte order mark", glbOf(chunk(chunkJSON, append([]byte("\ufeff"), json...)), chunk(chunkBIN, bin)), ""},
		{"padding after the data", glbOf(chunk(chunkJSON, json), chunk(chunkBIN, append(bytes.Clone(bin), 0, 0, 0))), ""},
		{"an unknown chunk between", glbOf(chunk(chunkJSON, json), chunk(7, []byte("what?")), chunk(chunkBIN, bin)), ""},
		{"an unknown chunk at the end", glbOf(chunk(chunkJSON, json), chunk(chunkBIN, bin), chunk(7, []byte("what?"))), ""},
		{"a second binary chunk", glbOf(chunk(chunkJSON, json), chunk(chunkBIN, bin), chunk(chunkBIN, nil)), ""},
		{"an empty binary chunk", glbOf(chunk(chunkJSON, embedded), chunk(chunkBIN, nil)), ""},
		{"bytes after the GLB", append(bytes.Clone(whole), "junk after"...), ""},
		{"a length of nothing", short, ""},
		{"JSON", embedded, ""},
		{"JSON with a byte order mark", append([]byte("\ufeff"), embedded...), ""},
		{"JSON with white space around", []byte(" \r\n\t  \n\n            " + string(embedded) + "\n\n"), ""},
		{"nothing", nil, "empty"},
		{"a text", []byte("hello, this is a text"), "neither a GLB nor"},
		{"a short text", []byte("glT"), "neither a GLB nor"},
		{"a header's beginning", whole[:10], "within its header"},
		{"a header alone", whole[:12], "truncated"},
		{"half a GLB", whole[:len(whole)/2], "truncated"},
		{"a byte too few", whole[:len(whole)-1], "truncated"},
		{"a length too large", late, "truncated"},
		{"version 1", old, "version 1"},
		{"no JSON", glbOf(chunk(chunkBIN, bin)), "no JSON"},
		{"empty JSON", glbOf(chunk(chunkJSON, nil), chunk(chunkBIN, bin)), "JSON"},
		{"no data", glbOf(chunk(chunkJSON, json)), "no data"},
		{"too little data", glbOf(chunk(chunkJSON, json), chunk(chunkBIN, bin[:32])), "truncated"},
		{"JSON that ends early", embedded[:len(embedded)-9], "JSON"},
		{"JSON with something after it", append(bytes.Clone(embedded), '}'), "JSON"},
		{"UTF-16", []byte("\xff\xfe{\x00}\x00"), "neither a GLB nor"},
		{"glTF 1.0", []byte(`{"asset":{"version":"1.0"},"nodes":{"a":{}}}`), `glTF "1.0"`},
		{"glTF 1.1 in a number", []byte(`{"asset":{"version":1.1},"nodes":{"a":{}}}`), `glTF "1.1"`},
		{"glTF 3", []byte(`{"asset":{"version":"3.0"}}`), `glTF "3.0"`},
		{"needs more than 2.0", []byte(`{"asset":{"version":"2.9","minVersion":"2.9"}}`), `glTF "2.9"`},
		{"another JSON file", []byte(`{"name":"package"}`), "which version"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, err := Load(context.Background(), fstest.MapFS{"x.glb": {Data: tc.data}}, "x.glb")
			switch {
			case err == nil && tc.err != "":
				t.Errorf("it loads; it should say %q", tc.err)
			case err != nil && (tc.err == "" || !strings.Contains(err.Error(), tc.err) || !strings.HasPrefix(err.Error(), "load x.glb: ")):
				t.Errorf("got %v, want %q", err, tc.err)
			case err == nil && len(s.Primitives) != 1:
				t.Errorf("%d primitives", len(s.Primitives))
			}
		})
	}
}

func TestCompanions(t *testing.T) {
	fsys := fstest.MapFS{"dir/pipe": {Mode: 0o644 | 1<<25}}
	for _, name := range []string{"secret", "dir/a.bin", "dir/white space.bin", "dir/größe ❤.bin", "dir/100%25.bin", "dir/50%.bin", "dir/sub/b.bin", "dir/a+b&c.bin"} {
		fsys[name] = &fstest.MapFile{Data: triangleData}
	}
	for _, tc := range []struct{ uri, err string }{
		{"a.bin", ""},
		{"./a.bin", ""},
		{"sub/b.bin", ""},
		{"sub/../a.bin", ""},
		{"white space.bin", ""},
		{"white%20space.bin", ""},
		{"größe ❤.bin", ""},
		{"gr%C3%B6%C3%9Fe%20%E2%9D%A4.bin", ""},
		{"100%25.bin", ""},
		{"50%.bin", ""},
		{"a+b&c.bin", ""},
		{"DATA:;base64," + base64.StdEncoding.EncodeToString(triangleData), ""},
		{"data:application/gltf-buffer;base64," + base64.RawStdEncoding.EncodeToString(triangleData), ""},
		{"data:," + strings.ReplaceAll(percent(triangleData), "+", "%20"), ""},
		{"data:;base64,AAAA", "truncated"},
		{"data:;base64,A*", "base64"},
		{"data:;base64", "comma"},
		{"data:,%zz", "percent"},
		{"none.bin", "no such file"},
		{"../secret", "leads out"},
		{"..%2fsecret", "leads out"},
		{"%2e%2e/secret", "leads out"},
		{"sub/../../secret", "leads out"},
		{"sub", "not a regular file"},
		{".", "not a regular file"},
		{"pipe", "not a regular file"},
		{"/dir/a.bin", "absolute"},
		{"%2Fdir/a.bin", "absolute"},
		{"//host/a.bin", "absolute"},
		{"file:///dir/a.bin", "scheme"},
		{"http://host/a.bin", "scheme"},
		{"C:/a.bin", "scheme"},
		{`C:\a.bin`, "scheme"},
		{`sub\b.bin`, "forward slashes"},
		{"a.bin%00", "forward slashes"},
	} {
		t.Run(tc.uri, func(t *testing.T) {
			fsys["dir/a.gltf"] = &fstest.MapFile{Data: []byte(triangleJSON(`"uri":` + quote(tc.uri) + `,`))}
			_, err := load(context.Background(), fsys, "dir/a.gltf")
			if (err == nil) != (tc.err == "") || err != nil && !strings.Contains(err.Error(), tc.err) {
				t.Errorf("got %v, want %q", err, tc.err)
			}
		})
	}
}

func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

func percent(data []byte) string {
	const digits = "0123456789ABCDEF"
	var out strings.Builder
	for _, b := range data {
		out.WriteString(string([]byte{'%', digits[b>>4], digits[b&15]}))
	}
	return out.String()
}

func TestRequiredExtensions(t *testing.T) {
	for _, tc := range []struct{ name, err string }{
		{"ACME_terrain", "ACME_terrain"},
		{"KHR_texture_basisu", ""}, // no material has alpha
		{"KHR_materials_new", ""},
	} {
		b := newBuilder()
		n := at5(b.card(nil, nil))
		n["extensions"] = obj{tc.name: obj{}}
		b.node(n)
		b.doc["extensionsRequired"] = []string{tc.name}
		if _, err := loadBytes("a.glb", b.glb()); (err == nil) != (tc.err == "") || err != nil && !strings.Contains(err.Error(), tc.err) {
			t.Errorf("%s: got %v, want %q", tc.name, err, tc.err)
		}
	}
}

// An image format that cannot be decoded matters where the material has alpha.
func TestUndecodableAlpha(t *testing.T) {
	for required, want := range map[bool]string{false: "warning", true: "error"} {
		b := newBuilder()
		b.node(at5(b.cutout([]byte("?"), obj{"alphaMode": "MASK"}, nil, obj{}, nil)))
		texture := b.doc["textures"].([]any)[0].(obj)
		texture["extensions"] = obj{extTextureBasisU: obj{"source": texture["source"]}}
		delete(texture, "source")
		if required {
			b.doc["extensionsRequired"] = []string{extTextureBasisU}
		}
		s, err := loadBytes("a.glb", b.glb())
		var said string
		if err != nil {
			said = err.Error()
		} else {
			said = strings.Join(s.Warnings, "\n")
		}
		if (err != nil) != required || !strings.Contains(said, extTextureBasisU) {
			t.Errorf("required %v: %q, want a %s that names the extension", required, said, want)
		}
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), -time.Second)
	defer cancel()
	if _, err := Load(ctx, fstest.MapFS{"a.glb": {Data: glb(triangleJSON(""), triangleData)}}, "a.glb"); err == nil {
		t.Error("it loads after its context has ended")
	}
}

// The source says which companions were read, so that an export can tell that
// one of them changed.
func TestSourceParts(t *testing.T) {
	text := triangleJSON(`"uri": "a.bin", `)
	parts := func(data []byte) string {
		s, err := Load(context.Background(), fstest.MapFS{"d/x.gltf": {Data: []byte(text)}, "d/a.bin": {Data: data}}, "d/x.gltf")
		if err != nil {
			t.Fatal(err)
		}
		return s.Source.Parts
	}
	other := bytes.Clone(triangleData)
	other[len(other)-1] ^= 1
	if parts(triangleData) == "" || parts(triangleData) != parts(bytes.Clone(triangleData)) || parts(triangleData) == parts(other) {
		t.Errorf("parts %q, of other data %q", parts(triangleData), parts(other))
	}
	s, err := Load(context.Background(), fstest.MapFS{"x.glb": {Data: glb(triangleJSON(""), triangleData)}}, "x.glb")
	if err != nil || s.Source.Parts != "" {
		t.Errorf("a file alone: %q, %v", s.Source.Parts, err)
	}
}

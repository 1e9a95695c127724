package gltfscene

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"math"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"zscope/depthcore/scene"
)

// checkLoad loads a file that may be anything, within the memory that it may
// take, and poses what comes out.
func checkLoad(t *testing.T, fsys fstest.MapFS, name string) {
	size := 0
	for _, f := range fsys {
		size += len(f.Data)
	}
	checkMemory(t, size, func() { loadAndPose(t, fsys, name) })
}

// checkMemory runs load for files of size bytes. It counts all that was ever
// allocated, garbage included, which is more than was ever in use at once.
func checkMemory(t *testing.T, size int, load func()) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	load()
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > uint64(4*size+256<<20) {
		t.Errorf("%d bytes allocated for a file of %d", used, size)
	}
}

func loadAndPose(t *testing.T, fsys fstest.MapFS, name string) {
	s, err := load(context.Background(), fsys, name)
	if err != nil {
		if strings.ContainsAny(err.Error(), "\n\x00") {
			t.Errorf("the message is more than a line: %q", err)
		}
		return
	}
	checkScene(t, s)
	pose := s.NewPose(nil)
	for _, at := range []float64{0, 0.5, math.Inf(1)} {
		s.Pose(pose, at)
	}
	s.Timeline(nil)
	s.Clashes(nil)
	for c := range s.Cameras {
		w, h := s.Cameras[c].DefaultSize(64)
		s.View(pose, c, w, h)
	}
}

// checkScene checks what everybody relies on in a scene.
func checkScene(t *testing.T, s *scene.Scene) {
	for i, n := range s.Nodes {
		if n.Parent >= i {
			t.Fatalf("node %d has parent %d", i, n.Parent)
		}
	}
	for i := range s.Primitives {
		p := &s.Primitives[i]
		n := len(p.Positions)
		if p.Material >= len(s.Materials) || p.UV != nil && len(p.UV) != n || p.Alpha != nil && len(p.Alpha) != n ||
			len(p.Joints) != n*p.Influences || len(p.Weights) != n*p.Influences {
			t.Fatalf("primitive %d does not fit its %d vertices", i, n)
		}
		for _, v := range p.Indices {
			if int(v) >= n {
				t.Fatalf("primitive %d: index %d of %d", i, v, n)
			}
		}
		for _, target := range p.Targets {
			if target.Vertex == nil && len(target.Delta) != n || target.Vertex != nil && len(target.Delta) != len(target.Vertex) {
				t.Fatalf("primitive %d: a morph target does not fit its %d vertices", i, n)
			}
		}
	}
	for i, in := range s.Instances {
		p := &s.Primitives[in.Primitive]
		if in.Skin < 0 {
			continue
		}
		for _, j := range p.Joints {
			if int(j) >= len(s.Skins[in.Skin].Joints) {
				t.Fatalf("instance %d follows joint %d", i, j)
			}
		}
	}
	for i, a := range s.Animations {
		for k, c := range a.Channels {
			n := len(c.Times) * c.Width
			if c.Interpolation == scene.CubicSpline {
				n *= 3
			}
			if len(c.Times) == 0 || len(c.Values) < n {
				t.Fatalf("animation %d channel %d: %d keys, %d values", i, k, len(c.Times), len(c.Values))
			}
		}
	}
}

// FuzzLoadGLB feeds whole files.
func FuzzLoadGLB(f *testing.F) {
	for _, feature := range features {
		b := newBuilder()
		feature.build(b)
		if data := b.glb(); len(data) < 1<<14 {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		checkLoad(t, fstest.MapFS{"a.glb": {Data: data}}, "a.glb")
	})
}

// FuzzLoadGLTF feeds a document and a buffer apart, so that changes of the
// document do not break the container.
func FuzzLoadGLTF(f *testing.F) {
	for _, feature := range features {
		if text, bin := documentOf(feature); len(text) < 1<<13 {
			f.Add(text, bin)
		}
	}
	f.Fuzz(func(t *testing.T, text, bin []byte) {
		checkLoad(t, fstest.MapFS{"a.gltf": {Data: text}, "a.bin": {Data: bin}}, "a.gltf")
	})
}

// FuzzNumbers changes a number of a document that is fine otherwise: a count,
// an offset, an index.
func FuzzNumbers(f *testing.F) {
	for i := range features {
		f.Add(i, 7*i, int64(1)<<(i%64))
	}
	f.Fuzz(func(t *testing.T, which, place int, value int64) {
		text, bin := documentOf(features[uint(which)%uint(len(features))])
		places := integers.FindAllIndex(text, -1)
		p := places[uint(place)%uint(len(places))]
		checkLoad(t, fstest.MapFS{"a.gltf": {Data: replace(text, p, value)}, "a.bin": {Data: bin}}, "a.gltf")
	})
}

// Any number of any feature's document may be anything.
func TestNumbers(t *testing.T) {
	for _, f := range features {
		text, bin := documentOf(f)
		if len(text) > 1<<13 {
			continue // more of the same
		}
		for _, p := range integers.FindAllIndex(text, -1) {
			checkMemory(t, len(text)+len(bin), func() {
				for _, value := range []int64{-1, 3, math.MaxInt64} {
					loadAndPose(t, fstest.MapFS{"a.gltf": {Data: replace(text, p, value)}, "a.bin": {Data: bin}}, "a.gltf")
				}
			})
			if t.Failed() {
				t.Fatalf("%s: something in place of %s at byte %d", f.name, text[p[0]:p[1]], p[0])
			}
		}
	}
}

// integers finds numbers without a point or an exponent that stand alone.
var integers = regexp.MustCompile(`\b\d+\b`)

func replace(text []byte, place []int, value int64) []byte {
	return slices.Concat(text[:place[0]], strconv.AppendInt(nil, value, 10), text[place[1]:])
}

// documentOf returns a feature's JSON, and the buffer a.bin that it refers to.
func documentOf(f feature) (text, bin []byte) {
	b := newBuilder()
	f.build(b)
	b.glb()
	if buffers, ok := b.doc["buffers"].([]any); ok {
		buffers[0].(obj)["uri"] = "a.bin"
	}
	text, err := json.Marshal(b.doc)
	if err != nil {
		panic(err)
	}
	return text, b.bin
}

// What is small and claims or unfolds to much is refused before it is
// allocated.
func TestBombs(t *testing.T) {
	list := func(item string, n int) string {
		return "[" + strings.TrimSuffix(strings.Repeat(item+",", n), ",") + "]"
	}
	huge := obj{"componentType": float32Type, "type": "VEC3", "count": 2000000000}
	for _, tc := range []struct {
		name string
		data func() []byte
	}{
		{"vertices without data", func() []byte {
			b := newBuilder()
			b.node(obj{"mesh": b.mesh(obj{"attributes": obj{"POSITION": b.add("accessors", huge)}})})
			return b.glb()
		}},
		{"morph targets without data", func() []byte {
			b := newBuilder()
			position := b.add("accessors", obj{"componentType": float32Type, "type": "VEC3", "count": 1000000})
			targets := []any{}
			for range 100000 {
				targets = append(targets, obj{"POSITION": position})
			}
			b.node(obj{"mesh": b.mesh(obj{"attributes": obj{"POSITION": position}, "targets": targets})})
			return b.glb()
		}},
		{"one accessor in many primitives", func() []byte {
			b := newBuilder()
			position := b.add("accessors", obj{"componentType": float32Type, "type": "VEC3", "count": 3000000})
			var list []obj
			for range 1000 {
				list = append(list, obj{"attributes": obj{"POSITION": position}})
			}
			b.node(obj{"mesh": b.mesh(list...)})
			return b.glb()
		}},
		{"instances without data", func() []byte {
			b := newBuilder()
			b.node(obj{"mesh": b.card(nil, nil), "extensions": obj{extGPUInstancing: obj{"attributes": obj{"TRANSLATION": b.add("accessors", huge)}}}})
			return b.glb()
		}},
		{"instances shared by many nodes", func() []byte {
			b := newBuilder()
			places := b.add("accessors", obj{"componentType": float32Type, "type": "VEC3", "count": 100000})
			m := b.card(nil, nil)
			for range 10000 {
				b.node(obj{"mesh": m, "extensions": obj{extGPUInstancing: obj{"attributes": obj{"TRANSLATION": places}}}})
			}
			return b.glb()
		}},
		{"empty objects", func() []byte { return []byte(`{"asset":{"version":"2.0"},"nodes":` + list("{}", 3000000) + "}") }},
		{"numbers", func() []byte {
			return []byte(`{"asset":{"version":"2.0"},"nodes":[{"children":` + list("0", 20000000) + `}]}`)
		}},
		{"empty lists", func() []byte {
			return []byte(`{"asset":{"version":"2.0"},"scenes":[{"nodes":[` + strings.Repeat("[", 10000000))
		}},
		{"deep extras", func() []byte {
			return []byte(`{"asset":{"version":"2.0","extras":` + strings.Repeat("[", 1000000) + strings.Repeat("]", 1000000) + `}}`)
		}},
		{"deep nonsense", func() []byte {
			return []byte(`{"asset":{"version":"2.0"},"nonsense":` + strings.Repeat(`{"a":`, 1000000) + "0" + strings.Repeat("}", 1000000) + `}`)
		}},
		{"a large image", func() []byte {
			b := newBuilder()
			data := pngOf(1, 0)
			binary.BigEndian.PutUint32(data[16:], 50000)
			binary.BigEndian.PutUint32(data[20:], 50000)
			b.node(at5(b.cutout(fixPNG(data), obj{"alphaMode": "MASK"}, nil, obj{}, nil)))
			return b.glb()
		}},
		{"a WebP picture larger than its canvas", func() []byte {
			b := newBuilder()
			webpCard(lossyWebP)(b)
			i := bytes.Index(b.bin, []byte("\x9d\x01\x2a"))
			copy(b.bin[i+3:], "\xff\x3f\xff\x3f")
			return b.glb()
		}},
		{"meshopt data of nothing", func() []byte {
			b := newBuilder()
			meshopted(extMeshopt)(b)
			v := b.doc["bufferViews"].([]any)[1].(obj)
			v["extensions"].(obj)[extMeshopt].(obj)["count"] = 1 << 40
			return b.glb()
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			data := tc.data()
			checkLoad(t, fstest.MapFS{"a.glb": {Data: data}}, "a.glb")
		})
	}
}

// Compressed bytes raise the limit once they decode, but only so far.
func TestBudgetUnpacks(t *testing.T) {
	b := budget{read: 1000}
	plain := b.limit()
	back := b.unpack(500, meshoptFactor)
	if got := b.limit() - plain; got != 500*meshoptFactor {
		t.Errorf("500 bytes raise the limit by %d", got)
	}
	if back(); b.limit() != plain {
		t.Errorf("the limit is %d, not %d again", b.limit(), plain)
	}
	for range 100 {
		b.unpack(500, dracoFactor)
	}
	if got := b.limit() - plain; got != 1000*dracoFactor {
		t.Errorf("the same bytes over and over raise the limit by %d", got)
	}
}

func TestBudget(t *testing.T) {
	b := budget{read: 1000}
	if err := b.charge(1<<62, 1<<10, "much"); err == nil || b.used != 0 {
		t.Errorf("an overflowing request passes: %v, %d used", err, b.used)
	}
	if err := b.charge(-1, 8, "less than nothing"); err == nil {
		t.Error("a negative request passes")
	}
	if err := b.charge(1000, 8, "a little"); err != nil || b.used != 8000 {
		t.Errorf("a little is refused: %v", err)
	}
}

func TestTrimJSON(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		{`{"a":1}`, `{"a":1}`},
		{`{"extras":{"deep":[1,{"x":"}"}]},"b":2}`, `{"extras":null,"b":2}`},
		{`{"extras" : [[]] }`, `{"extras" : null }`},
		{`{"extras":1,"b":"extras"}`, `{"extras":1,"b":"extras"}`},
		{`{"extras":"long string \" with a quote"}`, `{"extras":null}`},
		{`["extras",{"x":"extras"}]`, `["extras",{"x":"extras"}]`},
		{`{"a":"\"extras\":[1,2,3,4]"}`, `{"a":"\"extras\":[1,2,3,4]"}`},
		{`{"extras":[1,2,3`, `{"extras":null`},
		{`{"extras":`, `{"extras":`},
		{`{"extras":}`, `{"extras":}`},
		{`{"extras":12345}`, `{"extras":null}`},
		{`[1.0,2.000,3.10,4.0e3,-0.0,5.,"6.0",7.01]`, `[1,2,3.10,4.0e3,-0,5.,"6.0",7.01]`},
		{`"unfinished`, `"unfinished`},
		{`"ends in \`, `"ends in \`},
	} {
		got, _, _ := trimJSON([]byte(tc.in))
		if !bytes.Equal(got, []byte(tc.want)) {
			t.Errorf("%s becomes %s, not %s", tc.in, got, tc.want)
		}
	}
}

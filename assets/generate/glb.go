package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
)

// Constants of glTF 2.0.
const (
	typeUint8   = 5121
	typeUint16  = 5123
	typeUint32  = 5125
	typeFloat32 = 5126

	targetVertices = 34962
	targetIndices  = 34963
)

// document is the part of glTF 2.0 that the demo scene needs, with the
// specification's names.
type document struct {
	Asset struct {
		Version   string `json:"version"`
		Generator string `json:"generator"`
	} `json:"asset"`
	Scene       int              `json:"scene"`
	Scenes      []gltfScene      `json:"scenes"`
	Nodes       []gltfNode       `json:"nodes"`
	Cameras     []map[string]any `json:"cameras"`
	Meshes      []gltfMesh       `json:"meshes"`
	Materials   []map[string]any `json:"materials"`
	Textures    []map[string]int `json:"textures"`
	Samplers    []map[string]int `json:"samplers"`
	Images      []map[string]any `json:"images"`
	Skins       []gltfSkin       `json:"skins"`
	Animations  []gltfAnimation  `json:"animations"`
	Accessors   []gltfAccessor   `json:"accessors"`
	BufferViews []gltfBufferView `json:"bufferViews"`
	Buffers     []map[string]int `json:"buffers"`
}

type gltfScene struct {
	Name  string `json:"name"`
	Nodes []int  `json:"nodes"`
}

type gltfNode struct {
	Name        string      `json:"name"`
	Mesh        *int        `json:"mesh,omitempty"`
	Camera      *int        `json:"camera,omitempty"`
	Skin        *int        `json:"skin,omitempty"`
	Children    []int       `json:"children,omitempty"`
	Translation *vec3       `json:"translation,omitempty"`
	Rotation    *quaternion `json:"rotation,omitempty"`
}

type gltfMesh struct {
	Name       string          `json:"name"`
	Primitives []gltfPrimitive `json:"primitives"`
	Weights    []float64       `json:"weights,omitempty"`
}

type gltfPrimitive struct {
	Attributes map[string]int   `json:"attributes"`
	Indices    int              `json:"indices"`
	Material   int              `json:"material"`
	Targets    []map[string]int `json:"targets,omitempty"`
}

type gltfSkin struct {
	Joints              []int `json:"joints"`
	InverseBindMatrices int   `json:"inverseBindMatrices"`
}

type gltfAnimation struct {
	Name     string           `json:"name"`
	Channels []gltfChannel    `json:"channels"`
	Samplers []map[string]any `json:"samplers"`
}

type gltfChannel struct {
	Sampler int `json:"sampler"`
	Target  struct {
		Node int    `json:"node"`
		Path string `json:"path"`
	} `json:"target"`
}

type gltfAccessor struct {
	BufferView    int       `json:"bufferView"`
	ComponentType int       `json:"componentType"`
	Count         int       `json:"count"`
	Type          string    `json:"type"`
	Min           []float64 `json:"min,omitempty"`
	Max           []float64 `json:"max,omitempty"`
}

type gltfBufferView struct {
	Buffer     int `json:"buffer"`
	ByteOffset int `json:"byteOffset"`
	ByteLength int `json:"byteLength"`
	Target     int `json:"target,omitempty"`
}

// builder gathers a document and its binary chunk.
type builder struct {
	document
	bin   []byte
	times int // accessor of the times of all frames
	err   error
}

// view appends bytes to the binary chunk.
func (b *builder) view(data []byte, target int) int {
	for len(b.bin)%4 != 0 {
		b.bin = append(b.bin, 0)
	}
	b.BufferViews = append(b.BufferViews, gltfBufferView{
		ByteOffset: len(b.bin), ByteLength: len(data), Target: target,
	})
	b.bin = append(b.bin, data...)
	return len(b.BufferViews) - 1
}

func (b *builder) accessor(a gltfAccessor) int {
	b.Accessors = append(b.Accessors, a)
	return len(b.Accessors) - 1
}

var widths = map[string]int{"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}

// floats stores numbers as float32; bounds are those of what is stored.
func (b *builder) floats(kind string, target int, bounds bool, numbers []float64) int {
	width := widths[kind]
	var data []byte
	lo, hi := make([]float64, width), make([]float64, width)
	for i, x := range numbers {
		f := float32(x)
		if f-f != 0 && b.err == nil {
			b.err = fmt.Errorf("accessor %d: number %d is %g", len(b.Accessors), i, x)
		}
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(f))
		if c := i % width; i < width || float64(f) < lo[c] {
			lo[c] = float64(f)
		}
		if c := i % width; i < width || float64(f) > hi[c] {
			hi[c] = float64(f)
		}
	}
	a := gltfAccessor{
		BufferView: b.view(data, target), ComponentType: typeFloat32,
		Count: len(numbers) / width, Type: kind,
	}
	if bounds {
		a.Min, a.Max = lo, hi
	}
	return b.accessor(a)
}

func (b *builder) vectors(target int, bounds bool, vs []vec3) int {
	var numbers []float64
	for _, v := range vs {
		numbers = append(numbers, v[:]...)
	}
	return b.floats("VEC3", target, bounds, numbers)
}

// mesh stores a surface, with its normals.
func (b *builder) mesh(name string, material int, s *surface) int {
	p := gltfPrimitive{Material: material, Attributes: map[string]int{
		"POSITION": b.vectors(targetVertices, true, s.points),
	}}
	if !s.flat {
		p.Attributes["NORMAL"] = b.vectors(targetVertices, false, s.normals())
	}
	if s.uv != nil {
		var numbers []float64
		for _, uv := range s.uv {
			numbers = append(numbers, uv[:]...)
		}
		p.Attributes["TEXCOORD_0"] = b.floats("VEC2", targetVertices, false, numbers)
	}
	if s.joints != nil {
		var joints []byte
		var weights []float64
		for i := range s.joints {
			joints = append(joints, s.joints[i][:]...)
			weights = append(weights, s.weights[i][:]...)
		}
		p.Attributes["JOINTS_0"] = b.accessor(gltfAccessor{
			BufferView: b.view(joints, targetVertices), ComponentType: typeUint8, Count: len(s.joints), Type: "VEC4",
		})
		p.Attributes["WEIGHTS_0"] = b.floats("VEC4", targetVertices, false, weights)
	}
	var data []byte
	component := typeUint16
	if len(s.points) > math.MaxUint16 {
		component = typeUint32
	}
	for _, i := range s.indices {
		if component == typeUint16 {
			data = binary.LittleEndian.AppendUint16(data, uint16(i))
		} else {
			data = binary.LittleEndian.AppendUint32(data, uint32(i))
		}
	}
	p.Indices = b.accessor(gltfAccessor{
		BufferView: b.view(data, targetIndices), ComponentType: component, Count: len(s.indices), Type: "SCALAR",
	})
	m := gltfMesh{Name: name}
	for _, deltas := range s.targets {
		p.Targets = append(p.Targets, map[string]int{"POSITION": b.vectors(targetVertices, true, deltas)})
		m.Weights = append(m.Weights, 0)
	}
	m.Primitives = []gltfPrimitive{p}
	b.Meshes = append(b.Meshes, m)
	return len(b.Meshes) - 1
}

// node appends a node below parent, or a root for parent -1.
func (b *builder) node(parent int, n gltfNode) int {
	i := len(b.Nodes)
	b.Nodes = append(b.Nodes, n)
	if parent < 0 {
		b.Scenes[0].Nodes = append(b.Scenes[0].Nodes, i)
	} else {
		b.Nodes[parent].Children = append(b.Nodes[parent].Children, i)
	}
	return i
}

// place puts a surface into the scene as a mesh of its own at a point.
func (b *builder) place(parent int, name string, material int, at vec3, s *surface) int {
	mesh := b.mesh(name, material, s)
	return b.node(parent, gltfNode{Name: name, Mesh: &mesh, Translation: &at})
}

// material appends a plain material of a colour.
func (b *builder) material(name string, red, green, blue float64) int {
	b.Materials = append(b.Materials, map[string]any{
		"name": name,
		"pbrMetallicRoughness": map[string]any{
			"baseColorFactor": []float64{red, green, blue, 1},
			"metallicFactor":  0, "roughnessFactor": 0.7,
		},
	})
	return len(b.Materials) - 1
}

// cutOut appends a material whose texture's alpha says where the surface is.
func (b *builder) cutOut(name string, png []byte) int {
	if len(b.Samplers) == 0 {
		const linear, clamp = 9729, 33071
		b.Samplers = []map[string]int{{"magFilter": linear, "minFilter": linear, "wrapS": clamp, "wrapT": clamp}}
	}
	b.Images = append(b.Images, map[string]any{"name": name, "mimeType": "image/png", "bufferView": b.view(png, 0)})
	b.Textures = append(b.Textures, map[string]int{"sampler": 0, "source": len(b.Images) - 1})
	b.Materials = append(b.Materials, map[string]any{
		"name": name, "alphaMode": "MASK", "alphaCutoff": 0.5, "doubleSided": true,
		"pbrMetallicRoughness": map[string]any{
			"baseColorTexture": map[string]int{"index": len(b.Textures) - 1},
			"metallicFactor":   0, "roughnessFactor": 0.8,
		},
	})
	return len(b.Materials) - 1
}

// animate keys a property of a node at each frame, between which it runs
// linearly. An animation of that name is continued where it is the last one.
func (b *builder) animate(name string, node int, path, kind string, value func(frame int) []float64) {
	if b.times < 0 {
		var times []float64
		for n := firstFrame; n <= lastFrame; n++ {
			times = append(times, float64(n)/framesPerSecond)
		}
		b.times = b.floats("SCALAR", 0, true, times)
	}
	var values []float64
	for n := firstFrame; n <= lastFrame; n++ {
		values = append(values, value(n)...)
	}
	if n := len(b.Animations); n == 0 || b.Animations[n-1].Name != name {
		b.Animations = append(b.Animations, gltfAnimation{Name: name})
	}
	a := &b.Animations[len(b.Animations)-1]
	c := gltfChannel{Sampler: len(a.Samplers)}
	c.Target.Node, c.Target.Path = node, path
	a.Channels = append(a.Channels, c)
	a.Samplers = append(a.Samplers, map[string]any{
		"input": b.times, "interpolation": "LINEAR", "output": b.floats(kind, 0, false, values),
	})
}

// encode returns the document as a binary glTF file.
func (b *builder) encode() ([]byte, error) {
	if b.err != nil {
		return nil, b.err
	}
	for len(b.bin)%4 != 0 {
		b.bin = append(b.bin, 0)
	}
	b.Buffers = []map[string]int{{"byteLength": len(b.bin)}}
	text, err := json.Marshal(b.document)
	if err != nil {
		return nil, err
	}
	for len(text)%4 != 0 {
		text = append(text, ' ')
	}
	var out bytes.Buffer
	word := func(x uint32) { binary.Write(&out, binary.LittleEndian, x) }
	out.WriteString("glTF")
	word(2)
	word(uint32(12 + 8 + len(text) + 8 + len(b.bin)))
	word(uint32(len(text)))
	out.WriteString("JSON")
	out.Write(text)
	word(uint32(len(b.bin)))
	out.WriteString("BIN\x00")
	out.Write(b.bin)
	return out.Bytes(), nil
}

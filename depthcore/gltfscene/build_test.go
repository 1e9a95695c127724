package gltfscene

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"math"
	"reflect"
)

// obj is a JSON object.
type obj = map[string]any

// builder makes a glTF document piece by piece. Its add functions return the
// piece's index.
type builder struct {
	doc obj
	bin []byte
}

func newBuilder() *builder { return &builder{doc: obj{"asset": obj{"version": "2.0"}}} }

func (b *builder) add(list string, item any) int {
	have, _ := b.doc[list].([]any)
	b.doc[list] = append(have, item)
	return len(have)
}

// view adds the bytes of data as a buffer view with more members.
func (b *builder) view(data []byte, more obj) int {
	for len(b.bin)%4 != 0 {
		b.bin = append(b.bin, 0)
	}
	v := obj{"buffer": 0, "byteOffset": len(b.bin), "byteLength": len(data)}
	for k, x := range more {
		v[k] = x
	}
	b.bin = append(b.bin, data...)
	return b.add("bufferViews", v)
}

// bytesOf lays numbers out in a file's byte order. Float64 are written as
// float32, as glTF has it.
func bytesOf(parts ...any) []byte {
	var out []byte
	for _, p := range parts {
		if f, ok := p.([]float64); ok {
			for _, x := range f {
				out = binary.LittleEndian.AppendUint32(out, math.Float32bits(float32(x)))
			}
			continue
		}
		var err error
		if out, err = binary.Append(out, binary.LittleEndian, p); err != nil {
			panic(err)
		}
	}
	return out
}

// data adds an accessor of numbers: []float64 (as float32) or integers.
func (b *builder) data(kind string, numbers any, more obj) int {
	n := reflect.ValueOf(numbers).Len()
	a := obj{"bufferView": b.view(bytesOf(numbers), nil), "componentType": componentOfList(numbers), "type": kind, "count": n / componentCount(kind)}
	for k, x := range more {
		if a[k] = x; x == nil {
			delete(a, k)
		}
	}
	return b.add("accessors", a)
}

func componentOfList(numbers any) int {
	switch numbers.(type) {
	case []int8:
		return int8Type
	case []uint8:
		return uint8Type
	case []int16:
		return int16Type
	case []uint16:
		return uint16Type
	case []uint32:
		return uint32Type
	}
	return float32Type
}

// cardXY are the corners of a card two units wide, two triangles as listed in
// cardIndices. Its front faces +z.
var (
	cardXY      = []float64{-1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 1, 0}
	cardIndices = []uint16{0, 1, 2, 0, 2, 3}
	cardUV      = []float64{0, 1, 1, 1, 1, 0, 0, 0} // the image upright
)

func (b *builder) mesh(primitives ...obj) int {
	return b.add("meshes", obj{"name": "card", "primitives": primitives})
}

// card adds the mesh of a card; more are members of its primitive, attributes
// more of its attributes.
func (b *builder) card(attributes, more obj) int {
	a := obj{"POSITION": b.data("VEC3", cardXY, nil)}
	for k, x := range attributes {
		a[k] = x
	}
	p := obj{"attributes": a, "indices": b.data("SCALAR", cardIndices, nil)}
	for k, x := range more {
		p[k] = x
	}
	return b.mesh(p)
}

func (b *builder) node(n obj) int { return b.add("nodes", n) }

// animate adds an animation of one channel.
func (b *builder) animate(target obj, interpolation string, times, values int) {
	b.add("animations", obj{
		"channels": []any{obj{"sampler": 0, "target": target}},
		"samplers": []any{obj{"input": times, "output": values, "interpolation": interpolation}},
	})
}

func pointer(p string) obj {
	return obj{"path": "pointer", "extensions": obj{extAnimationPointer: obj{"pointer": p}}}
}

// glb returns the document as a GLB.
func (b *builder) glb() []byte {
	if len(b.bin) > 0 && b.doc["buffers"] == nil {
		b.doc["buffers"] = []any{obj{"byteLength": len(b.bin)}}
	}
	text, err := json.Marshal(b.doc)
	if err != nil {
		panic(err)
	}
	return glb(string(text), b.bin)
}

// glb makes a GLB of its two chunks.
func glb(json string, bin []byte) []byte {
	for len(json)%4 != 0 {
		json += " "
	}
	for len(bin)%4 != 0 {
		bin = append(bin, 0)
	}
	out := append([]byte("glTF"), bytesOf(uint32(2), uint32(28+len(json)+len(bin)), uint32(len(json)), uint32(chunkJSON))...)
	out = append(append(out, json...), bytesOf(uint32(len(bin)), uint32(chunkBIN))...)
	return append(out, bin...)
}

// pngOf returns a picture of width columns with the given alphas, row by row.
func pngOf(width int, alphas ...uint8) []byte {
	m := image.NewNRGBA(image.Rect(0, 0, width, len(alphas)/width))
	for i, a := range alphas {
		m.SetNRGBA(i%width, i/width, color.NRGBA{200, 100, 50, a})
	}
	var out bytes.Buffer
	if err := png.Encode(&out, m); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// cutout adds a card whose material has the given members and, as its base
// colour texture, the image in data; info are more members of the texture's
// reference, sampler is the texture's.
func (b *builder) cutout(data []byte, material, info, sampler, attributes obj) int {
	image := b.add("images", obj{"bufferView": b.view(data, nil), "mimeType": "image/png"})
	texture := b.add("textures", obj{"source": image, "sampler": b.add("samplers", sampler)})
	t := obj{"index": texture}
	for k, x := range info {
		t[k] = x
	}
	m := obj{"pbrMetallicRoughness": obj{"baseColorTexture": t}}
	for k, x := range material {
		m[k] = x
	}
	a := obj{"TEXCOORD_0": b.data("VEC2", cardUV, nil)}
	for k, x := range attributes {
		a[k] = x
	}
	return b.card(a, obj{"material": b.add("materials", m)})
}

// packAttributes encodes data, at most 16 elements of stride bytes, in the
// simplest way that the meshopt bitstream's version 0 has: raw byte deltas.
func packAttributes(data []byte, stride int) []byte {
	out := []byte{0xa0}
	for k := range stride {
		out = append(out, 3) // one group of 16 whole bytes
		var group [16]byte
		for i := 1; i < len(data)/stride; i++ {
			d := int8(data[i*stride+k] - data[(i-1)*stride+k])
			group[i] = byte(d<<1) ^ byte(d>>7)
		}
		out = append(out, group[:]...)
	}
	out = append(out, make([]byte, 32-stride)...)
	return append(out, data[:stride]...)
}

// fixPNG corrects the check sum of a PNG's header.
func fixPNG(data []byte) []byte {
	binary.BigEndian.PutUint32(data[29:], crc32.ChecksumIEEE(data[12:29]))
	return data
}

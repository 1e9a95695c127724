package gltfscene

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/qmuntal/gltf"
)

// document is glTF's JSON. The fields named here shadow gltf.Document's: that
// one's types replace unknown enumerators and missing members by defaults,
// such as an unknown component type by FLOAT and an animation path that is not
// one of the core four by translation.
type document struct {
	gltf.Document
	Accessors  []*accessor  `json:"accessors"`
	Nodes      []*node      `json:"nodes"`
	Meshes     []*mesh      `json:"meshes"`
	Animations []*animation `json:"animations"`
	Materials  []*material  `json:"materials"`
}

type accessor struct {
	BufferView    *int
	ByteOffset    int
	ComponentType int
	Normalized    bool
	Count         int
	Type          string
	Sparse        *struct {
		Count   int
		Indices struct{ BufferView, ByteOffset, ComponentType int }
		Values  struct{ BufferView, ByteOffset int }
	}
}

type node struct {
	Name                                 string
	Children                             []int
	Camera, Mesh, Skin                   *int
	Matrix, Translation, Rotation, Scale []float64
	Weights                              []float64
	Extensions                           extensions
}

type mesh struct {
	Name       string
	Primitives []*meshPrimitive
	Weights    []float64
}

type meshPrimitive struct {
	Attributes map[string]int
	Indices    *int
	Material   *int
	Mode       *int
	Targets    []map[string]int
	Extensions extensions
}

type animation struct {
	Name     string
	Channels []*struct {
		Sampler *int
		Target  struct {
			Node       *int
			Path       string
			Extensions extensions
		}
	}
	Samplers []*animationSampler
}

type animationSampler struct {
	Input, Output *int
	Interpolation string
}

type material struct {
	Name                 string
	DoubleSided          bool
	AlphaMode            string
	AlphaCutoff          *float64
	PBRMetallicRoughness *struct {
		BaseColorFactor  []float64
		BaseColorTexture *textureInfo
	} `json:"pbrMetallicRoughness"`
	Extensions extensions
}

type textureInfo struct {
	Index      *int
	TexCoord   int
	Extensions extensions
}

// extensions holds what is not decoded before somebody asks for it.
type extensions map[string]json.RawMessage

// get decodes extension name into v. ok is false where it is absent.
func (e extensions) get(name string, v any) (ok bool, err error) {
	raw, ok := e[name]
	if !ok {
		return false, nil
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return true, fmt.Errorf("%s: %w", name, jsonCause(err))
	}
	return true, nil
}

// foreign returns extension name of an object that has qmuntal/gltf's type.
func foreign(e gltf.Extensions, name string, v any) (ok bool, err error) {
	raw, ok := e[name].(json.RawMessage)
	if !ok {
		return false, nil
	}
	return extensions{name: raw}.get(name, v)
}

// decodeDocument decodes the JSON, after a look at how much memory that takes.
func (l *loader) decodeDocument(data []byte) (*document, error) {
	data, objects, items := trimJSON(data)
	// The most that an object of a few bytes, and an item of a list, unfold to.
	const objectSize, itemSize = 640, 24
	if err := l.budget.charge(objects, objectSize, "the document's JSON"); err != nil {
		return nil, err
	}
	if err := l.budget.charge(items, itemSize, "the document's JSON"); err != nil {
		return nil, err
	}
	doc := &document{}
	if err := json.Unmarshal(data, doc); err != nil {
		if old := olderVersion(data); old != nil {
			return nil, old
		}
		return nil, fmt.Errorf("the document's JSON cannot be read: %w", jsonCause(err))
	}
	l.findCarried(doc, data)
	return doc, nil
}

// trimJSON replaces the values of "extras" members, which mean nothing to us
// and may be of any depth, by null, and takes fractions of nothing but zeros off
// numbers, in place. It counts objects and the items
// of objects and lists of what remains. What is not JSON it leaves for the
// decoder to complain about.
func trimJSON(data []byte) (trimmed []byte, objects, items int) {
	w := 0
	extras := false // the last string was "extras", and a colon followed
	word := false   // the last string was "extras"
	for i := 0; i < len(data); {
		c := data[i]
		if extras && c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			end := skipValue(data, i)
			if end-i >= len("null") {
				w += copy(data[w:], "null")
			} else {
				w += copy(data[w:], data[i:end])
			}
			i, extras, word = end, false, false
			continue
		}
		end := i + 1
		switch c {
		case '"':
			end = skipString(data, i)
			word = string(data[i:end]) == `"extras"`
		case ':':
			extras = word
			word = false
		case '{':
			objects++
		case ',', '[':
			items++
			word = false
		case ' ', '\t', '\n', '\r':
		case '.':
			if end = skipZeros(data, i+1); end > i+1 {
				i = end // 3.0 is 3, which Go's decoder takes for an integer
				continue
			}
			end = i + 1
		default:
			word = false
		}
		w += copy(data[w:], data[i:end])
		i = end
	}
	return data[:w], objects, items
}

// skipZeros returns the index after the zeros from i, or i where more of the
// number follows.
func skipZeros(data []byte, i int) int {
	end := i
	for end < len(data) && data[end] == '0' {
		end++
	}
	if end < len(data) && bytes.IndexByte([]byte("123456789eE"), data[end]) >= 0 {
		return i
	}
	return end
}

// skipString returns the index after the string that starts at i.
func skipString(data []byte, i int) int {
	for i++; i < len(data); i++ {
		switch data[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(data)
}

// skipValue returns the index after the value that starts at i, without
// recursion.
func skipValue(data []byte, i int) int {
	depth := 0
	for i < len(data) {
		switch data[i] {
		case '"':
			if i = skipString(data, i); depth == 0 {
				return i
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth <= 0 {
				return i + min(1, 1+depth)
			}
		case ',':
			if depth == 0 {
				return i
			}
		}
		i++
	}
	return i
}

// jsonCause makes a sentence of encoding/json's errors, which name Go's types.
func jsonCause(err error) error {
	var typeErr *json.UnmarshalTypeError
	if errors.As(err, &typeErr) {
		if typeErr.Field == "" {
			return fmt.Errorf("a %s stands where it does not belong", typeErr.Value)
		}
		// Go's names of fields differ from glTF's by their first letter.
		parts := strings.Split(typeErr.Field, ".")
		for i, p := range parts {
			parts[i] = strings.ToLower(p[:1]) + p[1:]
		}
		if parts[0] == "document" {
			parts = parts[1:]
		}
		return fmt.Errorf("%s cannot be this: %s", strings.Join(parts, "."), typeErr.Value)
	}
	return err
}

// olderVersion returns an error where a document that could not be decoded
// says that it is not glTF 2: lists were objects before.
func olderVersion(data []byte) error {
	var doc struct{ Asset struct{ Version any } }
	if json.Unmarshal(data, &doc) != nil {
		return nil
	}
	version := fmt.Sprint(doc.Asset.Version)
	if n, ok := doc.Asset.Version.(float64); ok {
		version = strconv.FormatFloat(n, 'f', 1, 64)
	}
	if doc.Asset.Version == nil || isVersion2(version) {
		return nil
	}
	return wrongVersion(version)
}

func (l *loader) checkAsset() error {
	a := &l.doc.Asset
	if a.Version == "" {
		return errors.New("the file does not say which version of glTF it is; it may be no glTF file")
	}
	if !isVersion2(a.Version) {
		return wrongVersion(a.Version)
	}
	if a.MinVersion != "" && a.MinVersion != "2.0" && a.MinVersion != "2.1" {
		return wrongVersion(a.MinVersion)
	}
	return nil
}

func isVersion2(v string) bool { return v == "2" || strings.HasPrefix(v, "2.") }

func wrongVersion(v string) error {
	return fmt.Errorf("the file is glTF %s; only glTF 2.0 can be read", shorten(v))
}

// Package gltfscene reads glTF 2.0 (.glb, .gltf with embedded or separate
// buffers) into a scene.Scene.
//
// A person's file may be broken or hostile. The document's types and JSON are
// qmuntal/gltf's, but for those whose decoding hides what the file says;
// container, buffers and accessors are read here: each count, offset and
// stride is checked against the bytes that are there before anything is
// allocated, and what the file makes us allocate is bounded by what it holds
// (see budget). Companion files come from an fs.FS and from nowhere else.
//
// Whatever cannot be read exactly is an error where the file insists on it,
// and one of Scene.Warnings where it does not.
package gltfscene

import (
	"context"
	"encoding/hex"
	"fmt"
	"hash"
	"io/fs"
	"path"
	"slices"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/scene"
)

// Load reads the scene file name from fsys. Buffers and images it refers to
// are read from fsys too; whatever leads out of fsys is refused.
func Load(ctx context.Context, fsys fs.FS, name string) (*scene.Scene, error) {
	s, err := load(ctx, fsys, name)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", name, err)
	}
	return s, nil
}

func load(ctx context.Context, fsys fs.FS, name string) (*scene.Scene, error) {
	l := &loader{
		ctx: ctx, fsys: fsys, dir: path.Dir(name),
		out:        &scene.Scene{Name: path.Base(name)},
		buffers:    map[int][]byte{},
		views:      map[int][]byte{},
		lists:      map[int][]float64{},
		vectors:    map[int][]mgl64.Vec3{},
		directions: map[int][][3]float32{},
		primitives: map[[2]int]*primitive{},
		materials:  map[int]int{},
		camerasOf:  map[int][]int{},
		meshNodes:  map[int][]int{},
		textures:   map[textureKey]decoded{},
	}
	if err := l.readMain(name); err != nil {
		return nil, err
	}
	for _, step := range []func() error{
		l.checkAsset, l.checkExtensions, l.buildNodes, l.buildSkins, l.buildInstances, l.buildCameras, l.buildAnimations,
	} {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := step(); err != nil {
			return nil, err
		}
	}
	l.tellCounts()
	l.out.Source = scene.Source{Format: "glTF 2.0", Bytes: l.budget.read, SHA256: hex.EncodeToString(l.hash)}
	if l.parts != nil {
		l.out.Source.Parts = hex.EncodeToString(l.parts.Sum(nil))
	}
	return l.out, nil
}

// loader carries one file's document and what has been made of it so far.
type loader struct {
	ctx    context.Context
	fsys   fs.FS
	dir    string // of the main file, in fsys
	doc    *document
	bin    []byte    // what the document uses of the GLB's binary chunk, nil without one
	hash   []byte    // SHA-256 of the main file
	parts  hash.Hash // of its companions in the order of reading, nil without any
	budget budget
	out    *scene.Scene

	buffers    map[int][]byte       // read so far
	views      map[int][]byte       // decompressed so far
	lists      map[int][]float64    // accessors' numbers, of animations
	vectors    map[int][]mgl64.Vec3 // accessors' vectors, of positions
	directions map[int][][3]float32 // accessors' vectors, of normals

	carried    map[string]bool // extensions that an object of the file has
	camerasOf  map[int][]int   // Scene.Cameras indices of a file's camera
	meshNodes  map[int][]int   // the scene's nodes, of the file's, that show a mesh
	nodeOf     []int           // Scene.Nodes index of a file's node
	inScene    []bool          // a file's node is part of the scene
	primitives map[[2]int]*primitive
	materials  map[int]int // Scene.Materials index of a file's material
	textures   map[textureKey]decoded
	pixels     int64 // of all images decoded
	points     int   // primitives of points or lines
	leftovers  int   // triangle lists with a count that is no multiple of three
}

// warn tells the person something about depth, once.
func (l *loader) warn(format string, args ...any) {
	if w := fmt.Sprintf(format, args...); !slices.Contains(l.out.Warnings, w) && len(l.out.Warnings) < maxWarnings {
		l.out.Warnings = append(l.out.Warnings, w)
	}
}

// maxWarnings keeps a broken file from drowning its reader.
const maxWarnings = 100

func (l *loader) tellCounts() {
	if l.points > 0 {
		l.warn("%s of points or lines: they have no area, so no ray hits them", plural(l.points, "primitive"))
	}
	if l.leftovers > 0 {
		l.warn("%s with a number of indices that is no multiple of three: the last one or two are ignored", plural(l.leftovers, "triangle list"))
	}
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// at returns item i of a document's list, or an error that says who wanted it.
func at[T any](list []*T, i int, noun string) (*T, error) {
	if i < 0 || i >= len(list) || list[i] == nil {
		return nil, fmt.Errorf("there is no %s %d (the file has %d)", noun, i, len(list))
	}
	return list[i], nil
}

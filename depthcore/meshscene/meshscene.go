// Package meshscene reads files that are triangles and little else into a
// scene.Scene: Wavefront OBJ, PLY and STL.
//
// Positions stay as the file stores them: decimals are read as float64, binary
// numbers as they are. Which axis points up and how long a unit is are in the
// matrix of the scene's one node, because the formats do not say: Blender
// writes OBJ with y up, PLY and STL with z up. Polygons are cut into triangles.
package meshscene

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/scene"
)

// Up is the file's axis that points up.
type Up int

const (
	UpDefault Up = iota // y for OBJ, z for PLY and STL
	UpY
	UpZ
)

// ParseUp reads y or z; nothing is the format's usual axis.
func ParseUp(s string) (Up, error) {
	switch strings.ToLower(s) {
	case "":
		return UpDefault, nil
	case "y":
		return UpY, nil
	case "z":
		return UpZ, nil
	}
	return 0, fmt.Errorf("up axis %q: it is y or z", s)
}

// Options say what the formats do not.
type Options struct {
	Up   Up
	Unit float64 // length of the file's unit in the scene's; 0 means 1
}

// Extensions lists the file name extensions of the formats.
func Extensions() []string { return []string{".obj", ".ply", ".stl"} }

// object is a named set of triangles.
type object struct {
	name      string
	positions []mgl64.Vec3
	indices   []uint32
}

// content is what a file holds.
type content struct {
	format   string
	up       Up // where the person does not choose
	objects  []object
	warnings []string
}

// Load reads the file name from fsys; its extension says which format it is.
// Errors begin with "load NAME:".
func Load(ctx context.Context, fsys fs.FS, name string, o Options) (*scene.Scene, error) {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		var p *fs.PathError
		if errors.As(err, &p) {
			err = p.Err
		}
		return nil, fmt.Errorf("load %s: %w", name, err)
	}
	var c content
	switch ext := strings.ToLower(path.Ext(name)); ext {
	case ".obj":
		c, err = readOBJ(ctx, data)
	case ".ply":
		c, err = readPLY(ctx, data)
	case ".stl":
		c, err = readSTL(ctx, data)
	default:
		err = fmt.Errorf("%q is none of %s", ext, strings.Join(Extensions(), ", "))
	}
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", name, err)
	}
	sum := sha256.Sum256(data)
	s := c.scene(path.Base(name), o)
	s.Source = scene.Source{Format: c.format, Bytes: int64(len(data)), SHA256: hex.EncodeToString(sum[:])}
	return s, nil
}

// scene hangs the objects on one node that turns and scales them.
func (c *content) scene(name string, o Options) *scene.Scene {
	unit, up := o.Unit, o.Up
	if unit == 0 {
		unit = 1
	}
	if up == UpDefault {
		up = c.up
	}
	axes := mgl64.Ident4()
	if up == UpZ { // (x, y, z) is (x, z, -y) where y points up
		axes = mgl64.Mat4{1, 0, 0, 0, 0, 0, -1, 0, 0, 1, 0, 0, 0, 0, 0, 1}
	}
	for i := range 12 {
		axes[i] *= unit
	}
	s := &scene.Scene{
		Name:     name,
		Nodes:    []scene.Node{{Name: name, Parent: -1, HasMatrix: true, Matrix: axes, Rotation: mgl64.QuatIdent(), Scale: mgl64.Vec3{1, 1, 1}}},
		Warnings: c.warnings,
	}
	for i, b := range c.objects {
		if len(b.indices) == 0 {
			continue
		}
		s.Primitives = append(s.Primitives, scene.Primitive{Name: b.name, Mesh: i, Positions: b.positions, Indices: b.indices, Material: -1})
		s.Instances = append(s.Instances, scene.Instance{Primitive: len(s.Primitives) - 1, FromObject: mgl64.Ident4(), Skin: -1})
	}
	if len(s.Instances) == 0 {
		s.Warnings = append(s.Warnings, "the file has no triangles, so no pixel will have a depth")
	}
	return s
}

// Package meshscene reads files that are triangles and little else into a
// scene.Scene: Wavefront OBJ, PLY and STL.
//
// Such files say neither which axis is up nor what their unit is; Options does.
// Positions stay as stored, decimals as the nearest float64: axes and unit are
// the matrix of the scene's one node. Polygons are cut into triangles. Every
// face is opaque, from both sides; what is left out is in Scene.Warnings.
//
// A file may take four times its size and 256 MB of memory; what goes beyond is
// refused before it is allocated. Errors name the line, or in binary data the
// byte, where a file is broken.
package meshscene

import (
	"context"
	"fmt"
	"io/fs"
	"math"
	"path"
	"strings"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/scene"
)

// Up is the file's axis that points up.
type Up int

const (
	UpDefault Up = iota // y for OBJ, z for PLY and STL, as Blender writes them
	UpY
	UpZ // (x, y, z) is (x, z, -y) in the scene
)

// ParseUp reads y or z; nothing is the format's usual axis.
func ParseUp(s string) (Up, error) {
	for up, name := range [...]string{"", "y", "z"} {
		if strings.EqualFold(s, name) {
			return Up(up), nil
		}
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

// Load reads the file name from fsys; its extension says which format it is.
// Errors begin with "load NAME:".
func Load(ctx context.Context, fsys fs.FS, name string, o Options) (*scene.Scene, error) {
	s, err := load(ctx, fsys, name, o)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", name, err)
	}
	return s, nil
}

func load(ctx context.Context, fsys fs.FS, name string, o Options) (*scene.Scene, error) {
	read, ok := map[string]func(*file) (*mesh, error){".obj": readOBJ, ".ply": readPLY, ".stl": readSTL}[strings.ToLower(path.Ext(name))]
	switch {
	case !ok:
		return nil, fmt.Errorf("%q is none of %s", path.Ext(name), strings.Join(Extensions(), ", "))
	case !(o.Unit >= 0) || math.IsInf(o.Unit, 0):
		return nil, fmt.Errorf("a unit of %v: it is a positive number", o.Unit)
	}
	f, err := openFile(ctx, fsys, name)
	if err != nil {
		return nil, err
	}
	m, err := read(f)
	if err != nil {
		return nil, err
	}
	return f.scene(m, o)
}

// worldFromFile returns the matrix of the scene's node. usual is the axis that
// the format's files have up.
func (o Options) worldFromFile(usual Up) mgl64.Mat4 {
	up, u := o.Up, o.Unit
	if up == UpDefault {
		up = usual
	}
	if u == 0 {
		u = 1
	}
	if up == UpZ {
		return mgl64.Mat4{u, 0, 0, 0, 0, 0, -u, 0, 0, u, 0, 0, 0, 0, 0, 1}
	}
	return mgl64.Mat4{u, 0, 0, 0, 0, u, 0, 0, 0, 0, u, 0, 0, 0, 0, 1}
}

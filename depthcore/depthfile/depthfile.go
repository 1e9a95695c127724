// Package depthfile reads depth maps that any program wrote: EXR, PFM, NPY and
// 16-bit PNG. It says what a file holds, not whether it is right.
//
// Numbers are taken as they stand but for PNG, whose counts are divided by a
// scale. A pixel without depth - not a number, not positive or beyond 1e9 - is
// depth.Empty in the map.
package depthfile

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"path"
	"strings"

	"zscope/depthcore/depth"
	"zscope/depthcore/exr"
	"zscope/depthcore/npy"
	"zscope/depthcore/pfm"
)

// tooFar is what some programs write for nothing: Blender writes 1e10.
const tooFar = 1e9

// Map is a depth map with what its file says about it.
type Map struct {
	depth.Map
	Channel string // of an EXR
	Half    bool   // an EXR's channel has 16-bit floats
	Integer bool   // 16-bit counts
}

// Extensions lists the file name extensions that Read knows.
func Extensions() []string { return []string{".exr", ".pfm", ".npy", ".png"} }

// Read reads the file name from fsys. scale is what a PNG counts in one unit of
// depth. Errors begin with "read NAME:".
func Read(fsys fs.FS, name string, scale float64) (*Map, error) {
	m, err := read(fsys, name, scale)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	for i, z := range m.Z {
		if !(z > 0 && z < tooFar) {
			m.Z[i] = depth.Empty()
		}
	}
	return m, nil
}

func read(fsys fs.FS, name string, scale float64) (*Map, error) {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		var p *fs.PathError
		if errors.As(err, &p) {
			err = p.Err
		}
		return nil, err
	}
	switch ext := strings.ToLower(path.Ext(name)); ext {
	case ".exr":
		return readEXR(data)
	case ".pfm":
		m, err := pfm.Decode(bytes.NewReader(data))
		return plain(m, err)
	case ".npy":
		m, err := npy.Decode(bytes.NewReader(data))
		return plain(m, err)
	case ".png":
		return readPNG(data, scale)
	default:
		return nil, fmt.Errorf("%q is none of %s", ext, strings.Join(Extensions(), ", "))
	}
}

func plain(m *depth.Map, err error) (*Map, error) {
	if err != nil {
		return nil, err
	}
	return &Map{Map: *m}, nil
}

func readPNG(data []byte, scale float64) (*Map, error) {
	head, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if err := depth.CheckSize(head.Width, head.Height); err != nil {
		return nil, err
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	grey, ok := img.(*image.Gray16)
	if !ok {
		return nil, errors.New("the PNG is not 16-bit grey")
	}
	m := &Map{Map: *depth.New(head.Width, head.Height), Integer: true}
	for i := range m.Z {
		m.Z[i] = float32(float64(grey.Gray16At(i%head.Width, i/head.Width).Y) / scale)
	}
	return m, nil
}

// channelRank orders an EXR's channels by how likely they hold depth.
func channelRank(name string) int {
	last := name[strings.LastIndexByte(name, '.')+1:]
	lower := strings.ToLower(name)
	switch {
	case name == "Z" || name == "depth" || name == "Depth":
		return 0
	case last == "Z" || strings.Contains(lower, "depth"):
		return 1
	case name == "Y" || name == "V":
		return 2
	case last == "R" || last == "r":
		return 3
	}
	return 4
}

func readEXR(data []byte) (*Map, error) {
	img, err := exr.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	best := &img.Channels[0]
	for i := range img.Channels {
		if c := &img.Channels[i]; channelRank(c.Name) < channelRank(best.Name) {
			best = c
		}
	}
	m := &Map{Map: depth.Map{Width: img.Width, Height: img.Height, Z: best.Float}, Channel: best.Name, Half: best.Half}
	if m.Z == nil {
		m.Z = make([]float32, len(best.UInt))
		for i, x := range best.UInt {
			m.Z[i] = float32(x)
		}
	}
	return m, nil
}

package meshscene

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/go-gl/mathgl/mgl64"
)

const (
	stlHeader   = 84 // 80 bytes of anything and the number of triangles
	stlTriangle = 50 // a normal, three vertices, two bytes of attributes
)

// readSTL reads binary and text STL. A binary file may begin with "solid" as a
// text does, so its size decides first.
func readSTL(ctx context.Context, data []byte) (content, error) {
	c := content{format: "STL", up: UpZ}
	var err error
	if n, ok := stlCount(data); ok && stlHeader+n*stlTriangle == len(data) {
		c.objects, err = stlBinary(ctx, data[stlHeader:], n)
		return c, err
	}
	if bytes.HasPrefix(bytes.TrimLeft(data[:min(len(data), 256)], " \t\r\n"), []byte("solid")) && bytes.Contains(data[:min(len(data), 4096)], []byte("facet")) {
		c.objects, err = stlText(ctx, data)
		return c, err
	}
	n, ok := stlCount(data)
	switch {
	case !ok:
		return c, errors.New("this is not an STL file: it is too short and does not begin with \"solid\"")
	case stlHeader+n*stlTriangle > len(data):
		return c, fmt.Errorf("the file is cut short: %d triangles need %d bytes, it has %d", n, stlHeader+n*stlTriangle, len(data))
	}
	c.warnings = append(c.warnings, fmt.Sprintf("%d bytes after the last triangle were ignored", len(data)-stlHeader-n*stlTriangle))
	c.objects, err = stlBinary(ctx, data[stlHeader:], n)
	return c, err
}

func stlCount(data []byte) (n int, ok bool) {
	if len(data) < stlHeader {
		return 0, false
	}
	return int(binary.LittleEndian.Uint32(data[80:])), true
}

func stlBinary(ctx context.Context, data []byte, n int) ([]object, error) {
	w := newWelder(n)
	for i := range n {
		if i&0xffff == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		t := data[i*stlTriangle+12:]
		for k := range 3 {
			var v mgl64.Vec3
			for x := range v {
				v[x] = float64(math.Float32frombits(binary.LittleEndian.Uint32(t[12*k+4*x:])))
			}
			w.add(v)
		}
	}
	return []object{w.object}, nil
}

func stlText(ctx context.Context, data []byte) ([]object, error) {
	text := lines{rest: data}
	var objects []object
	w := newWelder(0)
	corners := 0
	for {
		line, ok := text.next()
		if !ok {
			break
		}
		if text.number&0xffff == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		f := fields{line}
		switch word := f.next(); string(bytes.ToLower(word)) {
		case "solid":
			if len(w.indices) > 0 {
				objects = append(objects, w.object)
			}
			w = newWelder(0)
			w.name = string(bytes.TrimSpace(f.rest))
		case "vertex":
			var v mgl64.Vec3
			for x := range v {
				var err error
				if v[x], err = f.number(); err != nil {
					return nil, fmt.Errorf("line %d: vertex: %w", text.number, err)
				}
			}
			w.add(v)
			corners++
		case "endloop":
			if corners != 3 {
				return nil, fmt.Errorf("line %d: a facet of %d vertices", text.number, corners)
			}
			corners = 0
		}
	}
	if corners != 0 {
		return nil, fmt.Errorf("line %d: the file ends within a facet", text.number)
	}
	return append(objects, w.object), nil
}

// welder gives equal positions one vertex, so that triangles share their edges.
type welder struct {
	object
	seen map[mgl64.Vec3]uint32
}

func newWelder(triangles int) *welder {
	w := &welder{seen: make(map[mgl64.Vec3]uint32, triangles/2)}
	w.indices = make([]uint32, 0, 3*triangles)
	return w
}

func (w *welder) add(v mgl64.Vec3) {
	for x := range v {
		v[x] += 0 // minus zero is zero
	}
	i, ok := w.seen[v]
	if !ok {
		i = uint32(len(w.positions))
		w.positions = append(w.positions, v)
		w.seen[v] = i
	}
	w.indices = append(w.indices, i)
}

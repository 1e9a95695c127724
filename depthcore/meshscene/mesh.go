package meshscene

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"math"
	"math/bits"
	"path"
	"slices"
	"strings"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/scene"
)

// mesh is what a file holds, in the file's axes and unit.
type mesh struct {
	format    string // for people
	up        Up     // where the person does not choose
	positions []mgl64.Vec3
	indices   []uint32 // three a triangle
	pieces    []piece  // in the order of their triangles; none: all is one
	crowded   bool     // there were more than maxPieces
	warnings  []string
}

// piece is a run of triangles with a name, up to where the next one begins.
type piece struct {
	name  string
	first int // in indices
}

// maxPieces bounds what the names of a file cost: each piece has a pose.
const maxPieces = 10000

// begin lets the triangles from index first on be a piece of their own. Beyond
// a number that any sensible file has, they join the last one.
func (m *mesh) begin(name string, first int) {
	switch n := len(m.pieces); {
	case n > 0 && m.pieces[n-1].name == name:
	case n > 0 && m.pieces[n-1].first == first:
		m.pieces[n-1].name = name
	case n < maxPieces:
		m.pieces = append(m.pieces, piece{name, first})
	case !m.crowded:
		m.crowded = true
		m.warnings = append(m.warnings, fmt.Sprintf("the file has more than %d named pieces: from there on they have the name of the last", maxPieces))
	}
}

// scene makes a scene of a mesh.
func (f *file) scene(m *mesh, o Options) (*scene.Scene, error) {
	s := &scene.Scene{
		Name:     f.name,
		Nodes:    []scene.Node{{Name: f.name, Parent: -1, HasMatrix: true, Matrix: o.worldFromFile(m.up), Rotation: mgl64.QuatIdent(), Scale: mgl64.Vec3{1, 1, 1}}},
		Warnings: m.warnings,
		Source:   scene.Source{Format: m.format, Bytes: int64(len(f.data)), SHA256: <-f.hash},
	}
	if o.Up == UpDefault {
		s.Warnings = append(s.Warnings, fmt.Sprintf("the file does not say which axis is up: %s is taken as up", [...]string{UpY: "y", UpZ: "z"}[m.up]))
	}
	if len(m.indices) == 0 {
		s.Warnings = append(s.Warnings, "the file has no faces: there is nothing that a ray can hit")
		return s, nil
	}
	pieces := m.pieces
	if len(pieces) == 0 || pieces[0].first > 0 {
		pieces = append([]piece{{}}, pieces...)
	}
	var c compactor
	for i, piece := range pieces {
		end := len(m.indices)
		if i+1 < len(pieces) {
			end = pieces[i+1].first
		}
		if end == piece.first {
			continue
		}
		positions, err := c.own(f, m.positions, m.indices[piece.first:end])
		if err != nil {
			return nil, err
		}
		if piece.name == "" {
			piece.name = strings.TrimSuffix(f.name, path.Ext(f.name))
		}
		s.Instances = append(s.Instances, scene.Instance{Primitive: len(s.Primitives), FromObject: mgl64.Ident4(), Skin: -1})
		s.Primitives = append(s.Primitives, scene.Primitive{
			Name: piece.name, Mesh: i, Material: -1,
			Positions: positions, Indices: m.indices[piece.first:end:end],
		})
	}
	return s, nil
}

// compactor gives pieces positions of their own.
type compactor struct {
	to []uint32 // of each position of the mesh: its place in the piece, plus 1
}

// own returns the positions that indices refer to and makes indices refer to
// them: a part of the mesh's positions where most of it is used, else a copy.
func (c *compactor) own(f *file, all []mgl64.Vec3, indices []uint32) ([]mgl64.Vec3, error) {
	low, high := slices.Min(indices), slices.Max(indices)
	if n := int(high-low) + 1; n/2 <= len(indices) {
		if low > 0 {
			for i := range indices {
				indices[i] -= low
			}
		}
		return all[low : high+1 : high+1], nil
	}
	if c.to == nil {
		if err := f.charge(len(all), 4); err != nil {
			return nil, err
		}
		c.to = make([]uint32, len(all))
	}
	// The order of the positions stays: neighbours are neighbours in memory.
	used := slices.Clone(indices)
	slices.Sort(used)
	used = slices.Compact(used)
	if err := f.charge(len(used), 24); err != nil {
		return nil, err
	}
	own := make([]mgl64.Vec3, len(used))
	for to, from := range used {
		own[to], c.to[from] = all[from], uint32(to)
	}
	for i, from := range indices {
		indices[i] = c.to[from]
	}
	return own, nil
}

// weld lets equal corners of triangles, bit for bit, be one position. It takes
// corners over.
func (f *file) weld(corners []mgl64.Vec3) (positions []mgl64.Vec3, indices []uint32, err error) {
	if uint64(len(corners)) > math.MaxUint32 {
		return nil, nil, errors.New("it has more corners than an index can count")
	}
	size := 1 << bits.Len(uint(len(corners)+len(corners)/2))
	if err := f.charge(len(corners)+size, 4); err != nil {
		return nil, nil, err
	}
	indices = make([]uint32, len(corners))
	table := make([]uint32, size) // place in corners, plus 1
	mask := uint64(size - 1)
	// A seed that nobody knows: no file can make all corners collide.
	seed := maphash.MakeSeed()
	var key [24]byte
	n := uint32(0)
	for i, q := range corners {
		for k, x := range q {
			binary.LittleEndian.PutUint64(key[8*k:], math.Float64bits(x))
		}
		h := maphash.Bytes(seed, key[:]) & mask
		for table[h] != 0 && !same(corners[table[h]-1], q) {
			h = (h + 1) & mask
		}
		if table[h] == 0 {
			corners[n] = q // never past i
			n++
			table[h] = n
		}
		indices[i] = table[h] - 1
	}
	f.charge(-size, 4)
	if err := f.charge(int(n), 24); err != nil {
		return nil, nil, err
	}
	return slices.Clone(corners[:n]), indices, f.charge(-len(corners), 24)
}

func same(a, b mgl64.Vec3) bool {
	return math.Float64bits(a[0]) == math.Float64bits(b[0]) && math.Float64bits(a[1]) == math.Float64bits(b[1]) && math.Float64bits(a[2]) == math.Float64bits(b[2])
}

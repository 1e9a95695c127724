package bvh

import "math"

// Patch holds up to 16 triangles among up to 16 vertices: most leaves of a
// connected surface are such, and casting waits for less memory where they are
// stored so.
type Patch struct {
	P      [3][Width]float32 // x, y, z of the vertices
	Corner [3][Width]uint8   // of the triangles, which vertex
	Count  uint32            // triangles
	Used   uint32            // vertices
	_      [2]uint32         // keeps patches on cache lines
}

// fill sets the patch to triangles given by their corners. Corners are one
// vertex where all their bits are equal, and so are their numbers, where there
// are any. ok is false where that makes too many vertices.
func (p *Patch) fill(corners [][3][3]float32, numbers [][3]uint32) (ok bool) {
	var places [4 * Width]uint8 // 1 + a vertex, by a hash of its position
	var number [Width]uint32
	n := 0
	for k := range corners {
		for c := range corners[k] {
			at := &corners[k][c]
			x, y, z := math.Float32bits(at[0]), math.Float32bits(at[1]), math.Float32bits(at[2])
			id := uint32(0)
			if numbers != nil {
				id = numbers[k][c]
			}
			h := (x*0x9e3779b1 + y*0x85ebca77 + z*0xc2b2ae3d) >> 26
			for {
				v := int(places[h%(4*Width)]) - 1
				if v < 0 {
					if n == Width {
						return false
					}
					v = n
					n++
					places[h%(4*Width)] = uint8(n)
					p.P[0][v], p.P[1][v], p.P[2][v], number[v] = at[0], at[1], at[2], id
				} else if math.Float32bits(p.P[0][v]) != x || math.Float32bits(p.P[1][v]) != y || math.Float32bits(p.P[2][v]) != z || number[v] != id {
					h++
					continue
				}
				p.Corner[c][k] = uint8(v)
				break
			}
		}
	}
	p.Count, p.Used = uint32(len(corners)), uint32(n)
	return true
}

// unpack sets a leaf to the patch's triangles.
func (p *Patch) unpack(l *Leaf) {
	for c := range p.Corner {
		for k, v := range p.Corner[c] {
			for a := range p.P {
				l.P[3*c+a][k] = p.P[a][v%Width]
			}
		}
	}
	l.end(int(p.Count))
}

// Slots says which leaf a reference is to, as the number of its first slot:
// those of a leaf are 16 side by side, one a triangle.
func (t *Tree) Slots(ref uint32) uint32 {
	if ref&PatchBit != 0 {
		return (ref &^ (LeafBit | PatchBit)) * Width
	}
	return ((ref &^ LeafBit) + uint32(len(t.Patches))) * Width
}

// Leaf returns what a reference to a leaf is to. Where that is a patch, to is set
// to its triangles and returned.
func (t *Tree) Leaf(ref uint32, to *Leaf) *Leaf {
	if ref&PatchBit == 0 {
		return &t.Leaves[ref&^LeafBit]
	}
	t.Patches[ref&^(LeafBit|PatchBit)].unpack(to)
	return to
}

package raycast

import "github.com/go-gl/mathgl/mgl64"

// cornersWide takes n triangles, up to 16, to camera space, as affine.apply does
// each of their corners: lane k of out holds x, y, z of the first vertex in slot
// slots[k] of a tree, then of its second and third. It uses what every vector
// path has.
//
//go:noescape
func cornersWide(m *affine, positions *mgl64.Vec3, vertices *[3]uint32, slots *uint32, n int, out *[9][16]float64)

// prefetchVertices asks for the memory of the numbers of a leaf's vertices.
//
//go:noescape
func prefetchVertices(vertices *[3]uint32)

// prefetchPositions asks for that of the vertices themselves.
//
//go:noescape
func prefetchPositions(positions *mgl64.Vec3, vertices *[3]uint32)

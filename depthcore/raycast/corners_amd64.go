package raycast

import "github.com/go-gl/mathgl/mgl64"

// cornersWide takes n triangles, up to 16, to camera space, as affine.apply does
// each of their corners: lane k of out holds x, y, z of the first corner of
// triangle tris[k], then of its second and third. It uses what every vector
// path has.
//
//go:noescape
func cornersWide(m *affine, positions *mgl64.Vec3, indices, tris *uint32, n int, out *[9][16]float64)

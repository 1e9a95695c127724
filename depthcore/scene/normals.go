package scene

import (
	"math"

	"github.com/go-gl/mathgl/mgl64"
)

// Normal returns the file's normal of a vertex of instance i, of length 1, where
// the pose has the vertex: in object space, or in world space for a skinned
// instance. It is zeros where the file has none, or one without length.
//
// Morph targets add to normals as they do to positions, and a skin turns them by
// the inverse transpose of what it moves the position by: glTF 2.0, sections
// 3.7.2.2 and 3.7.3.3.
func (s *Scene) Normal(p *Pose, i int, vertex uint32) mgl64.Vec3 {
	in := &s.Instances[i]
	prim := &s.Primitives[in.Primitive]
	if prim.Normals == nil {
		return mgl64.Vec3{}
	}
	n := wide(prim.Normals[vertex])
	if len(prim.Targets) > 0 {
		weights := p.local[in.Node].weights
		for k := range min(len(weights), len(prim.Targets)) {
			if t := prim.Targets[k].Normals; t != nil && weights[k] != 0 {
				delta := wide(t[vertex])
				n = displaced(&n, weights[k], &delta)
			}
		}
	}
	if in.Skin >= 0 {
		m := prim.bone(p.bones[in.Skin], int(vertex))
		n = TurnNormal(&m, n)
	}
	return Direction(n)
}

func wide(v [3]float32) mgl64.Vec3 {
	return mgl64.Vec3{float64(v[0]), float64(v[1]), float64(v[2])}
}

// TurnNormal returns the normal n of a surface that m moves, of any length: by
// the inverse transpose of m, times the size of its determinant so that it is
// there for every m.
func TurnNormal(m *mgl64.Mat4, n mgl64.Vec3) mgl64.Vec3 {
	a, b, c := mgl64.Vec3{m[0], m[1], m[2]}, mgl64.Vec3{m[4], m[5], m[6]}, mgl64.Vec3{m[8], m[9], m[10]}
	bc, ca, ab := cross(b, c), cross(c, a), cross(a, b)
	var q mgl64.Vec3
	for k := range q {
		q[k] = float64(bc[k]*n[0]) + float64(ca[k]*n[1]) + float64(ab[k]*n[2])
	}
	if float64(bc[0]*a[0])+float64(bc[1]*a[1])+float64(bc[2]*a[2]) < 0 {
		return mgl64.Vec3{-q[0], -q[1], -q[2]}
	}
	return q
}

func cross(a, b mgl64.Vec3) mgl64.Vec3 {
	return mgl64.Vec3{
		float64(a[1]*b[2]) - float64(a[2]*b[1]),
		float64(a[2]*b[0]) - float64(a[0]*b[2]),
		float64(a[0]*b[1]) - float64(a[1]*b[0]),
	}
}

// Direction returns v with length 1, or zeros where it has no length or is not
// finite.
func Direction(v mgl64.Vec3) mgl64.Vec3 {
	most := max(math.Abs(v[0]), math.Abs(v[1]), math.Abs(v[2]))
	if !(most > 0) || math.IsInf(most, 0) {
		return mgl64.Vec3{}
	}
	// Scaled first, for squares of tiny numbers are 0.
	v = mgl64.Vec3{v[0] / most, v[1] / most, v[2] / most}
	n := math.Sqrt(float64(v[0]*v[0]) + float64(v[1]*v[1]) + float64(v[2]*v[2]))
	return mgl64.Vec3{v[0] / n, v[1] / n, v[2] / n}
}

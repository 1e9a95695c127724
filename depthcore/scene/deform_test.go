package scene

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/go-gl/mathgl/mgl64"
)

// Vector instructions give the bits of plain Go.
func TestDeformTwin(t *testing.T) {
	if !hasKernel {
		t.Skip("no vector instructions here")
	}
	r := rand.New(rand.NewPCG(4, 2))
	number := func() float64 {
		switch r.IntN(20) {
		case 0:
			return 0
		case 1:
			return math.Copysign(0, -1)
		case 2:
			return r.NormFloat64() * math.Exp(300*r.NormFloat64()) // up to infinity
		}
		return r.NormFloat64()
	}
	vectors := func(n int) (v []mgl64.Vec3) {
		for range n {
			v = append(v, mgl64.Vec3{number(), number(), number()})
		}
		return v
	}
	for range 300 {
		n, joints := 1+r.IntN(40), 1+r.IntN(5)
		prim := Primitive{Positions: vectors(n), Influences: 4 * (1 + r.IntN(2))}
		for range 1 + r.IntN(3) {
			prim.Targets = append(prim.Targets, MorphTarget{Delta: vectors(n)})
		}
		for range n * prim.Influences {
			prim.Joints, prim.Weights = append(prim.Joints, uint16(r.IntN(joints))), append(prim.Weights, number())
		}
		bones := make([]mgl64.Mat4, joints)
		for b := range bones {
			for k := range bones[b] {
				bones[b][k] = number()
			}
		}
		from := r.IntN(n)
		to := from + 1 + r.IntN(n-from)
		weights := []float64{number(), number(), number()}
		want, got := vectors(n), make([]mgl64.Vec3, n)
		copy(got, want)
		atWant, movedWant := prim.morph(want, weights, from, to, false)
		at, moved := prim.morph(got, weights, from, to, true)
		if moved != movedWant {
			t.Fatalf("moved: %v, want %v", moved, movedWant)
		}
		same(t, "morphed", at, atWant)
		prim.bend(want, atWant, bones, from, to, false)
		prim.bend(got, at, bones, from, to, true)
		same(t, "skinned", got, want)
	}
}

func same(t *testing.T, what string, got, want []mgl64.Vec3) {
	t.Helper()
	for v := range want {
		for k, x := range want[v] {
			if y := got[v][k]; math.Float64bits(x) != math.Float64bits(y) && !(x != x && y != y) {
				t.Fatalf("vertex %d of %d, %s, is at %v, want %v", v, len(want), what, got[v], want[v])
			}
		}
	}
}

// A skin that a vertex follows no joint of is left to plain Go, which says so.
func TestBendable(t *testing.T) {
	s := &Scene{Skins: []Skin{{Joints: []int{0, 1}}}}
	p := Primitive{Positions: make([]mgl64.Vec3, 1), Influences: 2, Joints: []uint16{0, 1}, Weights: []float64{1, 0}}
	if !p.bendable(s, 0) || !p.bendable(s, -1) {
		t.Error("a sound skin is refused")
	}
	p.Joints[1] = 2
	if p.bendable(s, 0) {
		t.Error("a joint that is not there is taken")
	}
	p.Joints = p.Joints[:1]
	if p.bendable(s, 0) {
		t.Error("a missing joint is taken")
	}
}

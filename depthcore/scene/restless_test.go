package scene

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/go-gl/mathgl/mgl64"
)

// A pose that has been at other times is that of one that has not, whatever
// moves: nodes below others, skins, morphs, and what is hidden now and then.
func TestPoseAgain(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 3))
	for range 60 {
		s := &Scene{Animations: make([]Animation, 1)}
		for i := range 12 {
			n := node(-1)
			if i > 0 {
				n.Parent = r.IntN(i+1) - 1
			}
			n.Translation, n.Weights, n.Hidden = mgl64.Vec3{r.Float64(), float64(i), 1}, []float64{r.Float64()}, r.IntN(6) == 0
			s.Nodes = append(s.Nodes, n)
		}
		for range 2 {
			s.Skins = append(s.Skins, Skin{Joints: []int{r.IntN(12), r.IntN(12)}, InverseBind: []mgl64.Mat4{mgl64.Ident4(), mgl64.Scale3D(1, 2, 3)}})
		}
		positions := []mgl64.Vec3{{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {r.Float64(), 1, 1}, {1, 1, r.Float64()}}
		s.Primitives = []Primitive{
			{Positions: positions},
			{Positions: positions, Targets: []MorphTarget{{Delta: positions}}},
			{Positions: positions, Influences: 1, Joints: []uint16{0, 1, 1, 0, 1}, Weights: []float64{1, 1, 1, 1, 1}},
		}
		for range 10 {
			in := Instance{Primitive: r.IntN(3), Node: r.IntN(12), FromObject: mgl64.Translate3D(1, 2, r.Float64()), Skin: -1}
			if in.Primitive == 2 {
				in.Skin = r.IntN(2)
			}
			s.Instances = append(s.Instances, in)
		}
		for range r.IntN(4) {
			c := Channel{Target: r.IntN(12), Property: Property(r.IntN(int(Visibility) + 1)), Times: []float64{0, 1, 2}}
			c.Width = map[Property]int{Translation: 3, Rotation: 4, Scale: 3, Weights: 1, Visibility: 1}[c.Property]
			if c.Property == Visibility {
				c.Interpolation = Step
			}
			for range 3 * c.Width {
				c.Values = append(c.Values, float64(r.IntN(3)))
			}
			s.Animations[0].Channels = append(s.Animations[0].Channels, c)
		}
		again := s.NewPose(nil)
		for _, at := range []float64{0, 1.5, 0.25, 2, 0} {
			fresh := s.NewPose(nil)
			s.Pose(fresh, at)
			s.Pose(again, at)
			for what, pair := range map[string][2]any{
				"nodes": {again.WorldFromNode, fresh.WorldFromNode}, "instances": {again.WorldFromObject, fresh.WorldFromObject},
				"hidden": {again.Hidden, fresh.Hidden},
			} {
				if !reflect.DeepEqual(pair[0], pair[1]) {
					t.Fatalf("at %v s, %s are %v, want %v; channels %+v", at, what, pair[0], pair[1], s.Animations[0].Channels)
				}
			}
			for i, hidden := range fresh.Hidden {
				if !hidden && !reflect.DeepEqual(again.Positions[i], fresh.Positions[i]) {
					t.Fatalf("at %v s, instance %d is %v, want %v; channels %+v", at, i, again.Positions[i], fresh.Positions[i], s.Animations[0].Channels)
				}
			}
		}
	}
}

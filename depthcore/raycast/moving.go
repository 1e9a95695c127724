package raycast

import (
	"context"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/bvh"
)

// moving is the tree of an instance that deforms. It is refitted from pose to
// pose; where that has made it costly, a new one is built in the background
// from the pose at hand and takes over when it is done.
type moving struct {
	tree *bvh.Tree
	best float64 // the tree's cost when it was built

	building  bool
	positions []mgl64.Vec3
	ready     chan *bvh.Tree // holds at most one
}

// decayed is by how much the cost of a refitted tree may grow.
const decayed = 1.6

// update refits the tree to a pose.
func (m *moving) update(ctx context.Context, b *builder, positions []mgl64.Vec3, indices []uint32) error {
	select {
	case t := <-m.ready:
		m.building = false
		m.tree, m.best = t, t.Cost
	default:
	}
	if err := m.tree.Refit(ctx, b.pool, positions, indices); err != nil {
		return err
	}
	if !m.building && m.tree.Cost > decayed*m.best {
		m.rebuild(b, positions, indices)
	}
	return nil
}

// rebuild has a new tree built from a pose.
func (m *moving) rebuild(b *builder, positions []mgl64.Vec3, indices []uint32) {
	m.building = true
	m.positions = append(m.positions[:0], positions...)
	b.follow(bvh.Mesh{Positions: m.positions, Indices: indices, Moves: true}, func(t *bvh.Tree) {
		if t != nil {
			m.ready <- t
		}
	})
}

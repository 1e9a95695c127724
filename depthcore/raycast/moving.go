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

// take takes over the tree that was built meanwhile, if there is one.
func (m *moving) take() {
	select {
	case t := <-m.ready:
		m.building = false
		m.tree, m.best = t, t.Cost
	default:
	}
}

// refit refits the trees of all instances in sight that deform, at once.
func (c *Caster) refit(ctx context.Context) error {
	if len(c.moved) == 0 {
		return nil
	}
	list := c.refits[:0]
	for _, i := range c.moved {
		c.moving[i].take()
		c.trees[i] = c.moving[i].tree
		list = append(list, bvh.Moved{Tree: c.trees[i], Positions: c.pose.Positions[i], Indices: c.primitive(i).Indices})
	}
	c.refits = list
	if err := c.refitter.Refit(ctx, list); err != nil {
		return err
	}
	for k, i := range c.moved {
		if m := c.moving[i]; !m.building && m.tree.Cost > decayed*m.best {
			m.rebuild(&c.builder, list[k].Positions, list[k].Indices)
		}
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

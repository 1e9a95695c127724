package raycast

import (
	"context"
	"sync"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/bvh"
	"zscope/depthcore/internal/par"
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
func (m *moving) update(ctx context.Context, pool *par.Pool, background *sync.WaitGroup, positions []mgl64.Vec3, indices []uint32) error {
	select {
	case t := <-m.ready:
		m.building = false
		m.tree, m.best = t, t.Cost
	default:
	}
	if err := m.tree.Refit(ctx, pool, positions, indices); err != nil {
		return err
	}
	if m.building || m.tree.Cost <= decayed*m.best {
		return nil
	}
	m.building = true
	m.positions = append(m.positions[:0], positions...)
	background.Add(1)
	go func() {
		defer background.Done()
		t, err := bvh.Build(context.Background(), par.New(1), m.positions, indices, nil)
		if err == nil {
			m.ready <- t
		}
	}()
	return nil
}

// Wait waits until no tree is being built in the background.
func (c *Caster) Wait() { c.background.Wait() }

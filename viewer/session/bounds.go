package session

import (
	"context"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/scene"
	"zscope/viewer/model"
)

// boundsOf returns the box around a scene at its first frame.
func boundsOf(s *scene.Scene) model.Bounds {
	tl := s.Timeline(nil)
	pose := s.NewPose(nil)
	s.Pose(pose, tl.Time(tl.First))
	b, _ := boundsIn(s, pose, func(int) bool { return true })
	return b
}

// boundsIn returns the box around those instances of a posed scene that are
// wanted; ok is false where that is none.
func boundsIn(s *scene.Scene, pose *scene.Pose, wanted func(instance int) bool) (b model.Bounds, ok bool) {
	for i, in := range s.Instances {
		if pose.Hidden[i] || !wanted(i) {
			continue
		}
		positions := s.Primitives[in.Primitive].Positions
		if pose.Positions[i] != nil {
			positions = pose.Positions[i]
		}
		for _, p := range positions {
			p = mgl64.TransformCoordinate(p, pose.WorldFromObject[i])
			if !ok {
				b.Min, b.Max, ok = p, p, true
			}
			b = b.With(p)
		}
	}
	return b, ok
}

// findObject asks for the box around what is behind a pixel.
func (g *stage) findObject(o model.FindObject) {
	g.mu.Lock()
	g.find = &o
	if g.surveying {
		g.giveUp()
	}
	g.mu.Unlock()
	g.rouse()
}

// answerObject finds all parts of the object that the ray through a pixel's
// centre hits: the instances of its node.
func (g *stage) answerObject(ctx context.Context, o model.FindObject) {
	if o.Picture != g.last.Serial {
		return
	}
	if _, err := g.prepare(ctx, g.last); err != nil {
		return
	}
	found := model.ObjectFound{Serial: o.Serial}
	if hit, ok := g.caster.Probe(o.View, float64(o.X)+0.5, float64(o.Y)+0.5); ok {
		sc := g.of.scene
		node := sc.Instances[hit.Instance].Node
		found.Name = sc.Nodes[node].Name
		found.Bounds, found.Hit = boundsIn(sc, g.pose, func(i int) bool { return sc.Instances[i].Node == node })
	}
	g.send(found)
}

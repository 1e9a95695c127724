package session

import (
	"slices"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/scene"
	"zscope/viewer/model"
)

// riding knows where the places of surfaces are that pins ride on. The stage's
// goroutine alone uses it.
type riding struct {
	scene      *scene.Scene
	animations string
	pose       *scene.Pose
	frame      int // that the pose is of, where posed
	posed      bool
	key        lookKey
}

// at returns where the pins are in a frame of r's: those that ride moved, the
// others as they are.
func (d *riding) at(r model.Request, frame int, pins []model.Pin) []model.Pin {
	if !slices.ContainsFunc(pins, func(p model.Pin) bool { return p.On.Set }) {
		return pins
	}
	key := keyOf(r)
	if d.pose == nil || d.scene != r.Job.Scene || d.animations != key.animations {
		*d = riding{scene: r.Job.Scene, animations: key.animations, pose: r.Job.Scene.NewPose(r.Job.Animations)}
	}
	if !d.posed || d.frame != frame || d.key != key {
		d.scene.Pose(d.pose, r.Time(frame))
		d.frame, d.key, d.posed = frame, key, true
	}
	moved := slices.Clone(pins)
	for i, p := range moved {
		if p.On.Set {
			moved[i].Point = placeOn(d.scene, d.pose, p.On)
		}
	}
	return moved
}

// placeOn returns where a place on a surface is in a posed scene.
func placeOn(s *scene.Scene, pose *scene.Pose, on model.Anchor) (p mgl64.Vec3) {
	for i, corner := range corners(s, pose, on.Instance, on.Triangle) {
		p = p.Add(corner.Mul(on.Weights[i]))
	}
	return p
}

// corners returns those of a triangle in world space.
func corners(s *scene.Scene, pose *scene.Pose, instance, triangle int) (c [3]mgl64.Vec3) {
	prim := &s.Primitives[s.Instances[instance].Primitive]
	positions := prim.Positions
	if moved := pose.Positions[instance]; moved != nil {
		positions = moved
	}
	for i := range c {
		c[i] = mgl64.TransformCoordinate(positions[prim.Indices[3*triangle+i]], pose.WorldFromObject[instance])
	}
	return c
}

// riders returns where the places are in r's frame, for the model.
func (g *stage) riders(r model.Request) (list []model.Rider) {
	for _, p := range g.riding.at(r, r.Frame, g.pinned()) {
		if p.On.Set {
			list = append(list, model.Rider{On: p.On, Point: p.Point})
		}
	}
	return list
}

func (g *stage) pinned() []model.Pin {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.pins
}

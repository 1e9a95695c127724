package channels

import (
	"context"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
	"zscope/depthcore/raycast"
)

// This file follows points of the surface to where another camera sees them, or
// the same one at another time, and asks what hides them there.

// carrier carries spots to the look of another frame.
type carrier struct {
	here     *camera.View
	look     *Look
	surfaces *raycast.Surfaces
	lens     camera.Rays
}

// there is where a spot is in the look of another frame.
type there struct {
	corners [3]mgl64.Vec3 // of its triangle
	ok      bool          // it is there
	at      mgl64.Vec3    // in that camera's space
	front   bool          // it has a ray of that camera
	u, v    float64       // in that picture
}

// carry finds where the spot is there: the point of the triangle with the same
// weights.
func (c *carrier) carry(s *spot, t *there) {
	if !t.ok {
		return
	}
	if t.corners == s.face.Corners && c.look.View == *c.here {
		t.at, t.front, t.u, t.v = s.at, true, s.u, s.v // nothing has moved
		return
	}
	t.at = raycast.Carry(&t.corners, s.b1, s.b2)
	if t.front = t.at[2] > 0; t.front {
		t.u, t.v, t.front = sees(&c.look.View.Intrinsics, &c.lens, t.at)
	}
}

// carrierTo returns the place of the carrier to the frame that c is about, made
// on first use. ok is false where there is no such frame.
func (w *work) carrierTo(c Channel) (k int, ok bool) {
	look := w.frame.Before
	if c.Step() > 0 {
		k, look = 1, w.frame.After
	}
	if look == nil {
		return k, false
	}
	if w.carriers[k] == nil {
		w.carriers[k] = &carrier{&w.frame.View, look, look.Caster.Surfaces(look.View), look.View.Rays()}
	}
	return k, true
}

// addFlow adds a flow channel.
func (w *work) addFlow(c Channel, planes []Plane) {
	u, v := planes[0].Float, planes[1].Float
	empty := func(i int) { u[i], v[i] = nan, nan }
	k, ok := w.carrierTo(c)
	if !ok {
		w.writers = append(w.writers, writer{empty, func(i int, _ *spot) { empty(i) }})
		return
	}
	w.writers = append(w.writers, writer{empty, func(i int, s *spot) {
		t := &s.there[k]
		if !t.ok || !t.front {
			empty(i)
			return
		}
		u[i], v[i] = float32(t.u-s.u), float32(t.v-s.v)
	}})
}

// other is an occlusion channel with where its points are.
type other struct {
	look  Look
	codes []uint32
	marks []raycast.Mark // one a pixel, set where the code is Seen
}

// addOcclusion adds an occlusion channel. Its points that are in the other
// picture count as seen until hide has asked.
func (w *work) addOcclusion(c Channel, codes []uint32) {
	o := other{codes: codes}
	target := w.beside
	if c != Occlusion {
		k, ok := w.carrierTo(c)
		if !ok {
			nowhere := func(i int) { codes[i] = Nowhere }
			w.writers = append(w.writers, writer{nowhere, func(i int, _ *spot) { nowhere(i) }})
			return
		}
		o.look = *w.carriers[k].look
		target = func(s *spot) *there { return &s.there[k] }
	} else {
		o.look = w.frame.Look
		o.look.View = o.look.View.Beside(w.shift())
	}
	o.marks = make([]raycast.Mark, len(codes))
	w.others = append(w.others, o)
	v := &o.look.View
	w.writers = append(w.writers, writer{func(i int) { codes[i] = Nowhere }, func(i int, s *spot) {
		t := target(s)
		switch {
		case !t.ok:
			codes[i] = Nowhere
		case !t.front || !(t.u >= 0 && t.u < float64(v.Width) && t.v >= 0 && t.v < float64(v.Height)):
			codes[i] = Outside
		default:
			codes[i] = Seen
			o.marks[i] = markOf(v.Model, t.at)
		}
	}})
}

// shift returns how far to the right the other camera of the stereo pair is.
func (w *work) shift() float64 {
	if w.frame.Right {
		return -w.frame.Baseline
	}
	return w.frame.Baseline
}

// beside returns where the other camera of the stereo pair sees a spot.
func (w *work) beside(s *spot) *there {
	t := &s.pair
	t.ok, t.at = true, s.at
	t.at[0] -= w.shift()
	t.u, t.v, t.front = sees(&w.frame.View.Intrinsics, w.rays.lens, t.at)
	return t
}

func markOf(model camera.Model, at mgl64.Vec3) raycast.Mark {
	if model == camera.Orthographic {
		return raycast.Mark{X: at[0], Y: at[1], Z: at[2]}
	}
	return raycast.Mark{X: at[0] / at[2], Y: at[1] / at[2], Z: at[2]}
}

// hide finds the points of an occlusion channel that something hides.
func (m *Maker) hide(ctx context.Context, o *other) error {
	m.marks, m.at = m.marks[:0], m.at[:0]
	for i, code := range o.codes {
		if code == Seen {
			m.marks, m.at = append(m.marks, o.marks[i]), append(m.at, int32(i))
		}
	}
	m.near = grown(m.near, len(m.marks))
	if err := o.look.Caster.Nearer(ctx, o.look.View, m.marks, Slack, m.near); err != nil {
		return err
	}
	for k, i := range m.at {
		if m.near[k] {
			o.codes[i] = Hidden
		}
	}
	return nil
}

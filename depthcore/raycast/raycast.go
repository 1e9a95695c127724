// Package raycast casts a posed scene into a depth map: for each pixel the
// nearest surface with Z > 0 that the ray through the pixel's centre meets.
package raycast

import (
	"context"
	"image"

	"zscope/depthcore/camera"
	"zscope/depthcore/depth"
	"zscope/depthcore/scene"
)

// Options says which surfaces count. The zero value is the default of the
// command line but for BlendThreshold, see DefaultOptions.
type Options struct {
	Threads        int     // 0: one a core
	CullBackFaces  bool    // of materials that are not double-sided
	Clip           bool    // by the view's Near and Far, on Z
	NoMask         bool    // MASK materials are opaque
	BlendThreshold float64 // BLEND surfaces are not there below this alpha; 0: they are opaque
}

// DefaultOptions is what depth.md asks for where nothing is chosen.
func DefaultOptions() Options { return Options{BlendThreshold: 0.5} }

// Caster casts one scene. It is used by one goroutine at a time and spreads
// its work over Options.Threads of its own.
type Caster struct{ scene *scene.Scene }

// New returns a caster for s. The trees are built by the first Prepare.
func New(s *scene.Scene, o Options) *Caster { return &Caster{scene: s} }

// Prepare makes the caster ready for a pose: it builds the trees that are
// missing and fits those whose shape has changed.
func (c *Caster) Prepare(ctx context.Context, p *scene.Pose) error { return nil }

// Cast fills m with the planar Z of the scene as last prepared, seen by v, and
// sets m's size to v's. It calls done, where it is not nil, from any goroutine
// with each rectangle of pixels that is final. On an error, ctx's included, m
// is incomplete.
func (c *Caster) Cast(ctx context.Context, v camera.View, m *depth.Map, done func(image.Rectangle)) error {
	m.Resize(v.Width, v.Height)
	return nil
}

// Surface is what one ray hit.
type Surface struct {
	Z        float64
	Instance int     // index in Scene.Instances
	Triangle int     // index of the triangle in its primitive
	B1, B2   float64 // barycentric weights of the triangle's second and third vertex
}

// Probe casts the one ray through image point (u, w) of v.
func (c *Caster) Probe(v camera.View, u, w float64) (s Surface, ok bool) { return Surface{}, false }

package scene

import (
	"fmt"
	"math"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
	"zscope/depthcore/depth"
)

// Pose is a Scene at one time. It belongs to one goroutine at a time; its
// memory is reused from pose to pose.
type Pose struct {
	// Threads is how many goroutines may deform shapes; 0: one a core. The
	// result does not depend on it.
	Threads int

	Time          float64
	WorldFromNode []mgl64.Mat4 // one a node
	Cameras       []Camera     // Scene.Cameras with their animated values
	Materials     []Material   // Scene.Materials with their animated values

	// One entry an instance:
	WorldFromObject []mgl64.Mat4   // identity for a skinned instance
	Positions       [][]mgl64.Vec3 // what a morph (object space) or skin (world space) made of the positions, nil for rigid instances; instances may share them
	Hidden          []bool

	channels []*Channel // those in force
	value    []float64  // of one channel
	local    []local    // one a node
	hidden   []bool     // one a node, its subtree included
	bones    [][]mgl64.Mat4
	deformer deformer
	restless restless
}

// local is what may move in a node.
type local struct {
	translation mgl64.Vec3
	rotation    mgl64.Quat
	scale       mgl64.Vec3
	weights     []float64
	hidden      bool
}

// property names what a channel moves, for telling clashes.
type property struct {
	target, first int
	property      Property
}

// selected returns the channels of the given animations (nil: all), and the
// sentences about those left out because an earlier one moves the same.
func (s *Scene) selected(animations []int) (channels []*Channel, clashes []string) {
	if animations == nil {
		for i := range s.Animations {
			animations = append(animations, i)
		}
	}
	owner := map[property]int{}
	told := map[[2]int]bool{}
	for _, a := range animations {
		if a < 0 || a >= len(s.Animations) {
			continue
		}
		for i := range s.Animations[a].Channels {
			c := &s.Animations[a].Channels[i]
			key := property{c.Target, c.First, c.Property}
			first, taken := owner[key]
			if !taken {
				owner[key] = a
				channels = append(channels, c)
				continue
			}
			if pair := [2]int{first, a}; first != a && !told[pair] {
				told[pair] = true
				clashes = append(clashes, fmt.Sprintf("animations %s and %s both move %s; the earlier one wins",
					s.animationName(first), s.animationName(a), s.propertyName(c)))
			}
		}
	}
	return channels, clashes
}

func (s *Scene) animationName(i int) string {
	if name := s.Animations[i].Name; name != "" {
		return fmt.Sprintf("%d %q", i, name)
	}
	return fmt.Sprint(i)
}

func (s *Scene) propertyName(c *Channel) string {
	what := [...]string{"the translation", "the rotation", "the scale", "the morph weights", "the visibility",
		"the field of view", "the width", "the height", "the aspect ratio",
		"the alpha cutoff", "the alpha", "the texture offset", "the texture rotation", "the texture scale"}[c.Property]
	switch c.Property.kind() {
	case ofCamera:
		return fmt.Sprintf("%s of camera %q", what, s.Cameras[c.Target].Name)
	case ofMaterial:
		return fmt.Sprintf("%s of material %q", what, s.Materials[c.Target].Name)
	}
	return fmt.Sprintf("%s of node %d %q", what, c.Target, s.Nodes[c.Target].Name)
}

// kind says which list of a Scene a property's target is in.
type kind int

const (
	ofNode kind = iota
	ofCamera
	ofMaterial
)

func (p Property) kind() kind {
	switch {
	case p >= AlphaCutoff:
		return ofMaterial
	case p >= CameraYFov:
		return ofCamera
	}
	return ofNode
}

// Clashes says in a sentence each which properties more than one of the given
// animations moves, and which wins.
func (s *Scene) Clashes(animations []int) []string {
	_, clashes := s.selected(animations)
	return clashes
}

// NewPose returns a Pose that Scene.Pose fills with the given animations
// (indices in Scene.Animations; nil means all, empty means none). Where two of
// them move the same property, the earlier wins; see Clashes.
func (s *Scene) NewPose(animations []int) *Pose {
	channels, _ := s.selected(animations)
	p := &Pose{
		WorldFromNode:   make([]mgl64.Mat4, len(s.Nodes)),
		Cameras:         make([]Camera, len(s.Cameras)),
		Materials:       make([]Material, len(s.Materials)),
		WorldFromObject: make([]mgl64.Mat4, len(s.Instances)),
		Positions:       make([][]mgl64.Vec3, len(s.Instances)),
		Hidden:          make([]bool, len(s.Instances)),
		channels:        channels,
		local:           make([]local, len(s.Nodes)),
		hidden:          make([]bool, len(s.Nodes)),
		bones:           make([][]mgl64.Mat4, len(s.Skins)),
	}
	width := 0
	for _, c := range channels {
		width = max(width, c.Width)
	}
	p.value = make([]float64, width)
	for i := range s.Nodes {
		p.local[i].weights = make([]float64, len(s.Nodes[i].Weights))
	}
	for i := range s.Skins {
		p.bones[i] = make([]mgl64.Mat4, len(s.Skins[i].Joints))
	}
	p.addShapes(s)
	p.restless.begin(s, channels)
	return p
}

// Pose sets p to the scene at time t in seconds. It allocates nothing.
func (s *Scene) Pose(p *Pose, t float64) {
	p.Time = t
	s.moveChannels(p, t)
	s.placeNodes(p)
	s.placeInstances(p)
	p.deform()
	p.restless.settle(s, &p.deformer)
}

// moveChannels sets what the animations move, on top of the scene's own values.
func (s *Scene) moveChannels(p *Pose, t float64) {
	for _, i := range p.restless.nodes {
		n, l := &s.Nodes[i], &p.local[i]
		l.translation, l.rotation, l.scale, l.hidden = n.Translation, n.Rotation, n.Scale, n.Hidden
		copy(l.weights, n.Weights)
	}
	copy(p.Cameras, s.Cameras)
	copy(p.Materials, s.Materials)
	for _, c := range p.channels {
		v := p.value[:c.Width]
		c.sample(t, v)
		switch c.Property.kind() {
		case ofNode:
			p.local[c.Target].move(c.Property, c.First, v)
		case ofCamera:
			p.Cameras[c.Target].move(c.Property, v[0])
		case ofMaterial:
			p.Materials[c.Target].move(c.Property, v)
		}
	}
}

func (l *local) move(property Property, first int, v []float64) {
	switch property {
	case Translation:
		l.translation = mgl64.Vec3(v)
	case Rotation:
		l.rotation = Normalize(mgl64.Quat{W: v[3], V: mgl64.Vec3(v)})
	case Scale:
		l.scale = mgl64.Vec3(v)
	case Weights:
		copy(l.weights[min(first, len(l.weights)):], v)
	case Visibility:
		l.hidden = v[0] == 0
	}
}

func (c *Camera) move(property Property, v float64) {
	switch property {
	case CameraYFov:
		c.YFov = v
	case CameraXMag:
		c.XMag = v
	case CameraYMag:
		c.YMag = v
	case CameraAspect:
		c.Aspect = v
	}
}

func (m *Material) move(property Property, v []float64) {
	switch property {
	case AlphaCutoff:
		m.Cutoff = v[0]
	case AlphaFactor:
		m.Factor = v[0]
	case TextureOffset:
		m.Transform.Offset = mgl64.Vec2(v)
	case TextureRotation:
		m.Transform.Rotation = v[0]
	case TextureScale:
		m.Transform.Scale = mgl64.Vec2(v)
	}
}

func (s *Scene) placeNodes(p *Pose) {
	for _, i := range p.restless.nodes {
		n, l := &s.Nodes[i], &p.local[i]
		m := n.Matrix
		if !n.HasMatrix {
			m = TRS(l.translation, l.rotation, l.scale)
		}
		p.hidden[i] = l.hidden
		if n.Parent >= 0 {
			m = mulAffine(&p.WorldFromNode[n.Parent], &m)
			p.hidden[i] = l.hidden || p.hidden[n.Parent]
		}
		p.WorldFromNode[i] = m
	}
}

func (s *Scene) placeInstances(p *Pose) {
	for _, k := range p.restless.skins {
		for j, node := range s.Skins[k].Joints {
			p.bones[k][j] = mulAffine(&p.WorldFromNode[node], &s.Skins[k].InverseBind[j])
		}
	}
	for _, i := range p.restless.instances {
		in := &s.Instances[i]
		p.Hidden[i] = p.hidden[in.Node]
		if in.Skin >= 0 {
			p.WorldFromObject[i] = mgl64.Ident4()
		} else {
			p.WorldFromObject[i] = mulAffine(&p.WorldFromNode[in.Node], &in.FromObject)
		}
	}
}

// View returns camera c (an index in Scene.Cameras) as posed, for a picture of
// w x h pixels.
func (s *Scene) View(p *Pose, c, w, h int) (camera.View, error) {
	if c < 0 || c >= len(p.Cameras) {
		return camera.View{}, fmt.Errorf("there is no camera %d", c)
	}
	cam := &p.Cameras[c]
	v := camera.View{Near: cam.Near, Far: cam.Far}
	var err error
	if v.Intrinsics, err = cam.Intrinsics(w, h); err == nil {
		v.CameraFromWorld, err = camera.FromNode(p.WorldFromNode[cam.Node])
	}
	if err == nil {
		err = v.Check()
	}
	if err != nil {
		return camera.View{}, fmt.Errorf("camera %q at %g s: %w", cam.Name, p.Time, err)
	}
	return v, nil
}

// Intrinsics returns the camera's for a picture of w x h pixels. It is the
// file's own projection (glTF 2.0, section 3.10.3), so pixels are not square
// where the picture has another shape than the camera.
func (c *Camera) Intrinsics(w, h int) (camera.Intrinsics, error) {
	in := camera.Intrinsics{Width: w, Height: h, Cx: float64(w) / 2, Cy: float64(h) / 2}
	if err := depth.CheckSize(w, h); err != nil {
		return in, err
	}
	if c.Orthographic {
		in.Model = camera.Orthographic
		// A negative magnification would mirror the picture; glTF forbids zero.
		in.Fx, in.Fy = in.Cx/math.Abs(c.XMag), in.Cy/math.Abs(c.YMag)
		return in, nil
	}
	if !(c.YFov > 0 && c.YFov < math.Pi) {
		return in, fmt.Errorf("a field of view of %g rad is not between 0 and pi", c.YFov)
	}
	tan := math.Tan(c.YFov / 2)
	in.Fy = in.Cy / tan
	in.Fx = in.Fy
	if c.Aspect > 0 {
		in.Fx = in.Cx / float64(tan*c.Aspect)
	}
	return in, nil
}

// DefaultSize returns a picture size of the given number of rows in the
// camera's shape; 16:9 where the file does not say. Very wide pictures get
// fewer rows.
func (c Camera) DefaultSize(rows int) (w, h int) {
	shape := 16.0 / 9
	switch {
	case c.Orthographic && c.XMag != 0 && c.YMag != 0:
		shape = math.Abs(c.XMag / c.YMag)
	case !c.Orthographic && c.Aspect > 0:
		shape = c.Aspect
	}
	const longest = 16384
	if !(shape*float64(rows) <= longest) {
		rows = int(max(1, math.Round(longest/shape)))
	}
	return int(min(longest, max(1, math.Round(shape*float64(rows))))), rows
}

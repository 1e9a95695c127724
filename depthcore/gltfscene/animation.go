package gltfscene

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/scene"
)

// buildAnimations makes Scene.Animations of the channels that move something
// that matters for depth.
func (l *loader) buildAnimations() error {
	for i, a := range l.doc.Animations {
		if a == nil {
			return fmt.Errorf("animation %d is null", i)
		}
		out := scene.Animation{Name: a.Name}
		for k := range a.Channels {
			if err := l.buildChannel(a, k, &out); err != nil {
				return fmt.Errorf("animation %d %q: channel %d: %w", i, a.Name, k, err)
			}
		}
		l.out.Animations = append(l.out.Animations, out)
	}
	return nil
}

// target is one thing that a channel moves.
type target struct {
	index    int // of a scene node or camera
	property scene.Property
	first    int // of the morph weights
	width    int // numbers a key
	// of is the width of the file's values where only the last width numbers
	// of each matter, else 0.
	of int
}

// channelBytes is what a channel takes, keys aside.
const channelBytes = 128

func (l *loader) buildChannel(a *animation, k int, out *scene.Animation) error {
	c := a.Channels[k]
	if c == nil || c.Sampler == nil {
		return errors.New("it names no sampler")
	}
	targets, err := l.channelTargets(a, k)
	if err != nil || len(targets) == 0 {
		return err
	}
	s, err := at(a.Samplers, *c.Sampler, "sampler")
	if err != nil {
		return err
	}
	if err := l.budget.charge(len(targets), channelBytes, "its channels"); err != nil {
		return err
	}
	for _, t := range targets {
		ch := scene.Channel{Target: t.index, First: t.first, Property: t.property, Width: t.width}
		if err := l.sample(s, &ch, t.of); err != nil {
			return fmt.Errorf("sampler %d: %w", *c.Sampler, err)
		}
		out.Channels = append(out.Channels, ch)
	}
	return nil
}

// channelTargets returns what channel k moves: nothing where that does not
// matter for depth.
func (l *loader) channelTargets(a *animation, k int) ([]target, error) {
	t := &a.Channels[k].Target
	var pointer struct{ Pointer string }
	if ok, err := t.Extensions.get(extAnimationPointer, &pointer); err != nil {
		return nil, err
	} else if ok || t.Path == "pointer" {
		return l.pointerTargets(a.Name, pointer.Pointer)
	}
	if t.Node == nil {
		return nil, nil
	}
	return l.nodeTargets(*t.Node, t.Path)
}

func (l *loader) nodeTargets(i int, path string) ([]target, error) {
	n, err := at(l.doc.Nodes, i, "node")
	if err != nil {
		return nil, err
	}
	t := target{index: l.nodeOf[i]}
	switch path {
	case "translation":
		t.property, t.width = scene.Translation, 3
	case "rotation":
		t.property, t.width = scene.Rotation, 4
	case "scale":
		t.property, t.width = scene.Scale, 3
	case "weights":
		t.property, t.width = scene.Weights, len(l.out.Nodes[t.index].Weights)
		if t.width == 0 {
			return nil, nil
		}
		return []target{t}, nil
	default:
		l.warn("an animation moves %q of node %q, which is not a property that glTF animates: it stands still", path, n.Name)
		return nil, nil
	}
	if !takeApart(&l.out.Nodes[t.index]) {
		l.warn("an animation moves the %s of node %q, which has a matrix that is not made of translation, rotation and scale: it stands still", path, n.Name)
		return nil, nil
	}
	return []target{t}, nil
}

// takeApart gives a node with a matrix the translation, rotation and scale
// that make it. glTF does not let animations move nodes with a matrix, but
// files do, and all programs read them so. ok is false where the matrix has
// none.
func takeApart(n *scene.Node) (ok bool) {
	if !n.HasMatrix {
		return true
	}
	m := n.Matrix
	t, axes := m.Col(3).Vec3(), m.Mat3()
	scale := mgl64.Vec3{axes.Col(0).Len(), axes.Col(1).Len(), axes.Col(2).Len()}
	if axes.Det() < 0 {
		scale[0] = -scale[0]
	}
	for c := range scale {
		if scale[c] == 0 {
			return false
		}
		axes.SetCol(c, axes.Col(c).Mul(1/scale[c]))
	}
	r := scene.Normalize(mgl64.Mat4ToQuat(axes.Mat4()))
	if !scene.TRS(t, r, scale).ApproxEqualThreshold(m, 1e-6) {
		return false
	}
	n.HasMatrix, n.Translation, n.Rotation, n.Scale = false, t, r, scale
	return true
}

// pointerTargets resolves a JSON pointer of KHR_animation_pointer.
func (l *loader) pointerTargets(name, pointer string) ([]target, error) {
	part := strings.Split(pointer, "/")
	is := func(pattern ...string) (int, bool) {
		if len(part) != len(pattern)+1 || part[0] != "" {
			return 0, false
		}
		index := -1
		for i, p := range pattern {
			if p == "#" {
				n, err := strconv.Atoi(part[i+1])
				if err != nil || n < 0 {
					return 0, false
				}
				index = n
			} else if p != "*" && p != part[i+1] {
				return 0, false
			}
		}
		return index, true
	}
	if i, ok := is("nodes", "#", "*"); ok {
		return l.nodeTargets(i, part[3])
	}
	if i, ok := is("nodes", "#", "weights", "*"); ok {
		return oneWeight(part[4])(l.nodeTargets(i, part[3]))
	}
	if i, ok := is("meshes", "#", "weights", "*"); ok {
		return oneWeight(part[4])(l.meshTargets(i))
	}
	if i, ok := is("nodes", "#", "extensions", extNodeVisibility, "visible"); ok {
		if _, err := at(l.doc.Nodes, i, "node"); err != nil {
			return nil, err
		}
		return []target{{index: l.nodeOf[i], property: scene.Visibility, width: 1}}, nil
	}
	if i, ok := is("meshes", "#", "weights"); ok {
		return l.meshTargets(i)
	}
	if i, ok := is("cameras", "#", "perspective", "*"); ok {
		return l.cameraTargets(i, false, part[4])
	}
	if i, ok := is("cameras", "#", "orthographic", "*"); ok {
		return l.cameraTargets(i, true, part[4])
	}
	if i, ok := is("materials", "#", "alphaCutoff"); ok {
		return l.materialTargets(i, target{property: scene.AlphaCutoff, width: 1})
	}
	if i, ok := is("materials", "#", "pbrMetallicRoughness", "baseColorFactor"); ok {
		return l.materialTargets(i, target{property: scene.AlphaFactor, width: 1, of: 4})
	}
	if i, ok := is("materials", "#", "pbrMetallicRoughness", "baseColorTexture", "extensions", extTextureTransform, "*"); ok {
		switch part[7] {
		case "offset":
			return l.materialTargets(i, target{property: scene.TextureOffset, width: 2})
		case "rotation":
			return l.materialTargets(i, target{property: scene.TextureRotation, width: 1})
		case "scale":
			return l.materialTargets(i, target{property: scene.TextureScale, width: 2})
		}
	}
	if len(part) > 1 && (part[1] == "nodes" || part[1] == "meshes" || part[1] == "cameras" || part[1] == "skins") {
		l.warn("animation %q moves %s, which is not supported: it keeps the file's value", name, shorten(pointer))
	}
	return nil, nil
}

// oneWeight narrows targets that are all weights of nodes to one weight each.
func oneWeight(which string) func([]target, error) ([]target, error) {
	return func(all []target, err error) ([]target, error) {
		k, notNumber := strconv.Atoi(which)
		if err != nil || notNumber != nil {
			return nil, err
		}
		var one []target
		for _, t := range all {
			if k >= 0 && k < t.width {
				one = append(one, target{index: t.index, property: scene.Weights, first: k, width: 1})
			}
		}
		return one, nil
	}
}

// materialTargets returns t for the file's material i where its alpha matters.
func (l *loader) materialTargets(i int, t target) ([]target, error) {
	if _, err := at(l.doc.Materials, i, "material"); err != nil {
		return nil, err
	}
	k, used := l.materials[i]
	if !used || l.out.Materials[k].Mode == scene.Opaque {
		return nil, nil
	}
	t.index = k
	return []target{t}, nil
}

// meshTargets returns the nodes that show mesh m with the mesh's own weights.
func (l *loader) meshTargets(m int) (targets []target, err error) {
	if _, err := at(l.doc.Meshes, m, "mesh"); err != nil {
		return nil, err
	}
	for _, i := range l.meshNodes[m] {
		weights := l.out.Nodes[l.nodeOf[i]].Weights
		if len(l.doc.Nodes[i].Weights) == 0 && len(weights) > 0 {
			targets = append(targets, target{index: l.nodeOf[i], property: scene.Weights, width: len(weights)})
		}
	}
	return targets, nil
}

func (l *loader) cameraTargets(c int, orthographic bool, property string) (targets []target, err error) {
	if _, err := at(l.doc.Cameras, c, "camera"); err != nil {
		return nil, err
	}
	t := target{width: 1}
	switch {
	case !orthographic && property == "yfov":
		t.property = scene.CameraYFov
	case !orthographic && property == "aspectRatio":
		t.property = scene.CameraAspect
	case orthographic && property == "xmag":
		t.property = scene.CameraXMag
	case orthographic && property == "ymag":
		t.property = scene.CameraYMag
	default:
		if property == "znear" || property == "zfar" {
			l.warn("an animation moves a camera's %s: clipping, if asked for, uses the file's own value", property)
		}
		return nil, nil
	}
	for _, t.index = range l.camerasOf[c] {
		if l.out.Cameras[t.index].Orthographic == orthographic {
			targets = append(targets, t)
		}
	}
	return targets, nil
}

// sample fills in a channel's keys, of whose numbers in the file only the last
// may matter.
func (l *loader) sample(s *animationSampler, c *scene.Channel, of int) error {
	if s.Input == nil || s.Output == nil {
		return errors.New("it has no input or no output")
	}
	switch s.Interpolation {
	case "", "LINEAR":
		c.Interpolation = scene.Linear
	case "STEP":
		c.Interpolation = scene.Step
	case "CUBICSPLINE":
		c.Interpolation = scene.CubicSpline
	default:
		return fmt.Errorf("there is no interpolation %q", s.Interpolation)
	}
	if c.Property == scene.Visibility {
		c.Interpolation = scene.Step
	}
	var err error
	if c.Times, err = l.keyTimes(*s.Input); err != nil {
		return err
	}
	parts := 1
	if c.Interpolation == scene.CubicSpline {
		parts = 3
	}
	e, err := l.elements(*s.Output)
	if err != nil {
		return err
	}
	if c.Property == scene.Weights {
		return l.weightKeys(*s.Output, &e, c, parts)
	}
	of = max(of, c.Width)
	if e.width != of || e.count < len(c.Times)*parts {
		return fmt.Errorf("%d values of %d numbers for %d keys of %d values of %d", e.count, e.width, len(c.Times), parts, of)
	}
	if of == c.Width {
		c.Values, err = l.list(*s.Output, &e)
		return err
	}
	if c.Values, err = l.floats(&e, of); err != nil {
		return err
	}
	for k := 0; k < e.count; k++ {
		copy(c.Values[k*c.Width:], c.Values[(k+1)*of-c.Width:(k+1)*of])
	}
	c.Values = c.Values[:e.count*c.Width]
	return nil
}

// weightKeys fills in the keys of morph weights, which are stored as scalars.
// Where the file animates more or fewer weights than the mesh has targets,
// c.Width is the file's.
func (l *loader) weightKeys(i int, e *elements, c *scene.Channel, parts int) error {
	if e.width != 1 {
		return fmt.Errorf("weights of %d numbers each", e.width)
	}
	keys := len(c.Times) * parts
	if e.count < keys*c.Width {
		c.Width = e.count / keys
	}
	if c.Width == 0 {
		return fmt.Errorf("%d weights for %d keys", e.count, keys)
	}
	if e.count%keys == 0 {
		c.Width = e.count / keys
	}
	var err error
	c.Values, err = l.list(i, e)
	return err
}

// keyTimes returns an accessor's key times, checked.
func (l *loader) keyTimes(i int) ([]float64, error) {
	e, err := l.elements(i)
	if err != nil {
		return nil, err
	}
	if e.width != 1 || e.count == 0 {
		return nil, fmt.Errorf("%d key times of %d numbers", e.count, e.width)
	}
	times, err := l.list(i, &e)
	if err != nil {
		return nil, err
	}
	for k, t := range times {
		if math.IsNaN(t) || math.IsInf(t, 0) {
			return nil, fmt.Errorf("the time of key %d is %g", k, t)
		}
		if k > 0 && t < times[k-1] {
			return nil, fmt.Errorf("key %d at %g s comes after one at %g s", k, t, times[k-1])
		}
	}
	return times, nil
}

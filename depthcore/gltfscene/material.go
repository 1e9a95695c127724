package gltfscene

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-gl/mathgl/mgl64"
	"github.com/qmuntal/gltf"

	"zscope/depthcore/scene"
)

// surface gives a primitive its material and, where that has alpha, what alpha
// needs: texture coordinates and the vertices' own alpha.
func (l *loader) surface(g *geometry, out *scene.Primitive) error {
	if g.Material == nil {
		return nil
	}
	src, err := at(l.doc.Materials, *g.Material, "material")
	if err != nil {
		return err
	}
	if out.Material, err = l.material(*g.Material); err != nil {
		return fmt.Errorf("material %d %q: %w", *g.Material, src.Name, err)
	}
	m := &l.out.Materials[out.Material]
	if m.Mode == scene.Opaque {
		return nil
	}
	if err := l.vertexAlpha(g, out); err != nil {
		return err
	}
	if m.Texture == nil {
		return nil
	}
	_, info := src.baseColor()
	out.UV, err = l.textureCoordinates(g, info, len(out.Positions))
	if err == nil && out.UV == nil {
		l.warn("mesh %q has a see-through material %q and no texture coordinates for its texture: the texture's corner counts everywhere", out.Name, src.Name)
		if err = l.budget.charge(len(out.Positions), 16, "texture coordinates"); err == nil {
			out.UV = make([]mgl64.Vec2, len(out.Positions))
		}
	}
	return err
}

// vertexAlpha reads the alpha of the vertices' colours.
func (l *loader) vertexAlpha(g *geometry, out *scene.Primitive) error {
	e, ok, err := l.attribute(g, "COLOR_0")
	if err != nil || !ok || e.width < 4 {
		return err
	}
	if e.count != len(out.Positions) {
		return fmt.Errorf("%d colours for %d vertices", e.count, len(out.Positions))
	}
	colours, err := l.floats(&e, 4)
	if err != nil {
		return err
	}
	defer l.budget.release(len(colours), 8)
	if err := l.budget.charge(e.count, 8, "vertex colours"); err != nil {
		return err
	}
	opaque := true
	out.Alpha = make([]float64, e.count)
	for v := range out.Alpha {
		out.Alpha[v] = colours[4*v+3]
		opaque = opaque && out.Alpha[v] == 1
	}
	if opaque {
		out.Alpha = nil
	}
	return nil
}

// textureTransform is KHR_texture_transform.
type textureTransform struct {
	Offset   []float64
	Rotation float64
	Scale    []float64
	TexCoord *int
}

// transform returns how a texture's coordinates are moved, and which set they
// are.
func (info *textureInfo) transform() (t scene.TextureTransform, set int, err error) {
	t.Scale, set = mgl64.Vec2{1, 1}, info.TexCoord
	var ext textureTransform
	if _, err := info.Extensions.get(extTextureTransform, &ext); err != nil {
		return t, set, err
	}
	if ext.TexCoord != nil {
		set = *ext.TexCoord
	}
	if len(ext.Offset) == 2 {
		t.Offset = mgl64.Vec2(ext.Offset)
	}
	if len(ext.Scale) == 2 {
		t.Scale = mgl64.Vec2(ext.Scale)
	}
	t.Rotation = ext.Rotation
	return t, set, nil
}

// textureCoordinates returns a primitive's coordinates for a texture, nil
// where it has none.
func (l *loader) textureCoordinates(g *geometry, info *textureInfo, vertices int) ([]mgl64.Vec2, error) {
	_, set, err := info.transform()
	if err != nil {
		return nil, err
	}
	e, ok, err := l.attribute(g, fmt.Sprintf("TEXCOORD_%d", set))
	if err != nil || !ok {
		return nil, err
	}
	if e.width != 2 || e.count != vertices {
		return nil, fmt.Errorf("TEXCOORD_%d: %d elements of %d numbers for %d vertices of 2", set, e.count, e.width, vertices)
	}
	values, err := l.floats(&e, 2)
	if err != nil {
		return nil, err
	}
	defer l.budget.release(len(values), 8)
	if err := l.budget.charge(vertices, 16, "texture coordinates"); err != nil {
		return nil, err
	}
	uv := make([]mgl64.Vec2, vertices)
	for v := range uv {
		uv[v] = mgl64.Vec2{values[2*v], values[2*v+1]}
	}
	return uv, nil
}

// baseColor returns the alpha factor and the texture that carries alpha, nil
// without one.
func (m *material) baseColor() (factor float64, info *textureInfo) {
	if p := m.PBRMetallicRoughness; p != nil {
		if factor = 1; len(p.BaseColorFactor) == 4 {
			factor = p.BaseColorFactor[3]
		}
		return factor, p.BaseColorTexture
	}
	var old struct {
		DiffuseFactor  []float64
		DiffuseTexture *textureInfo
	}
	if _, err := m.Extensions.get(extSpecularGlossiness, &old); err == nil && len(old.DiffuseFactor) == 4 {
		return old.DiffuseFactor[3], old.DiffuseTexture
	}
	return 1, old.DiffuseTexture
}

// material returns the index in Scene.Materials of the file's material i.
func (l *loader) material(i int) (int, error) {
	if k, ok := l.materials[i]; ok {
		return k, nil
	}
	src := l.doc.Materials[i]
	factor, info := src.baseColor()
	m := scene.Material{Name: src.Name, DoubleSided: src.DoubleSided, Cutoff: 0.5, Factor: factor}
	switch src.AlphaMode {
	case "", "OPAQUE":
	case "MASK":
		m.Mode = scene.Mask
	case "BLEND":
		m.Mode = scene.Blend
	default:
		l.warn("material %q has an unknown alpha mode %q: it counts as opaque", src.Name, src.AlphaMode)
	}
	if src.AlphaCutoff != nil {
		m.Cutoff = *src.AlphaCutoff
	}
	if m.Mode != scene.Opaque && info != nil && info.Index != nil {
		t, err := l.texture(*info.Index)
		switch {
		case l.ctx.Err() != nil:
			return 0, l.ctx.Err()
		case errors.Is(err, errRequired):
			return 0, err
		case err != nil:
			l.warn("the see-through material %q lacks its texture, so what should be holes counts as surface: texture %d: %v", src.Name, *info.Index, err)
		}
		if m.Texture = t; t != nil {
			if m.Transform, _, err = info.transform(); err != nil {
				return 0, err
			}
		}
	}
	l.materials[i] = len(l.out.Materials)
	l.out.Materials = append(l.out.Materials, m)
	return l.materials[i], nil
}

// errRequired marks a texture that the file insists on.
var errRequired = errors.New("the file requires it")

// textureKey tells textures apart: one image may be sampled in several ways.
type textureKey struct {
	image        int
	wrapU, wrapV scene.Wrap
	nearest      bool
}

// texture returns the alpha of the file's texture i, nil where it is 1
// everywhere.
func (l *loader) texture(i int) (*scene.Texture, error) {
	src, err := at(l.doc.Textures, i, "texture")
	if err != nil {
		return nil, err
	}
	image, err := l.imageOf(src)
	if err != nil {
		return nil, err
	}
	key := textureKey{image: image}
	if src.Sampler != nil {
		s, err := at(l.doc.Samplers, *src.Sampler, "sampler")
		if err != nil {
			return nil, err
		}
		key.wrapU, key.wrapV = wrap(s.WrapS), wrap(s.WrapT)
		key.nearest = s.MagFilter == gltf.MagNearest
	}
	d, ok := l.textures[key]
	if !ok {
		if d.texture, d.err = l.alphaImage(image); d.err != nil {
			d.err = fmt.Errorf("image %d: %w", image, d.err)
		}
		if d.texture != nil {
			d.texture.WrapU, d.texture.WrapV, d.texture.Nearest = key.wrapU, key.wrapV, key.nearest
		}
		l.textures[key] = d
	}
	return d.texture, d.err
}

// decoded is what became of a texture's image.
type decoded struct {
	texture *scene.Texture
	err     error
}

func wrap(w gltf.WrappingMode) scene.Wrap {
	switch w {
	case gltf.WrapClampToEdge:
		return scene.ClampToEdge
	case gltf.WrapMirroredRepeat:
		return scene.MirroredRepeat
	}
	return scene.Repeat
}

// imageOf returns the image of a texture: WebP where the file offers it, else
// the plain one. Formats that cannot be decoded count only where there is
// nothing else.
func (l *loader) imageOf(t *gltf.Texture) (int, error) {
	var other struct{ Source *int }
	if _, err := foreign(t.Extensions, extTextureWebP, &other); err != nil {
		return 0, err
	}
	if other.Source != nil {
		return *other.Source, nil
	}
	if t.Source != nil {
		return *t.Source, nil
	}
	for _, name := range slices.Sorted(maps.Keys(t.Extensions)) {
		if !strings.Contains(name, "_texture_") {
			continue
		}
		err := fmt.Errorf("%s has no decoder here and there is no other image", name)
		if l.requires(name) {
			err = fmt.Errorf("%w, but %w", errRequired, err)
		}
		return 0, err
	}
	return 0, errors.New("it has no image")
}

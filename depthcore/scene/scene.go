// Package scene holds what a scene file says, free of the file's format: a
// hierarchy of nodes, triangles, cameras and animations, all in float64.
//
// A Scene is immutable once its loader returns it, so that a window and an
// exporter may share it. What changes with time is in a Pose, see NewPose.
//
// World space and camera space have glTF's axes: y up, cameras look along -z.
package scene

import (
	"math"

	"github.com/go-gl/mathgl/mgl64"
)

// Scene is a scene as its file describes it.
type Scene struct {
	Name       string      // the file's name, for people
	Nodes      []Node      // parents before children
	Primitives []Primitive // triangles with one material, in object space
	Instances  []Instance  // where primitives stand; the order is fixed
	Skins      []Skin
	Materials  []Material
	Cameras    []Camera // those that a node of the scene uses, in node order
	Animations []Animation
	// Warnings say what the loader left out or changed and why it matters for
	// depth: whole sentences for people.
	Warnings []string
	// Source is what the scene was read from.
	Source Source
}

// Source identifies the file that a scene was read from.
type Source struct {
	Format string // "glTF 2.0", "OBJ", ...
	Bytes  int64  // of all files read
	SHA256 string // of the main file, in hex
	Parts  string // SHA-256 of the other files read, with their names and sizes; empty where there are none
}

// Node is one joint of the hierarchy. Its local transform is Matrix where
// HasMatrix, else T * R * S.
type Node struct {
	Name        string
	Parent      int // index in Nodes, -1 for a root; always below the own index
	HasMatrix   bool
	Matrix      mgl64.Mat4
	Translation mgl64.Vec3
	Rotation    mgl64.Quat // of unit length
	Scale       mgl64.Vec3
	// Weights are the morph weights of the node's mesh when nothing moves
	// them; nil without morph targets.
	Weights []float64
	// Hidden is the node's own visibility; a hidden node hides its subtree.
	Hidden bool
}

// Primitive is a set of triangles with one material, in object space.
type Primitive struct {
	Name      string       // mesh name, for people
	Mesh      int          // index of the mesh in the file
	Positions []mgl64.Vec3 // the file's numbers, exactly
	Normals   [][3]float32 // the file's, one a vertex, of any length; nil where it has none
	Indices   []uint32     // three a triangle, all below len(Positions)
	Material  int          // index in Materials, -1 for none
	UV        []mgl64.Vec2 // the file's coordinates for the alpha texture, nil without one; see Material.TextureFromUV
	Alpha     []float64    // vertex colour's alpha, nil where it is 1 everywhere
	Targets   []MorphTarget
	// Joints and Weights hold Influences entries a vertex, joint sets side by
	// side; weights sum to 1. Influences is 0 without a skin.
	Influences int
	Joints     []uint16 // index in Skin.Joints
	Weights    []float64
}

// MorphTarget displaces vertices: position += weight * Delta. A sparse target
// lists the vertices it moves in Vertex; Vertex nil means all, in order.
type MorphTarget struct {
	Vertex []uint32
	Delta  []mgl64.Vec3
	// Normals are what it adds to the vertices' normals, one a vertex of the
	// primitive; nil for nothing.
	Normals [][3]float32
}

// Instance places a primitive by a node: once for a plain mesh node, once for
// each entry of EXT_mesh_gpu_instancing.
type Instance struct {
	Primitive  int
	Node       int
	FromObject mgl64.Mat4 // node-from-object: identity but for GPU instancing
	Skin       int        // index in Skins, -1 for none; a skin ignores the node's transform
}

// Deforms reports whether the instance's shape changes with the pose: it has
// a skin or morph targets.
func (s *Scene) Deforms(i int) bool {
	in := &s.Instances[i]
	return in.Skin >= 0 || len(s.Primitives[in.Primitive].Targets) > 0
}

// Skin binds vertices to nodes.
type Skin struct {
	Name        string
	Joints      []int        // node indices
	InverseBind []mgl64.Mat4 // one a joint
}

// AlphaMode says what a material's alpha does to its surface.
type AlphaMode int

const (
	Opaque AlphaMode = iota
	Mask             // not there where alpha is below Cutoff
	Blend            // not there where alpha is below a threshold of the caster's
)

// Material is the part of a material that matters for depth.
type Material struct {
	Name        string
	DoubleSided bool
	Mode        AlphaMode
	Cutoff      float64
	Factor      float64  // base colour's alpha
	Texture     *Texture // base colour texture's alpha, nil for none
	Transform   TextureTransform
}

// TextureTransform moves texture coordinates: they are scaled, turned and
// shifted (KHR_texture_transform). The zero value with Scale {1, 1} changes
// nothing.
type TextureTransform struct {
	Offset, Scale mgl64.Vec2
	Rotation      float64 // radians, counter-clockwise with v down
}

// TextureFromUV returns the matrix that takes a primitive's UV to texture
// coordinates.
func (m *Material) TextureFromUV() mgl64.Mat3 {
	t := &m.Transform
	sin, cos := math.Sincos(t.Rotation)
	return mgl64.Mat3{
		cos * t.Scale[0], -sin * t.Scale[0], 0,
		sin * t.Scale[1], cos * t.Scale[1], 0,
		t.Offset[0], t.Offset[1], 1,
	}
}

// Texture is an alpha channel with its sampler. Texture coordinates (0, 0) are
// the image's top left corner, (1, 1) its bottom right one.
type Texture struct {
	Width, Height int
	Alpha         []uint16 // 65535 is 1; row by row from the top
	WrapU, WrapV  Wrap
	Nearest       bool // the sampler's magnification filter is NEAREST
}

// Wrap says what a texture holds outside [0, 1].
type Wrap int

const (
	Repeat Wrap = iota
	ClampToEdge
	MirroredRepeat
)

// Camera is a camera as one node of the scene uses it. Sizes are unknown to
// scene files; see View.
type Camera struct {
	Name         string // the node's name, else the camera's
	CameraName   string
	Node         int
	Orthographic bool
	YFov         float64 // radians, perspective
	Aspect       float64 // 0: square pixels, whatever the size
	XMag, YMag   float64 // half the visible width and height, orthographic
	Near, Far    float64 // Far 0: infinite
}

// Animation is a set of channels with a common clock.
type Animation struct {
	Name     string
	Channels []Channel
}

// Property is what a channel moves.
type Property int

const (
	Translation Property = iota
	Rotation
	Scale
	Weights
	Visibility // of a node
	CameraYFov // of a Camera
	CameraXMag
	CameraYMag
	CameraAspect
	AlphaCutoff // of a Material
	AlphaFactor
	TextureOffset
	TextureRotation
	TextureScale
)

// Interpolation is glTF's: how a channel's value runs between its keys.
type Interpolation int

const (
	Linear Interpolation = iota // slerp for rotations
	Step
	CubicSpline
)

// Channel moves one property of one target along its keys.
type Channel struct {
	First         int // the first of the morph weights that it moves, else 0
	Target        int // index of a node, a camera or a material, as Property says
	Property      Property
	Interpolation Interpolation
	Times         []float64 // seconds, ascending, at least one
	// Values holds Width numbers a key: 3 for translation and scale, 4 for
	// rotation (x y z w), the number of targets for weights, 2 for texture
	// offset and scale, 1 otherwise. A cubic spline has in-tangent, value, out-tangent at each key.
	Values []float64
	Width  int
}

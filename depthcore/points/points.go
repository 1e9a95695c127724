// Package points puts the pixels of a depth map back into space: as a PLY file
// for other programs, and as a picture from another side.
//
// A pixel that sees a surface is a point: its centre's ray at its Z. No pixel
// is averaged with another, so a point lies where the file's number says.
package points

import (
	"image"
	"image/color"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
	"zscope/depthcore/depth"
)

// Axes say in which space points are written.
type Axes int

const (
	// InCamera has the axes of OpenCV, x right, y down, z forward, with the
	// origin in the camera: a point's z is its pixel's Z (but for a panorama,
	// whose pixels hold distances).
	InCamera Axes = iota
	// InWorld has the scene's axes, which for glTF are y up, in its unit.
	InWorld
)

func (a Axes) String() string { return [...]string{"camera", "world"}[a] }

// Pixels are the pixels of one picture: what is turned into points.
type Pixels struct {
	Map  *depth.Map
	View camera.View // of a picture of any size that the map stands for
	// Colours has a colour for each of its own pixels, which are stretched over
	// the map; nil paints all of them white.
	Colours *image.RGBA
}

// lens returns the view's intrinsics at the map's size.
func (p Pixels) lens() camera.Intrinsics {
	if p.View.Width == p.Map.Width && p.View.Height == p.Map.Height {
		return p.View.Intrinsics
	}
	return p.View.Intrinsics.Resized(p.Map.Width, p.Map.Height)
}

// inCamera returns what gives the camera-space point of pixel (x, y), in glTF's
// axes.
func inCamera(in camera.Intrinsics) func(x, y int, z float32) mgl64.Vec3 {
	at := in.CameraPoint
	if !in.Lens.IsPinhole() {
		rays := in.Rays()
		at = rays.CameraPoint
	}
	return func(x, y int, z float32) mgl64.Vec3 { return at(float64(x)+0.5, float64(y)+0.5, float64(z)) }
}

func (p Pixels) colour(x, y int) color.RGBA {
	c := p.Colours
	if c == nil || c.Rect.Empty() {
		return color.RGBA{255, 255, 255, 255}
	}
	at := 4 * (x * c.Rect.Dx() / p.Map.Width)
	at += y * c.Rect.Dy() / p.Map.Height * c.Stride
	return color.RGBA{c.Pix[at], c.Pix[at+1], c.Pix[at+2], 255}
}

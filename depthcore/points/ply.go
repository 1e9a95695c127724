package points

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
	"zscope/depthcore/depth"
)

// WritePLY writes the points as binary little-endian PLY (G. Turk, "The PLY
// Polygon File Format", 1994), in the order of the pixels: x, y and z as
// float64, so that nothing is lost far from the origin, and red, green and blue
// as bytes. The header says which axes the points have and what the camera is,
// and each comment becomes a line of it. It returns how many points it wrote; a
// map without a surface is a file without points.
func WritePLY(w io.Writer, p Pixels, axes Axes, comments ...string) (n int, err error) {
	for _, z := range p.Map.Z {
		if depth.IsHit(z) {
			n++
		}
	}
	b := bufio.NewWriterSize(w, 1<<16)
	fmt.Fprint(b, "ply\nformat binary_little_endian 1.0\n")
	for _, c := range slices.Concat(comments, p.says(axes)) {
		fmt.Fprintf(b, "comment %s\n", strings.Map(oneLine, c))
	}
	fmt.Fprintf(b, "element vertex %d\nproperty double x\nproperty double y\nproperty double z\n", n)
	fmt.Fprint(b, "property uchar red\nproperty uchar green\nproperty uchar blue\nend_header\n")
	pointAt, world := inCamera(p.lens()), p.View.WorldFromCamera()
	var record [3*8 + 3]byte
	for i, z := range p.Map.Z {
		if !depth.IsHit(z) {
			continue
		}
		x, y := i%p.Map.Width, i/p.Map.Width
		at := pointAt(x, y, z)
		if axes == InWorld {
			at = mgl64.TransformCoordinate(at, world)
		} else {
			at = mgl64.Vec3{at[0], -at[1], -at[2]}
		}
		for k, v := range at {
			binary.LittleEndian.PutUint64(record[8*k:], math.Float64bits(v))
		}
		c := p.colour(x, y)
		record[24], record[25], record[26] = c.R, c.G, c.B
		if _, err := b.Write(record[:]); err != nil {
			return n, err
		}
	}
	return n, b.Flush()
}

// says returns what the header says of the points' axes and the camera, with the
// names that an EXR's header has for it.
func (p Pixels) says(axes Axes) []string {
	in := p.lens()
	words := map[Axes]string{InCamera: "camera, x right, y down, z forward (OpenCV)", InWorld: "world, the scene's (glTF: y up)"}
	return []string{
		"axes: " + words[axes],
		fmt.Sprintf("picture: %dx%d, %s", in.Width, in.Height, in.Model),
		"cameraK: " + camera.Numbers(in.Fx, in.Fy, in.Cx, in.Cy) + ", cx and cy from the picture's corner",
		"cameraLens: " + in.Lens.String(),
		"worldToCameraOpenCV: " + camera.Numbers(camera.Rows3x4(camera.FlipYZ(p.View.CameraFromWorld))...),
	}
}

// oneLine keeps a comment from ending the header.
func oneLine(r rune) rune {
	if r < ' ' {
		return ' '
	}
	return r
}

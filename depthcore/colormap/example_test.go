package colormap_test

import (
	"fmt"
	"image"

	"zscope/depthcore/colormap"
	"zscope/depthcore/depth"
)

// A map of three pixels, the last without a surface, in colours from its
// nearest to its farthest Z.
func ExamplePainter() {
	m := depth.New(3, 1)
	m.Z[0], m.Z[1] = 2, 10

	var p colormap.Painter
	mapping := colormap.Default()
	mapping.Near, mapping.Far, _ = p.Range(m, 0)

	var picture image.RGBA
	p.Paint(&picture, m, mapping)
	for x := range 3 {
		fmt.Println(m.At(x, 0), picture.RGBAAt(x, 0) == mapping.ColorAt(m.At(x, 0)), picture.RGBAAt(x, 0))
	}
	fmt.Println(mapping.Ticks(5))
	// Output:
	// 2 true {122 4 3 255}
	// 10 true {48 18 59 255}
	// +Inf true {22 24 29 255}
	// [2 4 6 8 10]
}

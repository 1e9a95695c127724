package preview_test

import (
	"bytes"
	"fmt"
	"image/png"

	"zscope/depthcore/colormap"
	"zscope/depthcore/depth"
	"zscope/depthcore/preview"
)

func ExampleWritePNG() {
	m := depth.New(640, 360)
	for i := range m.Z {
		m.Z[i] = 1 + float32(i%640)/100
	}
	mapping := colormap.Default()
	mapping.Near, mapping.Far = 1, 7.5

	var file bytes.Buffer
	legend := preview.Legend{Mapping: mapping, Unit: "m", Caption: "a ramp"}
	if err := preview.WritePNG(&file, m, legend); err != nil {
		fmt.Println(err)
		return
	}
	picture, err := png.Decode(&file)
	fmt.Println(picture.Bounds(), err)
	// Output: (0,0)-(640,420) <nil>
}

// Package assets holds the files that are built into the program. It has no
// logic.
//
// The demo scene is a room, five seconds long at 24 frames a second (frame n
// at n/24 s). In frames 1 to 12 the camera stands on a tripod at (0, 1.5, 5)
// and looks along -z at the wall "Calibration wall 10 m": each pixel that sees
// the wall has a Z of exactly 10. Five plates on it are 1/4, 1/8 ... 1/64 m
// thick, so that theirs are the exact floats 9.75, 9.875 ... 9.984375; the
// lettering "10 m" is 1/64 m thick. A skinned pennant, morphing curtains,
// leaves cut out by alpha, a pendulum, a mobile and a sculpture on a turntable
// move; the sky in the window has no depth.
//
//go:generate go run ./generate
package assets

import _ "embed"

// Demo is the demo scene, a binary glTF file.
//
//go:embed demo.glb
var Demo []byte

// BlenderScript is a Python script for Blender that writes a .blend as a GLB
// and a camera track for every frame.
//
//go:embed blender/zscope_export.py
var BlenderScript []byte

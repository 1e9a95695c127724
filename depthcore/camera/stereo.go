package camera

// Beside returns the view of a camera that stands baseline further to the right,
// along the camera's own x axis, with the same axes and intrinsics: the right one
// of a rectified stereo pair. It sees a point at depth Z further to the left by
// Fx * baseline / Z.
func (v View) Beside(baseline float64) View {
	// All of the last row is 0 0 0 1.
	v.CameraFromWorld[12] -= baseline
	return v
}

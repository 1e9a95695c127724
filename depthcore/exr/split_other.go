//go:build !amd64

package exr

const hasKernel = false

func splitEights(even, odd *byte, pixels *float32, eights int) {}

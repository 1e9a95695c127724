//go:build !amd64

package colormap

const hasKernel = false

func paintEights(dst *uint8, src *float32, eights int, c *colours) {}

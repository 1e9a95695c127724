//go:build !amd64

package colormap

const hasKernel = false

func paintEights(dst *uint8, src *float32, eights int, c *colours) {}

func tallyEights(z *float32, eights int, t *tally, found *uint32, room int) (n int) { return 0 }

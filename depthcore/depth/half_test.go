package depth

import (
	"math"
	"testing"
)

func TestFromHalf(t *testing.T) {
	for h, want := range map[uint16]float64{0: 0, 1: math.Ldexp(1, -24), 0x3ff: 1023 * math.Ldexp(1, -24), 0x400: math.Ldexp(1, -14), 0x3c00: 1, 0xc000: -2, 0x7bff: 65504, 0x7c00: math.Inf(1), 0xfc00: math.Inf(-1), 0x3555: 1365. / 4096} {
		if got := FromHalf(h); float64(got) != want {
			t.Errorf("%04x: got %v, want %v", h, got, want)
		}
	}
	if got := math.Float32bits(FromHalf(0x8000)); got != 1<<31 {
		t.Errorf("-0: got %08x", got)
	}
	if got := FromHalf(0x7e00); got == got {
		t.Errorf("NaN: got %v", got)
	}
}

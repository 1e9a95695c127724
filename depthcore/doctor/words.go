package doctor

import (
	"fmt"
	"math"
	"strings"
)

// knownFactor is a factor that has a reason.
type knownFactor struct {
	factor float64
	reason string
}

func knownFactors() []knownFactor {
	return []knownFactor{
		{1000, "scaled by 1000: millimetres where metres are meant"},
		{100, "scaled by 100: centimetres where metres are meant"},
		{0.001, "scaled by 1/1000: kilometres, or millimetres taken for metres twice"},
		{0.01, "scaled by 1/100"},
		{5000, "scaled by 5000: TUM's counts, not metres"},
		{256, "scaled by 256: KITTI's counts, not metres"},
		{1.09, "1.09 times too large: three equal colour channels were weighted to one grey (OpenCV's IMREAD_ANYDEPTH does this)"},
	}
}

// Sound reports whether the sequence is what it should be: planar Z in the
// scene's unit, at the right pixels of the right frames, in full floats.
func (e Explanation) Sound() bool { return e.Explains && len(e.Faults()) == 0 }

// Faults says in a phrase each what is wrong with the sequence. It is empty for
// a sound one and for one that nothing explains.
func (e Explanation) Faults() (faults []string) {
	if !e.Explains {
		return nil
	}
	add := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	switch e.Quantity {
	case Euclidean:
		add("Euclidean distance along the ray instead of planar Z")
	case InverseZ:
		add("1/Z instead of Z")
	case InverseEuclidean:
		add("1/distance along the ray instead of Z")
	}
	if e.RowsFlipped {
		add("rows flipped: the picture stands on its head")
	}
	if e.ColsFlipped {
		add("columns flipped: the picture is mirrored")
	}
	if e.FrameOffset != 0 {
		add("frame %+d: the map of frame n shows frame n%+d", e.FrameOffset, e.FrameOffset)
	}
	if e.DU != 0 || e.DV != 0 {
		add("half a pixel off: moved by %g px to the right and %g px down", e.DU, e.DV)
	}
	if math.Abs(e.Factor-1) > 5e-4 {
		add("%s", factorWords(e.Factor))
	}
	if e.HalfFloat {
		add("half float: rounded to 16-bit floats, up to 1/2000 off")
	}
	return faults
}

func factorWords(f float64) string {
	for _, k := range knownFactors() {
		if math.Abs(f/k.factor-1) < 2e-3 {
			return k.reason
		}
	}
	return fmt.Sprintf("scaled by %.6g", f)
}

// String says what was found in one sentence.
func (e Explanation) String() string {
	switch {
	case e.BothHit < 16:
		return "the sequence and the scene have next to no pixels in common: another camera, scene or frame range?"
	case !e.Explains:
		return fmt.Sprintf("nothing known explains the numbers: at best %s, with a quarter of the pixels more than %.2g %% off",
			orPlanar(e), 100*e.Deviation)
	case e.Sound():
		return fmt.Sprintf("planar Z, matches: %.4g %% of the pixels compared are equal bit for bit, three quarters within %.1g of the value", 100*e.Exact, e.Deviation)
	}
	return strings.Join(e.Faults(), "; ")
}

func orPlanar(e Explanation) string {
	e.Explains = true
	if f := e.Faults(); len(f) > 0 {
		return strings.Join(f, "; ")
	}
	return "planar Z"
}

package scene

import "math"

// Timeline says which time a frame number stands for.
type Timeline struct {
	FPS         float64 // frames a second
	Offset      float64 // seconds, the time of frame 0
	First, Last int     // the frames that the animation covers, both included
	Guessed     bool    // FPS was recovered from key spacing, not stored or chosen
}

// Time returns the time in seconds of a frame. It is computed from the frame
// number alone, never summed up, so that frame n is the same however it was
// reached.
func (t Timeline) Time(frame int) float64 { return float64(frame)/t.FPS + t.Offset }

// What a frame rate recovered from keys may be. Sparser keys are an animator's
// poses, not frames; denser ones are noise.
const (
	defaultFPS = 24
	slowestFPS = 5
	fastestFPS = 1000
)

// Timeline returns the frame rate recovered from the keys of the given
// animations (24 without any) and the range of frames that they cover. Blender
// writes frame N at N / fps seconds with a key a frame, so the rate is
// 1 / smallest key spacing, rounded.
func (s *Scene) Timeline(animations []int) Timeline {
	channels, _ := s.selected(animations)
	start, end, spacing := math.Inf(1), math.Inf(-1), math.Inf(1)
	for _, c := range channels {
		start, end = min(start, c.Times[0]), max(end, c.Times[len(c.Times)-1])
		for k := 1; k < len(c.Times); k++ {
			if d := c.Times[k] - c.Times[k-1]; d > 1.0/fastestFPS/2 {
				spacing = min(spacing, d)
			}
		}
	}
	t := Timeline{FPS: defaultFPS, First: 1, Last: 1}
	if end < start {
		return t
	}
	if fps := recoverRate(channels, spacing); fps > 0 {
		t.FPS, t.Guessed = fps, true
	}
	t.First = frameAt(math.Ceil(start*t.FPS - frameSlack))
	t.Last = max(t.First, frameAt(math.Floor(end*t.FPS+frameSlack)))
	return t
}

// frameSlack is how far from a whole frame a key may lie and still count as on
// it: float32 seconds are off by that much after hours.
const frameSlack = 0.02

func frameAt(n float64) int {
	const far = 1 << 30
	return int(max(-far, min(far, n)))
}

// recoverRate returns the rate whose frames the keys lie on: 1 / spacing where
// it explains them all, else a usual rate that does, else 1 / spacing if it can
// be a rate at all; 0 for none.
func recoverRate(channels []*Channel, spacing float64) float64 {
	fps := math.Round(1 / spacing)
	plausible := fps >= slowestFPS && fps <= fastestFPS
	if plausible && allOnFrames(channels, fps) {
		return fps
	}
	for _, usual := range []float64{24, 25, 30, 60, 50, 48, 120} {
		if allOnFrames(channels, usual) {
			return usual
		}
	}
	if plausible {
		return fps
	}
	return 0
}

func allOnFrames(channels []*Channel, fps float64) bool {
	for _, c := range channels {
		for _, t := range c.Times {
			if n := t * fps; math.Abs(n-math.Round(n)) > frameSlack {
				return false
			}
		}
	}
	return true
}

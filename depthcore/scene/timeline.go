package scene

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

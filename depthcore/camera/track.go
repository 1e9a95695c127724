package camera

import (
	"errors"
	"io"
)

// Track is a camera given beside the scene: a view for each frame. It carries
// what a scene file cannot, such as lens shift or an animated focal length.
type Track struct {
	Width, Height int          // of the picture that the intrinsics are for
	FPS           float64      // 0 where the track does not say
	Frames        []TrackFrame // ascending by Frame, no frame twice
}

// TrackFrame is the camera at one frame.
type TrackFrame struct {
	Frame  int
	Time   float64 // seconds; NaN where the track does not say
	Camera string  // name, may be empty
	View   View
}

// At returns the entry of a frame.
func (t *Track) At(frame int) (TrackFrame, bool) { return TrackFrame{}, false }

// ReadTrack reads zscope's own track, as cameras.json of an export holds it.
func ReadTrack(r io.Reader) (*Track, error) { return nil, errors.New("not built yet") }

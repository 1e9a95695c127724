package export

import (
	"context"
	"errors"
	"time"
)

// Progress says how far an export is.
type Progress struct {
	Total   int           // frames of the job
	Done    int           // frames whose files are written
	Frame   int           // the frame that was finished last; not set while Done is 0
	Seconds float64       // from the finish of the frame before to this one's
	File    string        // the path written last, empty while Done is 0
	Elapsed time.Duration // since the start
	Left    time.Duration // estimated; 0 while Done is 0
}

// Summary says what an export did.
type Summary struct {
	Frames  int   // frames whose files are all written
	Files   int   // files written, CamerasFile included
	Bytes   int64 // of these files
	Elapsed time.Duration
	// Busy times of the stages, which overlap.
	Cast, Encode, Write time.Duration
	// Near and Far are the smallest and the largest Z of all frames; Near is
	// +Inf and Far 0 where no ray met a surface.
	Near, Far float32
	// Empty counts the frames without any surface.
	Empty int
}

// Run does the job. It calls report, where that is not nil, from one goroutine
// at a time: once before the first frame and after each frame.
//
// On an error and on the end of ctx the files written so far stay, each of
// them complete, with a cameras.json that has their frames; nothing half
// written stays. The error then says in one sentence which frame or file and
// why; context.Cause(ctx) is what it wraps where ctx ended the job. The summary
// is of what was done.
func Run(ctx context.Context, j Job, report func(Progress)) (Summary, error) {
	if err := j.Check(); err != nil {
		return Summary{}, err
	}
	return Summary{}, errors.New("not built yet")
}

package session

import (
	"context"
	"image"
	"image/color"
	"time"

	"zscope/depthcore/alignment"
	"zscope/depthcore/depth"
	"zscope/depthcore/export"
	"zscope/viewer/model"
)

// edgeInk is seen on nearly every picture.
var edgeInk = color.RGBA{0xff, 0x2b, 0xc8, 0xff}

// findEdges draws where a map jumps. A large map's lines are thicker, so that
// they are still seen where it is shown reduced.
func (s *Session) findEdges(cmd model.FindEdges) {
	thick := max(1, (cmd.Of.Height+270)/540)
	img, n := alignment.Outline(cmd.Of, cmd.Jump, thick, edgeInk)
	s.Send(model.EdgesFound{Serial: cmd.Serial, Of: cmd.Of, Jump: cmd.Jump, Image: img, Pixels: n})
}

// startFit looks for the offset and the shift that fit best, one search at a
// time.
func (s *Session) startFit(cmd model.StartFit) {
	ctx, cancel := context.WithCancel(s.ctx)
	s.mu.Lock()
	if s.stopFit != nil {
		s.stopFit()
	}
	s.stopFit = cancel
	s.mu.Unlock()
	s.rgb.mu.Lock()
	files := s.rgb.files
	s.rgb.mu.Unlock()
	s.start(func() {
		defer cancel()
		found, err := fit(ctx, cmd, files, s.Send)
		if ctx.Err() == nil {
			s.Send(model.FitFound{Serial: cmd.Serial, Found: found, Err: err})
		}
	})
}

func (s *Session) cancelFit() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopFit != nil {
		s.stopFit()
	}
}

// fit tells how far it is at most ten times a second.
func fit(ctx context.Context, cmd model.StartFit, files map[int]string, send func(model.Msg)) (found alignment.Found, err error) {
	defer catch(&err, "compare with the pictures")
	truth := export.Truth(cmd.Job)
	told := time.Time{}
	return alignment.Find(ctx, cmd.Frames, cmd.Offsets, alignment.Sequences{
		Depth: func(ctx context.Context, frame int) (*depth.Map, error) {
			m, _, err := truth(ctx, frame, 0, 0)
			return m, err
		},
		Picture: func(number int) (*image.RGBA, error) {
			if files[number] == "" {
				return nil, nil
			}
			return readPicture(files[number])
		},
	}, func(done, total int) {
		if now := time.Now(); now.Sub(told) > 100*time.Millisecond {
			told = now
			send(model.FitProgress{Serial: cmd.Serial, Done: done, Total: total})
		}
	})
}

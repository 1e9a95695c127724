//go:build !nogui && (windows || (cgo && (linux || freebsd || openbsd || darwin)))

package main

import "zscope/viewer/model"

// checkState says what is checked against RGB pictures.
type checkState struct {
	Peeking  bool      `json:"peeking"` // a key is held to compare
	Edges    *int      `json:"edges"`   // pixels drawn where the depth jumps; null where they are not drawn
	Jump     float64   `json:"jump"`    // least jump that is drawn
	Mismatch string    `json:"mismatch,omitempty"`
	Fit      *fitState `json:"rgb_fit"` // null without RGB pictures
}

// fitState is the search for the offset that fits best.
type fitState struct {
	Running bool    `json:"running"`
	Words   string  `json:"words"`
	Best    *int    `json:"best"` // offset; null before it is found
	Score   float64 `json:"score"`
	DX      float64 `json:"dx"`
	DY      float64 `json:"dy"`
}

func checkOf(m model.Model) checkState {
	s := checkState{Peeking: m.Peeking, Jump: m.Edges.Least(), Mismatch: m.Mismatch()}
	if m.DrawnEdges() != nil {
		s.Edges = &m.Edges.Pixels
	}
	if m.RGB.Path == "" {
		return s
	}
	f := m.RGB.Fit
	s.Fit = &fitState{Running: f.Running, Words: f.Words}
	if f.Found != nil {
		b := f.Found.Best
		s.Fit.Best, s.Fit.Score, s.Fit.DX, s.Fit.DY = &b.Offset, b.Score, b.DX, b.DY
	}
	return s
}

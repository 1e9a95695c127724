//go:build !nogui && (windows || (cgo && (linux || freebsd || openbsd || darwin)))

package main

import "zscope/viewer/model"

// moveState says from where the scene is looked at.
type moveState struct {
	Orbit  orbitState   `json:"orbit"`  // the free camera
	Points *pointsState `json:"points"` // null where they are not shown
}

type orbitState struct {
	Target   [3]float64 `json:"target"`
	Yaw      float64    `json:"yaw"`
	Pitch    float64    `json:"pitch"`
	Distance float64    `json:"distance"`
}

type pointsState struct {
	Large  bool    `json:"large"`
	RGB    bool    `json:"rgb"`
	Yaw    float64 `json:"yaw"`
	Pitch  float64 `json:"pitch"`
	Nearer float64 `json:"nearer"`
	Drawn  [2]int  `json:"drawn"` // size of the last drawing
	Lit    int     `json:"lit"`   // its pixels that are not the ground
}

func moveOf(m model.Model) moveState {
	o := m.Orbit
	s := moveState{Orbit: orbitState{o.Target, o.Yaw, o.Pitch, o.Distance}}
	if p := m.Points; p.On {
		s.Points = &pointsState{Large: p.Large, RGB: p.RGB, Yaw: p.Look.Yaw, Pitch: p.Look.Pitch, Nearer: p.Look.Nearer}
		if img := p.Image; img != nil {
			s.Points.Drawn = [2]int{img.Rect.Dx(), img.Rect.Dy()}
			for i := 4; i < len(img.Pix); i += 4 {
				if [3]byte(img.Pix[i:i+3]) != [3]byte(img.Pix[:3]) {
					s.Points.Lit++
				}
			}
		}
	}
	return s
}

//go:build !nogui && (windows || (cgo && (linux || freebsd || openbsd || darwin)))

package main

import (
	"math"

	"zscope/viewer/model"
)

// pinState says what a pin shows.
type pinState struct {
	InWorld bool   `json:"in_world"`
	Rides   bool   `json:"rides"` // on a surface
	Seen    bool   `json:"seen"`  // it lies in the picture
	Pixel   [2]int `json:"pixel"`
	Z       string `json:"z"`
	Covered bool   `json:"covered"` // something stands before the pinned point
	Known   int    `json:"known"`   // frames that its curve has
}

func pinsOf(m model.Model) (list []pinState) {
	for i, p := range m.Pins {
		r, seen := m.ReadingOf(p)
		s := pinState{InWorld: p.InWorld, Rides: p.On.Set, Seen: seen}
		if seen {
			s.Pixel, s.Z, s.Covered = [2]int{r.X, r.Y}, model.ZText(r.Z), r.Covered
		}
		if i < len(m.Traces) {
			for _, z := range m.Traces[i] {
				if !math.IsNaN(float64(z)) {
					s.Known++
				}
			}
		}
		list = append(list, s)
	}
	return list
}

// areaState is the area that is measured.
type areaState struct {
	Pixels [4]int  `json:"pixels"` // x, y, width, height
	Known  bool    `json:"known"`  // the numbers are those of the shown frame
	Hits   int     `json:"hits"`
	Empty  int     `json:"empty"`
	Min    float32 `json:"min"`
	Max    float32 `json:"max"`
	Mean   float64 `json:"mean"`
	Spread float64 `json:"spread"`
}

func areaOf(m model.Model) *areaState {
	r := m.Area.Pixels
	if r.Empty() {
		return nil
	}
	s, known := m.AreaStats()
	return &areaState{[4]int{r.Min.X, r.Min.Y, r.Dx(), r.Dy()}, known, s.Hits, s.Empty, s.Min, s.Max, s.Mean, s.Deviation}
}

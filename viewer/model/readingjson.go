package model

import (
	"encoding/json"
	"math"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/depth"
)

// place is what JSON says of a pixel. Lengths are in the scene's unit, the point
// in camera space in OpenCV's axes (its z is Z), that in world space in glTF's;
// z is null where there is no surface.
type place struct {
	Pixel    [2]int      `json:"pixel"`
	Z        *float32    `json:"z"`
	Exact    bool        `json:"exact"`
	Distance *float64    `json:"distance,omitempty"`
	Camera   *mgl64.Vec3 `json:"camera,omitempty"`
	World    *mgl64.Vec3 `json:"world,omitempty"`
}

func placeOf(r Reading) *place {
	p := &place{Pixel: [2]int{r.X, r.Y}, Exact: r.Exact}
	if r.Hit {
		p.Z = &r.Z
	}
	if r.Hit && r.Exact {
		p.Distance, p.Camera, p.World = &r.Euclidean, &r.Camera, &r.World
	}
	return p
}

// pinned is what JSON says of a pin. Without a place it is out of the picture.
type pinned struct {
	*place
	Pinned  *mgl64.Vec3 `json:"pinned_point,omitempty"`
	Covered bool        `json:"covered,omitempty"`
	Curve   []*float32  `json:"curve,omitempty"` // Z from the first frame on, null where it is not known or there is no surface
}

// readingJSON says as a JSON object what is under the pointer, at the pins and
// over the area.
func (m Model) readingJSON() string {
	type between struct {
		From     string  `json:"from"`
		To       string  `json:"to"`
		DZ       float64 `json:"dz"`
		Distance float64 `json:"distance"`
	}
	type area struct {
		From      [2]int   `json:"from"`
		Size      [2]int   `json:"size"`
		Hits      int      `json:"hits"`
		Empty     int      `json:"empty"`
		Mean      *float64 `json:"mean"`
		Min       *float32 `json:"min"`
		Max       *float32 `json:"max"`
		Deviation *float64 `json:"standard_deviation"`
	}
	var o struct {
		Scene string `json:"scene"`
		Frame int    `json:"frame"`
		*place
		Normal     *mgl64.Vec3 `json:"normal,omitempty"`
		Object     string      `json:"object,omitempty"`
		Material   string      `json:"material,omitempty"`
		FirstFrame *int        `json:"first_frame,omitempty"` // of the curves
		Pins       []pinned    `json:"pins,omitempty"`
		Between    *between    `json:"between,omitempty"`
		Area       *area       `json:"area,omitempty"`
	}
	o.Scene, o.Frame = m.Name(), m.Shown.Frame
	if r, ok := m.Reading(); ok {
		o.place = placeOf(r)
		if s := m.Pointer.Surface; s.Known && s.Hit {
			o.Normal, o.Object, o.Material = &s.Normal, s.Object, s.Material
		}
	}
	for i := range m.Pins {
		o.Pins = append(o.Pins, m.pinJSON(i))
		o.FirstFrame = &m.Timeline.First
	}
	if b, ok := m.Between(); ok {
		o.Between = &between{b.A, b.B, b.DZ, b.Distance}
	}
	if s, ok := m.AreaStats(); ok {
		p := m.Area.Pixels
		o.Area = &area{From: [2]int{p.Min.X, p.Min.Y}, Size: [2]int{p.Dx(), p.Dy()}, Hits: s.Hits, Empty: s.Empty}
		if s.Hits > 0 {
			o.Area.Mean, o.Area.Min, o.Area.Max, o.Area.Deviation = &s.Mean, &s.Min, &s.Max, &s.Deviation
		}
	}
	text, err := json.MarshalIndent(o, "", "  ")
	if err != nil {
		return err.Error() // of a number that JSON does not have
	}
	return string(text)
}

func (m Model) pinJSON(i int) (p pinned) {
	if r, ok := m.ReadingOf(m.Pins[i]); ok {
		p.place, p.Covered = placeOf(r.Reading), r.Covered
	}
	if m.Pins[i].InWorld {
		p.Pinned = &m.Pins[i].Point
	}
	if i >= len(m.Traces) {
		return p
	}
	for _, z := range m.Traces[i] {
		var known *float32
		if !math.IsNaN(float64(z)) && depth.IsHit(z) {
			known = &z
		}
		p.Curve = append(p.Curve, known)
	}
	return p
}

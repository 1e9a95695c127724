package model

import (
	"encoding/json"

	"github.com/go-gl/mathgl/mgl64"
)

// readingJSON says as a JSON object what is under the pointer. Lengths are in
// the scene's unit, points in glTF's axes; z is null where there is no surface.
func (m Model) readingJSON(r Reading) string {
	type object struct {
		Scene    string      `json:"scene"`
		Frame    int         `json:"frame"`
		Pixel    [2]int      `json:"pixel"`
		Z        *float32    `json:"z"`
		Exact    bool        `json:"exact"`
		Distance *float64    `json:"distance,omitempty"`
		Camera   *mgl64.Vec3 `json:"camera,omitempty"`
		World    *mgl64.Vec3 `json:"world,omitempty"`
		Normal   *mgl64.Vec3 `json:"normal,omitempty"`
		Object   string      `json:"object,omitempty"`
		Material string      `json:"material,omitempty"`
	}
	o := object{Scene: m.Name(), Frame: r.Frame, Pixel: [2]int{r.X, r.Y}, Exact: r.Exact}
	if r.Hit {
		o.Z = &r.Z
	}
	if r.Hit && r.Exact {
		o.Distance, o.Camera, o.World = &r.Euclidean, &r.Camera, &r.World
	}
	if s := m.Pointer.Surface; s.Known && s.Hit {
		o.Normal, o.Object, o.Material = &s.Normal, s.Object, s.Material
	}
	text, err := json.MarshalIndent(o, "", "  ")
	if err != nil {
		return err.Error() // of a number that JSON does not have
	}
	return string(text)
}

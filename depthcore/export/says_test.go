package export

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zscope/depthcore/camera"
)

// TestEveryFileSaysWhatItIs looks for all that a stranger needs to use a file:
// in the header of an EXR, in cameras.json for the other formats.
func TestEveryFileSaysWhatItIs(t *testing.T) {
	j := testJob(t)
	j.Formats, j.Software = []Format{EXR}, "zscope 9.8"
	if _, err := runFake(t.Context(), j, nil, nil); err != nil {
		t.Fatal(err)
	}
	head := runTool(t, "exrheader", filepath.Join(j.Dir, "hall_z_0003.exr"))
	v := j.Track.Frames[2].View
	for _, line := range []string{
		`depthKind (type string): "planarZ"`, `depthUnit (type string): "metre"`, `depthInvalid (type string): "inf"`, `pixelCenter (type string): "0.5"`,
		`cameraK (type string): "` + camera.Numbers(v.Fx, v.Fy, v.Cx, v.Cy) + `"`, `cameraKOrigin (type string): "corner"`, "worldToCameraOpenCV (type string)",
		"imageCounter (type int): 3", "frameTime (type double): 1.5", `source (type string): "hall.glb"`, `sourceSHA256 (type string): "00ff"`, `software (type string): "zscope 9.8"`,
	} {
		if !strings.Contains(head, line) {
			t.Errorf("the header does not say %s:\n%s", line, head)
		}
	}

	for _, p := range Profiles() {
		j := testJob(t)
		j.Software = "zscope 9.8"
		j.Use(p)
		runRamp(t, j)
		var says struct {
			Origin string `json:"pixel_origin"`
			Axes   string `json:"axes"`
			World  string `json:"world"`
			Depth  struct {
				Kind, Unit, Invalid, Definition string
				Baseline                        float64
			} `json:"depth"`
			Files  []string `json:"files"`
			Source struct{ Name, SHA256 string }
			PNG    *struct {
				Scale float64 `json:"counts_per_unit"`
			} `json:"png"`
			Software string
			Frames   []struct {
				Frame  *int
				Time   *float64
				Fx     float64
				Matrix [][]float64 `json:"world_to_camera"`
			}
		}
		if err := json.Unmarshal([]byte(readText(t, filepath.Join(j.Dir, CamerasFile))), &says); err != nil {
			t.Fatal(err)
		}
		kind, unit, invalid := "planarZ", "metre", "0"
		switch p {
		case Plain:
			invalid = "inf"
		case Middlebury:
			kind, unit, invalid = "disparity", "pixel", "inf"
		case Kubric:
			kind, invalid = "distance", "1e+10"
		}
		d := says.Depth
		if says.Origin != "corner" || says.Axes != "opencv" || says.World != "gltf" || d.Kind != kind || d.Unit != unit || d.Invalid != invalid || d.Definition == "" ||
			says.Source.Name != "hall.glb" || says.Source.SHA256 != "00ff" || says.Software != "zscope 9.8" || (d.Baseline != 0) != (p == Middlebury) {
			t.Errorf("%s: %+v", p, says)
		}
		if slices.Contains(j.Formats, PNG) != (says.PNG != nil) || says.PNG != nil && says.PNG.Scale != j.Scale {
			t.Errorf("%s: png %+v", p, says.PNG)
		}
		for i, f := range says.Frames {
			if f.Frame == nil || f.Time == nil || f.Fx == 0 || len(f.Matrix) != 4 {
				t.Errorf("%s: frame %+v", p, f)
			}
			if p != Plain && (len(says.Files) != len(says.Frames) || says.Files[i] != j.depthName(shot{*f.Frame, i, *f.Time}, j.outputs()[0])) {
				t.Errorf("%s: files %v", p, says.Files)
			}
		}
	}
}

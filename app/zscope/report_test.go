package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"zscope/depthcore/export"
)

// While a frame waits for the scene's trees, the bar and the lines say so.
func TestReportBuilding(t *testing.T) {
	var bar, lines bytes.Buffer
	r := reporter{bar: &bar, lines: &lines}
	r.progress(export.Progress{Total: 8, Building: 0.42})
	r.progress(export.Progress{Total: 8, Done: 1, Frame: 5, File: "a.exr", Seconds: 2})
	r.progress(export.Progress{Total: 8, Done: 1, Frame: 5, File: "a.exr", Seconds: 2, Building: 0.5})
	if !strings.Contains(bar.String(), "] 0 of 8, preparing the scene: 42 %\r") {
		t.Errorf("the bar was %q", bar.String())
	}
	var frames, buildings int
	for d := json.NewDecoder(&lines); d.More(); {
		var line progressLine
		if err := d.Decode(&line); err != nil {
			t.Fatal(err)
		}
		if line.Frame != nil {
			frames++
		}
		if line.Building > 0 {
			buildings++
		}
	}
	if frames != 1 || buildings != 2 {
		t.Errorf("%d lines of frames, %d of what they wait for", frames, buildings)
	}
}

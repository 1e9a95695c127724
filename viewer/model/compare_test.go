package model

import (
	"errors"
	"image"
	"strings"
	"testing"

	"zscope/depthcore/depth"
)

// compared is a window with a depth sequence of the picture's size.
func compared(t *testing.T) *driver {
	d := opened(t, 48)
	d.m.Job.Width, d.m.Job.Height = 32, 24
	d.send(Dropped{[]string{"/other/z_0001.exr", "/other/z_0002.exr"}})
	l := take[LoadCompare](d)
	if len(l) != 1 || l[0].Path != "/other/z_0001.exr" || len(take[Load](d)) != 0 {
		t.Fatalf("the drop asked for %+v", l)
	}
	d.send(CompareFound{Serial: l[0].Serial, Path: "/other/z_0001.exr", First: 1, Last: 48, Count: 48, Size: image.Pt(32, 24)})
	return d
}

func TestCompare(t *testing.T) {
	d := compared(t)
	asked := take[MeasureDifference](d)
	if len(asked) != 1 || asked[0].Number != 1 || asked[0].Of != d.m.Shown.Map {
		t.Fatalf("asked for %+v", asked)
	}
	diag := take[Diagnose](d)
	if len(diag) != 1 || diag[0].Job.Width != 32 || !d.m.Compare.Diagnosing {
		t.Fatalf("asked for %+v", diag)
	}
	other := depth.New(32, 24)
	other.Z[5] = 12
	d.send(Compared{asked[0].Serial, Difference{Of: asked[0].Of, Number: 1, Other: other}})
	if _, ok := d.m.Difference(); !ok {
		t.Error("no difference")
	}
	if x, both := d.m.DifferenceAt(5, 0); x != 2 || !both {
		t.Errorf("the difference is %g, %v", x, both)
	}
	if _, both := d.m.DifferenceAt(6, 0); both {
		t.Error("an empty pixel has a difference")
	}
	d.send(Diagnosed{Serial: diag[0].Serial, Finding: "Euclidean distance."})
	if d.m.Compare.Finding != "Euclidean distance." || d.m.Compare.Diagnosing {
		t.Errorf("%+v", d.m.Compare)
	}
	d.send(CopyComparison{})
	if c := take[Copy](d); len(c) != 1 || !strings.Contains(c[0].Text, "Euclidean") || !strings.Contains(c[0].Text, "frame 1,") {
		t.Errorf("copied %+v", c)
	}

	// What is shown is never the difference of another frame or offset.
	d.send(GoTo{7})
	d.render(true)
	if _, ok := d.m.Difference(); ok {
		t.Error("the difference of frame 1 is that of frame 7")
	}
	if a := take[MeasureDifference](d); len(a) != 1 || a[0].Number != 7 {
		t.Errorf("asked for %+v", a)
	}
	d.send(SetCompareOffset{2}, Compared{asked[0].Serial, Difference{Of: d.m.Shown.Map, Number: 9}})
	if _, ok := d.m.Difference(); ok {
		t.Error("an answer that nobody waits for was taken")
	}
	if a := take[MeasureDifference](d); len(a) != 1 || a[0].Number != 9 {
		t.Errorf("asked for %+v", a)
	}
	d.send(SetCompareSpan{0.25})
	if a := take[MeasureDifference](d); len(a) != 1 || a[0].Span != 0.25 {
		t.Errorf("asked for %+v", a)
	}

	d.send(CloseCompare{}, GoTo{8})
	d.render(true)
	if len(take[StopDiagnosis](d)) != 1 || len(take[MeasureDifference](d)) != 0 || d.m.Compare.Path != "" {
		t.Error("closed, and yet there")
	}
}

func TestCompareTakesTheSequencesSize(t *testing.T) {
	d := opened(t, 48)
	d.send(AskCompare{})
	if len(take[ChooseFolder](d)) != 1 || !d.m.Choosing {
		t.Fatal("no dialog")
	}
	d.send(Chosen{For: ToExport, Path: "/other"})
	l := take[LoadCompare](d)
	if len(l) != 1 || l[0].Path != "/other" {
		t.Fatalf("asked for %+v", l)
	}
	d.send(CompareFound{Serial: l[0].Serial, Path: "/other/1001.npy", First: 1001, Last: 1048, Count: 48, Size: image.Pt(320, 240)})
	if w, h := d.m.SizeOf(); w != 320 || h != 240 || d.m.Compare.Offset != 1000 {
		t.Errorf("%dx%d, offset %d", w, h, d.m.Compare.Offset)
	}
	d.send(CloseCompare{})

	// Without a dialog the window asks itself; a file that cannot be read
	// leaves all as it was.
	d.send(AskCompare{}, Chosen{For: ToExport, Err: errors.New("none")})
	if !d.m.AskPath || d.m.Choosing {
		t.Error("the window does not ask")
	}
	d.send(Open{"/other/z.exr"})
	l = take[LoadCompare](d)
	d.send(CompareFound{Serial: l[0].Serial, Err: errors.New("z.exr is broken")})
	if n := d.m.Notices; d.m.Compare.Path != "" || len(n) == 0 || n[len(n)-1].Severity != Error {
		t.Errorf("%+v", n)
	}
}

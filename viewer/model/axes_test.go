package model

import "testing"

func TestAxes(t *testing.T) {
	d := opened(t, 48)
	d.send(SetAxes{Axes{Up: "z"}})
	if len(take[Load](d)) != 0 {
		t.Error("a glTF file says which way is up")
	}
	mesh := walk(48)
	mesh.Source.Format = "STL (binary)"
	d.send(Open{"/scenes/part.stl"})
	d.send(Loaded{Serial: take[Load](d)[0].Serial, Path: "/scenes/part.stl", Scene: mesh})
	if a := d.m.Axes(); a != (Axes{"z", 1}) {
		t.Errorf("usual axes %+v", a)
	}
	d.send(SetAxes{Axes{"y", 0.001}})
	load := take[Load](d)
	if len(load) != 1 || load[0].Path != "/scenes/part.stl" || load[0].Meant != (Axes{"y", 0.001}) {
		t.Fatalf("%+v", load)
	}
	if a := d.m.Axes(); a != (Axes{"z", 1}) {
		t.Errorf("before it is read again: %+v", a)
	}
	d.send(Loaded{Serial: load[0].Serial, Path: load[0].Path, Scene: mesh})
	if a := d.m.Axes(); a != (Axes{"y", 0.001}) {
		t.Errorf("afterwards: %+v", a)
	}
	// A changed file is meant as before, another one is not.
	d.send(FileChanged{"/scenes/part.stl"})
	if l := take[Load](d)[0]; l.Meant != (Axes{"y", 0.001}) {
		t.Errorf("%+v", l)
	}
	d.send(Open{"/scenes/other.stl"})
	if l := take[Load](d)[0]; l.Meant != (Axes{}) {
		t.Errorf("%+v", l)
	}
	d.send(SetAxes{Axes{"y", -1}})
	if len(take[Load](d)) != 0 {
		t.Error("a negative unit")
	}
}

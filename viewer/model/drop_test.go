package model

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"zscope/depthcore/scenefile"
)

// What is dropped with a scene is laid over that scene, not over the one that
// was open before.
func TestDropOfSeveral(t *testing.T) {
	d := opened(t, 48)
	paths := []string{"/a/cameras.json", "/a/frames", "/a/room.glb", "/a/other.glb", "/a/z_0001.exr"}
	d.send(DragOver{true, paths})
	want := []string{"Open the scene room.glb", "Look through the cameras of cameras.json", "Compare with the depth of z_0001.exr",
		"Look into frames for a scene, pictures or depth", "Leave 1 more alone"}
	if plan := d.m.DropPlan(); !slices.Equal(plan, want) {
		t.Errorf("the plan is %q", plan)
	}
	d.send(Dropped{paths})
	if d.m.Hovering || d.m.DropPlan() != nil {
		t.Error("the drop target stays")
	}
	l := take[Load](d)
	if len(l) != 1 || l[0].Path != "/a/room.glb" {
		t.Fatalf("loads %+v", l)
	}
	if len(take[LoadTrack](d))+len(take[LoadRGB](d))+len(take[LoadCompare](d)) != 0 {
		t.Error("something was laid over the scene before")
	}
	d.send(Loaded{Serial: l[0].Serial, Path: l[0].Path, Scene: walk(10)})
	if l := take[LoadTrack](d); len(l) != 1 || l[0].Path != "/a/cameras.json" {
		t.Errorf("tracks %+v", l)
	}
	if l := take[LoadRGB](d); len(l) != 1 || l[0].Path != "/a/frames" || l[0].Serial != d.m.RGB.serial {
		t.Errorf("pictures %+v", l)
	}
	if l := take[LoadCompare](d); len(l) != 1 || l[0].Path != "/a/z_0001.exr" {
		t.Errorf("depth %+v", l)
	}

	// Nothing waits for a scene that did not come.
	d.send(Dropped{paths})
	d.send(LoadFailed{Serial: take[Load](d)[0].Serial, Err: errors.New("broken")})
	d.send(Open{"/a/third.glb"})
	d.send(Loaded{Serial: take[Load](d)[0].Serial, Path: "/a/third.glb", Scene: walk(10)})
	if len(take[LoadTrack](d)) != 0 {
		t.Error("the cameras of a drop that failed")
	}

	// Without a scene they belong to the one that is open.
	d.send(Dropped{paths[:2]})
	l = take[Load](d)
	if len(l) != 1 || l[0].Path != "/a/frames" {
		t.Fatalf("loads %+v", l)
	}
	d.send(FolderOpened{Serial: l[0].Serial, Path: "/a/frames"})
	if len(take[LoadTrack](d)) != 1 || len(take[LoadRGB](d)) != 1 {
		t.Error("a folder of pictures and cameras have no place")
	}
	d.send(DragOver{true, nil})
	if d.m.DropPlan() != nil {
		t.Error("a plan without files")
	}
}

func TestSceneFilesAreKnownByName(t *testing.T) {
	for _, ext := range scenefile.Extensions() {
		if kindOf("a"+strings.ToUpper(ext)) != sceneKind {
			t.Errorf("%s is no scene to the window", ext)
		}
	}
	if n := len(scenefile.Extensions()); n != len(kinds[sceneKind]) {
		t.Errorf("%d kinds of scenes are read, the window knows %d", n, len(kinds[sceneKind]))
	}
}

// What is chosen in the desktop's dialog finds its place, too.
func TestChosenFindsItsPlace(t *testing.T) {
	d := opened(t, 10)
	d.send(AskOpen{}, Chosen{For: ToOpen, Path: "/a/transforms.json"})
	if l := take[LoadTrack](d); len(l) != 1 || l[0].Path != "/a/transforms.json" || len(take[Load](d)) != 0 {
		t.Errorf("cameras %+v", l)
	}
	d.send(AskOpen{}, Chosen{For: ToOpen, Path: "/a/other.glb"})
	if l := take[Load](d); len(l) != 1 || l[0].Path != "/a/other.glb" {
		t.Errorf("scenes %+v", l)
	}
	for _, ext := range []string{".glb", ".json", ".txt", ".csv", ".png", ".exr"} {
		if !slices.Contains(Extensions(), ext) {
			t.Errorf("the dialog does not show %s", ext)
		}
	}
}

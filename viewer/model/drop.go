package model

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// kind is what a file is to the window, as far as its name tells.
type kind int

const (
	unknownKind kind = iota // a folder, or a file whose name tells nothing
	sceneKind
	cameraKind
	rgbKind
	depthKind
)

// kinds are the extensions of the files that have a place in the window.
var kinds = map[kind][]string{
	sceneKind:  {".glb", ".gltf", ".obj", ".ply", ".stl"},
	cameraKind: {".json", ".csv", ".txt", ".tum", ".yml", ".yaml", ".xml"},
	rgbKind:    {".png", ".jpg", ".jpeg", ".webp"},
	depthKind:  {".exr", ".pfm", ".npy"},
}

// Extensions returns those of all files that have a place in the window, scenes
// first.
func Extensions() []string {
	return slices.Concat(kinds[sceneKind], kinds[cameraKind], kinds[rgbKind], kinds[depthKind])
}

func kindOf(path string) kind {
	ext := strings.ToLower(filepath.Ext(path))
	for k, list := range kinds {
		if slices.Contains(list, ext) {
			return k
		}
	}
	return unknownKind
}

// isDepthFile reports whether a file's name says that it holds depth. A PNG
// has to be looked into.
func isDepthFile(path string) bool { return kindOf(path) == depthKind }

// places are the dropped files that find a place: one scene, and of each other
// kind the first, since one picture stands for its sequence.
type places struct {
	scene, camera, rgb, depth string
	// unknown are folders, or files to be tried.
	unknown []string
	left    int // scenes after the first
}

func placesOf(paths []string) (p places) {
	first := func(to *string, path string) {
		if *to == "" {
			*to = path
		}
	}
	for _, path := range paths {
		switch kindOf(path) {
		case sceneKind:
			if p.scene != "" {
				p.left++
			}
			first(&p.scene, path)
		case cameraKind:
			first(&p.camera, path)
		case rgbKind:
			first(&p.rgb, path)
		case depthKind:
			first(&p.depth, path)
		default:
			p.unknown = append(p.unknown, path)
		}
	}
	return p
}

// dropped finds each file its place. What belongs to a scene waits until that
// is there.
func (m *Model) dropped(paths []string) (cmds []Cmd) {
	p := placesOf(paths)
	if p.scene == "" && len(p.unknown) > 0 {
		p.scene, p.unknown = p.unknown[0], p.unknown[1:]
	}
	if p.scene == "" {
		return m.place(p)
	}
	cmds = m.open(p.scene)
	p.scene = ""
	m.File.waiting = p
	return cmds
}

// place lays files over the scene that is open.
func (m *Model) place(p places) (cmds []Cmd) {
	if p.camera != "" {
		cmds = append(cmds, LoadTrack{m.nextSerial(), p.camera, m.Shown.View.Intrinsics})
	}
	if p.rgb == "" && len(p.unknown) > 0 {
		p.rgb = p.unknown[0] // the session tells pictures from depth
	}
	if p.rgb != "" {
		cmds = append(cmds, m.loadRGB(p.rgb)...)
	}
	if p.depth != "" {
		cmds = append(cmds, m.loadCompare(p.depth)...)
	}
	return cmds
}

// placeWaiting lays over the scene what came with it.
func (m *Model) placeWaiting() []Cmd {
	p := m.File.waiting
	m.File.waiting = places{}
	return m.place(p)
}

// DropPlan says what a drop of the files that are being dragged over the
// window would do, a sentence each; none where the desktop does not tell which
// files they are.
func (m Model) DropPlan() (plan []string) {
	p := placesOf(m.Dragged)
	say := func(words, path string) {
		if path != "" {
			plan = append(plan, fmt.Sprintf(words, filepath.Base(path)))
		}
	}
	say("Open the scene %s", p.scene)
	say("Look through the cameras of %s", p.camera)
	say("Lay the pictures like %s over the depth", p.rgb)
	say("Compare with the depth of %s", p.depth)
	if len(p.unknown) > 0 {
		say("Look into %s for a scene, pictures or depth", p.unknown[0])
		p.left += len(p.unknown) - 1
	}
	if p.left > 0 {
		plan = append(plan, fmt.Sprintf("Leave %d more alone", p.left))
	}
	return plan
}

package main

import (
	"flag"
	"fmt"
	"math"
	"strconv"
	"strings"

	"zscope/depthcore/export"
	"zscope/depthcore/meshscene"
	"zscope/depthcore/scene"
	"zscope/depthcore/scenefile"
)

// isSet reports whether a flag was given.
func isSet(f *flag.FlagSet, name string) bool {
	set := false
	f.Visit(func(fl *flag.Flag) { set = set || fl.Name == name })
	return set
}

// chooseCamera returns the index of the camera that a name or an index asks
// for; a name wins. Nothing asks for the first one.
func chooseCamera(s *scene.Scene, which string) (int, error) {
	if which == "" {
		return 0, nil
	}
	for i, c := range s.Cameras {
		if c.Name == which {
			return i, nil
		}
	}
	for i, c := range s.Cameras {
		if c.CameraName == which {
			return i, nil
		}
	}
	if i, err := strconv.Atoi(which); err == nil && i >= 0 && i < len(s.Cameras) {
		return i, nil
	}
	return 0, usagef("--camera %s: %s has %s", which, s.Name, listCameras(s))
}

func listCameras(s *scene.Scene) string {
	if len(s.Cameras) == 0 {
		return "no cameras"
	}
	var names []string
	for i, c := range s.Cameras {
		names = append(names, fmt.Sprintf("%d %q", i, c.Name))
	}
	return "the cameras " + strings.Join(names, ", ")
}

// chooseAnimations turns all, none or a list of indices and names into
// indices; nil means all.
func chooseAnimations(s *scene.Scene, which string) ([]int, error) {
	switch which {
	case "", "all":
		return nil, nil
	case "none":
		return []int{}, nil
	}
	// A name may hold a comma, so the whole word is tried as a name first.
	if i, ok := animationNamed(s, which); ok {
		return []int{i}, nil
	}
	list := []int{}
	for _, word := range strings.Split(which, ",") {
		i, ok := animationNamed(s, word)
		if !ok {
			n, err := strconv.Atoi(strings.TrimSpace(word))
			if err != nil || n < 0 || n >= len(s.Animations) {
				return nil, usagef("--animations %s: %s has %s", which, s.Name, listAnimations(s))
			}
			i = n
		}
		list = append(list, i)
	}
	return list, nil
}

func animationNamed(s *scene.Scene, name string) (int, bool) {
	for i, a := range s.Animations {
		if a.Name == name && name != "" {
			return i, true
		}
	}
	return 0, false
}

func listAnimations(s *scene.Scene) string {
	if len(s.Animations) == 0 {
		return "no animations"
	}
	var names []string
	for i, a := range s.Animations {
		names = append(names, fmt.Sprintf("%d %q", i, a.Name))
	}
	return "the animations " + strings.Join(names, ", ")
}

// chooseSize reads a size; an empty word asks for the camera's own shape.
func chooseSize(s *scene.Scene, cam int, size string) (w, h int, err error) {
	if size != "" {
		if w, h, err = export.ParseSize(size); err != nil {
			err = usageError{err}
		}
		return w, h, err
	}
	if cam >= len(s.Cameras) {
		return 0, 0, fmt.Errorf("%s has no camera", s.Name)
	}
	w, h = s.Cameras[cam].DefaultSize(export.DefaultRows)
	return w, h, nil
}

// readerFlags adds the flags that say how a scene file is meant.
func readerFlags(f *flag.FlagSet) func() (scenefile.Reader, error) {
	up := f.String("up", "", "which axis of an OBJ, PLY or STL file points up, `y|z` (default: y for OBJ, z for PLY and STL)")
	unit := f.Float64("unit", 1, "length of an OBJ, PLY or STL file's unit in metres, `F`")
	return func() (r scenefile.Reader, err error) {
		if r.Mesh.Up, err = meshscene.ParseUp(*up); err != nil {
			return r, usageError{err}
		}
		if r.Mesh.Unit = *unit; !(*unit > 0) || math.IsInf(*unit, 0) {
			return r, usagef("--unit %g: it must be positive", *unit)
		}
		return r, nil
	}
}

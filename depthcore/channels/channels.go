// Package channels makes what a pixel may say beside its depth: distances,
// positions, normals, ids, disparity and optical flow of the surface that the
// cast of a depth map has found, all at the pixel's centre.
//
// Everything is computed in float64 from the place where the ray meets the
// triangle, and rounded once. Camera axes are OpenCV's here: X right, Y down, Z
// forward. World axes are the scene's: those of glTF, y up.
package channels

import (
	"fmt"
	"slices"
	"strings"
)

// Channel is something that is known of each pixel. Its name is what people
// type and what files call it.
type Channel string

const (
	Z                 Channel = "z"
	Distance          Channel = "distance"
	Inverse           Channel = "inverse"
	Disparity         Channel = "disparity"
	Occlusion         Channel = "occlusion"
	Position          Channel = "position"
	World             Channel = "world"
	Normal            Channel = "normal"
	NormalWorld       Channel = "normal.world"
	Smooth            Channel = "smooth"
	SmoothWorld       Channel = "smooth.world"
	Object            Channel = "object"
	Mesh              Channel = "mesh"
	Material          Channel = "material"
	Triangle          Channel = "triangle"
	Barycentric       Channel = "barycentric"
	FlowForward       Channel = "flow.forward"
	OcclusionForward  Channel = "occlusion.forward"
	FlowBackward      Channel = "flow.backward"
	OcclusionBackward Channel = "occlusion.backward"
	Valid             Channel = "valid"
)

// about is what there is to know of a channel but for what a job decides.
type about struct {
	Channel
	parts   string // letters of its numbers, empty for one number
	whole   bool   // its numbers are whole: UINT
	kind    string // what people call it
	unit    string // "depth" stands for the scene's unit, "1/depth" for its inverse
	axes    string // empty where it has no direction
	invalid string // where no surface is; "background" stands for the job's
	means   string
}

const (
	cameraAxes = "camera: X right, Y down, Z forward (OpenCV)"
	worldAxes  = "world: the scene's, X right, Y up, Z towards the viewer of a front view (glTF)"
	imageAxes  = "image: U right, V down"
	codes      = "0 seen there, 1 hidden behind something else, 2 outside the other picture, 3 no such point"
)

// all holds every channel in the order of the documentation.
var all = []about{
	{Z, "", false, "planarZ", "depth", "", "background", "Coordinate along the optical axis of the nearest surface on the ray through the pixel's centre."},
	{Distance, "", false, "distance", "depth", "", "background", "Euclidean distance from the camera's centre to that surface; of an orthographic camera, along the ray."},
	{Inverse, "", false, "inverse planar depth", "1/depth", "", "0", "1 / Z."},
	{Disparity, "", false, "disparity", "pixel", "", "0", "fx * baseline / Z: how far to the left the right camera of a rectified stereo pair sees the surface; for the right picture, how far to the right the left camera does."},
	{Occlusion, "", true, "occlusion in the other picture of the stereo pair", "code", "", "3", codes + "."},
	{Position, "XYZ", false, "position", "depth", cameraAxes, "nan", "The surface's point in camera space. Its Z is the planar depth."},
	{World, "XYZ", false, "world position", "depth", worldAxes, "nan", "The surface's point in world space."},
	{Normal, "XYZ", false, "geometric normal", "unit vector", cameraAxes, "nan", "The triangle's normal, on the side that the camera sees."},
	{NormalWorld, "XYZ", false, "geometric normal", "unit vector", worldAxes, "nan", "The triangle's normal, on the side that the camera sees."},
	{Smooth, "XYZ", false, "smooth normal", "unit vector", cameraAxes, "nan", smoothMeans},
	{SmoothWorld, "XYZ", false, "smooth normal", "unit vector", worldAxes, "nan", smoothMeans},
	{Object, "", true, "object id", "id", "", "0", "The node of the scene that the surface belongs to; names.json has its name."},
	{Mesh, "", true, "mesh id", "id", "", "0", "The mesh; names.json has its name."},
	{Material, "", true, "material id", "id", "", "0", "The material; 0 also where a surface has none; names.json has its name."},
	{Triangle, "", true, "triangle id", "id", "", "0", "Number of the triangle, from 1, in the part of the mesh that has the pixel's material."},
	{Barycentric, "ABC", false, "barycentric coordinates", "1", "", "nan", "Weights of the triangle's first, second and third corner; their sum is 1."},
	{FlowForward, "UV", false, "optical flow to the next frame", "pixel", imageAxes, "nan", flowMeans("next")},
	{OcclusionForward, "", true, "occlusion in the next frame", "code", "", "3", codes + "."},
	{FlowBackward, "UV", false, "optical flow to the frame before", "pixel", imageAxes, "nan", flowMeans("previous")},
	{OcclusionBackward, "", true, "occlusion in the frame before", "code", "", "3", codes + "."},
	{Valid, "", true, "mask", "1", "", "0", "1 where the pixel sees a surface, 0 where it does not."},
}

const smoothMeans = "The file's vertex normals, morphed and skinned as the surface is, interpolated over the triangle; " +
	"turned round where the camera sees the triangle's back. The geometric normal where the file has none."

func flowMeans(which string) string {
	return "Where the camera of the " + which + " frame (by number) sees the same point of the surface, less where it is here."
}

// All returns every channel.
func All() []Channel {
	list := make([]Channel, len(all))
	for i := range all {
		list[i] = all[i].Channel
	}
	return list
}

// groups are words that stand for several channels.
var groups = map[string][]Channel{
	"ids":  {Object, Mesh, Material},
	"flow": {FlowForward, OcclusionForward, FlowBackward, OcclusionBackward},
}

// Parse reads a list of channels such as "z,normal,flow.forward". The words ids
// and flow stand for several.
func Parse(s string) ([]Channel, error) {
	var list []Channel
	for _, word := range strings.Split(s, ",") {
		word = strings.ToLower(strings.TrimSpace(word))
		group, ok := groups[word]
		if !ok {
			group = []Channel{Channel(word)}
			if !slices.Contains(All(), group[0]) {
				return nil, fmt.Errorf("unknown channel %q: there are %s, and the groups flow and ids", word, join(All()))
			}
		}
		for _, c := range group {
			if slices.Contains(list, c) {
				return nil, fmt.Errorf("channel %s is named twice", c)
			}
			list = append(list, c)
		}
	}
	return list, nil
}

func join(list []Channel) string {
	words := make([]string, len(list))
	for i, c := range list {
		words[i] = string(c)
	}
	return strings.Join(words, ", ")
}

func (c Channel) about() *about {
	for i := range all {
		if all[i].Channel == c {
			return &all[i]
		}
	}
	return &about{Channel: c, means: "unknown"}
}

// Known reports whether there is such a channel.
func (c Channel) Known() bool { return slices.Contains(All(), c) }

// Parts returns the names of the channel's numbers, as an EXR file has them:
// normal.X, normal.Y, normal.Z, or its own name where it has one number.
func (c Channel) Parts() []string {
	letters := c.about().parts
	if letters == "" {
		return []string{string(c)}
	}
	var names []string
	for _, l := range letters {
		names = append(names, string(c)+"."+string(l))
	}
	return names
}

// Whole reports whether the channel's numbers are whole and not negative.
func (c Channel) Whole() bool { return c.about().whole }

// NeedsBaseline reports whether the channel is of a stereo pair.
func (c Channel) NeedsBaseline() bool { return c == Disparity || c == Occlusion }

// Step returns how many frames later the channel looks, 0 for none.
func (c Channel) Step() int {
	switch c {
	case FlowForward, OcclusionForward:
		return 1
	case FlowBackward, OcclusionBackward:
		return -1
	}
	return 0
}

// Meaning says of a file's channel what it holds.
type Meaning struct {
	Kind       string   `json:"kind"`
	Unit       string   `json:"unit"`
	Axes       string   `json:"axes,omitempty"`
	Invalid    string   `json:"invalid"`
	Parts      []string `json:"parts"`
	Type       string   `json:"type"`
	Definition string   `json:"definition"`
}

// Meaning returns what c holds where the scene's unit and the value for no
// surface are those given.
func (c Channel) Meaning(unit, background string) Meaning {
	a := c.about()
	m := Meaning{a.kind, a.unit, a.axes, a.invalid, c.Parts(), "float32", a.means}
	switch m.Unit {
	case "depth":
		m.Unit = unit
	case "1/depth":
		m.Unit = "1/" + unit
	}
	if m.Invalid == "background" {
		m.Invalid = background
	}
	if a.whole {
		m.Type = "uint32"
	}
	return m
}

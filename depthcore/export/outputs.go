package export

import (
	"errors"
	"fmt"
	"math"
	"path"
	"slices"

	"zscope/depthcore/camera"
	"zscope/depthcore/channels"
)

// NamesFile gives the numbers of the channels object, mesh and material their
// names. It stands beside the frames where one of them is exported.
const NamesFile = "names.json"

// CamerasRightFile is the camera track of the right pictures of a stereo export.
const CamerasRightFile = "cameras.right.json"

// output is one of a frame's files.
type output struct {
	format  Format
	channel channels.Channel // the one it holds; empty where it holds all
	right   bool             // it is the stereo pair's right picture
}

// channelList returns what the job makes of each pixel.
func (j Job) channelList() []channels.Channel {
	list := slices.Clone(j.Channels)
	if len(list) == 0 {
		list = []channels.Channel{channels.Z}
	}
	if j.stereo() {
		for _, c := range []channels.Channel{channels.Disparity, channels.Occlusion} {
			if !slices.Contains(list, c) {
				list = append(list, c)
			}
		}
	}
	return list
}

// stereo reports whether the job makes the right pictures too.
func (j Job) stereo() bool { return j.Stereo || j.Profile == Middlebury }

// plain reports whether the job makes nothing but depth.
func (j Job) plain() bool { return slices.Equal(j.channelList(), []channels.Channel{channels.Z}) }

// holdsAll reports whether one file of the format has all channels.
func (f Format) holdsAll() bool { return f == EXR || f == NPZ }

// holds reports whether the format has a place for a channel of its own.
func (f Format) holds(c channels.Channel) bool {
	switch f {
	case PFM:
		return !c.Whole() && len(c.Parts()) == 1
	case PNG:
		return c == channels.Z || c == channels.Distance || c.Whole() && c != channels.Triangle
	}
	return true
}

// outputs returns a frame's files, all alike but for their names.
func (j Job) outputs() (list []output) {
	if j.Profile == Middlebury {
		return []output{{Disparity, channels.Disparity, false}, {Disparity, channels.Disparity, true},
			{Mask, channels.Occlusion, false}, {Mask, channels.Occlusion, true}}
	}
	if _, ok := layouts[j.Profile]; ok {
		return []output{{format: layouts[j.Profile].format}}
	}
	for _, right := range []bool{false, true} {
		if right && !j.stereo() {
			break
		}
		for _, f := range j.Formats {
			if f.holdsAll() {
				list = append(list, output{f, "", right})
				continue
			}
			for _, c := range j.channelList() {
				list = append(list, output{f, c, right})
			}
		}
	}
	return list
}

// FilesAFrame returns how many files each frame has.
func (j Job) FilesAFrame() int { return len(j.outputs()) }

// depthName returns the path below Dir of one of a frame's files, with slashes.
func (j Job) depthName(s shot, o output) string {
	l, ok := layouts[j.Profile]
	switch {
	case j.Profile == Middlebury:
		name := "disp0"
		if o.format == Mask {
			name = "mask0nocc"
		}
		if o.right {
			name = name[:4] + "1" + name[5:]
		}
		return path.Dir(l.name(s)) + "/" + name + o.format.Extension()
	case ok:
		return l.name(s) + o.format.Extension()
	}
	return frameName(j.Pattern(), s.frame) + o.suffix()
}

// suffix is what follows the name of a frame.
func (o output) suffix() string {
	text := o.format.Extension()
	if o.channel != "" && o.channel != channels.Z {
		text = "." + string(o.channel) + text
	}
	if o.right {
		text = ".right" + text
	}
	return text
}

// checkChannels reports channels that cannot be made or have no place in the
// job's files.
func (j Job) checkChannels() error {
	for i, c := range j.Channels {
		if !c.Known() {
			return fmt.Errorf("unknown channel %q", c)
		}
		if slices.Contains(j.Channels[:i], c) {
			return fmt.Errorf("channel %s is there twice", c)
		}
	}
	if _, ok := layouts[j.Profile]; ok && (len(j.Channels) > 0 || j.Stereo) {
		return fmt.Errorf("profile %s decides what is in its files: other channels and stereo pairs need the plain layout", j.Profile)
	}
	list := j.channelList()
	for _, f := range j.Formats {
		for _, c := range list {
			if !f.holdsAll() && !f.holds(c) {
				return fmt.Errorf("%s files have no place for channel %s: choose exr, npy or npz", f, c)
			}
		}
	}
	if slices.ContainsFunc(list, channels.Channel.NeedsBaseline) {
		if !(j.Baseline > 0) || math.IsInf(j.Baseline, 0) {
			return fmt.Errorf("the baseline %g is not positive and finite", j.Baseline)
		}
		if err := j.checkPair(); err != nil {
			return err
		}
	}
	if j.euclidean() {
		for _, c := range list {
			if !slices.Contains([]channels.Channel{channels.Z, channels.Object, channels.Mesh, channels.Material, channels.Triangle, channels.Valid}, c) {
				return fmt.Errorf("a panorama has no channel %s", c)
			}
		}
	}
	if slices.Contains(j.Formats, PNG) {
		names := channels.NamesOf(j.Scene)
		if n := max(len(names.Object), len(names.Mesh), len(names.Material)); n > math.MaxUint16 && (j.named()) {
			return fmt.Errorf("png files count to %d, but the scene has %d ids: choose exr, npy or npz", math.MaxUint16, n)
		}
	}
	return nil
}

// checkPair reports cameras that make no rectified pair.
func (j Job) checkPair() error {
	if j.Track == nil && j.Scene.Cameras[j.Camera].Orthographic {
		return errors.New("the cameras of a stereo pair are not orthographic: the scene's is")
	}
	for _, n := range j.FrameList() {
		if !j.lensAt(n).IsPinhole() {
			return errors.New("a rectified stereo pair has no lens distortion: its disparity is along rows only without")
		}
		if j.Track == nil {
			break
		}
		if f, _ := j.Track.At(n); f.View.Model == camera.Orthographic {
			return fmt.Errorf("frame %d: the cameras of a stereo pair are not orthographic", n)
		}
	}
	return nil
}

// named reports whether the job's files have numbers with names.
func (j Job) named() bool {
	return slices.ContainsFunc(j.Channels, func(c channels.Channel) bool {
		return c == channels.Object || c == channels.Mesh || c == channels.Material
	})
}

// channelWarnings says what the person may not expect of the channels.
func (j Job) channelWarnings() (list []string) {
	wants := func(c ...channels.Channel) bool {
		return slices.ContainsFunc(c, func(c channels.Channel) bool { return slices.Contains(j.Channels, c) })
	}
	if wants(channels.Smooth, channels.SmoothWorld) {
		if flat := channels.Flat(j.Scene); len(flat) > 0 {
			list = append(list, fmt.Sprintf("mesh %q%s has no vertex normals that can be read: its smooth normals are the geometric ones", flat[0], andMore(len(flat)-1)))
		}
	}
	for _, c := range j.Channels {
		if c.Step() == 0 || j.Track == nil {
			continue
		}
		var lone []int
		for _, n := range j.FrameList() {
			if _, ok := j.Track.At(n + c.Step()); !ok {
				lone = append(lone, n)
			}
		}
		if len(lone) > 0 {
			list = append(list, fmt.Sprintf("%s is empty in frame %d%s: the camera track does not have the frame beside it", c, lone[0], andMore(len(lone)-1)))
		}
	}
	return list
}

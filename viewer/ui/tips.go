package ui

import (
	"image"
	"strings"

	"gioui.org/io/key"
)

// tips say what controls are for that do not say it where they are laid out.
// An entry that ends in a dot is for all whose names start so.
var tips = map[string]string{
	"path":           "Where the scene's file is",
	"path.open":      "Open it (Enter)",
	"palette":        "Type what you want to do; Up, Down and Enter choose",
	"frame":          "Frame that is shown (G)",
	"fps":            "Frames a second; emptied, the file's own",
	"range near":     "Depth of the first colour",
	"range far":      "Depth of the last colour",
	"scale.":         "How depth runs along the colours: in equal steps, in equal ratios, in equal steps of 1/Z, or as many surfaces of each colour",
	"lines":          "Lines of equal depth (E)",
	"spacing":        "Distance between the lines; emptied, one that suits the range",
	"up.":            "Which axis of the file points up",
	"unit":           "Length of the file's unit",
	"lens.origin":    "Where cx and cy are counted from: the picture's corner, or the centre of its first pixel as OpenCV does",
	"lens.":          "The camera in pixels; emptied, its own",
	"animation.":     "Whether this animation plays",
	"rgb.Blend":      "Lay the pictures over the depth",
	"rgb.Wipe":       "Show the pictures left of a line, depth right of it",
	"edges.on":       "Draw where depth jumps over the pictures",
	"edges.jump":     "How large a jump of depth is an edge",
	"fit.stop":       "Stop the search for the offset that fits best",
	"fit.use":        "Take the offset that fits best",
	"fit.score.":     "How well the pictures fit with this offset; click to use it",
	"points.RGB":     "The colours of the RGB picture",
	"points.Depth":   "The colours of depth",
	"rgb.offset":     "Number of the picture that belongs to frame 0",
	"rgb.opacity":    "How much of the pictures is seen (arrow keys change it)",
	"compare.offset": "Number of the other map that belongs to frame 0",
	"compare.span":   "Difference of the strongest colours; emptied, as suits each frame",
	"wipe":           "Drag the line between picture and depth (arrow keys move it)",
	"curves":         "Drag to go to another frame",
	"panel edge":     "Drag to make the panel wider (arrow keys do it too)",
	"quit.stay":      "Leave the window open until the export is done",
	"quit.leave":     "Keep the frames that are written and close",
	"export.start":   "Write the files (Enter)",

	"export.cancel":      "Close without writing (Esc)",
	"export.page.":       "Which files, or how they are written",
	"export.preset":      "Settings that are often wanted, and those that you kept",
	"export.profile":     "Files for another program: its folders, names and scale",
	"export.format.exr":  "OpenEXR, 32-bit float, lossless",
	"export.format.pfm":  "Portable float map, 32-bit float",
	"export.format.npy":  "An array for NumPy, 32-bit float",
	"export.format.npz":  "Arrays for NumPy in one file, all channels of a frame",
	"export.channels":    "What to make of each pixel, such as z,normal,flow,ids: the README has the list",
	"export.stereo":      "Make the right camera's pictures too, with disparity and what hides it; Baseline is how far it stands to the right",
	"export.format.png":  "16-bit grey, rounded: see what a PNG counts under Options",
	"export.frames":      "Such as 1-250,300,400-500x5: x5 takes every fifth",
	"export.part":        "Where several machines share the work: 3/8 is the third of eight parts. zscope merge joins them",
	"export.size":        "Width and height in pixels, such as 1920x1080",
	"export.folder":      "Where the files go; it is made if it is not there",
	"export.browse":      "Choose the folder",
	"export.name":        "Name without extension; #### is the frame number",
	"export.overwrite":   "Replace files that are there already",
	"export.resume":      "Keep what an earlier export of the same left whole, make the rest",
	"export.verify":      "Read each file back and compare it bit for bit; cast some pixels again in another way",
	"export.level":       "From 1 (fast) to 9 (small); empty is the usual one",
	"export.scale":       "What a PNG counts in a metre: 1000 is millimetres",
	"export.baseline":    "Distance of the cameras of a stereo pair, for disparities",
	"export.background":  "Value where no surface is: inf, nan, 0, 1e10 or a number",
	"export.threads":     "How many threads work; empty is one a core",
	"export.clip":        "Clip by the camera's near and far planes, here and in the picture",
	"export.cull":        "Leave out back faces of single-sided materials, here and in the picture",
	"export.mask":        "Surfaces with alpha mode MASK are not there where their texture is below the cut-off",
	"export.blend":       "Alpha from which a surface with alpha mode BLEND is there; 0 is always",
	"export.preset name": "Name under which to keep these settings",
	"export.keep":        "Keep these settings as a preset",
	"export.forget":      "Let this preset go",
	"export.pause":       "Finish what is under way and hold, or go on",
	"export.stop":        "End the export; frames that are written stay",

	"export.compression.none": "Not compressed",
	"export.compression.zips": "Lossless, each line for itself",
	"export.compression.zip":  "Lossless, 16 lines at a time: the usual one",

	"mark in":           "Drag the first marked frame (arrow keys move it)",
	"mark out":          "Drag the last marked frame (arrow keys move it)",
	"range near handle": "Drag the first colour's depth (arrow keys move it)",
	"range far handle":  "Drag the last colour's depth (arrow keys move it)",
}

// tipOf returns the words for a control, empty where it has none of its own.
func tipOf(name string) string {
	if words, ok := tips[name]; ok {
		return words
	}
	for i := len(name) - 1; i > 0; i-- {
		if name[i-1] == '.' {
			if words, ok := tips[name[:i]]; ok {
				return words
			}
		}
	}
	return ""
}

// explain says what a control is for while the pointer rests on it. own are the
// words of the place where it is laid out.
func (f *frame) explain(name string, r image.Rectangle, hovered bool, own string) {
	words := own
	if words == "" {
		words = tipOf(name)
	}
	if f.resting || strings.Contains(name, "/") {
		return
	}
	if words != "" || f.controls[name] == "" {
		f.controls[name] = words
	}
	if words != "" && hovered && (f.popup == nil || f.popup.name != name) {
		f.hint(name, r, words)
	}
}

// focus notes which control the keys go to.
func (f *frame) focus(name string, r image.Rectangle) { f.UI.focused.now, f.UI.focused.at = name, r }

// focused is the control that the keys go to.
type focused struct {
	now, before string
	at          image.Rectangle
}

// reveal scrolls a control that the focus came to into the panel's sight.
func (f *frame) reveal(panel image.Rectangle) {
	o := &f.UI.focused
	at := o.at
	if o.now == o.before || at.Min.X < panel.Min.X || at.Min.Y >= panel.Min.Y && at.Max.Y <= panel.Max.Y {
		return
	}
	margin := f.dp(12)
	if at.Min.Y < panel.Min.Y {
		f.panel.scroll -= panel.Min.Y - at.Min.Y + margin
	} else {
		f.panel.scroll += at.Max.Y - panel.Max.Y + margin
	}
	f.again = true
}

// arrows returns how many steps to the right the arrow keys ask of something
// that is dragged, and shows that it has the focus.
func (f *frame) arrows(name string, d *dragger, r image.Rectangle) (steps int) {
	for {
		e, ok := f.Event(key.FocusFilter{Target: d},
			key.Filter{Focus: d, Name: key.NameLeftArrow, Optional: key.ModShift}, key.Filter{Focus: d, Name: key.NameRightArrow, Optional: key.ModShift})
		if !ok {
			break
		}
		switch e := e.(type) {
		case key.FocusEvent:
			d.focused = e.Focus
		case key.Event:
			if e.State != key.Press {
				continue
			}
			step := 1
			if e.Modifiers.Contain(key.ModShift) {
				step = 10
			}
			if e.Name == key.NameLeftArrow {
				step = -step
			}
			steps += step
		}
	}
	if f.resting {
		return 0
	}
	f.stop(d, d.focused)
	if d.focused {
		f.focus(name, r)
		f.outline(r, 3, f.pal.accent)
	}
	return steps
}

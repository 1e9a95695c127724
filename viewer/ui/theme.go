package ui

import (
	"image/color"

	"eliasnaur.com/font/roboto/robotomedium"
	"eliasnaur.com/font/roboto/robotoregular"
	"gioui.org/font"
	"gioui.org/font/opentype"
	"gioui.org/text"
	"gioui.org/unit"
)

// palette is the colours of the window. Text on any of the three grounds has
// a contrast of at least 4.5:1, see TestContrast.
type palette struct {
	ground, panel, raised, hover, line color.NRGBA
	text, dim                          color.NRGBA
	accent, onAccent                   color.NRGBA
	good, warn, bad                    color.NRGBA
	scrim                              color.NRGBA
	stage                              color.NRGBA   // around the picture
	pins                               []color.NRGBA // of the pinned pixels
}

var dark = palette{
	ground:   rgb(0x15171b),
	panel:    rgb(0x1c1f25),
	raised:   rgb(0x282d36),
	hover:    rgb(0x343b47),
	line:     rgb(0x2f3540),
	text:     rgb(0xe8ebf0),
	dim:      rgb(0xa3acba),
	accent:   rgb(0x6cb2ff),
	onAccent: rgb(0x08131f),
	good:     rgb(0x6bd09a),
	warn:     rgb(0xf0b95a),
	bad:      rgb(0xff8a80),
	scrim:    color.NRGBA{A: 0x99},
	stage:    rgb(0x101215),
	pins: []color.NRGBA{
		rgb(0x6cb2ff), rgb(0xf0b95a), rgb(0x6bd09a), rgb(0xff8a80), rgb(0xc9a2ff), rgb(0x5fd4d6), rgb(0xf3a6d0), rgb(0xc8d46a),
	},
}

var light = palette{
	ground:   rgb(0xf4f5f7),
	panel:    rgb(0xe9ebee),
	raised:   rgb(0xdadde2),
	hover:    rgb(0xcdd1d8),
	line:     rgb(0xc3c8d0),
	text:     rgb(0x15181d),
	dim:      rgb(0x434a55),
	accent:   rgb(0x0a4a94),
	onAccent: rgb(0xffffff),
	good:     rgb(0x0c5432),
	warn:     rgb(0x6b4300),
	bad:      rgb(0x8f1414),
	scrim:    color.NRGBA{A: 0x66},
	stage:    rgb(0xd3d6db),
	pins: []color.NRGBA{
		rgb(0x0a4a94), rgb(0x6b4300), rgb(0x0c5432), rgb(0x8f1414), rgb(0x5b2a9c), rgb(0x0a5052), rgb(0x8a1f5c), rgb(0x454d05),
	},
}

func rgb(c uint32) color.NRGBA {
	return color.NRGBA{R: uint8(c >> 16), G: uint8(c >> 8), B: uint8(c), A: 0xff}
}

// What text over the picture or over a selection stands on lets this much of it
// through, see TestContrastOverPictures.
const (
	tagAlpha    = 0xe0 // of the ground, below a few words
	targetAlpha = 0xf0 // of the ground, below what a drop would do
	markedAlpha = 0x48 // of the accent, behind marked text
)

// veil lies over the picture below white words.
var veil = color.NRGBA{A: 0xd8}

func withAlpha(c color.NRGBA, a uint8) color.NRGBA { c.A = a; return c }

// Sizes of text. Roboto's figures all have one width, so that numbers do not
// dance.
const (
	small  unit.Sp = 12
	normal unit.Sp = 13
	large  unit.Sp = 16
)

// Heights and gaps, all of them multiples of 4.
const (
	gap       unit.Dp = 8
	rowHeight unit.Dp = 28
	barHeight unit.Dp = 44
)

// NewShaper returns the window's text shaper: Roboto, and the system's fonts
// for scripts that it lacks.
func NewShaper(options ...text.ShaperOption) (*text.Shaper, error) {
	var faces []text.FontFace
	for _, f := range []struct {
		weight font.Weight
		data   []byte
	}{{font.Normal, robotoregular.TTF}, {font.Medium, robotomedium.TTF}} {
		face, err := opentype.Parse(f.data)
		if err != nil {
			return nil, err
		}
		faces = append(faces, text.FontFace{Font: font.Font{Typeface: "Roboto", Weight: f.weight}, Face: face})
	}
	return text.NewShaper(append([]text.ShaperOption{text.WithCollection(faces)}, options...)...), nil
}

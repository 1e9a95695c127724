package model

import (
	"fmt"

	"zscope/depthcore/colormap"
	"zscope/depthcore/depth"
)

// Messages about copying the picture.
type (
	// CopyShown puts the shown picture with its legend on the clipboard.
	CopyShown struct{}
	// PicturePainted answers PaintPicture.
	PicturePainted struct {
		PNG []byte
		Err error
	}
	// PictureCopied answers CopyPicture.
	PictureCopied struct{ Err error }
)

// PaintPicture makes a PNG file of a map with its legend; answered by
// PicturePainted.
type PaintPicture struct {
	Map     *depth.Map
	Mapping colormap.Mapping
	Caption string
}

// CopyPicture puts that file on the clipboard, by the goroutine that has the
// window; answered by PictureCopied.
type CopyPicture struct{ PNG []byte }

func (m *Model) updateCopy(msg Msg) (cmds []Cmd, known bool) {
	switch msg := msg.(type) {
	case CopyShown:
		if m.Shown.Exact {
			return []Cmd{PaintPicture{m.Shown.Map, m.Colour.Mapping, m.caption()}}, true
		}
	case PicturePainted:
		if msg.Err == nil {
			return []Cmd{CopyPicture{msg.PNG}}, true
		}
		m.notCopied(msg.Err)
	case PictureCopied:
		if msg.Err != nil {
			m.notCopied(msg.Err)
		} else {
			m.notify(Info, "The picture is on the clipboard.")
		}
	default:
		return nil, false
	}
	return nil, true
}

func (m *Model) notCopied(err error) {
	m.notify(Warning, fmt.Sprintf("The picture cannot be copied (%v). Save it with Ctrl+S.", err))
}

// caption stands below a picture that leaves the window.
func (m Model) caption() string { return fmt.Sprintf("%s, frame %d", m.Name(), m.Shown.Frame) }

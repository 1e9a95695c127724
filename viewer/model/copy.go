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
	// PictureCopied answers CopyPicture.
	PictureCopied struct{ Err error }
)

// CopyPicture puts a painted picture on the clipboard; answered by
// PictureCopied.
type CopyPicture struct {
	Map     *depth.Map
	Mapping colormap.Mapping
	Caption string
}

func (m *Model) updateCopy(msg Msg) (cmds []Cmd, known bool) {
	switch msg := msg.(type) {
	case CopyShown:
		if m.Shown.Exact {
			return []Cmd{CopyPicture{m.Shown.Map, m.Colour.Mapping, m.caption()}}, true
		}
	case PictureCopied:
		if msg.Err != nil {
			m.notify(Warning, fmt.Sprintf("The picture cannot be copied (%v). Save it with Ctrl+S.", msg.Err))
		} else {
			m.notify(Info, "The picture is on the clipboard.")
		}
	default:
		return nil, false
	}
	return nil, true
}

// caption stands below a picture that leaves the window.
func (m Model) caption() string { return fmt.Sprintf("%s, frame %d", m.Name(), m.Shown.Frame) }

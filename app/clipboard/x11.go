//go:build (linux && !android) || freebsd

package clipboard

import (
	"fmt"
	"sync"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// putX11 makes the clipboard of the X display that DISPLAY names hold a picture,
// a PNG file, until something else is copied or release is called. How
// programs ask for it is said in the ICCCM, section 2.
func putX11(png []byte) (release func(), err error) {
	conn, err := xgb.NewConn()
	if err != nil {
		return nil, fmt.Errorf("connect to the X server: %w", err)
	}
	o := &owner{conn: conn, png: png, sending: map[transfer]int{}}
	if err := o.own(); err != nil {
		conn.Close()
		return nil, err
	}
	release = sync.OnceFunc(conn.Close)
	go o.serve(release)
	return release, nil
}

// owner answers for the clipboard.
type owner struct {
	conn   *xgb.Conn
	window xproto.Window
	png    []byte

	clipboard, targets, picture, incr xproto.Atom
	// sending holds how much of the picture has gone where it goes in pieces.
	sending map[transfer]int
}

// transfer is where the pieces of a picture are laid down.
type transfer struct {
	window   xproto.Window
	property xproto.Atom
}

// piece bounds what is handed over at once: below the least size of a request
// that servers have to take.
const piece = 200 << 10

func (o *owner) own() error {
	for name, atom := range map[string]*xproto.Atom{"CLIPBOARD": &o.clipboard, "TARGETS": &o.targets, "image/png": &o.picture, "INCR": &o.incr} {
		reply, err := xproto.InternAtom(o.conn, false, uint16(len(name)), name).Reply()
		if err != nil {
			return fmt.Errorf("clipboard: %w", err)
		}
		*atom = reply.Atom
	}
	id, err := xproto.NewWindowId(o.conn)
	if err != nil {
		return fmt.Errorf("clipboard: %w", err)
	}
	o.window = id
	root := xproto.Setup(o.conn).DefaultScreen(o.conn).Root
	if err := xproto.CreateWindowChecked(o.conn, 0, id, root, -1, -1, 1, 1, 0, xproto.WindowClassInputOnly, 0, 0, nil).Check(); err != nil {
		return fmt.Errorf("clipboard: %w", err)
	}
	if err := xproto.SetSelectionOwnerChecked(o.conn, id, o.clipboard, xproto.TimeCurrentTime).Check(); err != nil {
		return fmt.Errorf("clipboard: %w", err)
	}
	reply, err := xproto.GetSelectionOwner(o.conn, o.clipboard).Reply()
	if err != nil {
		return fmt.Errorf("clipboard: %w", err)
	}
	if reply.Owner != id {
		return fmt.Errorf("clipboard: another program holds it")
	}
	return nil
}

// serve answers until the clipboard belongs to someone else or the connection
// ends.
func (o *owner) serve(release func()) {
	defer release()
	for {
		event, err := o.conn.WaitForEvent()
		if event == nil && err == nil {
			return
		}
		switch e := event.(type) {
		case xproto.SelectionClearEvent:
			return
		case xproto.SelectionRequestEvent:
			o.answer(e)
		case xproto.PropertyNotifyEvent:
			if e.State == xproto.PropertyDelete {
				o.continueTo(transfer{e.Window, e.Atom})
			}
		}
	}
}

// answer hands over what a program asks for; no property says that there is
// nothing of that kind.
func (o *owner) answer(e xproto.SelectionRequestEvent) {
	property := e.Property
	if property == 0 {
		property = e.Target // of programs that are older than the convention
	}
	to := transfer{e.Requestor, property}
	switch {
	case e.Target == o.targets:
		list := make([]byte, 8)
		xgb.Put32(list, uint32(o.targets))
		xgb.Put32(list[4:], uint32(o.picture))
		xproto.ChangeProperty(o.conn, xproto.PropModeReplace, to.window, to.property, xproto.AtomAtom, 32, 2, list)
	case e.Target == o.picture && len(o.png) <= piece:
		o.lay(to, o.picture, 8, o.png)
	case e.Target == o.picture:
		xproto.ChangeWindowAttributes(o.conn, to.window, xproto.CwEventMask, []uint32{xproto.EventMaskPropertyChange})
		size := make([]byte, 4)
		xgb.Put32(size, uint32(len(o.png)))
		o.sending[to] = 0
		o.lay(to, o.incr, 32, size)
	default:
		property = 0
	}
	note := xproto.SelectionNotifyEvent{Time: e.Time, Requestor: e.Requestor, Selection: e.Selection, Target: e.Target, Property: property}
	xproto.SendEvent(o.conn, false, e.Requestor, 0, string(note.Bytes()))
}

// continueTo lays the next piece down where the one before was taken; an empty
// one ends it.
func (o *owner) continueTo(to transfer) {
	sent, ok := o.sending[to]
	if !ok {
		return
	}
	rest := o.png[sent:]
	if len(rest) == 0 {
		delete(o.sending, to)
	}
	rest = rest[:min(len(rest), piece)]
	if len(rest) > 0 {
		o.sending[to] = sent + len(rest)
	}
	o.lay(to, o.picture, 8, rest)
}

func (o *owner) lay(to transfer, kind xproto.Atom, bits byte, data []byte) {
	xproto.ChangeProperty(o.conn, xproto.PropModeReplace, to.window, to.property, kind, bits, uint32(len(data)*8/int(bits)), data)
}

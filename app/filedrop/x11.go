//go:build (linux && !android) || freebsd

package filedrop

import (
	"errors"
	"fmt"
	"io"
	"log"
	"sync"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// XDND, https://www.freedesktop.org/wiki/Specifications/XDND/. Gio reads its
// own connection and drops the messages that it does not know, so the window
// names a helper window of a second connection as its XdndProxy: sources then
// send their messages there. Answers carry the id of Gio's window.
const (
	xdndVersion = 5

	// patience is how long a source may take to hand over a piece of the list.
	patience = 5 * time.Second
	// heartbeat is how often a drag is asked whether its source still owns it.
	heartbeat = time.Second
	// longestList bounds what a source can make this process hold.
	longestList = 64 << 20
)

var (
	errSilent = errors.New("the program that was dragged from did not hand over its files")
	errUnread = errors.New("the list of files could not be read")
)

func init() {
	// xgb writes to standard error when there is no authority file and when
	// the server goes away; neither is for a person to read.
	xgb.Logger = log.New(io.Discard, "", 0)
}

// atoms are the names that XDND uses, as the server numbers them.
type atoms struct {
	aware, proxy                          xproto.Atom // properties of a window
	enter, position, status, leave        xproto.Atom // messages
	drop, finished                        xproto.Atom
	selection, typeList, copyAction, incr xproto.Atom
	uriList, property                     xproto.Atom
}

// x11Target is the side of XDND that is dropped on.
type x11Target struct {
	conn   *xgb.Conn
	atoms  atoms
	window xproto.Window // Gio's
	helper xproto.Window // answers for it
	events Events
	detach chan struct{}

	drag *drag // nil while nothing is over the window
}

// drag is what is over the window. Its list is asked for as soon as the
// pointer's first position tells a time to ask with, so that the window can say
// what a drop would do; some sources answer only after the drop and are asked
// again then.
type drag struct {
	source  xproto.Window
	offers  bool // text/uri-list is among its types
	state   listState
	list    []byte           // what came of it so far
	expires time.Time        // when the source has been silent for too long
	dropped bool             // the button was released
	time    xproto.Timestamp // of the drop
	last    bool             // the list was asked for after the drop
}

// listState is how far the list of files has come.
type listState int

const (
	unasked listState = iota
	asked
	inPieces // it is long (INCR)
	refused
	known
)

// attachX11 delivers the drops on a window of the display that DISPLAY names.
func attachX11(window xproto.Window, events Events) (detach func(), err error) {
	conn, err := xgb.NewConn()
	if err != nil {
		return nil, fmt.Errorf("connect to the X server: %w", err)
	}
	t := &x11Target{conn: conn, window: window, events: events, detach: make(chan struct{})}
	if err := t.setUp(); err != nil {
		conn.Close()
		return nil, err
	}
	go t.run()
	return sync.OnceFunc(func() { close(t.detach) }), nil
}

func (t *x11Target) setUp() error {
	if err := t.internAtoms(); err != nil {
		return err
	}
	helper, err := xproto.NewWindowId(t.conn)
	if err != nil {
		return fmt.Errorf("make a window for drops: %w", err)
	}
	t.helper = helper
	root := xproto.Setup(t.conn).DefaultScreen(t.conn).Root
	if err := xproto.CreateWindowChecked(t.conn, 0, helper, root, -1, -1, 1, 1, 0, xproto.WindowClassInputOnly, 0,
		xproto.CwOverrideRedirect|xproto.CwEventMask, []uint32{1, xproto.EventMaskPropertyChange}).Check(); err != nil {
		return fmt.Errorf("make a window for drops: %w", err)
	}
	// The helper first: a source that reads Gio's window finds a whole proxy.
	for _, w := range []xproto.Window{helper, t.window} {
		if err := t.set(w, t.atoms.proxy, xproto.AtomWindow, uint32(helper)); err != nil {
			return fmt.Errorf("offer the window for drops: %w", err)
		}
		if err := t.set(w, t.atoms.aware, xproto.AtomAtom, xdndVersion); err != nil {
			return fmt.Errorf("offer the window for drops: %w", err)
		}
	}
	return nil
}

func (t *x11Target) internAtoms() error {
	a := &t.atoms
	for name, atom := range map[string]*xproto.Atom{
		"XdndAware": &a.aware, "XdndProxy": &a.proxy,
		"XdndEnter": &a.enter, "XdndPosition": &a.position, "XdndStatus": &a.status, "XdndLeave": &a.leave,
		"XdndDrop": &a.drop, "XdndFinished": &a.finished,
		"XdndSelection": &a.selection, "XdndTypeList": &a.typeList, "XdndActionCopy": &a.copyAction, "INCR": &a.incr,
		"text/uri-list": &a.uriList, "ZSCOPE_DROP": &a.property,
	} {
		reply, err := xproto.InternAtom(t.conn, false, uint16(len(name)), name).Reply()
		if err != nil {
			return fmt.Errorf("ask the X server for %s: %w", name, err)
		}
		*atom = reply.Atom
	}
	return nil
}

// set gives a window a property of one 32-bit number.
func (t *x11Target) set(w xproto.Window, property, kind xproto.Atom, value uint32) error {
	data := make([]byte, 4)
	xgb.Put32(data, value)
	return xproto.ChangePropertyChecked(t.conn, xproto.PropModeReplace, w, property, kind, 32, 1, data).Check()
}

// run answers sources until the window is detached or the server goes away.
// Errors are of windows that are gone by now, which is for DestroyNotify to say.
func (t *x11Target) run() {
	incoming := make(chan xgb.Event)
	go func() {
		defer close(incoming)
		for {
			event, err := t.conn.WaitForEvent()
			if event == nil && err == nil {
				return
			}
			if event == nil {
				continue
			}
			select {
			case incoming <- event:
			case <-t.detach: // and read on, so that xgb can end
			}
		}
	}()
	defer t.conn.Close()

	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		var ticks <-chan time.Time
		if t.drag != nil {
			ticks = beat.C
		}
		select {
		case <-t.detach:
			xproto.DeleteProperty(t.conn, t.window, t.atoms.proxy)
			xproto.DeleteProperty(t.conn, t.window, t.atoms.aware)
			t.giveUp(nil)
			return
		case event, ok := <-incoming:
			if !ok {
				t.giveUp(nil)
				return
			}
			t.handle(event)
		case <-ticks:
			t.check()
		}
	}
}

func (t *x11Target) handle(event xgb.Event) {
	switch e := event.(type) {
	case xproto.ClientMessageEvent:
		if e.Format == 32 {
			t.message(e.Type, e.Data.Data32)
		}
	case xproto.SelectionNotifyEvent:
		if e.Requestor == t.helper && e.Selection == t.atoms.selection {
			t.answered(e.Property)
		}
	case xproto.PropertyNotifyEvent:
		if d := t.drag; d != nil && d.state == inPieces && e.Window == t.helper && e.Atom == t.atoms.property && e.State == xproto.PropertyNewValue {
			t.readPiece()
		}
	case xproto.DestroyNotifyEvent:
		if t.drag != nil && e.Window == t.drag.source {
			t.giveUp(nil)
		}
	}
}

// message is one of XDND's, by its five numbers.
func (t *x11Target) message(kind xproto.Atom, data []uint32) {
	source := xproto.Window(data[0])
	if kind == t.atoms.enter {
		t.entered(source, data)
		return
	}
	d := t.drag
	if d == nil || d.source != source {
		if kind == t.atoms.position { // entered before this window was attached
			t.sendStatus(source, false)
		}
		return
	}
	switch kind {
	case t.atoms.position:
		t.sendStatus(source, d.offers)
		if d.offers && d.state == unasked {
			t.ask(xproto.Timestamp(data[3]))
		}
	case t.atoms.leave:
		t.giveUp(nil)
	case t.atoms.drop:
		d.dropped, d.time = true, xproto.Timestamp(data[2])
		d.expires = time.Now().Add(patience)
		switch {
		case !d.offers:
			t.giveUp(errNothing)
		case d.state == known:
			t.deliver()
		case d.state == unasked || d.state == refused:
			t.askAgain()
		}
	}
}

func (t *x11Target) entered(source xproto.Window, data []uint32) {
	t.giveUp(nil) // a drag whose source forgot to leave
	d := &drag{source: source, expires: time.Now().Add(patience)}
	for _, kind := range t.types(source, data) {
		d.offers = d.offers || kind == t.atoms.uriList
	}
	t.drag = d
	// A source that dies in mid-drag says nothing, but its window goes.
	xproto.ChangeWindowAttributes(t.conn, source, xproto.CwEventMask, []uint32{xproto.EventMaskStructureNotify})
	if d.offers {
		t.events.Over(nil)
	}
}

// types are what the source can hand over: up to three in the message itself,
// more in a property.
func (t *x11Target) types(source xproto.Window, data []uint32) []xproto.Atom {
	if data[1]&1 == 0 {
		return []xproto.Atom{xproto.Atom(data[2]), xproto.Atom(data[3]), xproto.Atom(data[4])}
	}
	reply, err := xproto.GetProperty(t.conn, false, source, t.atoms.typeList, xproto.AtomAtom, 0, 4096).Reply()
	if err != nil || reply.Format != 32 {
		return nil
	}
	var kinds []xproto.Atom
	for v := reply.Value; len(v) >= 4; v = v[4:] {
		kinds = append(kinds, xproto.Atom(xgb.Get32(v)))
	}
	return kinds
}

// --- The list of files ---

func (t *x11Target) ask(at xproto.Timestamp) {
	d := t.drag
	d.state, d.list = asked, nil
	d.expires = time.Now().Add(patience)
	xproto.DeleteProperty(t.conn, t.helper, t.atoms.property)
	xproto.ConvertSelection(t.conn, t.helper, t.atoms.selection, t.atoms.uriList, t.atoms.property, at)
}

// askAgain asks after the drop.
func (t *x11Target) askAgain() {
	t.drag.last = true
	t.ask(t.drag.time)
}

// answered says that the list is in the helper's property, or refused.
func (t *x11Target) answered(property xproto.Atom) {
	d := t.drag
	switch {
	case d == nil || d.state != asked:
		// late, of a drag that ended
	case property == t.atoms.property:
		t.readAnswer()
	case d.dropped && !d.last:
		t.askAgain()
	case d.dropped:
		t.giveUp(errSilent)
	default:
		d.state = refused
	}
}

func (t *x11Target) readAnswer() {
	kind, list, ok := t.takeProperty()
	switch {
	case !ok:
		t.giveUp(errUnread)
	case kind == t.atoms.incr:
		// Having deleted the property asks for the first piece.
		t.drag.state, t.drag.expires = inPieces, time.Now().Add(patience)
	default:
		t.drag.list = list
		t.listKnown()
	}
}

// readPiece takes one piece of a long list; an empty one ends it.
func (t *x11Target) readPiece() {
	d := t.drag
	_, piece, ok := t.takeProperty()
	d.list = append(d.list, piece...)
	switch {
	case !ok || len(d.list) > longestList:
		t.giveUp(errUnread)
	case len(piece) == 0:
		t.listKnown()
	default:
		d.expires = time.Now().Add(patience)
	}
}

func (t *x11Target) listKnown() {
	d := t.drag
	d.state = known
	if d.dropped {
		t.deliver()
		return
	}
	if paths, err := localPaths(d.list); err == nil {
		t.events.Over(paths)
	}
}

// takeProperty reads and deletes the property that answers are put into.
func (t *x11Target) takeProperty() (kind xproto.Atom, data []byte, ok bool) {
	const words = 1 << 16 // of each request
	for len(data) <= longestList {
		reply, err := xproto.GetProperty(t.conn, true, t.helper, t.atoms.property, xproto.GetPropertyTypeAny,
			uint32(len(data)/4), words).Reply()
		if err != nil {
			return 0, nil, false
		}
		data = append(data, reply.Value...)
		if reply.BytesAfter == 0 {
			return reply.Type, data, true
		}
	}
	return 0, nil, false
}

// --- How a drag ends ---

func (t *x11Target) deliver() {
	d := t.drag
	t.drag = nil
	paths, err := localPaths(d.list)
	t.sendFinished(d.source, err == nil)
	t.forget(d.source)
	if err != nil {
		t.events.Failed(err)
		return
	}
	t.events.Drop(paths)
}

// giveUp ends the drag without files: a drop with the error, else as if it had
// left the window.
func (t *x11Target) giveUp(err error) {
	d := t.drag
	if d == nil {
		return
	}
	t.drag = nil
	if d.dropped {
		t.sendFinished(d.source, false)
	}
	t.forget(d.source)
	switch {
	case d.dropped && err != nil:
		t.events.Failed(err)
	case d.offers:
		t.events.Leave()
	}
}

// check ends a drag that nobody carries any more.
func (t *x11Target) check() {
	d := t.drag
	if d.dropped {
		if time.Now().After(d.expires) {
			t.giveUp(errSilent)
		}
		return
	}
	owner, err := xproto.GetSelectionOwner(t.conn, t.atoms.selection).Reply()
	if err == nil && owner.Owner == 0 {
		t.giveUp(nil)
	}
}

// --- What is said to the source ---

func (t *x11Target) sendStatus(source xproto.Window, accept bool) {
	const wantPositions = 2
	if !accept {
		t.send(source, t.atoms.status, wantPositions, 0, 0, 0)
		return
	}
	t.send(source, t.atoms.status, 1|wantPositions, 0, 0, uint32(t.atoms.copyAction))
}

func (t *x11Target) sendFinished(source xproto.Window, accepted bool) {
	if !accepted {
		t.send(source, t.atoms.finished, 0, 0, 0, 0)
		return
	}
	t.send(source, t.atoms.finished, 1, uint32(t.atoms.copyAction), 0, 0)
}

func (t *x11Target) send(source xproto.Window, kind xproto.Atom, data ...uint32) {
	event := xproto.ClientMessageEvent{
		Format: 32, Window: source, Type: kind,
		Data: xproto.ClientMessageDataUnionData32New(append([]uint32{uint32(t.window)}, data...)),
	}
	xproto.SendEvent(t.conn, false, source, xproto.EventMaskNoEvent, string(event.Bytes()))
}

// forget ends the watch over a source's window.
func (t *x11Target) forget(source xproto.Window) {
	xproto.ChangeWindowAttributes(t.conn, source, xproto.CwEventMask, []uint32{xproto.EventMaskNoEvent})
}

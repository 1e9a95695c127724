//go:build (linux && !android) || freebsd

package desktoptest

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// Source drags files over the windows of a display, as the source's side of
// XDND version 5 says. Its methods are not for several goroutines.
type Source struct {
	// Types is how many types are offered; more than three go into a property.
	Types int
	// Piece makes the list be handed over in pieces of so many bytes (INCR).
	Piece int
	// RefuseHover answers requests for the list only after the drop.
	RefuseHover bool
	// Silent answers no request for the list.
	Silent bool

	conn   *xgb.Conn
	window xproto.Window
	root   xproto.Window
	atoms  map[string]xproto.Atom
	list   []byte

	over xproto.Window // the target that was entered
	to   xproto.Window // where its messages go

	mu      sync.Mutex
	dropped bool
	sending []byte        // rest of a list that goes out in pieces
	sendTo  xproto.Window // to whom, into which property
	sendAs  xproto.Atom
	answers chan answer
}

// answer is XdndStatus or XdndFinished.
type answer struct {
	kind     xproto.Atom
	from     xproto.Window
	accepted bool
}

func init() { xgb.Logger = log.New(io.Discard, "", 0) }

// NewSource connects a source to a display.
func NewSource(display string) (*Source, error) {
	conn, err := xgb.NewConnDisplay(display)
	if err != nil {
		return nil, err
	}
	s := &Source{conn: conn, Types: 1, atoms: map[string]xproto.Atom{}, answers: make(chan answer, 100)}
	s.root = xproto.Setup(conn).DefaultScreen(conn).Root
	for _, name := range []string{"XdndAware", "XdndProxy", "XdndEnter", "XdndPosition", "XdndStatus", "XdndLeave",
		"XdndDrop", "XdndFinished", "XdndSelection", "XdndTypeList", "XdndActionCopy", "INCR", "text/uri-list",
		"text/plain", "TARGETS", "_NET_SUPPORTING_WM_CHECK"} {
		reply, err := xproto.InternAtom(conn, false, uint16(len(name)), name).Reply()
		if err != nil {
			return nil, err
		}
		s.atoms[name] = reply.Atom
	}
	if s.window, err = xproto.NewWindowId(conn); err != nil {
		return nil, err
	}
	if err := xproto.CreateWindowChecked(conn, 0, s.window, s.root, -1, -1, 1, 1, 0, xproto.WindowClassInputOnly, 0,
		xproto.CwOverrideRedirect, []uint32{1}).Check(); err != nil {
		return nil, err
	}
	go s.serve()
	return s, nil
}

// Close ends the connection: to a target, the source has died.
func (s *Source) Close() { s.conn.Close() }

// Take picks files up.
func (s *Source) Take(paths ...string) error {
	var list strings.Builder
	for _, p := range paths {
		list.WriteString((&url.URL{Scheme: "file", Path: p}).String() + "\r\n")
	}
	return s.TakeList(list.String())
}

// TakeList picks up a list of URIs as it is.
func (s *Source) TakeList(list string) error {
	s.mu.Lock()
	s.list, s.dropped = []byte(list), false
	s.mu.Unlock()
	if err := xproto.SetSelectionOwnerChecked(s.conn, s.window, s.atoms["XdndSelection"], xproto.TimeCurrentTime).Check(); err != nil {
		return err
	}
	kinds := s.kinds()
	data := make([]byte, 4*len(kinds))
	for i, k := range kinds {
		xgb.Put32(data[4*i:], uint32(k))
	}
	return xproto.ChangePropertyChecked(s.conn, xproto.PropModeReplace, s.window, s.atoms["XdndTypeList"], xproto.AtomAtom,
		32, uint32(len(kinds)), data).Check()
}

// kinds are the types on offer. The one that matters is the last.
func (s *Source) kinds() []xproto.Atom {
	var kinds []xproto.Atom
	for i := 1; i < s.Types; i++ {
		kinds = append(kinds, s.atoms["text/plain"])
	}
	return append(kinds, s.atoms["text/uri-list"])
}

// MoveTo carries the files to a point of the screen and returns whether the
// window there would take them.
func (s *Source) MoveTo(x, y int) (accepted bool, err error) {
	target, to, err := s.targetAt(x, y)
	if err != nil {
		return false, err
	}
	if target != s.over {
		s.Leave()
		s.enter(target, to)
	}
	s.send("XdndPosition", 0, uint32(x)<<16|uint32(y), xproto.TimeCurrentTime, uint32(s.atoms["XdndActionCopy"]))
	return s.await("XdndStatus")
}

func (s *Source) enter(target, to xproto.Window) {
	s.over, s.to = target, to
	kinds := s.kinds()
	words := []uint32{5 << 24, 0, 0, 0}
	if len(kinds) > 3 {
		words[0] |= 1
	}
	for i := 0; i < min(3, len(kinds)); i++ {
		words[1+i] = uint32(kinds[i])
	}
	s.send("XdndEnter", words...)
}

// Leave carries the files away from the window that they are over.
func (s *Source) Leave() {
	if s.over != 0 {
		s.send("XdndLeave", 0, 0, 0, 0)
		s.over = 0
	}
}

// Drop lets the files fall and returns whether the window took them.
func (s *Source) Drop() (accepted bool, err error) {
	if s.over == 0 {
		return false, errors.New("there is nothing to drop on")
	}
	s.mu.Lock()
	s.dropped = true
	s.mu.Unlock()
	s.send("XdndDrop", 0, xproto.TimeCurrentTime, 0, 0)
	accepted, err = s.await("XdndFinished")
	s.over = 0
	return accepted, err
}

// targetAt finds the window under a point that takes drops, as sources do: down
// from the root until a window says that it is aware, then to its proxy.
func (s *Source) targetAt(x, y int) (target, to xproto.Window, err error) {
	for w := s.root; ; {
		reply, err := xproto.TranslateCoordinates(s.conn, s.root, w, int16(x), int16(y)).Reply()
		if err != nil {
			return 0, 0, err
		}
		if w = reply.Child; w == 0 {
			return 0, 0, fmt.Errorf("no window at %d,%d takes drops", x, y)
		}
		if version, ok := s.number(w, "XdndAware"); !ok || version < 5 {
			continue
		}
		proxy, ok := s.number(w, "XdndProxy")
		if !ok {
			return w, w, nil
		}
		if itself, _ := s.number(xproto.Window(proxy), "XdndProxy"); itself != proxy {
			return 0, 0, fmt.Errorf("window %d names the proxy %d, which is none", w, proxy)
		}
		return w, xproto.Window(proxy), nil
	}
}

func (s *Source) number(w xproto.Window, property string) (uint32, bool) {
	reply, err := xproto.GetProperty(s.conn, false, w, s.atoms[property], xproto.GetPropertyTypeAny, 0, 1).Reply()
	if err != nil || reply.Format != 32 || len(reply.Value) < 4 {
		return 0, false
	}
	return xgb.Get32(reply.Value), true
}

// managed says whether a window manager is at work, by showing it a window. One
// that has only just started may take no notice of a window at all.
func (s *Source) managed() bool {
	if _, ok := s.number(s.root, "_NET_SUPPORTING_WM_CHECK"); !ok {
		return false
	}
	w, err := xproto.NewWindowId(s.conn)
	if err != nil {
		return false
	}
	xproto.CreateWindow(s.conn, 0, w, s.root, 0, 0, 10, 10, 0, xproto.WindowClassInputOutput, 0, 0, nil)
	xproto.MapWindow(s.conn, w)
	defer xproto.DestroyWindow(s.conn, w)
	for range 50 {
		if a, err := xproto.GetWindowAttributes(s.conn, w).Reply(); err == nil && a.MapState == xproto.MapStateViewable {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}

func (s *Source) send(kind string, data ...uint32) {
	event := xproto.ClientMessageEvent{
		Format: 32, Window: s.over, Type: s.atoms[kind],
		Data: xproto.ClientMessageDataUnionData32New(append([]uint32{uint32(s.window)}, data...)),
	}
	xproto.SendEvent(s.conn, false, s.to, xproto.EventMaskNoEvent, string(event.Bytes()))
}

func (s *Source) await(kind string) (accepted bool, err error) {
	timeout := time.After(20 * time.Second)
	for {
		select {
		case a := <-s.answers:
			if a.kind != s.atoms[kind] {
				continue
			}
			if a.from != s.over {
				return false, fmt.Errorf("%s came from window %d, not from %d", kind, a.from, s.over)
			}
			return a.accepted, nil
		case <-timeout:
			return false, fmt.Errorf("no %s came", kind)
		}
	}
}

// serve answers the target's requests until the connection ends.
func (s *Source) serve() {
	for {
		event, err := s.conn.WaitForEvent()
		if event == nil && err == nil {
			return
		}
		switch e := event.(type) {
		case xproto.ClientMessageEvent:
			d := e.Data.Data32
			s.answers <- answer{e.Type, xproto.Window(d[0]), d[1]&1 != 0}
		case xproto.SelectionRequestEvent:
			s.hand(e)
		case xproto.PropertyNotifyEvent:
			s.handPiece(e)
		}
	}
}

// hand answers a request for the list.
func (s *Source) hand(e xproto.SelectionRequestEvent) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Silent {
		return
	}
	property := e.Property
	switch {
	case e.Target != s.atoms["text/uri-list"] || s.RefuseHover && !s.dropped:
		property = 0
	case s.Piece > 0:
		xproto.ChangeWindowAttributes(s.conn, e.Requestor, xproto.CwEventMask, []uint32{xproto.EventMaskPropertyChange})
		s.sending, s.sendTo, s.sendAs = s.list, e.Requestor, property
		size := make([]byte, 4)
		xgb.Put32(size, uint32(len(s.list)))
		xproto.ChangeProperty(s.conn, xproto.PropModeReplace, e.Requestor, property, s.atoms["INCR"], 32, 1, size)
	default:
		xproto.ChangeProperty(s.conn, xproto.PropModeReplace, e.Requestor, property, e.Target, 8, uint32(len(s.list)), s.list)
	}
	notify := xproto.SelectionNotifyEvent{Time: e.Time, Requestor: e.Requestor, Selection: e.Selection, Target: e.Target, Property: property}
	xproto.SendEvent(s.conn, false, e.Requestor, xproto.EventMaskNoEvent, string(notify.Bytes()))
}

// handPiece puts the next piece where the last was taken from.
func (s *Source) handPiece(e xproto.PropertyNotifyEvent) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sendTo == 0 || e.Window != s.sendTo || e.Atom != s.sendAs || e.State != xproto.PropertyDelete {
		return
	}
	piece := s.sending[:min(s.Piece, len(s.sending))]
	s.sending = s.sending[len(piece):]
	xproto.ChangeProperty(s.conn, xproto.PropModeReplace, s.sendTo, s.sendAs, s.atoms["text/uri-list"], 8, uint32(len(piece)), piece)
	if len(piece) == 0 {
		s.sendTo = 0
	}
}

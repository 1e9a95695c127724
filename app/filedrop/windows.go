//go:build windows && !nogui

package filedrop

import (
	"fmt"
	"runtime"
	"sync"
	"syscall"
	"unsafe"

	"gioui.org/app"
	"golang.org/x/sys/windows"
)

// Explorer sends WM_DROPFILES to a window that accepts files. It tells of the
// drop only, so there is no Over. Gio's window procedure is replaced by one that
// takes this message and passes on all others.
const (
	wmDropFiles = 0x0233
	// gwlpWndProc is GWLP_WNDPROC, -4.
	gwlpWndProc = ^uintptr(3)
)

var (
	user32            = windows.NewLazySystemDLL("user32.dll")
	shell32           = windows.NewLazySystemDLL("shell32.dll")
	callWindowProc    = user32.NewProc("CallWindowProcW")
	defWindowProc     = user32.NewProc("DefWindowProcW")
	getWindowLongPtr  = user32.NewProc(longPtr("Get"))
	setWindowLongPtr  = user32.NewProc(longPtr("Set"))
	dragAcceptFiles   = shell32.NewProc("DragAcceptFiles")
	dragQueryFile     = shell32.NewProc("DragQueryFileW")
	dragFinish        = shell32.NewProc("DragFinish")
	droppedOnCallback = sync.OnceValue(func() uintptr { return syscall.NewCallback(droppedOn) })
)

// longPtr is the name of GetWindowLongPtr or SetWindowLongPtr, which are macros
// where pointers have 32 bits.
func longPtr(verb string) string {
	if runtime.GOARCH == "386" || runtime.GOARCH == "arm" {
		return verb + "WindowLongW"
	}
	return verb + "WindowLongPtrW"
}

// windowTarget is a window whose procedure was replaced.
type windowTarget struct {
	events Events
	next   uintptr // Gio's procedure
}

// targets are the windows that droppedOn finds by their handle: Windows calls
// it with nothing else.
var targets sync.Map // of uintptr to *windowTarget

func attach(view any, events Events) (detach func(), err error) {
	v, ok := view.(app.Win32ViewEvent)
	if !ok || !v.Valid() {
		return nil, errNoDesktop
	}
	for _, p := range []*windows.LazyProc{callWindowProc, defWindowProc, getWindowLongPtr, setWindowLongPtr, dragAcceptFiles, dragQueryFile, dragFinish} {
		if err := p.Find(); err != nil {
			return nil, err
		}
	}
	// The window's thread waits until the view event has been dealt with, and
	// these calls wait for the window's thread.
	go accept(v.HWND, events)
	return sync.OnceFunc(func() { go refuse(v.HWND) }), nil
}

func accept(hwnd uintptr, events Events) {
	next, _, err := getWindowLongPtr.Call(hwnd, gwlpWndProc)
	if next == 0 {
		events.Failed(fmt.Errorf("the window's procedure cannot be read: %w", err))
		return
	}
	if next == droppedOnCallback() { // of an attachment before this one
		if before, ok := targets.Load(hwnd); ok {
			next = before.(*windowTarget).next
		}
	}
	targets.Store(hwnd, &windowTarget{events: events, next: next})
	if ok, _, err := setWindowLongPtr.Call(hwnd, gwlpWndProc, droppedOnCallback()); ok == 0 {
		targets.Delete(hwnd)
		events.Failed(fmt.Errorf("the window's procedure cannot be replaced: %w", err))
		return
	}
	dragAcceptFiles.Call(hwnd, 1)
}

// refuse leaves the procedure in place, which passes everything on: somebody
// else may have replaced it in turn.
func refuse(hwnd uintptr) {
	dragAcceptFiles.Call(hwnd, 0)
	if t, ok := targets.Load(hwnd); ok {
		targets.CompareAndSwap(hwnd, t, &windowTarget{events: Events{}.complete(), next: t.(*windowTarget).next})
	}
}

// droppedOn is the procedure of the windows in targets.
func droppedOn(hwnd, message, wParam, lParam uintptr) uintptr {
	entry, ok := targets.Load(hwnd)
	if !ok {
		result, _, _ := defWindowProc.Call(hwnd, message, wParam, lParam)
		return result
	}
	t := entry.(*windowTarget)
	if message != wmDropFiles {
		result, _, _ := callWindowProc.Call(t.next, hwnd, message, wParam, lParam)
		return result
	}
	if paths := droppedPaths(wParam); len(paths) > 0 {
		t.events.Drop(paths)
	} else {
		t.events.Failed(errNothing)
	}
	return 0
}

// droppedPaths reads and frees what WM_DROPFILES carries.
func droppedPaths(drop uintptr) (paths []string) {
	defer dragFinish.Call(drop)
	const all = 0xFFFFFFFF
	count, _, _ := dragQueryFile.Call(drop, all, 0, 0)
	for i := range count {
		length, _, _ := dragQueryFile.Call(drop, i, 0, 0)
		if length == 0 {
			continue
		}
		name := make([]uint16, length+1)
		dragQueryFile.Call(drop, i, uintptr(unsafe.Pointer(&name[0])), uintptr(len(name)))
		paths = append(paths, windows.UTF16ToString(name))
	}
	return paths
}

//go:build windows && !nogui

package filedrop

import (
	"fmt"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"gioui.org/app"
	"golang.org/x/sys/windows"
)

var (
	kernel32         = windows.NewLazySystemDLL("kernel32.dll")
	globalAlloc      = kernel32.NewProc("GlobalAlloc")
	globalLock       = kernel32.NewProc("GlobalLock")
	globalUnlock     = kernel32.NewProc("GlobalUnlock")
	registerClass    = user32.NewProc("RegisterClassExW")
	createWindow     = user32.NewProc("CreateWindowExW")
	postMessage      = user32.NewProc("PostMessageW")
	sendMessage      = user32.NewProc("SendMessageW")
	peekMessage      = user32.NewProc("PeekMessageW")
	dispatchMessage  = user32.NewProc("DispatchMessageW")
	wmPing           = uintptr(0x8001)
	pinged           = make(chan bool, 10)
	procedureOfTests = func(hwnd, message, wParam, lParam uintptr) uintptr {
		if message == wmPing {
			pinged <- true
			return 42
		}
		result, _, _ := defWindowProc.Call(hwnd, message, wParam, lParam)
		return result
	}
)

// TestWindows drops files on a real window as Explorer does: by a WM_DROPFILES
// that carries their list. Other messages still come to the window's own
// procedure. TestWine of app/e2e runs it under wine.
func TestWindows(t *testing.T) {
	runtime.LockOSThread() // a window's messages come to its thread
	hwnd := newWindow(t)
	said := make(chan string, 10)
	detach, err := Attach(app.Win32ViewEvent{HWND: hwnd}, Events{
		Drop:   func(paths []string) { said <- fmt.Sprintf("%q", paths) },
		Failed: func(err error) { said <- err.Error() },
	})
	if err != nil {
		t.Fatal(err)
	}
	pump(t, "the attachment", func() bool { _, ok := targets.Load(hwnd); return ok && procedure(hwnd) == droppedOnCallback() })

	two := []string{`C:\scenes\hall.glb`, `C:\été\屋 #1.json`}
	drop := func(paths []string) {
		t.Helper()
		if ok, _, err := postMessage.Call(hwnd, wmDropFiles, dropList(t, paths), 0); ok == 0 {
			t.Fatal(err)
		}
	}
	next := func(want string) {
		t.Helper()
		got := ""
		pump(t, want, func() bool {
			select {
			case got = <-said:
				return true
			default:
				return false
			}
		})
		if got != want {
			t.Errorf("the window was told %s, want %s", got, want)
		}
	}
	drop(two)
	next(fmt.Sprintf("%q", two))
	if answer, _, _ := sendMessage.Call(hwnd, wmPing, 0, 0); answer != 42 || len(pinged) != 1 {
		t.Errorf("another message got the answer %d", answer)
	}

	// Attached again, the window is told once.
	again, err := Attach(app.Win32ViewEvent{HWND: hwnd}, Events{Drop: func(paths []string) { said <- fmt.Sprint("again ", len(paths)) }})
	if err != nil {
		t.Fatal(err)
	}
	pump(t, "the second attachment", func() bool {
		entry, _ := targets.Load(hwnd)
		return entry.(*windowTarget).events.Over != nil && !slices.Contains([]uintptr{0, droppedOnCallback()}, entry.(*windowTarget).next)
	})
	time.Sleep(100 * time.Millisecond)
	drop(two[:1])
	next("again 1")
	again()
	detach()
	if _, err := Attach(app.Win32ViewEvent{}, Events{}); err == nil {
		t.Error("attached to no window")
	}
}

func procedure(hwnd uintptr) uintptr {
	p, _, _ := getWindowLongPtr.Call(hwnd, gwlpWndProc)
	return p
}

// newWindow makes a window that is never shown and takes messages only, so that
// it needs no screen.
func newWindow(t *testing.T) uintptr {
	t.Helper()
	class := struct {
		size, style                        uint32
		procedure                          uintptr
		classExtra, windowExtra            int32
		instance, icon, cursor, background uintptr
		menu, name                         *uint16
		small                              uintptr
	}{procedure: syscall.NewCallback(procedureOfTests), name: windows.StringToUTF16Ptr("zscope test")}
	class.size = uint32(unsafe.Sizeof(class))
	if ok, _, err := registerClass.Call(uintptr(unsafe.Pointer(&class))); ok == 0 {
		t.Fatal(err)
	}
	const messagesOnly = ^uintptr(2) // HWND_MESSAGE, -3
	hwnd, _, err := createWindow.Call(0, uintptr(unsafe.Pointer(class.name)), 0, 0, 0, 0, 0, 0, messagesOnly, 0, 0, 0)
	if hwnd == 0 {
		t.Fatal(err)
	}
	return hwnd
}

// dropList makes the memory that WM_DROPFILES carries: a DROPFILES and the
// paths, each with a NUL at its end, and one more.
func dropList(t *testing.T, paths []string) uintptr {
	t.Helper()
	const header, movable, zeroed = 20, 2, 0x40
	var text []uint16
	for _, p := range paths {
		text = append(text, windows.StringToUTF16(p)...)
	}
	text = append(text, 0)
	handle, _, err := globalAlloc.Call(movable|zeroed, uintptr(header+2*len(text)))
	if handle == 0 {
		t.Fatal(err)
	}
	at, _, err := globalLock.Call(handle)
	if at == 0 {
		t.Fatal(err)
	}
	memory := unsafe.Slice((*byte)(*(*unsafe.Pointer)(unsafe.Pointer(&at))), header+2*len(text))
	memory[0] = header // where the paths start
	memory[16] = 1     // they are wide
	for i, c := range text {
		memory[header+2*i], memory[header+2*i+1] = byte(c), byte(c>>8)
	}
	globalUnlock.Call(handle)
	return handle
}

// pump hands the window its messages until something holds.
func pump(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(time.Millisecond) {
		var message [64]byte // a MSG, with room to spare
		const remove = 1
		for {
			if some, _, _ := peekMessage.Call(uintptr(unsafe.Pointer(&message)), 0, 0, 0, remove); some == 0 {
				break
			}
			dispatchMessage.Call(uintptr(unsafe.Pointer(&message)))
		}
		if holds() {
			return
		}
	}
	t.Fatalf("%s did not come", what)
}

//go:build windows && !nogui

package clipboard

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"runtime"
	"testing"
	"unsafe"

	"gioui.org/app"
	"golang.org/x/sys/windows"
)

var (
	createWindow     = user32.NewProc("CreateWindowExW")
	getClipboardData = user32.NewProc("GetClipboardData")
	globalSize       = kernel32.NewProc("GlobalSize")
)

// TestWindows copies a picture and reads both of its forms back, as other
// programs do. TestWine of app/e2e runs it under wine.
func TestWindows(t *testing.T) {
	runtime.LockOSThread()
	class, err := windows.UTF16PtrFromString("STATIC")
	if err != nil {
		t.Fatal(err)
	}
	const messagesOnly = ^uintptr(2) // HWND_MESSAGE, -3: there need be no screen
	hwnd, _, err := createWindow.Call(0, uintptr(unsafe.Pointer(class)), 0, 0, 0, 0, 0, 0, messagesOnly, 0, 0, 0)
	if hwnd == 0 {
		t.Fatal(err)
	}
	picture := image.NewNRGBA(image.Rect(0, 0, 3, 2))
	for i := range 6 {
		picture.SetNRGBA(i%3, i/3, color.NRGBA{uint8(10 * i), uint8(20 * i), uint8(30 * i), 255})
	}
	var file bytes.Buffer
	if err := png.Encode(&file, picture); err != nil {
		t.Fatal(err)
	}
	said := make(chan error)
	Of(app.Win32ViewEvent{HWND: hwnd}).Put(file.Bytes(), func(err error) { said <- err })
	if err := <-said; err != nil {
		t.Fatal(err)
	}

	name, err := windows.UTF16PtrFromString("PNG")
	if err != nil {
		t.Fatal(err)
	}
	format, _, _ := registerFormat.Call(uintptr(unsafe.Pointer(name)))
	if got := pasted(t, hwnd, format); !bytes.HasPrefix(got, file.Bytes()) {
		t.Errorf("pasted %d bytes as PNG, copied %d", len(got), file.Len())
	}
	want := []byte{
		40, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 32, 0, 0, 0, 0, 0, 24, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		90, 60, 30, 0, 120, 80, 40, 0, 150, 100, 50, 0,
		0, 0, 0, 0, 30, 20, 10, 0, 60, 40, 20, 0,
	}
	if got := pasted(t, hwnd, formatDIB); !bytes.HasPrefix(got, want) {
		t.Errorf("pasted as a bitmap:\n%v, want\n%v", got, want)
	}

	Of(app.Win32ViewEvent{HWND: hwnd}).Put([]byte("no picture"), func(err error) { said <- err })
	if <-said == nil {
		t.Error("what is no picture was copied")
	}
}

// pasted reads one form of what the clipboard holds.
func pasted(t *testing.T, hwnd, format uintptr) []byte {
	t.Helper()
	if err := open(hwnd); err != nil {
		t.Fatal(err)
	}
	defer closeClipboard.Call()
	memory, _, err := getClipboardData.Call(format)
	if memory == 0 {
		t.Fatalf("format %d: %v", format, err)
	}
	size, _, _ := globalSize.Call(memory)
	at, _, _ := globalLock.Call(memory)
	defer globalUnlock.Call(memory)
	data := make([]byte, size)
	if size > 0 {
		moveMemory.Call(uintptr(unsafe.Pointer(&data[0])), at, size)
	}
	return data
}

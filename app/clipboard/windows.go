//go:build windows && !nogui

package clipboard

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"runtime"
	"time"
	"unsafe"

	"gioui.org/app"
	"golang.org/x/sys/windows"
)

// Windows keeps what is copied itself, in every form that is offered: as the PNG
// file for programs that know this form, and as a bitmap for the others.
const (
	formatDIB    = 8 // CF_DIB
	moveable     = 2 // GMEM_MOVEABLE, as the clipboard wants it
	headerLength = 40
)

var (
	user32           = windows.NewLazySystemDLL("user32.dll")
	kernel32         = windows.NewLazySystemDLL("kernel32.dll")
	openClipboard    = user32.NewProc("OpenClipboard")
	emptyClipboard   = user32.NewProc("EmptyClipboard")
	setClipboardData = user32.NewProc("SetClipboardData")
	closeClipboard   = user32.NewProc("CloseClipboard")
	registerFormat   = user32.NewProc("RegisterClipboardFormatW")
	globalAlloc      = kernel32.NewProc("GlobalAlloc")
	globalLock       = kernel32.NewProc("GlobalLock")
	globalUnlock     = kernel32.NewProc("GlobalUnlock")
	globalFree       = kernel32.NewProc("GlobalFree")
	moveMemory       = kernel32.NewProc("RtlMoveMemory")
)

func of(view any) func(picture []byte, done func(error)) {
	v, ok := view.(app.Win32ViewEvent)
	if !ok || !v.Valid() {
		return nil
	}
	return func(picture []byte, done func(error)) { go func() { done(putWindows(v.HWND, picture)) }() }
}

// putWindows puts a picture, a PNG file, on the clipboard in the name of a
// window.
func putWindows(hwnd uintptr, picture []byte) error {
	decoded, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		return fmt.Errorf("clipboard: %w", err)
	}
	name, err := windows.UTF16PtrFromString("PNG")
	if err != nil {
		return fmt.Errorf("clipboard: %w", err)
	}
	formatPNG, _, err := registerFormat.Call(uintptr(unsafe.Pointer(name)))
	if formatPNG == 0 {
		return fmt.Errorf("clipboard: %w", err)
	}
	runtime.LockOSThread() // the clipboard is open for a thread
	defer runtime.UnlockOSThread()
	if err := open(hwnd); err != nil {
		return err
	}
	defer closeClipboard.Call()
	if ok, _, err := emptyClipboard.Call(); ok == 0 {
		return fmt.Errorf("clipboard: %w", err)
	}
	if err := hand(formatPNG, picture); err != nil {
		return err
	}
	return hand(formatDIB, bitmap(decoded))
}

// open waits a moment where another program has the clipboard open.
func open(hwnd uintptr) error {
	for try := 0; ; try++ {
		ok, _, err := openClipboard.Call(hwnd)
		if ok != 0 {
			return nil
		}
		if try == 20 {
			return fmt.Errorf("clipboard: another program holds it: %w", err)
		}
		time.Sleep(25 * time.Millisecond)
	}
}

// hand gives a copy of data to the clipboard, which owns it from then on.
func hand(format uintptr, data []byte) error {
	memory, _, err := globalAlloc.Call(moveable, uintptr(len(data)))
	if memory == 0 {
		return fmt.Errorf("clipboard: %w", err)
	}
	at, _, err := globalLock.Call(memory)
	if at == 0 {
		globalFree.Call(memory)
		return fmt.Errorf("clipboard: %w", err)
	}
	moveMemory.Call(at, uintptr(unsafe.Pointer(&data[0])), uintptr(len(data)))
	globalUnlock.Call(memory)
	if ok, _, err := setClipboardData.Call(format, memory); ok == 0 {
		globalFree.Call(memory)
		return fmt.Errorf("clipboard: %w", err)
	}
	return nil
}

// bitmap returns a picture as CF_DIB has it: a BITMAPINFOHEADER, then blue,
// green, red and a byte without a meaning a pixel, the bottom row first.
func bitmap(picture image.Image) []byte {
	size := picture.Bounds().Size()
	pixels := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(pixels, pixels.Rect, picture, picture.Bounds().Min, draw.Src)
	dib := make([]byte, headerLength, headerLength+len(pixels.Pix))
	for at, value := range map[int]int{0: headerLength, 4: size.X, 8: size.Y, 20: len(pixels.Pix)} {
		binary.LittleEndian.PutUint32(dib[at:], uint32(value))
	}
	binary.LittleEndian.PutUint16(dib[12:], 1) // planes
	binary.LittleEndian.PutUint16(dib[14:], 32)
	for y := size.Y - 1; y >= 0; y-- {
		row := pixels.Pix[y*pixels.Stride:][:4*size.X]
		for x := 0; x < len(row); x += 4 {
			dib = append(dib, row[x+2], row[x+1], row[x], 0)
		}
	}
	return dib
}

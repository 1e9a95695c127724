package npy

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/flate"

	"zscope/depthcore/depth"
)

// Array is a raster of one number a pixel or of several: its planes, row by row
// from the top. Either Float or UInt has them. In the file it has shape (height,
// width), or (height, width, planes) where there are several, and numbers of four
// bytes: '<f4' or '<u4'.
type Array struct {
	Name          string // in a zip file
	Width, Height int
	Float         [][]float32
	UInt          [][]uint32
}

func (a *Array) planes() int { return len(a.Float) + len(a.UInt) }

func (a *Array) check() error {
	if a.Width < 1 || a.Height < 1 || a.planes() == 0 || a.Float != nil && a.UInt != nil {
		return fmt.Errorf("an array of %d planes of %dx%d", a.planes(), a.Width, a.Height)
	}
	for _, p := range a.Float {
		if len(p) != a.Width*a.Height {
			return fmt.Errorf("%d pixels are not %dx%d", len(p), a.Width, a.Height)
		}
	}
	for _, p := range a.UInt {
		if len(p) != a.Width*a.Height {
			return fmt.Errorf("%d pixels are not %dx%d", len(p), a.Width, a.Height)
		}
	}
	return nil
}

// EncodeArray writes an array as an .npy file.
func EncodeArray(w io.Writer, a *Array) error {
	if err := a.encode(w); err != nil {
		return fmt.Errorf("encode NPY: %w", err)
	}
	return nil
}

func (a *Array) encode(w io.Writer) error {
	if err := a.check(); err != nil {
		return err
	}
	kind, last := "<f4", ""
	if a.UInt != nil {
		kind = "<u4"
	}
	if n := a.planes(); n > 1 {
		last = fmt.Sprintf(", %d", n)
	}
	b := appendHead(make([]byte, 0, 1<<16), fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%d, %d%s), }", kind, a.Height, a.Width, last))
	for i := range a.Width * a.Height {
		for _, p := range a.Float {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(p[i]))
		}
		for _, p := range a.UInt {
			b = binary.LittleEndian.AppendUint32(b, p[i])
		}
		if len(b) > cap(b)-4*a.planes() {
			if _, err := w.Write(b); err != nil {
				return err
			}
			b = b[:0]
		}
	}
	_, err := w.Write(b)
	return err
}

// DecodeArray reads what EncodeArray writes.
func DecodeArray(r io.Reader) (*Array, error) {
	a, err := decodeArray(bufio.NewReaderSize(r, 1<<16))
	if err != nil {
		return nil, fmt.Errorf("decode NPY: %w", err)
	}
	return a, nil
}

func decodeArray(r *bufio.Reader) (*Array, error) {
	head, err := readHead(r)
	if err != nil {
		return nil, err
	}
	kind, size := kindOf.FindSubmatch(head), shapeND.FindSubmatch(head)
	if kind == nil || size == nil || !order.Match(head) {
		return nil, fmt.Errorf("the array is not of little-endian float32 or uint32 in C order: %.120q", head)
	}
	var n [3]int
	n[2] = 1
	for k, text := range size[1:] {
		if len(text) == 0 {
			continue
		}
		if n[k], err = strconv.Atoi(string(text)); err != nil {
			return nil, fmt.Errorf("%s is no size", text)
		}
	}
	const mostPlanes = 64
	if n[2] < 1 || n[2] > mostPlanes {
		return nil, fmt.Errorf("%d numbers a pixel", n[2])
	}
	if err := depth.CheckSize(n[1], n[0]); err != nil {
		return nil, err
	}
	a := &Array{Width: n[1], Height: n[0]}
	planes := make([][]uint32, n[2])
	pixel := make([]byte, 4*n[2])
	for i := range n[0] * n[1] {
		if _, err := io.ReadFull(r, pixel); err != nil {
			return nil, fmt.Errorf("pixel %d: %w", i, err)
		}
		for k := range planes {
			planes[k] = append(planes[k], binary.LittleEndian.Uint32(pixel[4*k:])) // grows with the data
		}
	}
	if string(kind[1]) == "<u4" {
		a.UInt = planes
		return a, nil
	}
	for _, p := range planes {
		f := make([]float32, len(p))
		for i, bits := range p {
			f[i] = math.Float32frombits(bits)
		}
		a.Float = append(a.Float, f)
	}
	return a, nil
}

// EncodeZip writes arrays as an .npz file, which numpy.load reads by their names.
// Level 0 stores them, 1 to 9 deflate them, side by side in as many threads. The
// bytes depend on nothing else.
func EncodeZip(w io.Writer, arrays []Array, level, threads int) error {
	if err := encodeZip(w, arrays, level, threads); err != nil {
		return fmt.Errorf("encode NPZ: %w", err)
	}
	return nil
}

func encodeZip(w io.Writer, arrays []Array, level, threads int) error {
	z := zip.NewWriter(w)
	if level == 0 {
		for i := range arrays {
			out, err := z.CreateHeader(&zip.FileHeader{Name: arrays[i].Name + ".npy", Method: zip.Store})
			if err == nil {
				err = arrays[i].encode(out)
			}
			if err != nil {
				return err
			}
		}
		return z.Close()
	}
	packed := make([]entry, len(arrays))
	var wait sync.WaitGroup
	room := make(chan struct{}, max(threads, 1))
	for i := range arrays {
		wait.Add(1)
		go func() {
			defer wait.Done()
			room <- struct{}{}
			defer func() { <-room }()
			packed[i].pack(&arrays[i], level)
		}()
	}
	wait.Wait()
	for i := range packed {
		p := &packed[i]
		if p.err != nil {
			return p.err
		}
		out, err := z.CreateRaw(&zip.FileHeader{Name: arrays[i].Name + ".npy", Method: zip.Deflate,
			CRC32: p.sum, CompressedSize64: uint64(p.deflated.Len()), UncompressedSize64: p.size})
		if err == nil {
			_, err = p.deflated.WriteTo(out)
		}
		if err != nil {
			return err
		}
	}
	return z.Close()
}

// entry is a file in a zip file.
type entry struct {
	deflated bytes.Buffer
	sum      uint32
	size     uint64
	err      error
}

func (e *entry) pack(a *Array, level int) {
	defer func() {
		if p := recover(); p != nil {
			e.err = fmt.Errorf("compress: %v", p)
		}
	}()
	f, err := flate.NewWriter(&e.deflated, level)
	if err != nil {
		e.err = err
		return
	}
	sum, size := crc32.NewIEEE(), counter(0)
	if e.err = a.encode(io.MultiWriter(f, sum, &size)); e.err == nil {
		e.err = f.Close()
	}
	e.sum, e.size = sum.Sum32(), uint64(size)
}

// counter counts the bytes written to it.
type counter uint64

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

// DecodeZip reads what EncodeZip writes.
func DecodeZip(data []byte) ([]Array, error) {
	arrays, err := decodeZip(data)
	if err != nil {
		return nil, fmt.Errorf("decode NPZ: %w", err)
	}
	return arrays, nil
}

func decodeZip(data []byte) ([]Array, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	var arrays []Array
	for _, f := range z.File {
		name, ok := strings.CutSuffix(f.Name, ".npy")
		if !ok {
			return nil, fmt.Errorf("%q is no array", f.Name)
		}
		in, err := f.Open()
		if err != nil {
			return nil, err
		}
		r := bufio.NewReaderSize(in, 1<<16)
		a, err := decodeArray(r)
		if err == nil {
			// The end checks the sum.
			if _, more := r.ReadByte(); more == nil {
				err = errors.New("there is more than the array")
			} else if more != io.EOF {
				err = more
			}
		}
		in.Close()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		a.Name = name
		arrays = append(arrays, *a)
	}
	return arrays, nil
}

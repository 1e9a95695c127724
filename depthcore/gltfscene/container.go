package gltfscene

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"path"
)

const (
	glbMagic  = "glTF"
	chunkJSON = 0x4E4F534A
	chunkBIN  = 0x004E4942
)

// readMain reads the main file. Its first bytes say whether it is a GLB (glTF
// 2.0, section 4) or JSON, so that gigabytes of something else are not read at
// all.
func (l *loader) readMain(name string) error {
	f, size, err := l.open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	hash := sha256.New()
	r := io.TeeReader(&cancellable{l.ctx, f}, hash)
	head := make([]byte, min(size, 12))
	if _, err := io.ReadFull(r, head); err != nil {
		return cause(err)
	}
	l.budget.read += size
	switch {
	case size == 0:
		return errors.New("the file is empty")
	case bytes.HasPrefix(head, []byte(glbMagic)):
		err = l.readGLB(r, head, size)
	case startsJSON(head):
		err = l.readDocument(r, head, size)
	default:
		return errors.New("it is neither a GLB nor glTF's JSON")
	}
	if err != nil {
		return err
	}
	if err := skip(r, math.MaxInt64); err != nil {
		return cause(err)
	}
	l.hash = hash.Sum(nil)
	return nil
}

// readDocument reads and decodes size bytes of JSON, of which head was read
// before. It is looked at before gigabytes of something else are read.
func (l *loader) readDocument(r io.Reader, head []byte, size int64) error {
	const look = 1 << 20
	data, err := readRest(r, head, min(size, look))
	if err != nil {
		return err
	}
	if !startsJSON(data) {
		return errors.New("the GLB's JSON chunk does not begin like JSON")
	}
	rest := size - int64(len(data))
	if bytes.IndexByte(data, 0) < 0 { // else only padding can follow
		if data, err = readRest(r, data, size); err != nil {
			return err
		}
		rest = 0
	}
	data = bytes.TrimRight(bytes.TrimPrefix(data, []byte("\ufeff")), " \t\r\n\x00")
	if l.doc, err = l.decodeDocument(data); err != nil {
		return err
	}
	return skip(r, rest)
}

// skip reads up to n bytes and forgets them.
func skip(r io.Reader, n int64) error {
	buf := make([]byte, min(n, 1<<20))
	for n > 0 {
		k, err := r.Read(buf[:min(n, int64(len(buf)))])
		if n -= int64(k); err == io.EOF {
			return nil
		} else if err != nil {
			return cause(err)
		}
	}
	return nil
}

func startsJSON(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	return len(head) == 0 || head[0] == '{'
}

func (l *loader) readGLB(r io.Reader, head []byte, size int64) error {
	if len(head) < 12 {
		return errors.New("the GLB ends within its header")
	}
	if v := binary.LittleEndian.Uint32(head[4:]); v != 2 {
		return fmt.Errorf("it is a GLB of version %d; only version 2 (glTF 2.0) can be read", v)
	}
	claim := int64(binary.LittleEndian.Uint32(head[8:]))
	if claim > size {
		return fmt.Errorf("the GLB is truncated: its header says %d bytes, the file has %d", claim, size)
	}
	// Some headers claim too little: what is still needed is read all the same.
	needed := func() bool { return l.doc == nil || l.bin == nil && l.binaryLength() > 0 }
	for at := int64(12); size-at >= 8 && (claim-at >= 8 || needed()); {
		var chunk [8]byte
		if _, err := io.ReadFull(r, chunk[:]); err != nil {
			return cause(err)
		}
		at += 8
		n, kind := int64(binary.LittleEndian.Uint32(chunk[:])), binary.LittleEndian.Uint32(chunk[4:])
		if n > size-at {
			return fmt.Errorf("the GLB is truncated: a chunk says %d bytes, %d are left", n, size-at)
		}
		at += n
		var err error
		switch {
		case kind == chunkJSON && l.doc == nil:
			err = l.readDocument(r, nil, n)
		case kind == chunkBIN && l.doc != nil && l.bin == nil:
			used := min(n, l.binaryLength())
			if l.bin, err = readRest(r, nil, used); err == nil {
				err = skip(r, n-used)
			}
		default:
			err = skip(r, n)
		}
		if err != nil {
			return cause(err)
		}
	}
	if l.doc == nil {
		return errors.New("the GLB has no JSON chunk")
	}
	return nil
}

// binaryLength returns how much of a GLB's binary chunk the document uses.
func (l *loader) binaryLength() int64 {
	if len(l.doc.Buffers) == 0 || l.doc.Buffers[0] == nil || l.doc.Buffers[0].URI != "" {
		return 0
	}
	return int64(max(l.doc.Buffers[0].ByteLength, 0))
}

// readRest reads size bytes, of which head was read before.
func readRest(r io.Reader, head []byte, size int64) ([]byte, error) {
	data := make([]byte, size)
	n := copy(data, head)
	if _, err := io.ReadFull(r, data[n:]); err != nil {
		return nil, cause(err)
	}
	return data, nil
}

// readFile reads a companion of the main file.
func (l *loader) readFile(name string) ([]byte, error) {
	f, size, err := l.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := readRest(&cancellable{l.ctx, f}, nil, size)
	if err == nil {
		l.budget.read += size
		if l.parts == nil {
			l.parts = sha256.New()
		}
		fmt.Fprintf(l.parts, "%q %d\n", path.Base(name), size)
		l.parts.Write(data)
	}
	return data, err
}

// open opens a regular file of a size that memory can address.
func (l *loader) open(name string) (fs.File, int64, error) {
	// Asked before it is opened: opening a pipe may wait for ever.
	if info, err := fs.Stat(l.fsys, name); err == nil && !info.Mode().IsRegular() {
		return nil, 0, errors.New("it is not a regular file")
	}
	f, err := l.fsys.Open(name)
	if err != nil {
		return nil, 0, cause(err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is not a regular file")
	}
	if err == nil && int64(int(info.Size())) != info.Size() {
		err = fmt.Errorf("its %d bytes are too many for this machine", info.Size())
	}
	if err != nil {
		f.Close()
		return nil, 0, cause(err)
	}
	return f, info.Size(), nil
}

// cause strips the operation and the path, which the message names already.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("there is no such file")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the file ended early")
	}
	return err
}

// cancellable is a reader that ends with its context.
type cancellable struct {
	ctx context.Context
	r   io.Reader
}

func (c *cancellable) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p[:min(len(p), 1<<20)])
}

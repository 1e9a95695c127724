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
)

// container is what the main file holds.
type container struct {
	json []byte
	bin  []byte // the GLB's first binary chunk, nil without one
	hash []byte // SHA-256 of the whole file
}

const (
	glbMagic  = "glTF"
	chunkJSON = 0x4E4F534A
	chunkBIN  = 0x004E4942
)

// readContainer reads the main file. Its first bytes say whether it is a GLB
// (glTF 2.0, section 4) or JSON, so that gigabytes of something else are not
// read at all.
func (l *loader) readContainer(name string) (*container, error) {
	f, size, err := l.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	hash := sha256.New()
	r := io.TeeReader(&cancellable{l.ctx, f}, hash)
	head := make([]byte, min(size, 12))
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, cause(err)
	}
	c := &container{}
	switch {
	case size == 0:
		return nil, errors.New("the file is empty")
	case bytes.HasPrefix(head, []byte(glbMagic)):
		err = l.readGLB(r, head, size, c)
	case startsJSON(head):
		c.json, err = l.readRest(r, head, size)
	default:
		return nil, errors.New("it is neither a GLB nor glTF's JSON")
	}
	if err != nil {
		return nil, err
	}
	if _, err := io.Copy(io.Discard, r); err != nil {
		return nil, cause(err)
	}
	c.json = bytes.TrimRight(bytes.TrimPrefix(c.json, []byte("\ufeff")), " \t\r\n\x00")
	c.hash = hash.Sum(nil)
	return c, nil
}

func startsJSON(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	return len(head) == 0 || head[0] == '{'
}

func (l *loader) readGLB(r io.Reader, head []byte, size int64, c *container) error {
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
	for at := int64(12); claim-at >= 8; {
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
		case kind == chunkJSON && c.json == nil:
			c.json, err = l.readRest(r, nil, n)
			if err == nil && !startsJSON(c.json) {
				return errors.New("the GLB's JSON chunk does not begin like JSON")
			}
		case kind == chunkBIN && c.json != nil && c.bin == nil:
			c.bin, err = l.readRest(r, nil, n)
		default:
			_, err = io.CopyN(io.Discard, r, n)
		}
		if err != nil {
			return cause(err)
		}
	}
	if c.json == nil {
		return errors.New("the GLB has no JSON chunk")
	}
	return nil
}

// readRest reads size bytes, of which head was read before.
func (l *loader) readRest(r io.Reader, head []byte, size int64) ([]byte, error) {
	data := make([]byte, size)
	n := copy(data, head)
	if _, err := io.ReadFull(r, data[n:]); err != nil {
		return nil, cause(err)
	}
	l.budget.read += size
	return data, nil
}

// readFile reads a companion of the main file.
func (l *loader) readFile(name string) ([]byte, error) {
	f, size, err := l.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return l.readRest(&cancellable{l.ctx, f}, nil, size)
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

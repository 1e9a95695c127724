package meshscene

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"path"
)

// file is a mesh file in memory.
type file struct {
	name string // without its folder
	data []byte

	ctx       context.Context
	allowance int64         // bytes that may still be allocated
	hash      <-chan string // of data, once it is known
}

// Beyond its bytes a file may unfold to unfoldFactor times its size plus
// unfoldBase; the rest to four times and 256 MB is for what uses the scene.
const (
	unfoldFactor = 3
	unfoldBase   = 224 << 20
)

// openFile reads a whole file.
func openFile(ctx context.Context, fsys fs.FS, name string) (*file, error) {
	// Asked before it is opened: opening a pipe may wait for ever.
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, cause(err)
	}
	size := info.Size()
	switch {
	case !info.Mode().IsRegular():
		return nil, errors.New("it is not a regular file")
	case size == 0:
		return nil, errors.New("the file is empty")
	case size > 1<<40 || int64(int(size)) != size:
		return nil, fmt.Errorf("its %d bytes are too many", size)
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, cause(err)
	}
	defer f.Close()
	data := make([]byte, size)
	for at := 0; at < len(data); {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n, err := io.ReadFull(f, data[at:min(len(data), at+1<<22)])
		if err != nil {
			return nil, cause(err)
		}
		at += n
	}
	return newFile(ctx, path.Base(name), data), nil
}

// newFile makes a file of bytes that nobody changes any more.
func newFile(ctx context.Context, name string, data []byte) *file {
	hash := make(chan string, 1)
	go func() {
		sum := sha256.Sum256(data)
		hash <- hex.EncodeToString(sum[:])
	}()
	return &file{name: name, data: data, ctx: ctx, allowance: unfoldFactor*int64(len(data)) + unfoldBase, hash: hash}
}

// charge accounts for n things of size bytes before they are allocated; a
// negative n gives back. It also tells that the context has ended.
func (f *file) charge(n, size int) error {
	if n > 0 && int64(n) > f.allowance/int64(size) {
		return fmt.Errorf("it would take %.4g MB more of memory, too much for a file of %.4g MB",
			math.Ceil(float64(n)*float64(size)/1e5)/10, math.Ceil(float64(len(f.data))/1e5)/10)
	}
	f.allowance -= int64(n) * int64(size)
	return f.ctx.Err()
}

// grow returns list with room for n more indices.
func (f *file) grow(list []uint32, n int) ([]uint32, error) {
	if cap(list)-len(list) >= n {
		return list, nil
	}
	more := max(len(list)+n, len(list)+len(list)/2, 1024)
	if err := f.charge(more, 4); err != nil {
		return nil, err
	}
	grown := make([]uint32, len(list), more)
	copy(grown, list)
	return grown, f.charge(-cap(list), 4)
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

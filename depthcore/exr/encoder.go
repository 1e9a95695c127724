package exr

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/zlib"

	"zscope/depthcore/internal/deflate"
)

// Encoder writes images one after the other and keeps its memory between them.
// It is used by one goroutine at a time.
type Encoder struct {
	header  []byte
	order   []int
	blocks  [][]byte // each with its 8-byte head, ready to be written
	workers []*worker
}

// Encode writes img to w as o says. It stops between two blocks when ctx ends
// and returns the reason then.
func (e *Encoder) Encode(ctx context.Context, w io.Writer, img *Image, o Options) error {
	if err := e.encode(ctx, w, img, o); err != nil {
		return fmt.Errorf("encode EXR: %w", err)
	}
	return nil
}

func (e *Encoder) encode(ctx context.Context, w io.Writer, img *Image, o Options) error {
	if err := check(img, o); err != nil {
		return err
	}
	e.order = byName(e.order, img.Channels)
	var err error
	if e.header, err = appendHeader(e.header[:0], img, e.order, o.Compression); err != nil {
		return err
	}
	if o.Compression == None {
		return e.writeRaw(w, img)
	}
	if err := e.compress(ctx, img, o); err != nil {
		return err
	}
	sizes := func(block int) int { return len(e.blocks[block]) }
	e.appendOffsets(len(e.blocks), sizes)
	if _, err := w.Write(e.header); err != nil {
		return err
	}
	for _, b := range e.blocks {
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	return nil
}

// blockHead is the length of what stands before a block's pixels: its first
// line and its size.
const blockHead = 8

// appendOffsets appends the table that says where in the file each block
// begins.
func (e *Encoder) appendOffsets(blocks int, size func(block int) int) {
	at := uint64(len(e.header) + 8*blocks)
	for k := range blocks {
		e.header = binary.LittleEndian.AppendUint64(e.header, at)
		at += uint64(size(k))
	}
}

// writeRaw writes an uncompressed image through a buffer of some lines.
func (e *Encoder) writeRaw(w io.Writer, img *Image) error {
	lineBytes := 4 * img.Width * len(img.Channels)
	e.appendOffsets(img.Height, func(int) int { return blockHead + lineBytes })
	if _, err := w.Write(e.header); err != nil {
		return err
	}
	const enough = 1 << 18
	e.growBlocks(1)
	b := e.blocks[0][:0]
	for y := range img.Height {
		b = appendBlockHead(b, y, lineBytes)
		b = appendLine(b, img, e.order, y)
		if len(b) >= enough || y == img.Height-1 {
			if _, err := w.Write(b); err != nil {
				return err
			}
			b = b[:0]
		}
	}
	e.blocks[0] = b
	return nil
}

func appendBlockHead(b []byte, y, size int) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(y))
	return binary.LittleEndian.AppendUint32(b, uint32(size))
}

// appendLine appends the pixels of one scanline, channel after channel.
func appendLine(b []byte, img *Image, order []int, y int) []byte {
	from, to := y*img.Width, (y+1)*img.Width
	for _, k := range order {
		if c := &img.Channels[k]; c.Float != nil {
			for _, x := range c.Float[from:to] {
				b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
			}
		} else {
			for _, x := range c.UInt[from:to] {
				b = binary.LittleEndian.AppendUint32(b, x)
			}
		}
	}
	return b
}

// growBlocks makes e.blocks n long, keeping the memory that is there.
func (e *Encoder) growBlocks(n int) {
	for len(e.blocks) < n {
		e.blocks = append(e.blocks, nil)
	}
	e.blocks = e.blocks[:n]
}

// compress fills e.blocks.
func (e *Encoder) compress(ctx context.Context, img *Image, o Options) error {
	lines := o.Compression.lines()
	n := (img.Height + lines - 1) / lines
	e.growBlocks(n)
	level := o.Level
	if level == 0 {
		level = DefaultLevel
	}
	threads := max(1, min(o.Threads, n))
	for len(e.workers) < threads {
		e.workers = append(e.workers, &worker{})
	}
	workers := e.workers[:threads]
	for _, k := range workers {
		if err := k.setLevel(level); err != nil {
			return err
		}
	}
	if threads == 1 {
		for k := 0; k < n && ctx.Err() == nil; k++ {
			e.blocks[k] = workers[0].block(e.blocks[k], img, e.order, k*lines, lines)
		}
		if workers[0].err != nil {
			return workers[0].err
		}
		return context.Cause(ctx)
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	for _, k := range workers {
		wait.Add(1)
		go func() {
			defer wait.Done()
			defer k.recover()
			for {
				b := int(next.Add(1)) - 1
				if b >= n || ctx.Err() != nil {
					return
				}
				e.blocks[b] = k.block(e.blocks[b], img, e.order, b*lines, lines)
			}
		}()
	}
	wait.Wait()
	for _, k := range workers {
		if k.err != nil {
			return k.err
		}
	}
	return context.Cause(ctx)
}

// worker compresses blocks, one at a time.
type worker struct {
	level  int
	zip    *zlib.Writer    // for the levels that take their time
	fast   deflate.Encoder // for the others
	pixels []byte          // of one block, as the compressor gets them
	same   []deflate.Repeat
	out    []byte // block being written
	err    error
}

// Write appends to the block; it is where the compressor's bytes go.
func (k *worker) Write(p []byte) (int, error) {
	k.out = append(k.out, p...)
	return len(p), nil
}

func (k *worker) setLevel(level int) (err error) {
	k.err = nil
	if k.level != level && level > fastest {
		k.zip, err = zlib.NewWriterLevel(k, level)
	}
	k.level = level
	return err
}

// recover keeps a panic of the compressor from ending the program.
func (k *worker) recover() {
	if p := recover(); p != nil {
		k.err = fmt.Errorf("compress: %v", p)
		k.level, k.fast = 0, deflate.Encoder{} // not to be trusted any more
	}
}

// block replaces b with the block that starts at line y.
func (k *worker) block(b []byte, img *Image, order []int, y, lines int) []byte {
	lines = min(lines, img.Height-y)
	k.pixels = grow(k.pixels, 4*img.Width*len(order)*lines)
	k.same = rearrange(k.pixels, k.same[:0], img, order, y, lines)

	if most := blockHead + k.most(); cap(b) < most {
		b = taken(most) // once: no later frame needs more
	}
	k.out = appendBlockHead(b[:0], y, 0)
	k.deflate()
	if len(k.out)-blockHead >= len(k.pixels) {
		// A block that did not shrink is stored as it is, which readers tell
		// by its size.
		k.out = k.out[:blockHead]
		for line := y; line < y+lines; line++ {
			k.out = appendLine(k.out, img, order, line)
		}
	}
	binary.LittleEndian.PutUint32(k.out[4:], uint32(len(k.out)-blockHead))
	return k.out
}

// most returns how long the pixels can be once they are compressed.
func (k *worker) most() int {
	n := len(k.pixels) + len(k.pixels)/512 + 256
	for _, r := range k.same {
		n -= r.Len - r.Len/32 // six bytes for 258 are the most that a repeat takes
	}
	return n
}

// taken returns an empty slice of some capacity whose memory the system has
// given already, so that a long export does not take more and more of it as its
// frames become harder to compress.
func taken(n int) []byte {
	const page = 4096
	b := make([]byte, n)
	for i := 0; i < n; i += page {
		b[i] = 1
	}
	return b[:0]
}

// deflate appends the pixels to the block.
func (k *worker) deflate() {
	if k.level <= fastest {
		k.out = k.fast.AppendZlib(k.out, k.pixels, k.same)
		return
	}
	k.zip.Reset(k)
	if _, err := k.zip.Write(k.pixels); err != nil {
		k.err = err
	}
	if err := k.zip.Close(); err != nil {
		k.err = err
	}
}

// grow returns b with length n, keeping its memory where it is large enough.
func grow(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n)
	}
	return b[:n]
}

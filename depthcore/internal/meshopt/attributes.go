package meshopt

import (
	"encoding/binary"
	"fmt"
	"math/bits"
)

const (
	blockBytes    = 8192 // of decoded elements in a block, at the most
	blockElements = 256
	groupSize     = 16 // deltas that share a bit width
	noBits        = -1
)

// widths[mode] lists the bits of a delta for each of a group's two header
// bits. Version 0 has one set, version 1 chooses between two.
var (
	widthsV0 = [4]int{0, 2, 4, 8}
	widthsV1 = [2][4]int{{0, 1, 2, 4}, {1, 2, 4, 8}}
)

// decodeAttributes reads mode 0 (appendix A, "Mode 0: attributes").
func decodeAttributes(src []byte, count, stride int) ([]byte, error) {
	if stride%4 != 0 {
		return nil, fmt.Errorf("attributes of %d bytes: they have a multiple of 4", stride)
	}
	if len(src) == 0 || src[0] != 0xa0 && src[0] != 0xa1 {
		return nil, fmt.Errorf("not a stream of compressed attributes")
	}
	version := int(src[0] & 1)

	// The tail holds the element that the first delta counts from.
	tailSize, padded := stride, 32
	if version == 1 {
		tailSize, padded = stride+stride/4, 24
	}
	if len(src) < 1+max(tailSize, padded) {
		return nil, errShort
	}
	tail := src[len(src)-tailSize:]
	d := &attributeReader{data: src[1 : len(src)-max(tailSize, padded)], version: version, stride: stride}
	copy(d.previous[:], tail[:stride])
	if version == 1 {
		d.channels = tail[stride:]
		for _, c := range d.channels {
			if c&15 > 2 || c&15 != 2 && c>>4 != 0 {
				return nil, fmt.Errorf("unknown channel mode %#x", c)
			}
		}
	}

	// Even a block of zeros costs a byte a channel, which bounds what a stream
	// may claim before it is allocated.
	perBlock := min(blockBytes/stride&^(groupSize-1), blockElements)
	blocks := (count + perBlock - 1) / perBlock
	if blocks > len(d.data)/max(1, stride/4)+1 {
		return nil, errShort
	}
	out := make([]byte, count*stride)
	for first := 0; first < count; first += perBlock {
		n := min(perBlock, count-first)
		if err := d.block(out[first*stride:(first+n)*stride], n); err != nil {
			return nil, err
		}
	}
	if len(d.data) != 0 {
		return nil, errRest
	}
	return out, nil
}

type attributeReader struct {
	data     []byte // what is left
	version  int
	stride   int
	channels []byte // version 1: how four bytes' deltas are meant
	previous [256]byte
	deltas   [4][blockElements]byte
}

func (d *attributeReader) take(n int) ([]byte, error) {
	if len(d.data) < n {
		return nil, errShort
	}
	b := d.data[:n]
	d.data = d.data[n:]
	return b, nil
}

// block decodes n elements into out.
func (d *attributeReader) block(out []byte, n int) error {
	var control []byte
	if d.version == 1 {
		var err error
		if control, err = d.take(d.stride / 4); err != nil {
			return err
		}
	}
	for c := 0; c < d.stride/4; c++ {
		for k := 0; k < 4; k++ {
			mode := noBits
			if control != nil {
				mode = int(control[c] >> (2 * k) & 3)
			}
			if err := d.readDeltas(&d.deltas[k], n, mode); err != nil {
				return err
			}
		}
		channel := byte(0)
		if d.channels != nil {
			channel = d.channels[c]
		}
		d.addDeltas(out[4*c:], n, channel, d.previous[4*c:4*c+4])
	}
	return nil
}

// readDeltas reads one byte position's deltas of n elements. mode is version
// 1's control mode.
func (d *attributeReader) readDeltas(deltas *[blockElements]byte, n, mode int) error {
	groups := (n + groupSize - 1) / groupSize
	widths := &widthsV0
	switch mode {
	case 0, 1:
		widths = &widthsV1[mode]
	case 2: // all zero
		clear(deltas[:groups*groupSize])
		return nil
	case 3: // as they are
		b, err := d.take(n)
		copy(deltas[:], b)
		return err
	}
	header, err := d.take((groups + 3) / 4)
	if err != nil {
		return err
	}
	for g := 0; g < groups; g++ {
		width := widths[header[g/4]>>(g%4*2)&3]
		if err := d.readGroup(deltas[g*groupSize:(g+1)*groupSize], width); err != nil {
			return err
		}
	}
	return nil
}

// readGroup reads 16 deltas of width bits; one with all its bits set stands
// for a whole byte that follows the group.
func (d *attributeReader) readGroup(deltas []byte, width int) error {
	switch width {
	case 0:
		clear(deltas)
		return nil
	case 8:
		b, err := d.take(groupSize)
		copy(deltas, b)
		return err
	}
	packed, err := d.take(groupSize * width / 8)
	if err != nil {
		return err
	}
	perByte, sentinel := 8/width, byte(1)<<width-1
	for i := range deltas {
		shift := i % perByte * width
		if width > 1 { // only single bits begin at the low end
			shift = 8 - width - shift
		}
		v := packed[i/perByte] >> shift & sentinel
		if v == sentinel {
			b, err := d.take(1)
			if err != nil {
				return err
			}
			v = b[0]
		}
		deltas[i] = v
	}
	return nil
}

// addDeltas turns the deltas of one channel into n elements' four bytes, each
// counted from the element before it.
func (d *attributeReader) addDeltas(out []byte, n int, channel byte, previous []byte) {
	last := binary.LittleEndian.Uint32(previous)
	for i := 0; i < n; i++ {
		v := uint32(d.deltas[0][i]) | uint32(d.deltas[1][i])<<8 | uint32(d.deltas[2][i])<<16 | uint32(d.deltas[3][i])<<24
		switch channel & 15 {
		case 0: // single bytes
			var sum uint32
			for s := 0; s < 32; s += 8 {
				b := byte(v >> s)
				sum |= uint32(byte(last>>s)+(b>>1^-(b&1))) << s
			}
			last = sum
		case 1: // pairs of bytes
			var sum uint32
			for s := 0; s < 32; s += 16 {
				b := uint16(v >> s)
				sum |= uint32(uint16(last>>s)+(b>>1^-(b&1))) << s
			}
			last = sum
		default: // all four, rotated back
			last ^= bits.RotateLeft32(v, -int(channel>>4))
		}
		binary.LittleEndian.PutUint32(out[i*d.stride:], last)
	}
	binary.LittleEndian.PutUint32(previous, last)
}

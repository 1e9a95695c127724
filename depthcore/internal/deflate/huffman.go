package deflate

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"unsafe"
)

const (
	endOfBlock   = 256
	lengthCodes  = 257 // the first of them
	literalCodes = 286
	distCodes    = 30
	// No literal's code is longer, so that four of them fit the bit buffer.
	longestLiteral = 14
	longestDist    = 15
	longestSize    = 7
)

// codes are the Huffman codes of a block, with the counts they are made of.
type codes struct {
	literals [literalCodes]code
	dists    [distCodes]code
	lengths  [longest + 1]uint32 // bits of a match's length with their number, above lengthBits
	sizes    [19]code

	literalCount [literalCodes]uint32
	more         [3][256]uint32 // of literals, see count
	distCount    [distCodes]uint32
	order, spare []uint64
}

// code is a Huffman code as it stands in the file, its first bit lowest.
type code struct {
	bits, size uint16
}

// lengthBits of codes.lengths hold a code and its extra bits.
const lengthBits = 24

// lengthCode and distCode are the tables of RFC 1951, section 3.2.5.
var lengthCode, lengthExtra = lengthTable()

func lengthTable() (code [longest + 1]uint16, extra [longest + 1]struct{ bits, size uint8 }) {
	length := shortest
	for k := range 28 {
		size := max(0, k/4-1)
		for x := 0; x < 1<<size && length < longest; x++ {
			code[length] = uint16(lengthCodes + k)
			extra[length].bits, extra[length].size = uint8(x), uint8(size)
			length++
		}
	}
	code[longest], extra[longest].size = lengthCodes+28, 0
	return code, extra
}

// distCode returns the code of a distance, and its extra bits with their number.
func distCode(distance int) (code int, extra uint64, size uint) {
	d := uint(distance - 1)
	size = uint(bits.Len(d|2)) - 2
	return int(2*size + d>>size), uint64(d & (1<<size - 1)), size
}

// writeBlock writes the sequences, whose literals are in src, and empties them.
func (e *Encoder) writeBlock(src []byte, last bool) {
	c := &e.codes
	c.count(e.sequences, src)
	packed := 17 + c.make(c.literals[:], c.literalCount[:], longestLiteral) +
		c.make(c.dists[:], c.distCount[:], longestDist)
	for k, n := range c.literalCount[lengthCodes : lengthCodes+28] {
		packed += int(n) * max(0, k/4-1)
	}
	for k, n := range c.distCount {
		packed += int(n) * max(0, k/2-1)
	}
	if packed/8 >= len(src) {
		e.out.stored(src, last)
	} else {
		e.writeCodes(last)
		e.writeSequences(src, packed)
	}
	e.sequences = e.sequences[:0]
}

// count counts the codes of the sequences.
func (c *codes) count(sequences []sequence, src []byte) {
	clear(c.literalCount[:])
	clear(c.more[:])
	clear(c.distCount[:])
	c.literalCount[endOfBlock] = 1
	// In several tables: the same byte in a row would wait for its own count.
	first, second, third, fourth := &c.literalCount, &c.more[0], &c.more[1], &c.more[2]
	for _, s := range sequences {
		literals := src[:s.literals]
		src = src[int(s.literals)+int(s.length):]
		for ; len(literals) >= 4; literals = literals[4:] {
			x := binary.LittleEndian.Uint32(literals)
			first[byte(x)]++
			second[byte(x>>8)]++
			third[byte(x>>16)]++
			fourth[byte(x>>24)]++
		}
		for _, b := range literals {
			first[b]++
		}
		if s.length > 0 {
			first[lengthCode[s.length]]++
			k, _, _ := distCode(int(s.distance))
			c.distCount[k]++
		}
	}
	for b := range second {
		first[b] += second[b] + third[b] + fourth[b]
	}
}

// setLengths fills c.lengths.
func (c *codes) setLengths() {
	for n := shortest; n <= longest; n++ {
		l, extra := c.literals[lengthCode[n]], lengthExtra[n]
		c.lengths[n] = uint32(l.bits) | uint32(extra.bits)<<l.size | uint32(l.size+uint16(extra.size))<<lengthBits
	}
}

// writeSequences writes the block's content, which takes so many bits.
func (e *Encoder) writeSequences(src []byte, packed int) {
	e.codes.setLengths()
	w, lit, dist := e.out, &e.codes.literals, &e.codes.dists
	w.room(packed/8 + 64)
	sequences := e.sequences
	if !e.plain {
		src = e.writeByKernel(&w, src)
		sequences = nil
	}
	for _, s := range sequences {
		literals := src[:s.literals]
		src = src[int(s.literals)+int(s.length):]
		for len(literals) >= 4 {
			a, b, c, d := lit[literals[0]], lit[literals[1]], lit[literals[2]], lit[literals[3]]
			w.put(uint64(a.bits), a.size)
			w.put(uint64(b.bits), b.size)
			w.put(uint64(c.bits), c.size)
			w.put(uint64(d.bits), d.size)
			w.flush()
			literals = literals[4:]
		}
		for _, x := range literals {
			w.put(uint64(lit[x].bits), lit[x].size)
		}
		w.flush()
		if s.length > 0 {
			l := e.codes.lengths[s.length]
			w.put(uint64(l&(1<<lengthBits-1)), uint16(l>>lengthBits))
			k, more, size := distCode(int(s.distance))
			w.put(uint64(dist[k].bits), dist[k].size)
			w.put(more, uint16(size))
			w.flush()
		}
	}
	for _, x := range src { // what the kernel left
		w.put(uint64(lit[x].bits), lit[x].size)
	}
	w.flush()
	w.put(uint64(lit[endOfBlock].bits), lit[endOfBlock].size)
	w.flush()
	e.out = w
}

// writeByKernel writes all sequences but for the last literals, which it
// returns.
func (e *Encoder) writeByKernel(w *bitWriter, src []byte) []byte {
	n := len(e.sequences)
	last := e.sequences[n-1] // a block ends with literals, if with none
	putSequences(w, &e.sequences[0], n, unsafe.SliceData(src), &e.codes)
	return src[len(src)-int(last.literals)&3:]
}

// writeCodes writes the head of a block with its own codes: RFC 1951, section
// 3.2.7.
func (e *Encoder) writeCodes(last bool) {
	c, w := &e.codes, &e.out
	literals, dists := literalCodes, distCodes
	for c.literals[literals-1].size == 0 {
		literals--
	}
	for c.dists[dists-1].size == 0 {
		dists--
	}
	var all [literalCodes + distCodes]uint8
	for k := range literals {
		all[k] = uint8(c.literals[k].size)
	}
	for k := range dists {
		all[literals+k] = uint8(c.dists[k].size)
	}
	type item struct{ symbol, extra, size uint8 }
	var items []item
	var counts [19]uint32
	for rest := all[:literals+dists]; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n] == rest[0] {
			n++
		}
		it := item{symbol: rest[0]}
		switch {
		case rest[0] == 0 && n >= 11:
			n = min(n, 138)
			it = item{18, uint8(n - 11), 7}
		case rest[0] == 0 && n >= 3:
			it = item{17, uint8(n - 3), 3}
		case n >= 4: // the first as it is, the others as a repeat
			n = min(n, 7)
			items = append(items, it)
			counts[it.symbol]++
			it = item{16, uint8(n - 4), 2}
		default:
			n = 1
		}
		items = append(items, it)
		counts[it.symbol]++
		rest = rest[n:]
	}
	c.make(c.sizes[:], counts[:], longestSize)
	order := [19]int{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}
	sizes := len(order)
	for c.sizes[order[sizes-1]].size == 0 {
		sizes--
	}

	w.room(4 * (len(all) + 32))
	w.head(2, last)
	w.put(uint64(literals-257), 5)
	w.put(uint64(dists-1), 5)
	w.put(uint64(max(sizes, 4)-4), 4)
	w.flush()
	for _, k := range order[:max(sizes, 4)] {
		w.put(uint64(c.sizes[k].size), 3)
		w.flush()
	}
	for _, it := range items {
		w.put(uint64(c.sizes[it.symbol].bits), c.sizes[it.symbol].size)
		w.put(uint64(it.extra), uint16(it.size))
		w.flush()
	}
}

// make gives each symbol that was counted a code of at most limit bits,
// and returns how many bits all of them take. At least two symbols get one,
// which some decoders ask for.
//
// Source: A. Moffat and J. Katajainen, "In-Place Calculation of Minimum-
// Redundancy Codes", 1995; longer codes than the limit are shortened as they
// overflow, at the cost of the rarest symbols.
func (c *codes) make(to []code, counts []uint32, limit int) int {
	clear(to)
	list := c.order[:0]
	for symbol, n := range counts {
		if n > 0 {
			list = append(list, uint64(n)<<16|uint64(symbol))
		}
	}
	for symbol := 0; len(list) < 2; symbol++ {
		if counts[symbol] == 0 {
			list = append(list, 1<<16|uint64(symbol))
		}
	}
	c.order = list
	list = c.sort(list)

	// How many codes of each size.
	var weights [literalCodes]uint32
	w := weights[:len(list)]
	for i, x := range list {
		w[i] = uint32(x >> 16)
	}
	minimumRedundancy(w)
	var ofSize [32]int
	for _, size := range w {
		ofSize[min(int(size), limit)]++
	}
	limitSizes(&ofSize, limit)

	// The codes themselves, in the order of sizes and symbols.
	var next [16]uint16
	for size, c := 1, 0; size <= limit; size++ {
		c = (c + ofSize[size-1]) << 1
		next[size] = uint16(c)
	}
	total, i := 0, 0
	for size := limit; size >= 1; size-- { // the rarest have the longest
		for range ofSize[size] {
			to[list[i]&0xffff].size = uint16(size)
			total += size * int(list[i]>>16)
			i++
		}
	}
	for symbol := range to {
		if size := to[symbol].size; size > 0 {
			to[symbol].bits = bits.Reverse16(next[size]) >> (16 - size)
			next[size]++
		}
	}
	return total
}

// sort sorts symbols by their counts, which stand above them; those of equal
// count stay as they are. It goes through the counts byte by byte, the lowest
// first.
func (c *codes) sort(list []uint64) []uint64 {
	var all uint64
	for _, x := range list {
		all |= x
	}
	c.spare = append(c.spare[:0], list...)
	to := c.spare
	for shift := 16; all>>shift != 0; shift += 8 {
		var at [256]uint16
		for _, x := range list {
			at[byte(x>>shift)]++
		}
		var sum uint16
		for b, n := range at {
			at[b], sum = sum, sum+n
		}
		for _, x := range list {
			b := byte(x >> shift)
			to[at[b]] = x
			at[b]++
		}
		list, to = to, list
	}
	return list
}

// minimumRedundancy replaces weights, the smallest first, by the sizes of their
// codes.
func minimumRedundancy(w []uint32) {
	n := len(w)
	// Join the two lightest, leaving in each joined place its parent.
	w[0] += w[1]
	root, leaf := 0, 2
	for next := 1; next < n-1; next++ {
		take := func() uint32 {
			if leaf >= n || root < next && w[root] < w[leaf] {
				x := w[root]
				w[root] = uint32(next)
				root++
				return x
			}
			leaf++
			return w[leaf-1]
		}
		w[next] = take()
		w[next] += take()
	}
	// From parents to depths of the inner nodes.
	w[n-2] = 0
	for k := n - 3; k >= 0; k-- {
		w[k] = w[w[k]] + 1
	}
	// From the inner nodes' depths to the leaves'.
	free, used, depth := 1, 0, uint32(0)
	inner, at := n-2, n-1
	for free > 0 {
		for inner >= 0 && w[inner] == depth {
			used++
			inner--
		}
		for ; free > used; free-- {
			w[at] = depth
			at--
		}
		free, used = 2*used, 0
		depth++
	}
}

// limitSizes makes codes possible again after those longer than the limit were
// counted as that long.
func limitSizes(ofSize *[32]int, limit int) {
	sum := 0 // of what the codes take, in codes of the longest size
	for size := 1; size <= limit; size++ {
		sum += ofSize[size] << (limit - size)
	}
	for ; sum > 1<<limit; sum-- {
		// Two of the longest become siblings below a shorter code's place.
		ofSize[limit]--
		for size := limit - 1; ; size-- {
			if ofSize[size] > 0 {
				ofSize[size]--
				ofSize[size+1] += 2
				break
			}
		}
	}
}

// bitWriter collects bits, the lowest first.
type bitWriter struct {
	out   []byte
	at    int // bytes of out that are written, where room was made
	bits  uint64
	count uint
}

func (w *bitWriter) put(x uint64, size uint16) {
	w.bits |= x << (w.count & 63)
	w.count += uint(size)
}

// room makes room for n bytes, so that flush need not look.
func (w *bitWriter) room(n int) {
	w.sync()
	w.out = slices.Grow(w.out, n+8)
	w.out = w.out[:cap(w.out)]
}

// sync makes out as long as what was written.
func (w *bitWriter) sync() {
	if w.at > 0 {
		w.out = w.out[:w.at]
	}
	w.at = len(w.out)
}

// flush writes whole bytes; fewer than 8 bits stay.
func (w *bitWriter) flush() {
	binary.LittleEndian.PutUint64(w.out[w.at:], w.bits)
	w.at += int(w.count >> 3)
	w.bits >>= w.count & 56
	w.count &= 7
}

// head writes a block's first bits.
func (w *bitWriter) head(kind uint64, last bool) {
	if last {
		w.put(1, 1)
	} else {
		w.put(0, 1)
	}
	w.put(kind, 2)
}

// align fills the byte at hand.
func (w *bitWriter) align() {
	w.count = (w.count + 7) &^ 7
	w.flush()
}

// stored writes bytes as they are.
func (w *bitWriter) stored(src []byte, last bool) {
	const most = 1<<16 - 1
	for {
		n := min(len(src), most)
		w.room(n + 16)
		w.head(0, last && n == len(src))
		w.align()
		w.put(uint64(n)|uint64(^uint16(n))<<16, 32)
		w.flush()
		w.at += copy(w.out[w.at:], src[:n])
		if src = src[n:]; len(src) == 0 {
			return
		}
	}
}

// close returns all that was written.
func (w *bitWriter) close() []byte {
	w.room(8)
	w.align()
	w.sync()
	return w.out
}

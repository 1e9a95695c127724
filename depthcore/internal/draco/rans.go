package draco

// Range asymmetric numeral systems (specification, "Rans Decoding"; Duda,
// "Asymmetric numeral systems", 2013).

const (
	ansBase = 256 // one byte at a time

	bitBase      = 4096
	bitPrecision = 256
)

// ans is the state of a decoder that reads its bytes from the last to the first.
type ans struct {
	data  []byte
	state uint32
	base  uint32 // the state stays at or above it
}

// init reads the initial state, whose length the last byte's top bits tell.
func (a *ans) init(data []byte, base uint32) error {
	if len(data) == 0 {
		return errBroken
	}
	n := int(data[len(data)-1]>>6) + 1
	if n > len(data) {
		return errBroken
	}
	tail := data[len(data)-n:]
	a.data, a.base, a.state = data[:len(data)-n], base, 0
	for i, b := range tail {
		if i == n-1 {
			b &= 0x3f
		}
		a.state |= uint32(b) << (8 * i)
	}
	a.state += base
	if a.state >= base*ansBase {
		return errBroken
	}
	return nil
}

func (a *ans) refill() {
	for a.state < a.base && len(a.data) > 0 {
		a.state = a.state*ansBase + uint32(a.data[len(a.data)-1])
		a.data = a.data[:len(a.data)-1]
	}
}

// bitDecoder reads single bits of one probability.
type bitDecoder struct {
	ans
	one uint32 // of bitPrecision
}

func (d *decoder) bitDecoder() (b bitDecoder, err error) {
	zero := d.byte()
	data := d.sized()
	if d.err != nil {
		return b, d.err
	}
	b.one = bitPrecision - uint32(zero)
	if len(data) > 0 && data[len(data)-1]>>6 == 3 {
		return b, errBroken
	}
	return b, b.init(data, bitBase)
}

func (b *bitDecoder) bit() bool {
	b.refill()
	x := b.state
	quot, rem := x/bitPrecision, x%bitPrecision
	if rem < b.one {
		b.state = quot*b.one + rem
		return true
	}
	b.state = x - quot*b.one - b.one
	return false
}

// symbolDecoder reads symbols of a table of probabilities.
type symbolDecoder struct {
	ans
	precision uint32
	lookup    []uint32 // entry of each value below precision
	table     []symbol // those that can occur
}

type symbol struct{ value, prob, before uint32 }

// tableSize is how many bytes a symbolDecoder has for each unit of precision:
// one of lookup and, at most, a symbol.
const tableSize = 16

// symbolDecoder reads a table whose probabilities sum to 1 << bits, and the
// data that it decodes.
func (d *decoder) symbolDecoder(bits int) (*symbolDecoder, error) {
	s := &symbolDecoder{precision: 1 << bits}
	if err := d.charge(int(s.precision), tableSize); err != nil {
		return nil, err
	}
	s.lookup = make([]uint32, 0, s.precision)
	n := d.varint()
	for i := uint64(0); i < n && d.err == nil; i++ {
		b := d.byte()
		extra := int(b & 3)
		if extra == 3 { // a run of symbols that do not occur
			i += uint64(b >> 2)
			continue
		}
		prob := uint32(b >> 2)
		for k := 0; k < extra; k++ {
			prob |= uint32(d.byte()) << (8*k + 6)
		}
		before := uint32(len(s.lookup))
		if prob > s.precision-before || i > 1<<32-1 {
			return nil, errBroken
		}
		if prob == 0 {
			continue
		}
		for range prob {
			s.lookup = append(s.lookup, uint32(len(s.table)))
		}
		s.table = append(s.table, symbol{uint32(i), prob, before})
	}
	if uint32(len(s.lookup)) != s.precision {
		return nil, errBroken
	}
	data := d.sized()
	if d.err != nil {
		return nil, d.err
	}
	return s, s.init(data, 4*s.precision)
}

func (s *symbolDecoder) symbol() uint32 {
	s.refill()
	quot, rem := s.state/s.precision, s.state%s.precision
	sym := &s.table[s.lookup[rem]]
	s.state = quot*sym.prob + rem - sym.before
	return sym.value
}

// symbols reads n values in vectors of the given number of components.
func (d *decoder) symbols(n, components int) ([]int32, error) {
	if n == 0 {
		return nil, nil
	}
	if err := d.charge(n, 4); err != nil {
		return nil, err
	}
	switch d.byte() {
	case 0:
		return d.taggedSymbols(n, components)
	case 1:
		return d.rawSymbols(n)
	}
	return nil, errBroken
}

// taggedSymbols reads values whose bit length is coded once a vector.
func (d *decoder) taggedSymbols(n, components int) ([]int32, error) {
	tags, err := d.symbolDecoder(12)
	if err != nil {
		return nil, err
	}
	defer d.release(int(tags.precision), tableSize)
	out := make([]int32, 0, n)
	bits := bitReader{data: d.data}
	for len(out) < n {
		length := int(tags.symbol())
		if length > 32 {
			return nil, errBroken
		}
		for range components {
			out = append(out, int32(bits.bits(length)))
		}
	}
	d.bytes(bits.used())
	return out, d.err
}

func (d *decoder) rawSymbols(n int) ([]int32, error) {
	length := int(d.byte())
	if d.err != nil || length < 1 || length > 18 {
		return nil, errBroken
	}
	s, err := d.symbolDecoder(min(max(3*length/2, 12), 20))
	if err != nil {
		return nil, err
	}
	defer d.release(int(s.precision), tableSize)
	out := make([]int32, n)
	for i := range out {
		out[i] = int32(s.symbol())
	}
	return out, nil
}

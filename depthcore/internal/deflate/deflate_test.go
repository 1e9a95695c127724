package deflate

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	stdadler "hash/adler32"
	"io"
	"math/rand/v2"
	"strconv"
	"testing"
	"unsafe"
)

// inflate is the standard library's.
func inflate(t *testing.T, packed []byte) []byte {
	t.Helper()
	r, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestRoundTrip(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 300_000)
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	skewed := make([]byte, 400_000) // codes that would grow too long
	for i := range skewed {
		skewed[i] = byte(min(255, random.ExpFloat64()*random.ExpFloat64()*8))
	}
	fibonacci := []byte{}
	for symbol, a, b := 0, 1, 1; symbol < 22; symbol, a, b = symbol+1, b, a+b {
		fibonacci = append(fibonacci, bytes.Repeat([]byte{byte(symbol * 11)}, a)...)
	}
	random.Shuffle(len(fibonacci), func(i, j int) { fibonacci[i], fibonacci[j] = fibonacci[j], fibonacci[i] })
	var e Encoder
	plain := Encoder{plain: true}
	for name, src := range map[string][]byte{
		"nothing":   nil,
		"one":       {7},
		"two":       {7, 7},
		"zeros":     make([]byte, 1_000_000),
		"noise":     noise,
		"skewed":    skewed,
		"fibonacci": fibonacci,
		"far":       append(append(bytes.Clone(noise[:window]), noise[:window]...), noise[:window+2]...),
		"text":      bytes.Repeat([]byte("planar depth "), 10_000),
	} {
		for range 2 {
			packed := e.AppendZlib([]byte("before"), src, nil)
			if string(packed[:6]) != "before" || !bytes.Equal(inflate(t, packed[6:]), src) {
				t.Errorf("%s: another content", name)
			}
			if most := len(src) + len(src)/1000 + 32; len(packed)-6 > most {
				t.Errorf("%s: %d bytes became %d", name, len(src), len(packed)-6)
			}
			if same := plain.AppendZlib([]byte("before"), src, nil); !bytes.Equal(packed, same) {
				t.Errorf("%s: other bytes without the kernel", name)
			}
		}
	}
}

// TestRepeats checks that known repeats of noise take no room, and that wrong
// ones do no harm.
func TestRepeats(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var src []byte
	var repeats []Repeat
	for range 40 {
		row := make([]byte, 5000)
		for i := range row {
			row[i] = byte(random.Uint32())
		}
		repeats = append(repeats, Repeat{len(src) + len(row) + 1, len(row) - 1, len(row)})
		src = append(append(src, row...), row...)
	}
	var e Encoder
	packed := e.AppendZlib(nil, src, repeats)
	if !bytes.Equal(inflate(t, packed), src) {
		t.Error("another content")
	}
	if len(packed) > len(src)/2+len(src)/50 {
		t.Errorf("%d bytes became %d", len(src), len(packed))
	}
	wrong := []Repeat{{-1, 5, 1}, {0, 10, 5}, {10, 5, 20}, {10, 5, 0}, {20, 2, 1}, {100, 50, 7}, {4990, 9, 5000}, {90, 5, 1}, {50_000, 40_000, 40_000}, {len(src) - 2, 5, 1}}
	if !bytes.Equal(inflate(t, e.AppendZlib(nil, src, wrong)), src) {
		t.Error("another content after wrong repeats")
	}
}

func TestAdler32(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{0, 1, 7, 8, 31, 32, 33, 255, 256, 600, kernelBytes - 1, kernelBytes, kernelBytes + 33, 3 * kernelBytes} {
		full, other := bytes.Repeat([]byte{255}, n), make([]byte, n)
		for i := range other {
			other[i] = byte(random.Uint32())
		}
		for _, src := range [][]byte{full, other} {
			for _, plain := range []bool{true, !hasKernel} {
				if got, want := adler32(src, plain), stdadler.Checksum(src); got != want {
					t.Errorf("%d bytes, plain %v: %#x, want %#x", n, plain, got, want)
				}
			}
		}
	}
}

// TestLayout holds the offsets that the kernel has.
func TestLayout(t *testing.T) {
	var c codes
	var s sequence
	var w bitWriter
	for _, x := range []struct {
		name      string
		got, want uintptr
	}{
		{"size of a code", unsafe.Sizeof(code{}), 4},
		{"code.size", unsafe.Offsetof(code{}.size), 2},
		{"codes.literals", unsafe.Offsetof(c.literals), 0},
		{"codes.dists", unsafe.Offsetof(c.dists), 1144},
		{"codes.lengths", unsafe.Offsetof(c.lengths), 1264},
		{"size of a sequence", unsafe.Sizeof(s), 8},
		{"sequence.length", unsafe.Offsetof(s.length), 4},
		{"sequence.distance", unsafe.Offsetof(s.distance), 6},
		{"bitWriter.at", unsafe.Offsetof(w.at), 24},
		{"bitWriter.bits", unsafe.Offsetof(w.bits), 32},
		{"bitWriter.count", unsafe.Offsetof(w.count), 40},
	} {
		if strconv.IntSize == 64 && x.got != x.want {
			t.Errorf("%s is %d, want %d", x.name, x.got, x.want)
		}
	}
}

func FuzzAppendZlib(f *testing.F) {
	f.Add([]byte("abababababababababab"), uint16(2), uint16(10), uint16(2), 1)
	f.Add([]byte{0, 0, 0, 255, 1, 2, 0, 0, 0, 255}, uint16(5), uint16(4), uint16(5), 9000)
	f.Fuzz(func(t *testing.T, src []byte, at, n, distance uint16, times int) {
		src = bytes.Repeat(src, max(1, min(times, 200_000/(len(src)+1))))
		var e Encoder
		plain := Encoder{plain: true}
		for range 2 { // the second time the table is not empty
			packed := e.AppendZlib(nil, src, []Repeat{{int(at), int(n), int(distance)}})
			if !bytes.Equal(packed, plain.AppendZlib(nil, src, []Repeat{{int(at), int(n), int(distance)}})) {
				t.Fatal("other bytes without the kernel")
			}
			if !bytes.Equal(inflate(t, packed), src) {
				t.Fatal("another content")
			}
			if binary.BigEndian.Uint16(packed)%31 != 0 {
				t.Fatal("a wrong head")
			}
		}
	})
}

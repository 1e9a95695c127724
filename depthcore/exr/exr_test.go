package exr

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	openexr "github.com/mrjoshuak/go-openexr/exr"
)

// depthLike returns a plane with slopes, steps, noise and empty pixels.
func depthLike(w, h int, seed uint64) []float32 {
	rng := rand.New(rand.NewPCG(seed, 7))
	z := make([]float32, w*h)
	for i := range z {
		x, y := i%w, i/w
		switch {
		case x*3 > w*2 && y*2 > h:
			z[i] = float32(math.Inf(1))
		case x*3 > w:
			z[i] = float32(4 + 0.013*float64(x) + 0.0007*float64(y))
		case y*2 > h:
			z[i] = float32(rng.NormFloat64())
		default:
			z[i] = 10
		}
	}
	return z
}

func randomBits(n int, seed uint64) []uint32 {
	rng := rand.New(rand.NewPCG(seed, 8))
	p := make([]uint32, n)
	for i := range p {
		p[i] = rng.Uint32()
	}
	return p
}

// naive is rearrange as the format's description says it.
func naive(raw []byte) []byte {
	var out []byte
	for start := range 2 {
		for i := start; i < len(raw); i += 2 {
			out = append(out, raw[i])
		}
	}
	for i := len(out) - 1; i > 0; i-- {
		out[i] = byte(int(out[i]) - int(out[i-1]) + 128)
	}
	return out
}

func TestRearrange(t *testing.T) {
	for w := 1; w < 22; w++ {
		for lines := 1; lines <= 3; lines++ {
			for kind := range 4 {
				a := depthLike(w, lines, uint64(w))
				b := depthLike(w, lines, uint64(w)+100)
				var channels []Channel
				switch kind {
				case 0:
					channels = []Channel{{Name: "Z", Float: a}}
				case 1:
					channels = []Channel{{Name: "Z", Float: a}, {Name: "Y", Float: a}}
				case 2:
					channels = []Channel{{Name: "Z", Float: a}, {Name: "Y", Float: b}, {Name: "id", UInt: randomBits(w*lines, 3)}}
				case 3:
					channels = []Channel{{Name: "a", Float: a}, {Name: "b", UInt: randomBits(w*lines, 3)}, {Name: "c", Float: a}, {Name: "d", Float: a}, {Name: "e", Float: a}}
				}
				img := &Image{Width: w, Height: lines, Channels: channels}
				order := byName(nil, channels)
				var raw []byte
				for y := range lines {
					raw = appendLine(raw, img, order, y)
				}
				got := make([]byte, len(raw))
				rearrange(got, nil, img, order, 0, lines)
				if want := naive(raw); !bytes.Equal(got, want) {
					t.Fatalf("%dx%d, kind %d:\n got %v\nwant %v", w, lines, kind, got, want)
				}
			}
		}
	}
}

// testImage has what an export has: two channels of the same data, one of
// whole numbers, attributes of every type.
func testImage(w, h int) *Image {
	z := depthLike(w, h, 1)
	return &Image{
		Width: w, Height: h,
		Channels:           []Channel{{Name: "Z", Float: z}, {Name: "Y", Float: z}, {Name: "id", UInt: randomBits(w*h, 2)}, {Name: "N.x", Float: depthLike(w, h, 3)}},
		PixelAspectRatio:   1.25,
		ScreenWindowCenter: [2]float32{0.25, -0.5},
		ScreenWindowWidth:  2.5,
		Attributes: []Attribute{
			{"text", "planar Z"},
			{"empty", ""},
			{"aNameOfMoreThanThirtyOneCharacters", int32(-5)},
			{"half", float32(0.5)},
			{"pi", math.Pi},
			{"framesPerSecond", Rational{24000, 1001}},
			{"shift", V2f{1, 2}},
			{"turn", M33f{1, 2, 3, 4, 5, 6, 7, 8, 9}},
			{"worldToCamera", M44f{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}},
		},
	}
}

var compressions = []Compression{None, ZIPS, ZIP}

// TestOracle reads what Encode writes with an independent reader.
func TestOracle(t *testing.T) {
	for _, c := range compressions {
		for _, size := range [][2]int{{1, 1}, {3, 17}, {64, 48}, {37, 33}} {
			t.Run(fmt.Sprintf("%v/%dx%d", c, size[0], size[1]), func(t *testing.T) {
				img := testImage(size[0], size[1])
				var b bytes.Buffer
				if err := Encode(&b, img, Options{Compression: c, Threads: 2}); err != nil {
					t.Fatal(err)
				}
				compareWithOracle(t, b.Bytes(), img)
			})
		}
	}
}

func compareWithOracle(t *testing.T, file []byte, img *Image) {
	t.Helper()
	f, err := openexr.OpenReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := openexr.NewScanlineReader(f)
	if err != nil {
		t.Fatal(err)
	}
	fb := openexr.NewFrameBuffer()
	pixels := map[string][]byte{}
	for _, c := range img.Channels {
		kind := openexr.PixelTypeFloat
		if c.UInt != nil {
			kind = openexr.PixelTypeUint
		}
		pixels[c.Name] = make([]byte, 4*img.Width*img.Height)
		fb.Set(c.Name, openexr.NewSlice(kind, pixels[c.Name], img.Width, img.Height))
	}
	r.SetFrameBuffer(fb)
	if err := r.ReadPixels(0, img.Height-1); err != nil {
		t.Fatal(err)
	}
	for _, c := range img.Channels {
		for i := range img.Width * img.Height {
			want := uint32(0)
			if c.UInt != nil {
				want = c.UInt[i]
			} else {
				want = math.Float32bits(c.Float[i])
			}
			if got := binary.LittleEndian.Uint32(pixels[c.Name][4*i:]); got != want {
				t.Fatalf("channel %s, pixel %d: %08x, want %08x", c.Name, i, got, want)
			}
		}
	}
	h := f.Header(0)
	if h.PixelAspectRatio() != img.PixelAspectRatio || h.ScreenWindowWidth() != img.ScreenWindowWidth ||
		h.ScreenWindowCenter() != (openexr.V2f{X: img.ScreenWindowCenter[0], Y: img.ScreenWindowCenter[1]}) {
		t.Errorf("screen window: %v %v %v", h.PixelAspectRatio(), h.ScreenWindowWidth(), h.ScreenWindowCenter())
	}
	for _, a := range img.Attributes {
		got := h.Get(a.Name)
		if got == nil {
			t.Errorf("attribute %s is missing", a.Name)
			continue
		}
		// Both sides print the same numbers in the same order.
		clean := strings.NewReplacer("{", "", "}", "", "[", "", "]", "")
		if g, w := clean.Replace(fmt.Sprint(got.Value)), clean.Replace(fmt.Sprint(a.Value)); g != w {
			t.Errorf("attribute %s: %s, want %s", a.Name, g, w)
		}
	}
}

// TestSameBytes encodes with any number of threads, with fresh and with warm
// encoders.
func TestSameBytes(t *testing.T) {
	small, large := testImage(50, 40), testImage(301, 217)
	for _, c := range compressions {
		for level := 1; level <= 9; level += 2 {
			var want bytes.Buffer
			if err := Encode(&want, large, Options{Compression: c, Level: level}); err != nil {
				t.Fatal(err)
			}
			var e Encoder
			for round := range 4 {
				if err := e.Encode(t.Context(), &bytes.Buffer{}, small, Options{Compression: ZIP, Threads: 3, Level: 1 + round}); err != nil {
					t.Fatal(err)
				}
				var got bytes.Buffer
				if err := e.Encode(t.Context(), &got, large, Options{Compression: c, Threads: 1 + round*5, Level: level}); err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got.Bytes(), want.Bytes()) {
					t.Fatalf("%v, level %d, round %d: other bytes", c, level, round)
				}
			}
		}
	}
}

func TestEncodeErrors(t *testing.T) {
	for name, spoil := range map[string]func(*Image, *Options){
		"size":             func(i *Image, o *Options) { i.Width = 0 },
		"no channels":      func(i *Image, o *Options) { i.Channels = nil },
		"pixels":           func(i *Image, o *Options) { i.Channels[0].Float = i.Channels[0].Float[1:] },
		"both":             func(i *Image, o *Options) { i.Channels[0].UInt = i.Channels[2].UInt },
		"neither":          func(i *Image, o *Options) { i.Channels[0].Float = nil },
		"twice":            func(i *Image, o *Options) { i.Channels[0].Name = "Y" },
		"no name":          func(i *Image, o *Options) { i.Channels[0].Name = "" },
		"NUL":              func(i *Image, o *Options) { i.Channels[0].Name = "a\x00" },
		"attribute twice":  func(i *Image, o *Options) { i.Attributes[0].Name = "half" },
		"attribute ours":   func(i *Image, o *Options) { i.Attributes[0].Name = "dataWindow" },
		"attribute's type": func(i *Image, o *Options) { i.Attributes[0].Value = 5 },
		"compression":      func(i *Image, o *Options) { o.Compression = 4 },
		"level":            func(i *Image, o *Options) { o.Level = 10 },
	} {
		img, o := testImage(4, 4), Options{}
		spoil(img, &o)
		if err := Encode(&bytes.Buffer{}, img, o); err == nil || !strings.HasPrefix(err.Error(), "encode EXR: ") {
			t.Errorf("%s: got error %v", name, err)
		}
	}
}

// full takes n bytes and then refuses.
type full struct{ n int }

var errFull = errors.New("full")

func (w *full) Write(p []byte) (int, error) {
	if w.n -= len(p); w.n < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestEncodeWriteError(t *testing.T) {
	img := testImage(64, 48)
	for _, c := range compressions {
		for _, n := range []int{0, 1500, 5000} {
			if err := Encode(&full{n}, img, Options{Compression: c, Threads: 2}); !errors.Is(err, errFull) {
				t.Errorf("%v, %d bytes: got error %v", c, n, err)
			}
		}
	}
}

func TestEncodeCancel(t *testing.T) {
	ctx, stop := context.WithCancelCause(t.Context())
	stop(errFull)
	for threads := 1; threads <= 2; threads++ {
		var e Encoder
		var b bytes.Buffer
		if err := e.Encode(ctx, &b, testImage(64, 48), Options{Compression: ZIP, Threads: threads}); !errors.Is(err, errFull) || b.Len() > 0 {
			t.Errorf("got %d bytes and error %v", b.Len(), err)
		}
	}
}

// needTool skips a test where a program is missing, but not where the machine
// is there for the tests.
func needTool(t *testing.T, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
}

func writeTestFile(t *testing.T, img *Image, c Compression) string {
	t.Helper()
	var b bytes.Buffer
	if err := Encode(&b, img, Options{Compression: c, Threads: 2}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "test.exr")
	if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestExrheader has the reference implementation print the header.
func TestExrheader(t *testing.T) {
	needTool(t, "exrheader")
	path := writeTestFile(t, testImage(37, 33), ZIP)
	out, err := exec.Command("exrheader", path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{
		"Z, 32-bit floating-point, sampling 1 1", "Y, 32-bit floating-point", "id, 32-bit unsigned integer", "zip, multi-scanline",
		"(0 0) - (36 32)", "pixelAspectRatio (type float): 1.25", "screenWindowCenter (type v2f): (0.25 -0.5)", "screenWindowWidth (type float): 2.5",
		`text (type string): "planar Z"`, "aNameOfMoreThanThirtyOneCharacters (type int): -5", "framesPerSecond (type rational): 24000/1001", "pi (type double): 3.14159",
		"worldToCamera (type m44f):",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("exrheader does not print %q:\n%s", want, out)
		}
	}
}

// readers is a Python program that reads a file's Z, Y and id with
// OpenImageIO, and Y with OpenCV, and writes them raw.
const readers = `
import os, sys
os.environ['OPENCV_IO_ENABLE_OPENEXR'] = '1'
import numpy as np
path, out = sys.argv[1:]
try:
    import OpenImageIO as oiio
    import cv2
except ImportError as e:
    print(e); sys.exit(77)
f = oiio.ImageInput.open(path)
names = f.spec().channelnames
for name in ('Z', 'Y', 'id'):
    k = names.index(name)
    kind = oiio.UINT if name == 'id' else oiio.FLOAT
    a = f.read_image(k, k + 1, kind) if name != 'id' else f.read_scanlines(0, 0, 0, f.spec().height, 0, k, k + 1, oiio.UINT)
    np.asarray(a).astype('<u4' if name == 'id' else '<f4').tofile(out + '/oiio.' + name)
a = cv2.imread(path, cv2.IMREAD_UNCHANGED)
if a.ndim == 3:
    a = a[:, :, 0]
a.astype('<f4').tofile(out + '/cv2.Y')
`

// python returns the interpreter that sees the system's packages.
func python(t *testing.T) string {
	if _, err := os.Stat("/usr/bin/python3"); err == nil {
		return "/usr/bin/python3"
	}
	needTool(t, "python3")
	return "python3"
}

// TestReaders has OpenImageIO and OpenCV read the pixels.
func TestReaders(t *testing.T) {
	for _, c := range compressions {
		img := testImage(37, 33)
		img.Channels = img.Channels[:3]
		path := writeTestFile(t, img, c)
		// OpenCV knows no channel but Y and colours.
		plain := *img
		plain.Channels = img.Channels[:2]
		plainPath := writeTestFile(t, &plain, c)
		for _, p := range []string{path, plainPath} {
			dir := t.TempDir()
			program := readers
			if p == plainPath {
				program = strings.Replace(program, "('Z', 'Y', 'id')", "('Z', 'Y')", 1)
			}
			out, err := exec.Command(python(t), "-c", program, p, dir).CombinedOutput()
			var exit *exec.ExitError
			if errors.As(err, &exit) && exit.ExitCode() == 77 && os.Getenv("CI") == "" {
				t.Skipf("%s", out)
			}
			if err != nil {
				t.Fatalf("%v: %v\n%s", c, err, out)
			}
			want := appendFloats(nil, img.Channels[0].Float)
			for _, name := range []string{"oiio.Z", "oiio.Y", "cv2.Y"} {
				if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !bytes.Equal(got, want) {
					t.Errorf("%v: %s of %s is not what was written (%v)", c, name, filepath.Base(p), err)
				}
			}
		}
	}
}

func appendFloats(b []byte, z []float32) []byte {
	for _, x := range z {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}

// TestOiiotool has OpenImageIO's program check the file.
func TestOiiotool(t *testing.T) {
	needTool(t, "oiiotool")
	for _, c := range compressions {
		out, err := exec.Command("oiiotool", "--info", "-v", "--stats", writeTestFile(t, testImage(37, 33), c)).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "37 x   33, 4 channel") {
			t.Errorf("%v: %v\n%s", c, err, out)
		}
	}
}

// hall is a depth map such as a camera in a furnished room sees: planes with
// slopes, few pixels of noise, 1920x1080.
func hall() *Image {
	const w, h = 1920, 1080
	z := make([]float32, w*h)
	for i := range z {
		x, y := float64(i%w)-w/2, float64(i/w)-h/2
		d := 10.0                                          // wall
		d = math.Min(d, 1.6*1000/math.Max(y, 1e-9))        // floor
		d = math.Min(d, 3.1*1000/math.Max(x, 1e-9))        // side
		d = math.Min(d, 4.3*1000/math.Max(-x+0.2*y, 1e-9)) // tilted side
		if r := math.Hypot(x+200, y-100); r < 180 {
			d = 5 - 0.9*math.Sqrt(1-r*r/180/180) // ball
		}
		if int(x/7)%11 == 3 && y > 100 && x > 100 {
			d = 3 + 0.001*x // bars
		}
		z[i] = float32(d)
		if y < -400 {
			z[i] = float32(math.Inf(1))
		}
	}
	return &Image{Width: w, Height: h, Channels: []Channel{{Name: "Z", Float: z}, {Name: "Y", Float: z}}}
}

// TestSplitKernel compares the kernel with what runs without it.
func TestSplitKernel(t *testing.T) {
	if !hasKernel {
		t.Skip("this processor has no kernel")
	}
	for w := 1; w < 100; w++ {
		line := depthLike(w, 1, uint64(w))
		var halves [2][2][]byte
		for i := range halves {
			halves[i] = [2][]byte{make([]byte, 2*w+8), make([]byte, 2*w+8)}
		}
		e, o := splitFloat(halves[0][0], halves[0][1], line, 7, 200)
		wantE, wantO := splitFloatPlain(halves[1][0], halves[1][1], line, 7, 200)
		if e != wantE || o != wantO || !bytes.Equal(halves[0][0], halves[1][0]) || !bytes.Equal(halves[0][1], halves[1][1]) {
			t.Errorf("%d pixels differ", w)
		}
	}
}

type counter int64

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }

func BenchmarkEncode(b *testing.B) {
	img := hall()
	single := *img
	single.Channels = img.Channels[:1]
	for _, channels := range []*Image{&single, img} {
		for _, o := range []Options{{Compression: None}, {Compression: ZIP, Level: 1}, {Compression: ZIP, Level: 2}, {Compression: ZIP, Level: 3}, {Compression: ZIP, Level: 4}, {Compression: ZIP, Level: 5}, {Compression: ZIP, Level: 6}, {Compression: ZIP, Level: 9}, {Compression: ZIPS, Level: 4}} {
			b.Run(fmt.Sprintf("%dch/%v/%d", len(channels.Channels), o.Compression, o.Level), func(b *testing.B) {
				var e Encoder
				var n counter
				b.ReportAllocs()
				for b.Loop() {
					n = 0
					if err := e.Encode(b.Context(), &n, channels, o); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(n)/1e6, "MB/file")
			})
		}
	}
}

func BenchmarkRearrange(b *testing.B) {
	img := hall()
	img.Channels = img.Channels[:1]
	dst := make([]byte, 4*img.Width*16)
	b.SetBytes(int64(len(dst)))
	for b.Loop() {
		rearrange(dst, nil, img, []int{0}, 480, 16)
	}
}

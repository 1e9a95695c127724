package exr

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// sameImage reports whether two images are equal, bit for bit; channels may
// stand in another order.
func sameImage(a, b *Image) error {
	if a.Width != b.Width || a.Height != b.Height || len(a.Channels) != len(b.Channels) {
		return fmt.Errorf("%dx%d with %d channels is not %dx%d with %d", a.Width, a.Height, len(a.Channels), b.Width, b.Height, len(b.Channels))
	}
	find := func(img *Image, name string) Channel {
		for _, c := range img.Channels {
			if c.Name == name {
				return c
			}
		}
		return Channel{}
	}
	for _, x := range a.Channels {
		y := find(b, x.Name)
		if !bytes.Equal(appendFloats(nil, x.Float), appendFloats(nil, y.Float)) || !reflect.DeepEqual(x.UInt, y.UInt) {
			return fmt.Errorf("channel %q differs", x.Name)
		}
	}
	return nil
}

func TestDecode(t *testing.T) {
	for _, c := range compressions {
		for _, size := range [][2]int{{1, 1}, {3, 17}, {64, 48}, {37, 33}} {
			want := testImage(size[0], size[1])
			var b bytes.Buffer
			if err := Encode(&b, want, Options{Compression: c}); err != nil {
				t.Fatal(err)
			}
			got, err := Decode(&b)
			if err != nil {
				t.Fatal(err)
			}
			if err := sameImage(want, got); err != nil {
				t.Errorf("%v, %v: %v", c, size, err)
			}
			if got.PixelAspectRatio != want.PixelAspectRatio || got.ScreenWindowCenter != want.ScreenWindowCenter || got.ScreenWindowWidth != want.ScreenWindowWidth {
				t.Errorf("screen window %v %v %v", got.PixelAspectRatio, got.ScreenWindowCenter, got.ScreenWindowWidth)
			}
			if !reflect.DeepEqual(got.Attributes, want.Attributes) {
				t.Errorf("attributes\n%v want\n%v", got.Attributes, want.Attributes)
			}
		}
	}
}

// TestDecodeOpenEXR reads what OpenEXR writes, through OpenImageIO's program:
// half and float channels, other compressions of the same pixels.
func TestDecodeOpenEXR(t *testing.T) {
	needTool(t, "oiiotool")
	dir := t.TempDir()
	for _, c := range []string{"none", "rle", "zips", "zip"} {
		for _, kind := range []string{"float", "half"} {
			path := filepath.Join(dir, c+kind+".exr")
			out, err := exec.Command("oiiotool", "--pattern", "fill:topleft=0,0.25,0.5:topright=1,2,3:bottomleft=-4,5,6:bottomright=7,8,65504", "45x37", "3", "-d", kind, "--compression", c, "-o", path).CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			f, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			img, err := Decode(f)
			f.Close()
			if err != nil {
				t.Errorf("%s %s: %v", c, kind, err)
				continue
			}
			if img.Channels[0].Half != (kind == "half") {
				t.Errorf("%s %s: half floats are %v", c, kind, img.Channels[0].Half)
			}
			if img.Width != 45 || img.Height != 37 || len(img.Channels) != 3 || img.Channels[0].Name != "B" {
				t.Fatalf("%s %s: %dx%d, %d channels", c, kind, img.Width, img.Height, len(img.Channels))
			}
			last := len(img.Channels[0].Float) - 1
			if b, r := img.Channels[0].Float, img.Channels[2].Float; b[0] != 0.5 || b[44] != 3 || b[last] != 65504 || r[last-44] != -4 {
				t.Errorf("%s %s: corners %v %v %v %v", c, kind, b[0], b[44], b[last], r[last-44])
			}
		}
	}
}

func TestDecodeErrors(t *testing.T) {
	var b bytes.Buffer
	img := testImage(20, 40)
	if err := Encode(&b, img, Options{Compression: ZIP}); err != nil {
		t.Fatal(err)
	}
	good := b.String()
	swap := func(from, to string) string {
		if !strings.Contains(good, from) {
			t.Fatalf("the file has no %q", from)
		}
		return strings.Replace(good, from, to, 1)
	}
	window := func(x, y uint32) string {
		box := binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(make([]byte, 8), 19), 39)
		other := binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(make([]byte, 8), x), y)
		return swap("dataWindow\x00box2i\x00\x10\x00\x00\x00"+string(box), "dataWindow\x00box2i\x00\x10\x00\x00\x00"+string(other))
	}
	for name, c := range map[string]struct{ in, want string }{
		"empty":       {"", "head: unexpected EOF"},
		"text":        {"hello world", "does not begin as OpenEXR files do"},
		"tiled":       {good[:5] + "\x02" + good[6:], "tiled, deep"},
		"head cut":    {good[:100], "unexpected EOF"},
		"pixels cut":  {good[:len(good)-5], "block 2 of 3: unexpected EOF"},
		"piz":         {swap("compression\x00compression\x00\x01\x00\x00\x00\x03", "compression\x00compression\x00\x01\x00\x00\x00\x04"), "PIZ cannot be read; ZIP can"},
		"no channels": {swap("channels\x00chlist", "channelz\x00chlist"), `"channels" is missing`},
		"empty image": {window(0xffffffff, 39), "size 0x40"},
		"huge":        {window(1<<30, 1<<30), "more than the"},
		"larger":      {window(19, 1<<20), "table of offsets"},
		"wider":       {window(1<<20, 39), "block 0"},
		"subsampled":  {swap("\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00Y", "\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00Y"), "is subsampled"},
		"type":        {swap("Y\x00\x02", "Y\x00\x03"), "unknown type 3"},
	} {
		if _, err := Decode(strings.NewReader(c.in)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got error %v, want %q", name, err, c.want)
		}
	}
	// Any changed byte of the pixels is found, by deflate or its checksum.
	for i := len(good) - 1; i > len(good)-400; i -= 7 {
		spoiled := []byte(good)
		spoiled[i] ^= 0x10
		if _, err := Decode(bytes.NewReader(spoiled)); err == nil {
			t.Errorf("byte %d from the end changed: no error", len(good)-i)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, c := range compressions {
		var b bytes.Buffer
		if err := Encode(&b, testImage(5, 18), Options{Compression: c}); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		img, err := Decode(bytes.NewReader(data))
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := Encode(&b, img, Options{Compression: ZIPS}); err != nil {
			return // names or attributes that stand twice
		}
		again, err := Decode(&b)
		if err != nil {
			t.Fatal(err)
		}
		if err := sameImage(img, again); err != nil {
			t.Fatal(err)
		}
	})
}

package session

import (
	"fmt"
	"image"
	"image/draw"
	_ "image/jpeg" // pictures that may be laid over the depth
	_ "image/png"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"

	_ "golang.org/x/image/webp"

	"zscope/depthcore/depth"
	"zscope/viewer/model"
)

// rgb reads the pictures of one sequence. The newest request wins.
type rgb struct {
	mu    sync.Mutex
	files map[int]string // by number
	next  *model.ShowRGB
	busy  bool
}

// numbered splits a picture's name into what comes before its number, the
// number and the extension.
var numbered = regexp.MustCompile(`(?i)^(.*?)(\d+)(\.(?:png|jpe?g|webp))$`)

// patterned is the same of a name that has # or %d, as in shot_####.png and
// shot_%04d.png, in place of its number.
var patterned = regexp.MustCompile(`(?i)^(.*?)(#+|%0?\d*d)(\.(?:png|jpe?g|webp))$`)

// findRGB finds the sequence that path stands for: the pictures that differ
// from it in their number only, or where path is a folder the longest sequence
// in it.
func findRGB(path string) (pattern string, files map[int]string, err error) {
	dir, want := filepath.Dir(path), ""
	if m := patterned.FindStringSubmatch(filepath.Base(path)); m != nil {
		want = m[1] + "#" + m[3]
	} else if info, err := os.Stat(path); err != nil {
		return "", nil, err
	} else if info.IsDir() {
		dir = path
	} else if m := numbered.FindStringSubmatch(filepath.Base(path)); m != nil {
		want = m[1] + "#" + m[3]
	} else {
		return "", nil, fmt.Errorf("%s has no number in its name that could be a frame", filepath.Base(path))
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", nil, err
	}
	sequences := map[string]map[int]string{}
	for _, e := range entries {
		m := numbered.FindStringSubmatch(e.Name())
		if m == nil || e.IsDir() {
			continue
		}
		n, err := strconv.Atoi(m[2])
		if err != nil {
			continue
		}
		key := m[1] + "#" + m[3]
		if sequences[key] == nil {
			sequences[key] = map[int]string{}
		}
		sequences[key][n] = filepath.Join(dir, e.Name())
	}
	for key, list := range sequences {
		if want == "" && len(list) > len(files) || key == want {
			pattern, files = filepath.Join(dir, key), list
		}
	}
	if len(files) == 0 {
		if want != "" {
			return "", nil, fmt.Errorf("folder %s has no pictures called %s", filepath.Base(dir), filepath.Base(path))
		}
		return "", nil, fmt.Errorf("folder %s has no numbered PNG, JPEG or WebP pictures", filepath.Base(path))
	}
	return pattern, files, nil
}

func (s *Session) loadRGB(cmd model.LoadRGB) {
	pattern, files, err := findRGB(cmd.Path)
	// A folder may hold depth, or both; a PNG tells by its 16 bits of grey.
	if name, maps, none := findDepth(cmd.Path); none == nil {
		s.foundDepth(cmd.Serial, name, maps, nil)
		if err != nil || isGrey16(anyOf(files)) {
			return
		}
	}
	found := model.RGBFound{Serial: cmd.Serial, Path: pattern, Count: len(files), Err: err}
	first := true
	for n := range files {
		if first {
			found.First, found.Last, first = n, n, false
		}
		found.First, found.Last = min(found.First, n), max(found.Last, n)
	}
	if err == nil {
		found.Size, found.Err = pictureSize(files[found.First])
	}
	if found.Err == nil {
		s.rgb.mu.Lock()
		s.rgb.files = files
		s.rgb.mu.Unlock()
	}
	s.Send(found)
}

func anyOf(files map[int]string) string {
	for _, path := range files {
		return path
	}
	return ""
}

func pictureSize(path string) (image.Point, error) {
	f, err := os.Open(path)
	if err != nil {
		return image.Point{}, err
	}
	defer f.Close()
	c, _, err := image.DecodeConfig(f)
	if err != nil {
		return image.Point{}, fmt.Errorf("read %s: %w", filepath.Base(path), err)
	}
	if err := depth.CheckSize(c.Width, c.Height); err != nil {
		return image.Point{}, fmt.Errorf("read %s: %w", filepath.Base(path), err)
	}
	return image.Pt(c.Width, c.Height), nil
}

func (s *Session) showRGB(cmd model.ShowRGB) {
	s.rgb.mu.Lock()
	defer s.rgb.mu.Unlock()
	s.rgb.next = &cmd
	if !s.rgb.busy {
		s.rgb.busy = true
		s.start(s.readRGB)
	}
}

// readRGB reads what was asked for last until nothing more is.
func (s *Session) readRGB() {
	for {
		s.rgb.mu.Lock()
		cmd := s.rgb.next
		s.rgb.next = nil
		if cmd == nil || s.ctx.Err() != nil {
			s.rgb.busy = false
			s.rgb.mu.Unlock()
			return
		}
		path := s.rgb.files[cmd.Number]
		s.rgb.mu.Unlock()
		shown := model.RGBShown{Serial: cmd.Serial, Number: cmd.Number}
		if path != "" {
			shown.Image, shown.Err = readPicture(path)
		}
		s.Send(shown)
	}
}

// readPicture reads a PNG, JPEG or WebP file as opaque RGBA.
func readPicture(path string) (img *image.RGBA, err error) {
	defer catch(&err, "read "+filepath.Base(path))
	if _, err := pictureSize(path); err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	src, _, err := image.Decode(f)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", filepath.Base(path), err)
	}
	if src.Bounds().Empty() {
		return nil, fmt.Errorf("read %s: the picture is empty", filepath.Base(path))
	}
	img = image.NewRGBA(image.Rectangle{Max: src.Bounds().Size()})
	draw.Draw(img, img.Rect, image.Black, image.Point{}, draw.Src)
	draw.Draw(img, img.Rect, src, src.Bounds().Min, draw.Over)
	return img, nil
}

package export

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"zscope/depthcore/depth"
	"zscope/depthcore/exr"
)

const (
	// MaxFrames is how many frames one export may have.
	MaxFrames = 1_000_000
	// maxFrame bounds a frame number, either sign.
	maxFrame = 1_000_000_000
)

// Format is a kind of file.
type Format string

const (
	EXR Format = "exr" // OpenEXR, see package exr
	PFM Format = "pfm" // portable float map, see package pfm
	NPY Format = "npy" // NumPy array, see package npy
	NPZ Format = "npz" // several of them in one file
	PNG Format = "png" // 16-bit grey, see package png16
	// The formats below belong to a profile and are not among Formats.
	ColmapBin Format = "bin"       // COLMAP's dense depth map
	Disparity Format = "disparity" // PFM of disparities in pixels, for Job.Baseline
	Distance  Format = "distance"  // TIFF of distances along the rays, see package tiff
	Mask      Format = "mask"      // 8-bit PNG of what both pictures of a stereo pair see
)

// formats are all formats there are, the usual one first.
var formats = []Format{EXR, PFM, NPY, NPZ, PNG}

// Formats returns all formats there are, the usual one first.
func Formats() []Format { return slices.Clone(formats) }

func (f Format) known() bool {
	return f == ColmapBin || f == Disparity || f == Distance || f == Mask || slices.Contains(formats, f)
}

// keepsEmpty reports whether the format's encoder wants +Inf where no surface
// is and sees to Job.Background itself.
func (f Format) keepsEmpty() bool { return f == PNG || f == Disparity || f == Distance }

// Extension returns the end of a file's name, with its dot.
func (f Format) Extension() string {
	switch f {
	case Disparity:
		return ".pfm"
	case Distance:
		return ".tiff"
	case Mask:
		return ".png"
	}
	return "." + string(f)
}

// ParseFormats reads a list of formats such as "exr,pfm".
func ParseFormats(s string) ([]Format, error) {
	var list []Format
	for _, word := range strings.Split(s, ",") {
		f := Format(strings.ToLower(strings.TrimSpace(word)))
		if !slices.Contains(formats, f) {
			return nil, fmt.Errorf("unknown file format %q: there are %s", word, join(formats))
		}
		if slices.Contains(list, f) {
			return nil, fmt.Errorf("file format %s is named twice", f)
		}
		list = append(list, f)
	}
	return list, nil
}

// ParseCompression reads the name of a way to store an EXR's pixels: none, zips
// or zip.
func ParseCompression(s string) (exr.Compression, error) {
	for _, c := range []exr.Compression{exr.None, exr.ZIPS, exr.ZIP} {
		if strings.EqualFold(strings.TrimSpace(s), c.String()) {
			return c, nil
		}
	}
	return 0, fmt.Errorf("unknown compression %q: there are none, zips, zip", s)
}

func join(list []Format) string {
	words := make([]string, len(list))
	for i, f := range list {
		words[i] = string(f)
	}
	return strings.Join(words, ", ")
}

var frameRange = regexp.MustCompile(`^(-?\d+)(?:-(-?\d+)(?:x(\d+))?)?$`)

// ParseFrames reads a list of frames and ranges such as "1-250,300,400-500x5":
// a range holds both its ends, and xN takes every Nth frame from its first on.
// Numbers may be negative ("-10--1"). A frame that several ranges hold is
// taken once; the frames are returned in ascending order.
func ParseFrames(s string) ([]int, error) {
	var frames []int
	for _, part := range strings.Split(s, ",") {
		part = strings.TrimSpace(part)
		m := frameRange.FindStringSubmatch(part)
		if m == nil {
			return nil, fmt.Errorf("frames %q: %q is neither a frame such as 7 nor a range such as 1-250 or 1-250x5", s, part)
		}
		first, err := frameNumber(m[1])
		if err != nil {
			return nil, fmt.Errorf("frames %q: %w", s, err)
		}
		last, step := first, 1
		if m[2] != "" {
			if last, err = frameNumber(m[2]); err != nil {
				return nil, fmt.Errorf("frames %q: %w", s, err)
			}
		}
		if m[3] != "" {
			if step, err = frameNumber(m[3]); err != nil || step == 0 {
				return nil, fmt.Errorf("frames %q: step x%s must be from 1 to %d", s, m[3], maxFrame)
			}
		}
		if last < first {
			return nil, fmt.Errorf("frames %q: the range %s ends before it starts", s, part)
		}
		if (last-first)/step+1 > MaxFrames-len(frames) {
			return nil, fmt.Errorf("frames %q: more than the %d frames that one export may have", s, MaxFrames)
		}
		for n := first; n <= last; n += step {
			frames = append(frames, n)
		}
	}
	slices.Sort(frames)
	return slices.Compact(frames), nil
}

func frameNumber(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < -maxFrame || n > maxFrame {
		return 0, fmt.Errorf("frame %s is out of range", s)
	}
	return n, nil
}

var sizeText = regexp.MustCompile(`^(\d+)[xX×](\d+)$`)

// ParseSize reads a picture size such as "1920x1080".
func ParseSize(s string) (w, h int, err error) {
	m := sizeText.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return 0, 0, fmt.Errorf("size %q is not of the form WIDTHxHEIGHT, such as 1920x1080", s)
	}
	w, errW := strconv.Atoi(m[1])
	h, errH := strconv.Atoi(m[2])
	if errW != nil || errH != nil {
		return 0, 0, fmt.Errorf("size %s is out of range", s)
	}
	return w, h, depth.CheckSize(w, h)
}

// ParseBackground reads the value for pixels without a surface: inf, nan or a
// number, which is rounded to the nearest float32.
func ParseBackground(s string) (float32, error) {
	v, err := strconv.ParseFloat(strings.TrimSpace(s), 32)
	if errors.Is(err, strconv.ErrRange) {
		return 0, fmt.Errorf("background %s is beyond what a float32 holds", s)
	}
	if err != nil {
		return 0, fmt.Errorf("background %q is none of inf, nan and a number", s)
	}
	if math.IsNaN(v) {
		return float32(math.NaN()), nil
	}
	return float32(v), nil
}

// placeholder returns the run of # in a name pattern, empty where there is
// none, and reports what makes the pattern no file name.
func placeholder(pattern string) (string, error) {
	if pattern == "" || strings.Trim(pattern, ".") == "" {
		return "", fmt.Errorf("name %q is no file name", pattern)
	}
	for _, r := range pattern {
		if r == '/' || r == '\\' {
			return "", fmt.Errorf("name %q has a %c: folders belong in the output folder", pattern, r)
		}
		if badInName(r) {
			return "", fmt.Errorf("name %q has a %q, which file names cannot have", pattern, r)
		}
	}
	if len(pattern) > 200 {
		return "", fmt.Errorf("the name is %d bytes long, more than the 200 it may have", len(pattern))
	}
	start := strings.IndexByte(pattern, '#')
	if start < 0 {
		return "", nil
	}
	rest := strings.TrimLeft(pattern[start:], "#")
	if strings.ContainsRune(rest, '#') {
		return "", fmt.Errorf("name %q has two places for the frame number", pattern)
	}
	return pattern[start : len(pattern)-len(rest)], nil
}

// badInName reports whether file names cannot have r.
func badInName(r rune) bool {
	return r < ' ' || r == 0x7f || r == '/' || r == '\\' || runtime.GOOS == "windows" && strings.ContainsRune(`<>:"|?*`, r)
}

// FileName returns the name of a frame's file. The # of the pattern become the
// frame number with zeros in front, as many digits as there are # or more; the
// minus of a negative number comes before them.
func FileName(pattern string, frame int, f Format) string {
	return frameName(pattern, frame) + f.Extension()
}

// frameName is FileName without an extension.
func frameName(pattern string, frame int) string {
	if places, err := placeholder(pattern); err == nil && places != "" {
		digits, sign := strconv.Itoa(frame), ""
		if frame < 0 {
			digits, sign = digits[1:], "-"
		}
		if pad := len(places) - len(digits); pad > 0 {
			digits = strings.Repeat("0", pad) + digits
		}
		pattern = strings.Replace(pattern, places, sign+digits, 1)
	}
	return pattern
}

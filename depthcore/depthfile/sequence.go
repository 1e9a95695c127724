package depthfile

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Sequence is the files of a depth sequence, by the number in their names.
type Sequence struct {
	Frames []int // in rising order
	Names  map[int]string
	fsys   fs.FS
}

var lastNumber = regexp.MustCompile(`(-?\d+)\D*$`)

// Find finds the sequence in the root of fsys that the file name like belongs
// to: those that differ from it in their last number. A # in like stands for
// the number. Where like is empty it finds the files of the commonest kind. A
// list of frames leaves all others out.
func Find(fsys fs.FS, like string, only []int) (*Sequence, error) {
	ext := strings.ToLower(path.Ext(like))
	stem := strings.TrimSuffix(like, path.Ext(like))
	if hash := strings.IndexByte(stem, '#'); hash >= 0 {
		stem = stem[:hash]
	} else if at := lastNumber.FindStringSubmatchIndex(stem); at != nil {
		stem = stem[:at[2]]
	}
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, err
	}
	found := map[string]*Sequence{}
	for _, e := range entries {
		kind := strings.ToLower(path.Ext(e.Name()))
		base := strings.TrimSuffix(e.Name(), path.Ext(e.Name()))
		number := lastNumber.FindStringSubmatch(base)
		if e.IsDir() || number == nil || !slices.Contains(Extensions(), kind) || ext != "" && kind != ext || !strings.HasPrefix(base, stem) {
			continue
		}
		n, err := strconv.Atoi(strings.TrimPrefix(number[1], "-"))
		if err != nil || only != nil && !slices.Contains(only, n) {
			continue
		}
		if found[kind] == nil {
			found[kind] = &Sequence{Names: map[int]string{}, fsys: fsys}
		}
		found[kind].Names[n] = e.Name()
	}
	var best *Sequence
	for _, kind := range Extensions() {
		if s := found[kind]; s != nil && (best == nil || len(s.Names) > len(best.Names)) {
			best = s
		}
	}
	if best == nil {
		return nil, fmt.Errorf("there are no depth files whose names end in a frame number (%s)", strings.Join(Extensions(), ", "))
	}
	for n := range best.Names {
		best.Frames = append(best.Frames, n)
	}
	slices.Sort(best.Frames)
	return best, nil
}

// Read reads the file of a number; scale is as for the function Read.
func (s *Sequence) Read(frame int, scale float64) (*Map, error) {
	name, ok := s.Names[frame]
	if !ok {
		return nil, fmt.Errorf("frame %d: %w", frame, fs.ErrNotExist)
	}
	m, err := Read(s.fsys, name, scale)
	if err != nil {
		return nil, fmt.Errorf("frame %d: %w", frame, err)
	}
	return m, nil
}

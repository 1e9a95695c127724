package depthfile

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestFind(t *testing.T) {
	file := &fstest.MapFile{Data: []byte("Pf\n1 1\n-1\n\x00\x00\x00\x40")}
	fsys := fstest.MapFS{
		"z_0003.pfm": file, "z_0001.pfm": file, "z_0010.pfm": file, "other_7.pfm": file,
		"z_0001.npy": file, "notes.txt": file, "sub/z_0004.pfm": file, "z_none.pfm": file,
	}
	for _, c := range []struct {
		like string
		only []int
		want []int
	}{
		{"", nil, []int{1, 3, 7, 10}},
		{"z_0003.pfm", nil, []int{1, 3, 10}},
		{"z_####.pfm", nil, []int{1, 3, 10}},
		{"z_0001.npy", nil, []int{1}},
		{"", []int{3, 4}, []int{3}},
	} {
		s, err := Find(fsys, c.like, c.only)
		if err != nil || !slices.Equal(s.Frames, c.want) {
			t.Errorf("%q, %v: %+v %v", c.like, c.only, s, err)
		}
	}
	if _, err := Find(fsys, "a_1.exr", nil); err == nil || !strings.Contains(err.Error(), ".exr, ") {
		t.Error(err)
	}
	s, _ := Find(fsys, "z_0003.pfm", nil)
	if m, err := s.Read(3, 1000); err != nil || m.At(0, 0) != 2 {
		t.Errorf("%+v %v", m, err)
	}
	if _, err := s.Read(4, 1000); err == nil {
		t.Error("frame 4 was read, there is none")
	}
}

package main

import (
	"errors"
	"strings"
	"testing"
	"time"

	"zscope/depthcore/export"
)

func TestProgressLines(t *testing.T) {
	var out strings.Builder
	r, err := newReporter(console{out: &out}, "json")
	if err != nil {
		t.Fatal(err)
	}
	r.progress(export.Progress{Total: 3})
	r.progress(export.Progress{Total: 3, Done: 1, Frame: 7, Seconds: 0.5, File: "d_0007.exr", Elapsed: time.Second, Left: 2 * time.Second})
	r.progress(export.Progress{Total: 3, Done: 2, Frame: 8, Seconds: 0.25, File: "d_0007.exr", Elapsed: 1250 * time.Millisecond, Left: time.Second,
		Err: errors.New("frame 8: internal error: index out of range")})
	want := `{"done":0,"total":3,"seconds":0,"elapsed":0,"left":0}
{"frame":7,"file":"d_0007.exr","done":1,"total":3,"seconds":0.5,"elapsed":1,"left":2}
{"frame":8,"done":2,"total":3,"seconds":0.25,"elapsed":1.25,"left":1,"error":"frame 8: internal error: index out of range"}
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

package session

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"zscope/depthcore/preview"
	"zscope/viewer/model"
)

// savePicture writes a painted picture with its legend as PNG.
func savePicture(cmd model.SavePicture) (path string, err error) {
	defer catch(&err, "save the picture")
	return saveWhole(cmd.Path, ".png", "save the picture", func(w io.Writer) error {
		return preview.WritePNG(w, cmd.Map, preview.Legend{Mapping: cmd.Mapping, Unit: "m", Caption: cmd.Caption})
	})
}

// saveWhole writes a file that gets its name once it is whole. A path without
// the extension gets it, and then a number rather than the place of a file that
// nobody was asked about.
func saveWhole(wanted, ext, doing string, write func(io.Writer) error) (path string, err error) {
	path = wanted
	if !strings.EqualFold(filepath.Ext(path), ext) {
		path += ext
		for n := 2; ; n++ {
			if _, err := os.Lstat(path); err != nil {
				break
			}
			path = fmt.Sprintf("%s-%d%s", wanted, n, ext)
		}
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".zscope-*.part")
	if err != nil {
		return path, fmt.Errorf("%s: %w", doing, err)
	}
	defer os.Remove(f.Name()) // gone by then where all went well
	err = write(f)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return path, fmt.Errorf("%s: %w", doing, err)
	}
	return path, nil
}

package camerafile

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Locate returns where Read and ReadIntrinsics find a file or folder of the disk:
// beside it, and in the two folders above it, as BOP's camera.json is.
func Locate(file string) (fsys fs.FS, name string, err error) {
	whole, err := filepath.Abs(file)
	if err != nil {
		return nil, "", fmt.Errorf("cameras %s: %w", filepath.Base(file), err)
	}
	root := whole
	for range 3 {
		root = filepath.Dir(root)
	}
	name, err = filepath.Rel(root, whole)
	if err != nil {
		return nil, "", fmt.Errorf("cameras %s: %w", filepath.Base(file), err)
	}
	return os.DirFS(root), filepath.ToSlash(name), nil
}

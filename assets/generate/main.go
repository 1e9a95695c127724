// Command generate makes the files of package assets: the demo scene and the
// icon. The same program makes the same bytes, so that what is committed can
// be checked; run it by `go generate ./assets`.
//
//	generate [FOLDER]
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	folder := "."
	if len(os.Args) > 1 {
		folder = os.Args[1]
	}
	if err := generate(folder); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func generate(folder string) error {
	files, err := allFiles()
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(folder, f.name), f.data, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// file is one file of package assets.
type file struct {
	name string
	data []byte
}

func allFiles() ([]file, error) {
	demo, err := demoScene()
	if err != nil {
		return nil, fmt.Errorf("demo.glb: %w", err)
	}
	icon, err := icons()
	if err != nil {
		return nil, fmt.Errorf("icon: %w", err)
	}
	return append(icon, file{"demo.glb", demo}), nil
}

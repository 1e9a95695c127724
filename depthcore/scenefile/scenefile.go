// Package scenefile opens a scene file on disk with the reader that its name
// and first bytes ask for.
//
// A reader sees only the folder that the file lies in, through an os.Root: a
// scene cannot reach a file elsewhere, not by "..", not by an absolute path
// and not by a symbolic link. Only the main file itself may be a link.
package scenefile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"zscope/depthcore/gltfscene"
	"zscope/depthcore/meshscene"
	"zscope/depthcore/scene"
)

// Extensions lists the file name extensions of the formats that can be read.
func Extensions() []string { return append([]string{".glb", ".gltf"}, meshscene.Extensions()...) }

// Reader opens scene files. The zero value takes each format's usual axes.
type Reader struct {
	Mesh meshscene.Options // for files that are only triangles
}

// Open reads the scene file at path. Errors begin with "load PATH:".
func Open(ctx context.Context, path string) (*scene.Scene, error) { return Reader{}.Open(ctx, path) }

// Open reads the scene file at path. Errors begin with "load PATH:".
func (r Reader) Open(ctx context.Context, path string) (*scene.Scene, error) {
	name := filepath.Base(path)
	if err := checkRegular(path); err != nil {
		return nil, fmt.Errorf("load %s: %w", path, err)
	}
	root, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", path, cause(err))
	}
	defer root.Close()
	return r.read(ctx, folder{root.FS(), name, path}, name)
}

// Read reads a scene that is in memory, such as the embedded demo scene. It
// can refer to no other file.
func Read(ctx context.Context, name string, data []byte) (*scene.Scene, error) {
	return Reader{}.read(ctx, single{name, data}, name)
}

// read loads a scene and gives it a camera where it has none.
func (r Reader) read(ctx context.Context, fsys fs.FS, name string) (*scene.Scene, error) {
	s, err := r.load(ctx, fsys, name)
	if err != nil || len(s.Cameras) > 0 {
		return s, err
	}
	t := s.Timeline(nil)
	s = s.WithFramingCamera(t.Time(t.First))
	s.Warnings = append(s.Warnings, fmt.Sprintf("the file has no camera: camera %q was added, which frames the whole scene", scene.FramingCameraName))
	return s, nil
}

func (r Reader) load(ctx context.Context, fsys fs.FS, name string) (*scene.Scene, error) {
	switch ext := strings.ToLower(filepath.Ext(name)); ext {
	case ".glb", ".gltf":
		return gltfscene.Load(ctx, fsys, name)
	case ".obj", ".ply", ".stl":
		return meshscene.Load(ctx, fsys, name, r.Mesh)
	default:
		if isGLTF(fsys, name) {
			return gltfscene.Load(ctx, fsys, name)
		}
		return nil, fmt.Errorf("load %s: not a scene file that zscope reads (%s)", name, strings.Join(Extensions(), ", "))
	}
}

// isGLTF reports whether a file without a telling name starts like a glTF one.
func isGLTF(fsys fs.FS, name string) bool {
	f, err := fsys.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 64)
	n, _ := io.ReadFull(f, head)
	head = bytes.TrimLeft(head[:n], "\ufeff \t\r\n")
	return bytes.HasPrefix(head, []byte("glTF")) || bytes.HasPrefix(head, []byte("{"))
}

// checkRegular refuses what can be opened but not read to an end: folders,
// pipes and devices.
func checkRegular(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return cause(err)
	case info.IsDir():
		return errors.New("it is a folder, not a scene file")
	case !info.Mode().IsRegular():
		return errors.New("it is not a regular file")
	}
	return nil
}

// cause strips the operation and the path, which the message names already.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("there is no such file")
	}
	return err
}

// folder is a root whose main file may be a symbolic link that leads out.
type folder struct {
	fs.FS
	name, path string
}

func (f folder) Open(name string) (fs.File, error) {
	if name == f.name {
		return os.Open(f.path)
	}
	return f.FS.Open(name)
}

// single is a file system of one file.
type single struct {
	name string
	data []byte
}

func (s single) Open(name string) (fs.File, error) {
	if name != s.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &memFile{Reader: bytes.NewReader(s.data), info: memInfo{name: s.name, size: int64(len(s.data))}}, nil
}

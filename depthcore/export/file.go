package export

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"
)

// partSuffix marks files that are being written.
const partSuffix = ".part"

// part is a file on its way: its bytes go to NAME.part, and commit gives it
// its name. Errors name the file and the cause, once.
type part struct {
	name  string // the final one below the job's folder, with slashes
	path  string // the final one
	file  *os.File
	bytes int64
	hash  hash.Hash // SHA-256
	dir   string    // the job's folder
	ctx   context.Context
}

// sum returns the SHA-256 of the bytes written so far, in hex.
func (p *part) sum() string { return hex.EncodeToString(p.hash.Sum(nil)) }

// createPart opens NAME.part in dir and makes the folders that NAME names.
// Writing fails once ctx has ended.
func createPart(ctx context.Context, dir, name string) (*part, error) {
	path := filepath.Join(dir, filepath.FromSlash(name))
	open := func() (*os.File, error) {
		return os.OpenFile(path+partSuffix, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	}
	f, err := open()
	if notThere(err) && filepath.Dir(path) != filepath.Clean(dir) {
		if _, err := makeFolder(filepath.Dir(path)); err != nil {
			return nil, err
		}
		f, err = open()
	}
	if err != nil {
		return nil, fmt.Errorf("create %s: %w", path+partSuffix, reason(err))
	}
	return &part{name: name, path: path, file: f, hash: sha256.New(), dir: filepath.Clean(dir), ctx: ctx}, nil
}

// Write is io.Writer's. Its error is the cause alone; write adds the path.
func (p *part) Write(b []byte) (int, error) {
	if p.ctx.Err() != nil {
		return 0, context.Cause(p.ctx)
	}
	n, err := p.file.Write(b)
	p.bytes += int64(n)
	p.hash.Write(b[:n])
	return n, reason(err)
}

// fill has encode write the file's bytes through buffer.
func (p *part) fill(buffer *bufio.Writer, encode func(*bufio.Writer) error) error {
	buffer.Reset(p)
	err := encode(buffer)
	if err == nil {
		err = buffer.Flush()
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", p.path, err)
	}
	return nil
}

// close makes sure that the bytes are on the disk.
func (p *part) close() error {
	err := p.file.Sync()
	if closing := p.file.Close(); err == nil {
		err = closing
	}
	p.file = nil
	if err != nil {
		return fmt.Errorf("write %s: %w", p.path, reason(err))
	}
	return nil
}

// commit gives a closed file its name. Without overwrite, a file of that name
// is an error.
func (p *part) commit(overwrite bool) error {
	if !overwrite {
		if _, err := os.Lstat(p.path); err == nil {
			return fmt.Errorf("write %s: %w", p.path, fs.ErrExist)
		}
	}
	if err := os.Rename(p.path+partSuffix, p.path); err != nil {
		return fmt.Errorf("rename %s: %w", p.path+partSuffix, reason(err))
	}
	return nil
}

// discard removes what there is of a file that was not committed.
func (p *part) discard() {
	if p.file != nil {
		p.file.Close()
		p.file = nil
	}
	os.Remove(p.path + partSuffix)
	for d := filepath.Dir(p.path); d != p.dir && os.Remove(d) == nil; d = filepath.Dir(d) {
		// A folder below the job's goes where nothing is in it any more.
	}
}

// makeFolder makes a folder with its parents and returns those that it made,
// innermost first.
func makeFolder(dir string) (made []string, err error) {
	for d := filepath.Clean(dir); ; d = filepath.Dir(d) {
		if _, err := os.Stat(d); !errors.Is(err, fs.ErrNotExist) || d == filepath.Dir(d) {
			break
		}
		made = append(made, d)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		removeFolders(made)
		return nil, fmt.Errorf("make folder %s: %w", dir, reason(err))
	}
	return made, nil
}

// removeFolders removes those of the folders that are empty.
func removeFolders(dirs []string) {
	for _, d := range dirs {
		if os.Remove(d) != nil {
			return
		}
	}
}

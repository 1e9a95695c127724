package export

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Room returns how many bytes the disk of a folder has left for this user. The
// folder need not be there yet.
func Room(dir string) (bytes int64, err error) {
	dir = filepath.Clean(dir)
	for {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) || dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	return room(dir)
}

//go:build unix || windows

package export

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// lockFolder keeps two exports out of one folder. On file systems that cannot
// lock, it does nothing.
//
// Shards share the folder with each other; each locks a file of its own then,
// which keeps the same shard from running twice.
func lockFolder(dir string, shard Shard) (unlock func(), err error) {
	folder, err := enterFolder(dir, shard)
	if err != nil {
		return nil, err
	}
	if shard == (Shard{}) {
		return func() { closeLock(folder) }, nil
	}
	file, err := lockShard(filepath.Join(dir, shard.lockName()))
	if err != nil {
		folder.Close()
		return nil, fmt.Errorf("shard %v in %s: %w", shard, dir, err)
	}
	return func() {
		removeLock(file)
		closeLock(folder)
	}, nil
}

// checkUnlocked reports an export that keeps lockFolder from the folder; the
// same shard is not looked for.
func checkUnlocked(dir string, shard Shard) error {
	folder, err := enterFolder(dir, shard)
	if err != nil {
		return err
	}
	closeLock(folder)
	return nil
}

// enterFolder locks the folder, which shards share.
func enterFolder(dir string, shard Shard) (*os.File, error) {
	folder, err := openLock(dir)
	if err != nil {
		return nil, fmt.Errorf("output folder %s: %w", dir, reason(err))
	}
	alone := shard == (Shard{})
	switch {
	case lock(folder, alone):
		return folder, nil
	case alone:
		err = fmt.Errorf("another export is writing to %s", dir)
	default:
		err = fmt.Errorf("an export that is no shard is writing to %s", dir)
	}
	folder.Close()
	return nil, err
}

// lockShard makes and locks a file.
func lockShard(path string) (*os.File, error) {
	for {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
		if err != nil {
			return nil, reason(err)
		}
		if !lock(f, true) {
			f.Close()
			return nil, errors.New("it is running already")
		}
		// The one who had the lock may have removed the file since it was
		// opened here.
		mine, err := f.Stat()
		if err != nil {
			f.Close()
			return nil, reason(err)
		}
		if there, err := os.Stat(path); err == nil && os.SameFile(mine, there) {
			return f, nil
		}
		f.Close()
	}
}

//go:build unix

package export

import (
	"errors"
	"os"
	"syscall"
)

// openLock opens the folder itself, so that nothing is left behind when the
// program is killed.
func openLock(dir string) (*os.File, error) { return os.Open(dir) }

func closeLock(f *os.File) { f.Close() }

// lock reports false where another process or job has the lock, be it shared or
// for one alone.
func lock(f *os.File, alone bool) bool {
	how := syscall.LOCK_SH
	if alone {
		how = syscall.LOCK_EX
	}
	return !errors.Is(syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB), syscall.EWOULDBLOCK)
}

// removeLock removes a locked file before another can lock it.
func removeLock(f *os.File) {
	os.Remove(f.Name())
	f.Close()
}

package export

import (
	"errors"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// openLock opens a file of its own in the folder, as folders cannot be locked.
// Where the program is killed it stays, empty and unlocked, for the next export.
func openLock(dir string) (*os.File, error) {
	return os.OpenFile(filepath.Join(dir, ".export.lock"), os.O_RDWR|os.O_CREATE, 0o666)
}

// closeLock removes the file, unless a shard still has it open.
func closeLock(f *os.File) { removeLock(f) }

// lock reports false where another process or job has the lock, be it shared or
// for one alone.
func lock(f *os.File, alone bool) bool {
	flags := uint32(windows.LOCKFILE_FAIL_IMMEDIATELY)
	if alone {
		flags |= windows.LOCKFILE_EXCLUSIVE_LOCK
	}
	err := windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, &windows.Overlapped{})
	return !errors.Is(err, windows.ERROR_LOCK_VIOLATION) && !errors.Is(err, windows.ERROR_IO_PENDING)
}

// removeLock closes the file first: no file that is open is removed, be it
// another's.
func removeLock(f *os.File) {
	f.Close()
	os.Remove(f.Name())
}

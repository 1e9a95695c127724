//go:build unix

package export

import "syscall"

// writable reports whether files can be made in a folder, as far as its
// permissions and its file system's mount say.
func writable(dir string) bool {
	const writeAndSearch = 2 | 1
	return syscall.Access(dir, writeAndSearch) == nil
}

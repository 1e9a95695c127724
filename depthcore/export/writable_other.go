//go:build !unix

package export

// writable reports whether files can be made in a folder. Here only trying
// tells, and Run does.
func writable(dir string) bool { return true }

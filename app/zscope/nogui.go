//go:build nogui || (!windows && (!cgo || !(linux || freebsd || openbsd || darwin)))

package main

import "errors"

// runWindow says that this build has no window.
func runWindow(string) error {
	return errors.New("this build of zscope has no window; `zscope export` and `zscope info` work without one")
}

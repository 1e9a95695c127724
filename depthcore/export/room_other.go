//go:build !(linux || darwin || freebsd || windows)

package export

import "errors"

func room(string) (int64, error) { return 0, errors.ErrUnsupported }

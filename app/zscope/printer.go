package main

import (
	"errors"
	"fmt"
	"io"
)

// printer writes lines and remembers the first error.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

// orHelp drops the error that only says that help was asked for and given.
func orHelp(err error) error {
	if errors.Is(err, errHelp) {
		return nil
	}
	return err
}

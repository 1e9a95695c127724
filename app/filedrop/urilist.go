package filedrop

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path"
	"strings"
)

// errNothing is of a drop that named nothing at all.
var errNothing = errors.New("what was dropped names no file")

// localPaths reads a text/uri-list (RFC 2483) and returns the paths of its
// file URIs (RFC 8089), which may leave the host out, name localhost or this
// machine. What is no local file is left out; if that is all there is, the
// error names the first.
func localPaths(list []byte) ([]string, error) {
	host, _ := os.Hostname() // without a name, only localhost is local
	var paths []string
	err := errNothing
	for _, line := range strings.FieldsFunc(string(list), isLineEnd) {
		if strings.HasPrefix(line, "#") {
			continue // a comment
		}
		p, ok := localPath(line, host)
		switch {
		case ok:
			paths = append(paths, p)
		case err == errNothing:
			err = fmt.Errorf("%.200q is not a file on this machine", line)
		}
	}
	if len(paths) > 0 {
		return paths, nil
	}
	return nil, err
}

// isLineEnd also takes the NUL that some sources end the list with.
func isLineEnd(r rune) bool { return r == '\r' || r == '\n' || r == 0 }

// localPath returns the path of a file URI. It does not use url.Parse, because
// sources leave '?', '#' and even '%' in names as they are.
func localPath(uri, host string) (string, bool) {
	const scheme = "file:"
	if len(uri) < len(scheme) || !strings.EqualFold(uri[:len(scheme)], scheme) {
		return "", false
	}
	p := uri[len(scheme):]
	if rest, ok := strings.CutPrefix(p, "//"); ok {
		slash := strings.IndexByte(rest, '/')
		if slash < 0 {
			return "", false
		}
		if h := rest[:slash]; h != "" && !strings.EqualFold(h, "localhost") && !strings.EqualFold(h, host) {
			return "", false
		}
		p = rest[slash:]
	}
	if decoded, err := url.PathUnescape(p); err == nil {
		p = decoded
	}
	if !strings.HasPrefix(p, "/") || strings.ContainsRune(p, 0) {
		return "", false
	}
	return path.Clean(p), true
}

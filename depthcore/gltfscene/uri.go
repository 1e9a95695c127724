package gltfscene

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"strings"
)

// readURI returns the bytes that a buffer's or image's URI stands for: those
// of a data URI or of a file beside the main one.
func (l *loader) readURI(uri string) ([]byte, error) {
	if len(uri) >= 5 && strings.EqualFold(uri[:5], "data:") {
		return l.decodeDataURI(uri[5:])
	}
	name, err := l.companion(uri)
	if err != nil {
		return nil, err
	}
	data, err := l.readFile(name)
	if plainName := path.Clean(uri); err != nil && fs.ValidPath(plainName) {
		// Some exporters write names as they are, percent signs included.
		if plain, plainErr := l.readFile(path.Join(l.dir, plainName)); plainErr == nil {
			return plain, nil
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", shorten(uri), err)
	}
	return data, nil
}

// companion returns the file in l.fsys that a relative URI names.
func (l *loader) companion(uri string) (string, error) {
	refuse := func(why string) (string, error) {
		return "", fmt.Errorf("%s %s; only files beside or below the scene's own are read", shorten(uri), why)
	}
	name, err := url.PathUnescape(uri)
	switch {
	case err != nil:
		name = uri
	case uri == "":
		return "", errors.New("an empty URI names no file")
	}
	if i := strings.IndexByte(name, ':'); i >= 0 && !strings.ContainsAny(name[:i], "/ ") {
		return refuse("has a scheme or a drive")
	}
	if strings.HasPrefix(name, "/") {
		return refuse("is an absolute path")
	}
	if strings.ContainsAny(name, "\\\x00") {
		return refuse("is not a relative path with forward slashes")
	}
	if name = path.Clean(name); !fs.ValidPath(name) {
		return refuse("leads out of the scene's folder")
	}
	return path.Join(l.dir, name), nil
}

// decodeDataURI decodes what follows "data:" (RFC 2397).
func (l *loader) decodeDataURI(rest string) ([]byte, error) {
	head, body, ok := strings.Cut(rest, ",")
	if !ok {
		return nil, errors.New("a data URI has no comma")
	}
	if err := l.budget.charge(len(body), 1, "a data URI"); err != nil {
		return nil, err
	}
	if !strings.HasSuffix(head, ";base64") {
		data, err := url.PathUnescape(body)
		if err != nil {
			return nil, errors.New("a data URI's percent signs are broken")
		}
		return []byte(data), nil
	}
	if strings.Contains(body, "%") {
		if plain, err := url.PathUnescape(body); err == nil {
			body = plain
		}
	}
	data, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(body, "="))
	if err != nil {
		return nil, fmt.Errorf("a data URI is not base64: %w", err)
	}
	return data, nil
}

// shorten quotes a name for a sentence.
func shorten(name string) string {
	const most = 80
	if r := []rune(name); len(r) > most {
		name = string(r[:most]) + "..."
	}
	return fmt.Sprintf("%q", name)
}

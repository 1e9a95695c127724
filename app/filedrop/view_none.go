//go:build nogui || !(cgo && ((linux && !android) || freebsd))

package filedrop

// attach says that a program without a window takes no drops.
func attach(any, Events) (detach func(), err error) { return nil, errNoDesktop }

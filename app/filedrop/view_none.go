//go:build nogui || !(windows || (cgo && ((linux && !android) || freebsd || (darwin && !ios))))

package filedrop

// attach says that a program without a window takes no drops.
func attach(any, Events) (detach func(), err error) { return nil, errNoDesktop }

// Package appearance tells whether the desktop is light or dark, and when that
// changes. Each desktop says it in a way of its own:
//
//   - Linux and FreeBSD (portal.go): the setting color-scheme of the
//     freedesktop portal, over D-Bus; GTK_THEME, where it is set, comes first,
//     as it does for GTK's own programs.
//   - Windows (windows.go): the registry.
//   - macOS (darwin.go): the global default AppleInterfaceStyle, read once.
package appearance

import "context"

// Watch calls tell with what the desktop says and again with each change, from
// one goroutine, until ctx ends. Where the desktop does not say, it returns
// without a call.
func Watch(ctx context.Context, tell func(light bool)) { watch(ctx, tell) }

//go:build (linux && !android) || freebsd

package appearance

import (
	"context"
	"os"
	"strings"

	"github.com/godbus/dbus/v5"
)

// The portal's documentation (org.freedesktop.portal.Settings) defines the
// names; color-scheme is 1 where dark is preferred, 2 for light, and 0 where
// nothing is: what desktops whose usual look is light say for that.
const (
	portalName  = "org.freedesktop.portal.Desktop"
	portalPath  = "/org/freedesktop/portal/desktop"
	portalIface = "org.freedesktop.portal.Settings"
	namespace   = "org.freedesktop.appearance"
	colorScheme = "color-scheme"
	preferDark  = 1
)

func watch(ctx context.Context, tell func(light bool)) {
	if theme := os.Getenv("GTK_THEME"); theme != "" {
		tell(!isDarkTheme(theme))
		return
	}
	// No bus is started for this.
	conn, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(ctx))
	if err != nil {
		return
	}
	defer conn.Close()
	if conn.Auth(nil) != nil || conn.Hello() != nil {
		return
	}
	changes := make(chan *dbus.Signal, 16)
	conn.Signal(changes)
	if conn.AddMatchSignal(dbus.WithMatchInterface(portalIface), dbus.WithMatchMember("SettingChanged"), dbus.WithMatchArg(0, namespace)) != nil {
		return
	}
	var value dbus.Variant
	if conn.Object(portalName, portalPath).CallWithContext(ctx, portalIface+".Read", 0, namespace, colorScheme).Store(&value) == nil {
		say(value, tell)
	}
	for {
		select {
		case <-ctx.Done():
			return
		case s, ok := <-changes:
			if !ok {
				return // the bus has gone
			}
			if v, ok := changed(s); ok {
				say(v, tell)
			}
		}
	}
}

// changed returns the new color-scheme of a signal that tells of one.
func changed(s *dbus.Signal) (v dbus.Variant, ok bool) {
	if s.Name != portalIface+".SettingChanged" || len(s.Body) != 3 || s.Body[0] != namespace || s.Body[1] != colorScheme {
		return v, false
	}
	v, ok = s.Body[2].(dbus.Variant)
	return v, ok
}

// say tells what a value means. Read wraps it in a variant once more than the
// signal does.
func say(v dbus.Variant, tell func(light bool)) {
	if inner, ok := v.Value().(dbus.Variant); ok {
		v = inner
	}
	if scheme, ok := v.Value().(uint32); ok {
		tell(scheme != preferDark)
	}
}

// isDarkTheme reads a GTK theme's name, such as Adwaita:dark or Breeze-Dark.
func isDarkTheme(name string) bool {
	name = strings.ToLower(name)
	return strings.HasSuffix(name, ":dark") || strings.HasSuffix(name, "-dark")
}

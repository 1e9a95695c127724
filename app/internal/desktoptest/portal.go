//go:build (linux && !android) || freebsd

package desktoptest

import (
	"bufio"
	"os/exec"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
)

// Portal is a desktop's settings on a bus of its own, as the freedesktop portal
// has them.
type Portal struct {
	Address string // of the bus, for DBUS_SESSION_BUS_ADDRESS
	t       testing.TB
	conn    *dbus.Conn
	scheme  uint32
}

const settings = "org.freedesktop.portal.Settings"

// StartPortal starts a bus with a portal whose color-scheme is scheme: 0 for
// none, 1 for dark, 2 for light.
func StartPortal(t testing.TB, scheme uint32) *Portal {
	t.Helper()
	cmd := exec.Command(Need(t, "dbus-daemon"), "--session", "--nofork", "--print-address")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	Start(t, cmd)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the bus did not say its address: %v", err)
	}
	p := &Portal{Address: strings.TrimSpace(line), t: t, scheme: scheme}
	if p.conn, err = dbus.Connect(p.Address); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.conn.Close() })
	if err := p.conn.Export(p, "/org/freedesktop/portal/desktop", settings); err != nil {
		t.Fatal(err)
	}
	if _, err := p.conn.RequestName("org.freedesktop.portal.Desktop", dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	return p
}

// Read answers a program that asks for a setting.
func (p *Portal) Read(namespace, key string) (dbus.Variant, *dbus.Error) {
	if namespace != "org.freedesktop.appearance" || key != "color-scheme" {
		return dbus.Variant{}, dbus.MakeFailedError(dbus.ErrMsgNoObject)
	}
	return dbus.MakeVariant(dbus.MakeVariant(p.scheme)), nil
}

// Change makes the desktop dark or light and says so, among other things.
func (p *Portal) Change(scheme uint32) {
	p.t.Helper()
	for _, s := range []struct {
		namespace, key string
		value          uint32
	}{{"org.freedesktop.appearance", "contrast", 1}, {"org.freedesktop.appearance", "color-scheme", scheme}} {
		if err := p.conn.Emit("/org/freedesktop/portal/desktop", settings+".SettingChanged", s.namespace, s.key, dbus.MakeVariant(s.value)); err != nil {
			p.t.Fatal(err)
		}
	}
}

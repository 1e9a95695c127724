//go:build darwin

package appearance

import (
	"context"
	"os/exec"
	"strings"
)

func watch(ctx context.Context, tell func(light bool)) {
	// The default is there only while the desktop is dark; its absence is an
	// error of the command.
	style, _ := exec.CommandContext(ctx, "/usr/bin/defaults", "read", "-g", "AppleInterfaceStyle").Output()
	if ctx.Err() == nil {
		tell(strings.TrimSpace(string(style)) != "Dark")
	}
}

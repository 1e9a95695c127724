//go:build !((linux && !android) || freebsd || windows || darwin)

package appearance

import "context"

func watch(context.Context, func(light bool)) {}

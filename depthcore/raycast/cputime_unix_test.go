//go:build unix

package raycast

import (
	"syscall"
	"time"
)

// cpuTime is what the process has used: on a busy machine it tells more than
// the clock.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

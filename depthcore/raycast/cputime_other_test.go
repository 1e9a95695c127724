//go:build !unix

package raycast

import "time"

func cpuTime() time.Duration { return 0 }

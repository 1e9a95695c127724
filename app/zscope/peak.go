package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strings"
)

// peakMB returns the most memory that this process has held, in MB: the
// kernel's own figure on Linux, what Go has asked the system for elsewhere.
func peakMB() float64 {
	if f, err := os.Open("/proc/self/status"); err == nil {
		defer f.Close()
		for lines := bufio.NewScanner(f); lines.Scan(); {
			var kb float64
			if strings.HasPrefix(lines.Text(), "VmHWM:") {
				if _, err := fmt.Sscanf(lines.Text(), "VmHWM: %f kB", &kb); err == nil {
					return kb / 1024
				}
			}
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.Sys) / (1 << 20)
}

package export

import (
	"fmt"
	"math"
	"os"
	"path"
	"strconv"
	"strings"
	"syscall"
)

// memoryLimit returns how many bytes this process may have, as far as its own
// limit, its control group (version 2) and the machine say, and which of them
// says so.
func memoryLimit() (bytes int64, why string) {
	bytes, why = math.MaxInt64, ""
	limit := func(n int64, says string) {
		if n < bytes {
			bytes, why = n, says
		}
	}
	const addressSpace = syscall.RLIMIT_AS
	var own syscall.Rlimit
	if syscall.Getrlimit(addressSpace, &own) == nil && own.Cur < math.MaxInt64 {
		limit(int64(own.Cur), "this process's limit (ulimit -v)")
	}
	if n, ok := groupLimit(); ok {
		limit(n, "the limit of its control group")
	}
	if n, ok := available(); ok {
		limit(n, "what the machine has left")
	}
	return bytes, why
}

// groupLimit returns the smallest limit of the process's control group and of
// those around it.
func groupLimit() (most int64, ok bool) {
	data, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(data)) {
		group, found := strings.CutPrefix(strings.TrimSpace(line), "0::")
		for found {
			data, err := os.ReadFile(path.Join("/sys/fs/cgroup", group, "memory.max"))
			if n, parse := strconv.ParseInt(strings.TrimSpace(string(data)), 10, 64); err == nil && parse == nil && (!ok || n < most) {
				most, ok = n, true
			}
			found = group != "/"
			group = path.Dir(group)
		}
	}
	return most, ok
}

// available returns the memory that can be had, with what can be swapped out.
func available() (bytes int64, ok bool) {
	data, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(data)) {
		var name string
		var kB int64
		if n, _ := fmt.Sscan(line, &name, &kB); n == 2 && (name == "MemAvailable:" || name == "SwapFree:") {
			bytes += kB << 10
			ok = ok || name == "MemAvailable:"
		}
	}
	return bytes, ok
}

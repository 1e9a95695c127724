package session

import (
	"encoding/json"
	"os"
	"path/filepath"
)

const maxRecent = 12

// readRecent returns the scenes opened before that are still there. A file
// that cannot be read is as good as none.
func readRecent(file string) []string {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	var all, there []string
	if json.Unmarshal(data, &all) != nil {
		return nil
	}
	for _, path := range all {
		if info, err := os.Stat(path); err == nil && !info.IsDir() && len(there) < maxRecent {
			there = append(there, path)
		}
	}
	return there
}

// remember puts path in front and returns the list. A folder that cannot be
// written to only means that the next window does not know.
func remember(file, path string) []string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	list := []string{path}
	for _, old := range readRecent(file) {
		if old != path && len(list) < maxRecent {
			list = append(list, old)
		}
	}
	if data, err := json.MarshalIndent(list, "", "\t"); err == nil {
		if os.MkdirAll(filepath.Dir(file), 0o755) == nil {
			_ = os.WriteFile(file, data, 0o644)
		}
	}
	return list
}

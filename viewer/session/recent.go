package session

import (
	"encoding/json"
	"os"
	"path/filepath"

	"zscope/viewer/model"
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

// remember puts path in front and returns the list.
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
	writeJSON(file, list)
	return list
}

// writeJSON keeps a value for the next window, which does without where that
// cannot be done.
func writeJSON(file string, v any) {
	data, err := json.MarshalIndent(v, "", "\t")
	if err != nil || os.MkdirAll(filepath.Dir(file), 0o755) != nil {
		return
	}
	_ = os.WriteFile(file, data, 0o644)
}

// ReadSettings returns what the last window was set to; a file that cannot be
// read is as good as none.
func ReadSettings(file string) (s model.Settings) {
	data, err := os.ReadFile(file)
	if err != nil || json.Unmarshal(data, &s) != nil {
		return model.Settings{}
	}
	return s
}

// keepSettings writes settings, or newer ones that come before it gets to it.
func (s *Session) keepSettings(settings model.Settings) {
	if s.SettingsFile == "" {
		return
	}
	s.mu.Lock()
	s.settings = &settings
	s.mu.Unlock()
	s.start(func() {
		s.writing.Lock()
		defer s.writing.Unlock()
		s.mu.Lock()
		newest := s.settings
		s.mu.Unlock()
		writeJSON(s.SettingsFile, *newest)
	})
}

package export

import (
	"sync"
	"time"

	"zscope/depthcore/raycast"
)

// meter tells how far an export is, one report at a time.
type meter struct {
	p      Progress
	report func(Progress)
	start  time.Time
	last   time.Time
	frames int // finished since the start
	mu     sync.Mutex
}

func newMeter(total int, report func(Progress)) *meter {
	now := time.Now()
	return &meter{p: Progress{Total: total}, report: report, start: now, last: now}
}

// frame counts a frame and shows the progress.
func (m *meter) frame(number int, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	m.p.Done++
	m.frames++
	m.p.Frame, m.p.Err = number, err
	m.p.Seconds = now.Sub(m.last).Seconds()
	m.p.Elapsed = now.Sub(m.start)
	m.p.Left = time.Duration(float64(m.p.Elapsed) / float64(m.frames) * float64(m.p.Total-m.p.Done))
	m.last = now
	m.show()
}

// file says which file was written last.
func (m *meter) file(path string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.p.File = path
}

// patience is how long trees may take before somebody is told, and how often.
const patience = 500 * time.Millisecond

// building returns what shows how far the trees are that a frame waits for.
func (m *meter) building() func(raycast.Building) {
	told := time.Now()
	return func(b raycast.Building) {
		m.mu.Lock()
		defer m.mu.Unlock()
		now := time.Now()
		if b.Beside || b.Share == 1 {
			told = now
		} else if now.Sub(told) >= patience {
			told = now
			p := m.p
			p.Building, p.Err, p.Elapsed = b.Share, nil, now.Sub(m.start)
			if m.report != nil {
				m.report(p)
			}
		}
	}
}

func (m *meter) show() {
	if m.report != nil {
		m.report(m.p)
	}
}

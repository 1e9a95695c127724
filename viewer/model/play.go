package model

import (
	"math"
	"time"
)

// Play is the state of the transport. Speed is in frames of the timeline a
// frame time, negative backwards, 0 at rest.
type Play struct {
	Speed   int
	Dropped int       // frames that were passed without being shown
	since   time.Time // when
	from    int       // which frame was due
}

// On reports whether the timeline is playing.
func (p Play) On() bool { return p.Speed != 0 }

const maxSpeed = 8

func (m *Model) updateTime(msg Msg) (cmds []Cmd, known bool) {
	switch msg := msg.(type) {
	case GoTo:
		m.Play = Play{}
		return m.goTo(msg.Frame), true
	case Step:
		m.Play = Play{}
		return m.goTo(m.Frame + msg.Frames), true
	case GoFirst:
		first, _ := m.Range()
		m.Play = Play{}
		return m.goTo(first), true
	case GoLast:
		_, last := m.Range()
		m.Play = Play{}
		return m.goTo(last), true
	case TogglePlay:
		if m.Play.On() {
			m.Play.Speed = 0
			return nil, true
		}
		return m.play(1, msg.Now), true
	case Shuttle:
		speed := msg.Direction
		if m.Play.Speed*msg.Direction > 0 {
			speed = m.Play.Speed * 2
			speed = max(-maxSpeed, min(maxSpeed, speed))
		}
		return m.play(speed, msg.Now), true
	case StopPlay:
		m.Play.Speed = 0
	case ToggleLoop:
		m.Loop = !m.Loop
		if m.Play.On() {
			m.Play.from = m.Frame
		}
	case Tick:
		return m.tick(msg.Now), true
	case SetFPS:
		return m.setFPS(msg.FPS), true
	case MarkIn:
		m.mark(m.Frame, m.Marks.Out)
		return m.survey(), true
	case MarkOut:
		m.mark(m.Marks.In, m.Frame)
		return m.survey(), true
	case SetMarks:
		if m.Job.Scene == nil {
			return nil, true
		}
		m.Marks = Marks{true, m.clampFrame(min(msg.In, msg.Out)), m.clampFrame(max(msg.In, msg.Out))}
		if msg.Done { // a pass over other frames while the mark moves would be in vain
			return m.survey(), true
		}
	case ClearMarks:
		m.Marks = Marks{}
		return m.survey(), true
	default:
		return nil, false
	}
	return nil, true
}

// mark sets the marks; one that would lie beyond the other moves the other to
// the end of the timeline.
func (m *Model) mark(in, out int) {
	if m.Job.Scene == nil {
		return
	}
	if !m.Marks.Set {
		if in == m.Frame && out == 0 {
			out = m.Timeline.Last
		}
		if out == m.Frame && in == 0 {
			in = m.Timeline.First
		}
	}
	if in > out {
		if in == m.Frame {
			out = m.Timeline.Last
		} else {
			in = m.Timeline.First
		}
	}
	m.Marks = Marks{true, m.clampFrame(in), m.clampFrame(out)}
}

func (m Model) clampFrame(n int) int {
	return max(m.Timeline.First, min(m.Timeline.Last, n))
}

func (m *Model) goTo(frame int) []Cmd {
	if m.Job.Scene == nil {
		return nil
	}
	frame = m.clampFrame(frame)
	if frame == m.Frame {
		return nil
	}
	m.Frame = frame
	return m.render()
}

func (m *Model) play(speed int, now time.Time) (cmds []Cmd) {
	if m.Job.Scene == nil || m.Timeline.First == m.Timeline.Last {
		return nil
	}
	first, last := m.Range()
	// Who plays at the end means: once more from the start.
	if start, end := first, last; speed > 0 && (m.Frame >= end || m.Frame < start) {
		cmds = m.goTo(start)
	} else if speed < 0 && (m.Frame <= start || m.Frame > end) {
		cmds = m.goTo(end)
	}
	m.Play = Play{Speed: speed, since: now, from: m.Frame}
	return cmds
}

// Due returns when the next frame of a playing timeline is to be shown.
func (m Model) Due() time.Time {
	frames := math.Floor(m.elapsed(m.Play.since, 0)) // 0 at since
	rate := m.Timeline.FPS * math.Abs(float64(m.Play.Speed))
	next := frames + float64(m.played()) + 1
	return m.Play.since.Add(time.Duration(next / rate * float64(time.Second)))
}

// played returns how many frames lie between the start of playing and the
// frame that is asked for, in the direction of play.
func (m Model) played() int {
	n := m.Frame - m.Play.from
	if m.Play.Speed < 0 {
		n = -n
	}
	if n < 0 && m.Loop {
		first, last := m.Range()
		n += last - first + 1
	}
	return n
}

func (m Model) elapsed(now time.Time, lag float64) float64 {
	s := now.Sub(m.Play.since).Seconds()
	return s*m.Timeline.FPS*math.Abs(float64(m.Play.Speed)) + lag
}

// tick moves a playing timeline to the frame that is due, once the picture of
// the frame before has been seen: what the machine cannot keep up with is
// dropped, and counted.
func (m *Model) tick(now time.Time) []Cmd {
	if !m.Play.On() || m.Job.Scene == nil || !m.Current() {
		return nil
	}
	// A hair's tolerance: the wake-up for a frame may come a little early.
	due := int(math.Floor(m.elapsed(now, 0.02)))
	step := due - m.played()
	if step <= 0 {
		return nil
	}
	sign := 1
	if m.Play.Speed < 0 {
		sign = -1
	}
	first, last := m.Range()
	next := m.Frame + sign*step
	dropped := step - 1
	if next < first || next > last {
		if !m.Loop {
			end := last
			if sign < 0 {
				end = first
			}
			m.Play.Speed = 0
			return m.goTo(end)
		}
		span := last - first + 1
		next = first + mod(next-first, span)
		// Count on from here, so that the clock never has to be reduced.
		m.Play.since = m.Play.since.Add(time.Duration(float64(due) / (m.Timeline.FPS * math.Abs(float64(m.Play.Speed))) * float64(time.Second)))
		m.Play.from = next
	}
	m.Play.Dropped += dropped
	return m.goTo(next)
}

func mod(a, n int) int { return ((a % n) + n) % n }

func (m *Model) setFPS(fps float64) []Cmd {
	if m.Job.Scene == nil || !(fps >= 0) || math.IsInf(fps, 0) || fps == m.Job.FPS {
		return nil
	}
	m.Job.FPS = fps
	m.Play = Play{}
	m.retime()
	m.Frame = m.clampFrame(m.Frame)
	return m.reshoot()
}

package model

import (
	"fmt"
	"path/filepath"
	"strings"

	"zscope/depthcore/colormap"
	"zscope/depthcore/export"
)

// Messages about films.
type (
	// AskFilm asks for the desktop's dialog to save a film.
	AskFilm struct{}
	// FilmMade answers MakeFilm.
	FilmMade struct {
		Path string
		Err  error
	}
)

// Commands about films.
type (
	// ChooseFilm shows the desktop's dialog for a film to write; answered by
	// Chosen.
	ChooseFilm struct{ Start, Name string }
	// MakeFilm casts the job's frames and writes them as a film that plays FPS
	// frames a second, an MP4 or GIF as the path says; answered by FilmMade.
	// Where the mapping has no range, it is that of all frames. A path that
	// says neither becomes a GIF's, and gets a number rather than the place of
	// a file that nobody was asked about.
	MakeFilm struct {
		Path    string
		Job     export.Job
		FPS     float64
		Mapping colormap.Mapping
	}
)

// A GIF is small: it is no good at more.
const (
	gifRows    = 360
	mp4Rows    = 1080
	filmFrames = 1000 // at most, of a GIF
)

func (m *Model) updateFilm(msg Msg) (cmds []Cmd, known bool) {
	switch msg := msg.(type) {
	case AskFilm:
		if m.Choosing || m.Filming || m.Job.Scene == nil {
			return nil, true
		}
		m.Choosing = true
		return []Cmd{ChooseFilm{m.folder(), m.filmName()}}, true
	case FilmMade:
		m.Filming = false
		if msg.Err != nil {
			m.notify(Error, sentence(msg.Err))
		} else {
			m.notify(Info, "The film is saved as "+msg.Path+".")
		}
	default:
		return nil, false
	}
	return nil, true
}

func (m Model) filmName() string {
	name := m.Name()
	return strings.TrimSuffix(name, filepath.Ext(name)) + "_z" + m.filmKind()
}

// filmKind is the extension of a film for which none was chosen.
func (m Model) filmKind() string {
	if m.MP4 {
		return ".mp4"
	}
	return ".gif"
}

func (m *Model) filmChosen(msg Chosen) []Cmd {
	path := msg.Path
	switch {
	case msg.Err != nil:
		path = strings.TrimSuffix(filepath.Join(m.Home, m.filmName()), m.filmKind()) // where the person finds it
	case path == "":
		return nil
	}
	return m.makeFilm(path)
}

// makeFilm films what the window shows between the marks.
func (m *Model) makeFilm(path string) []Cmd {
	n := *m
	rows, most := gifRows, filmFrames
	if strings.EqualFold(filepath.Ext(path), ".mp4") {
		rows, most = mp4Rows, export.MaxFrames
	}
	if w, h := m.SizeOf(); h > rows {
		n.setSize(max(1, (w*rows+h/2)/h), rows)
	}
	cmd := MakeFilm{Path: path, Job: n.Job, Mapping: m.Colour.Mapping}
	first, last := m.Range()
	step := (last-first)/most + 1
	cmd.FPS = m.Timeline.FPS / float64(step)
	for frame := first; frame <= last; frame += step {
		cmd.Job.Frames = append(cmd.Job.Frames[:len(cmd.Job.Frames):len(cmd.Job.Frames)], frame)
	}
	if m.Free {
		cmd.Job.Width, cmd.Job.Height = n.SizeOf()
		cmd.Job.Track = n.freeTrack(cmd.Job)
	}
	if m.Colour.Range == RangeAuto || m.Colour.Range == RangeMost {
		cmd.Mapping.Near, cmd.Mapping.Far = 0, 0 // a colour is one Z in all frames
	}
	m.Filming = true
	m.notify(Info, fmt.Sprintf("Making a film of %d frames…", len(cmd.Job.Frames)))
	return []Cmd{cmd}
}

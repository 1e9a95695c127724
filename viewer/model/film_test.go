package model

import (
	"errors"
	"testing"

	"zscope/depthcore/colormap"
)

func TestFilm(t *testing.T) {
	d := opened(t, 48)
	d.m.Home = "/home/somebody"
	d.send(AskFilm{})
	if ask := take[ChooseFilm](d); len(ask) != 1 || ask[0].Name != "walk_z.gif" {
		t.Fatalf("asked for %+v", ask)
	}
	d.send(Chosen{For: ToFilm})
	if made := take[MakeFilm](d); len(made) != 0 || d.m.Choosing {
		t.Fatalf("nothing was chosen, and it makes %+v", made)
	}

	d.send(GoTo{5}, MarkIn{}, GoTo{9}, MarkOut{}, SetMap{colormap.Viridis}, AskFilm{}, Chosen{For: ToFilm, Path: "/films/a"})
	made := take[MakeFilm](d)
	if len(made) != 1 || !d.m.Filming {
		t.Fatalf("%+v", made)
	}
	film := made[0]
	if w, h := film.Job.Size(); film.Path != "/films/a" || len(film.Job.Frames) != 5 || film.Job.Frames[0] != 5 || film.FPS != 24 || w != 480 || h != 360 {
		t.Errorf("%s: frames %v, %g a second, %d x %d", film.Path, film.Job.Frames, film.FPS, w, h)
	}
	if film.Mapping.Map != colormap.Viridis || film.Mapping.Check() == nil {
		t.Errorf("a range that follows each picture is found over all of them, not %+v", film.Mapping)
	}
	if w, h := d.m.SizeOf(); w != 1440 || h != 1080 {
		t.Errorf("the window's picture is now %d x %d", w, h)
	}
	d.send(AskFilm{})
	if d.m.Choosing {
		t.Error("two films at a time")
	}
	d.send(FilmMade{Path: film.Path})

	// Without a dialog it goes where the person finds it; the free camera and
	// a locked range are taken over.
	d.send(LookFreely{true}, SetRange{2, 30}, ClearMarks{}, AskFilm{}, Chosen{For: ToFilm, Err: errors.New("no dialog")})
	film = take[MakeFilm](d)[0]
	if film.Path != "/home/somebody/walk_z" || film.Job.Track == nil || len(film.Job.Track.Frames) != 48 || film.Mapping.Near != 2 {
		t.Errorf("%s %+v %+v", film.Path, film.Job.Track, film.Mapping)
	}
	d.send(FilmMade{Err: errors.New("the disk is full")})
	if d.m.Filming || d.m.Notices[len(d.m.Notices)-1].Severity != Error {
		t.Errorf("%+v", d.m.Notices)
	}
}

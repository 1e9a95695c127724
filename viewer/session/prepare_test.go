package session

import (
	"math"
	"testing"
	"time"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/scene"
	"zscope/viewer/model"
)

// fine returns approach's scene with a wall of 2 n n triangles.
func fine(n int) *scene.Scene {
	s := approach(48)
	const e = 1000
	prim := &s.Primitives[0]
	prim.Positions, prim.Indices = nil, nil
	for j := range n + 1 {
		for i := range n + 1 {
			prim.Positions = append(prim.Positions, mgl64.Vec3{e * (2*float64(i)/float64(n) - 1), e * (2*float64(j)/float64(n) - 1), 0})
		}
	}
	for j := range n {
		for i := range n {
			a := uint32(j*(n+1) + i)
			b := a + uint32(n) + 1
			prim.Indices = append(prim.Indices, a, a+1, b+1, a, b+1, b)
		}
	}
	return s
}

// A large scene is seen before its full trees are there, which then take their
// place: nothing is drawn again, and no number changes.
func TestCoarseTreesFirst(t *testing.T) {
	d := newDesk(t, Config{})
	s := fine(400)
	j := job(s, 64, 48)
	d.Do(model.Render{Request: request(1, j, 3)})
	seen, beside := 0, 0
	for done := false; !done; {
		select {
		case m := <-d.msgs:
			switch m := m.(type) {
			case model.Prepared:
				if m.Scene != s || m.Share <= 0 || m.Share > 1 || beside > 0 && !m.Beside {
					t.Errorf("%+v", m)
				}
				if m.Beside {
					beside++
				}
				done = m.Beside && m.Share == 1
			case model.Rendered:
				if m.Picture.Exact {
					seen++
				}
				for i, z := range m.Picture.Map.Z {
					if z != 3 {
						t.Fatalf("pixel %d is %v", i, z)
					}
				}
			case model.RenderFailed:
				t.Fatal(m.Err)
			}
		case <-time.After(time.Minute):
			t.Fatal("no full trees came")
		}
	}
	if beside < 10 {
		t.Errorf("told %d times of full trees", beside)
	}
	d.Do(model.Render{Request: request(2, j, 4)})
	for i, z := range d.exact(2).Map.Z {
		if z != 4 {
			t.Fatalf("pixel %d is %v with the full trees", i, z)
		}
	}
	if seen > 1 {
		t.Errorf("the picture was sent %d times", seen)
	}
	// Other options keep the trees.
	j.Raycast.CullBackFaces = true
	for len(d.msgs) > 0 {
		<-d.msgs
	}
	d.Do(model.Render{Request: request(3, j, 4)})
	for {
		m := <-d.msgs
		if p, ok := m.(model.Prepared); ok {
			t.Fatalf("trees are built again: %+v", p)
		}
		if r, ok := m.(model.Rendered); ok && r.Picture.Serial == 3 && r.Picture.Exact {
			break
		}
	}
}

// Another scene does not wait for the trees of the one before, whether nothing
// of that was to be seen yet or its full trees were still to come.
func TestPreparingGivesWay(t *testing.T) {
	for _, beside := range []bool{false, true} {
		d := newDesk(t, Config{})
		s := fine(1000)
		d.Do(model.Render{Request: request(1, job(s, 64, 48), 3)})
		for next[model.Prepared](d).Beside != beside {
		}
		d.Do(model.Render{Request: request(2, job(approach(48), 64, 48), 7)})
		last := 0.0
		for done := false; !done; {
			switch m := (<-d.msgs).(type) {
			case model.Prepared:
				if m.Scene == s && m.Beside {
					last = math.Max(last, m.Share)
				}
			case model.Rendered:
				done = m.Picture.Serial == 2 && m.Picture.Exact
			case model.RenderFailed:
				t.Fatal(m.Err)
			}
		}
		if last == 1 {
			t.Errorf("beside %v: the trees of a scene that is not seen were finished", beside)
		}
	}
}

// Who looks about in a frame does not wait for its pose again.
func TestPosedOnce(t *testing.T) {
	g := newStage(func(model.Msg) {}, 0)
	defer g.closeCaster()
	s := approach(48)
	j := job(s, 64, 48)
	prepare := func(serial, frame int) {
		if _, err := g.prepare(t.Context(), request(serial, j, frame)); err != nil {
			t.Fatal(err)
		}
	}
	prepare(1, 3)
	const moves = 0 // the wall
	posed, mark := g.pose.WorldFromNode[moves], mgl64.Scale3D(7, 7, 7)
	g.pose.WorldFromNode[moves] = mark
	if prepare(2, 3); g.pose.WorldFromNode[moves] != mark || g.prepared != 2 {
		t.Error("the same frame was posed twice")
	}
	prepare(3, 4)
	if prepare(4, 3); g.pose.WorldFromNode[moves] != posed {
		t.Errorf("the wall is at %v after another frame, want %v", g.pose.WorldFromNode[moves], posed)
	}
	j.Raycast.CullBackFaces = true
	if prepare(5, 3); g.pose.WorldFromNode[moves] != posed {
		t.Errorf("the wall is at %v for other options, want %v", g.pose.WorldFromNode[moves], posed)
	}
}

package export

import (
	"context"
	"slices"
	"testing"

	"zscope/depthcore/depth"
	"zscope/depthcore/raycast"
)

// A job that is given another caster's trees casts the same without building
// any, and builds its own where they are of another scene.
func TestTreesAreShared(t *testing.T) {
	j := hillsJob(t)
	cast := func(trees *raycast.Caster) (z []float32, built bool) {
		t.Helper()
		j.Trees = trees
		p := newPlan(j)
		c := newCaster(p).(*caster)
		c.caster.OnBuild(func(raycast.Building) { built = true })
		var m depth.Map
		if _, err := c.render(context.Background(), 2, j.Track.Frames[1].Time, &m); err != nil {
			t.Fatal(err)
		}
		return m.Z, built
	}
	want, built := cast(nil)
	if !built {
		t.Fatal("no trees were built")
	}
	other := raycast.New(hills(3), j.Raycast)
	same := raycast.New(j.Scene, raycast.Options{Threads: 1, CullBackFaces: true})
	pose := j.Scene.NewPose(nil)
	j.Scene.Pose(pose, 0)
	if err := same.Prepare(context.Background(), pose); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		trees *raycast.Caster
		built bool
	}{"another scene's": {other, true}, "the same scene's": {same, false}} {
		if z, built := cast(c.trees); built != c.built || !slices.Equal(z, want) {
			t.Errorf("with %s trees: built %v, want %v; the same Z: %v", name, built, c.built, slices.Equal(z, want))
		}
	}
}

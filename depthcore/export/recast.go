package export

import (
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"math"
	"math/rand/v2"

	"zscope/depthcore/camera"
	"zscope/depthcore/depth"
	"zscope/depthcore/raycast"
	"zscope/depthcore/scene"
)

// Job.Verify also has some pixels of the frames cast again, by asking every
// triangle in float64; see raycast.Exhaustive. The work grows with the scene,
// so its bound says how many pixels and how many frames are looked at.
const (
	recastPixels = 64      // of a frame, of small scenes
	recastFewest = 16      // of those frames of huge scenes that are looked at
	recastTests  = 1 << 25 // bound of rays times triangles a frame, over all frames
)

// Recast says what casting pixels again showed.
type Recast struct {
	Pixels int `json:"pixels"`
	Hits   int `json:"hits"` // of the pixels; the others see nothing
	// MaxError is the largest difference between a depth map's Z and that of
	// the float64 path before its rounding, in units in the last place of
	// float32: a Z that is rounded once is at most 0.5 off.
	MaxError float64 `json:"max_error_ulp"`
}

// add joins what was seen in several frames.
func (r *Recast) add(other *Recast) {
	if other != nil {
		r.Pixels, r.Hits, r.MaxError = r.Pixels+other.Pixels, r.Hits+other.Hits, max(r.MaxError, other.MaxError)
	}
}

// recastPlan returns how many pixels are cast again in every so many frames of
// a scene with that many triangles.
func recastPlan(triangles int) (pixels, every int) {
	n := recastTests / max(triangles, 1)
	if n >= recastFewest {
		return min(n, recastPixels), 1
	}
	return recastFewest, (recastFewest*triangles + recastTests - 1) / recastTests
}

// trianglesOf counts the triangles of all instances.
func trianglesOf(s *scene.Scene) (n int) {
	for _, in := range s.Instances {
		n += len(s.Primitives[in.Primitive].Indices) / 3
	}
	return n
}

// recastPoints returns the pixels of a frame to cast again: always the same
// for the same picture of the same scene.
func recastPoints(n, frame, w, h int, sceneSHA256 string) []image.Point {
	seed := [32]byte{}
	copy(seed[8:], sceneSHA256)
	binary.LittleEndian.PutUint64(seed[:], uint64(frame))
	r := rand.New(rand.NewChaCha8(seed))
	list := make([]image.Point, n)
	for i := range list {
		list[i] = image.Pt(r.IntN(w), r.IntN(h))
	}
	return list
}

// recast casts some pixels of a frame again and compares them with its map,
// which still has +Inf for no surface. A frame that is not looked at gives
// nil. The error says which pixel is another one.
func recast(ctx context.Context, p *plan, place, frame int, pose *scene.Pose, v camera.View, m *depth.Map) (*Recast, error) {
	n, every := recastPlan(trianglesOf(p.Scene))
	if place%every != 0 {
		return nil, nil
	}
	points := recastPoints(n, frame, v.Width, v.Height, p.Scene.Source.SHA256)
	want, err := raycast.Exhaustive(ctx, p.Scene, pose, v, p.Raycast, points)
	if err != nil {
		return nil, err
	}
	r := &Recast{Pixels: n}
	for i, at := range points {
		got := m.At(at.X, at.Y)
		if depth.IsHit(got) {
			r.Hits++
		}
		off := ulps(got, want[i])
		if off > 1 {
			return nil, fmt.Errorf("verify: pixel (%d, %d) was cast to %v, but asking every triangle gives %v", at.X, at.Y, got, float32(want[i]))
		}
		r.MaxError = max(r.MaxError, off)
	}
	return r, nil
}

// ulps returns how far a float32 is from a float64, in units in the last place
// of the float32 nearest to that; +Inf where only one of them is a hit.
func ulps(got float32, want float64) float64 {
	nearest := float32(want)
	if got == nearest && !depth.IsHit(got) {
		return 0
	}
	if !depth.IsHit(got) || !depth.IsHit(nearest) {
		return math.Inf(1)
	}
	ulp := float64(math.Nextafter32(nearest, depth.Empty())) - float64(nearest)
	return math.Abs(float64(got)-want) / ulp
}

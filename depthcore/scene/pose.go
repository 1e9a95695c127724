package scene

import (
	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
)

// Pose is a Scene at one time. It belongs to one goroutine at a time; its
// memory is reused from pose to pose.
type Pose struct {
	Time          float64
	WorldFromNode []mgl64.Mat4 // one a node
	Cameras       []Camera     // Scene.Cameras with their animated values

	// One entry an instance:
	WorldFromObject []mgl64.Mat4   // identity for a skinned instance
	Positions       [][]mgl64.Vec3 // what a morph (object space) or skin (world space) made of the positions, nil for rigid instances
	Hidden          []bool
}

// NewPose returns a Pose that Scene.Pose fills with the given animations
// (indices in Scene.Animations; nil means all, empty means none). Where two of
// them move the same property, the earlier wins; see Clashes.
func (s *Scene) NewPose(animations []int) *Pose { panic("not built yet") }

// Clashes says in a sentence each which properties more than one of the given
// animations moves, and which wins.
func (s *Scene) Clashes(animations []int) []string { return nil }

// Pose sets p to the scene at time t in seconds. After the first call it
// allocates nothing.
func (s *Scene) Pose(p *Pose, t float64) {}

// Timeline returns the frame rate recovered from the keys of the given
// animations (24 without any) and the range of frames that they cover.
func (s *Scene) Timeline(animations []int) Timeline { return Timeline{FPS: 24, First: 1, Last: 1} }

// View returns camera c (an index in Scene.Cameras) as posed, for a picture of
// w x h pixels.
func (s *Scene) View(p *Pose, c, w, h int) (camera.View, error) { return camera.View{}, nil }

// DefaultSize returns a picture size of the given number of rows in the
// camera's shape; 16:9 where the file does not say.
func (c Camera) DefaultSize(rows int) (w, h int) { return 1920, 1080 }

package export

import (
	"context"

	"zscope/depthcore/camera"
	"zscope/depthcore/depth"
	"zscope/depthcore/raycast"
)

// Truth returns a function that casts the job's frames, with the principal
// point moved by (du, dv) pixels. It casts one frame at a time; the map is the
// caller's until the next call. Beyond a track's ends its nearest frame stands
// in.
func Truth(job Job) func(ctx context.Context, frame int, du, dv float64) (*depth.Map, camera.Intrinsics, error) {
	pose := job.Scene.NewPose(job.Animations)
	caster := raycast.New(job.Scene, job.Raycast)
	var m depth.Map
	return func(ctx context.Context, frame int, du, dv float64) (*depth.Map, camera.Intrinsics, error) {
		if job.Track != nil {
			if _, ok := job.Track.At(frame); !ok {
				tl := job.Timeline()
				frame = min(max(frame, tl.First), tl.Last)
			}
		}
		job.Scene.Pose(pose, job.Time(frame))
		v, err := job.View(pose, frame)
		if err == nil {
			v.Cx, v.Cy = v.Cx+du, v.Cy+dv
			if err = caster.Prepare(ctx, pose); err == nil {
				err = caster.Cast(ctx, v, &m, nil)
			}
		}
		return &m, v.Intrinsics, err
	}
}

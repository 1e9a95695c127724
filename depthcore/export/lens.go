package export

import (
	"errors"
	"fmt"
	"maps"
	"math"

	"zscope/depthcore/camera"
)

// lensAt returns the lens that a frame is seen through.
func (j Job) lensAt(frame int) camera.Lens {
	in := camera.Intrinsics{Width: 1, Height: 1}
	if j.Track != nil {
		f, _ := j.Track.At(frame)
		in.Lens = f.View.Lens
	}
	return j.Lens.Apply(in).Lens
}

// euclidean reports whether the job's depth is the distance along the ray, as
// a panorama's is.
func (j Job) euclidean() bool {
	frames := j.FrameList()
	return len(frames) > 0 && j.lensAt(frames[0]).Euclidean()
}

// checkLens reports lenses that the cameras cannot have, or that cannot go into
// one export.
func (j Job) checkLens() error {
	if j.Lens.Lens != nil && !j.Lens.Lens.IsPinhole() {
		if j.Track == nil && j.Scene.Cameras[j.Camera].Orthographic {
			return errors.New("an orthographic camera has no lens")
		}
		if j.Track != nil {
			for _, n := range j.FrameList() {
				if f, _ := j.Track.At(n); f.View.Model == camera.Orthographic {
					return fmt.Errorf("frame %d: an orthographic camera has no lens", n)
				}
			}
		}
	}
	frames := j.FrameList()
	panorama := j.euclidean()
	for _, n := range frames {
		if j.lensAt(n).Euclidean() != panorama {
			return fmt.Errorf("frame %d and frame %d are not alike: one is a panorama, whose depth is the distance, the other's is planar Z; export them apart", frames[0], n)
		}
		if j.Track == nil {
			break
		}
	}
	return nil
}

// rayless says how much of the first picture a lens leaves empty.
func (j Job) rayless() string {
	frames := j.FrameList()
	if len(frames) == 0 || j.lensAt(frames[0]).IsPinhole() {
		return ""
	}
	pose := j.Scene.NewPose(j.Animations)
	if j.Track == nil {
		j.Scene.Pose(pose, j.Time(frames[0]))
	}
	v, err := j.View(pose, frames[0])
	if err != nil {
		return ""
	}
	share := v.Rayless()
	if share == 0 {
		return ""
	}
	return fmt.Sprintf("the %s lens sees nothing in %g %% of the picture, which stays empty: there it folds over itself, or looks sideways or back, where there is no planar Z",
		v.Lens.Model, math.Ceil(share*1000)/10)
}

// checkProfileLens reports lenses that the job's profile has no words for.
func (j Job) checkProfileLens() error {
	frames := j.FrameList()
	for _, n := range frames {
		l := j.lensAt(n)
		var err error
		switch {
		case j.Profile == COLMAP:
			_, _, err = colmapLens(l)
		case j.Profile == Nerfstudio:
			_, err = transformsLens(map[string]any{}, l)
			if first := j.lensAt(frames[0]); err == nil && transformsModel(first) != transformsModel(l) {
				err = fmt.Errorf("frame %d has a lens of another model than frame %d, which profile %s cannot say", n, frames[0], j.Profile)
			}
		case !l.IsPinhole():
			err = fmt.Errorf("profile %s has no words for a lens, but the camera has one (%s): choose plain, colmap or nerfstudio", j.Profile, l.Model)
		}
		if err != nil {
			return err
		}
		if j.Track == nil {
			break
		}
	}
	return nil
}

// colmapLens returns the words of COLMAP's cameras.txt for a lens: the camera's
// model and what follows fx fy cx cy.
func colmapLens(l camera.Lens) (model string, distortion []float64, err error) {
	k := l.Used()
	switch {
	case l.IsPinhole():
		return "PINHOLE", nil, nil
	case l.Model == camera.FisheyeLens:
		return "OPENCV_FISHEYE", k, nil
	case l.Model == camera.OpenCVLens && len(k) == 4:
		return "OPENCV", k, nil
	case l.Model == camera.OpenCVLens && len(k) <= 8:
		return "FULL_OPENCV", l.Coefficients[:8], nil
	}
	return "", nil, fmt.Errorf("profile %s has no words for this lens: %s", COLMAP, l)
}

// transformsModel returns nerfstudio's name of a lens's model.
func transformsModel(l camera.Lens) string {
	switch l.Model {
	case camera.FisheyeLens:
		return "OPENCV_FISHEYE"
	case camera.EquirectangularLens:
		return "EQUIRECTANGULAR"
	}
	return "OPENCV"
}

// transformsLens adds to a frame of transforms.json what it says of a lens, and
// returns the camera's model.
func transformsLens(frame map[string]any, l camera.Lens) (model string, err error) {
	c := &l.Coefficients
	switch {
	case l.Model == camera.FisheyeLens:
		maps.Copy(frame, map[string]any{"k1": c[0], "k2": c[1], "k3": c[2], "k4": c[3]})
	case l.Model == camera.EquirectangularLens:
		// Rays there are angles: pi a focal length, from the picture's centre.
		if w, ok := frame["w"].(int); ok {
			h := frame["h"].(int)
			if whole := camera.WholeSphere(w, h); frame["fl_x"] != whole.Fx || frame["fl_y"] != whole.Fy || frame["cx"] != whole.Cx || frame["cy"] != whole.Cy {
				return "", fmt.Errorf("profile %s has no words for a panorama of less than all directions", Nerfstudio)
			}
			frame["fl_x"], frame["fl_y"] = float64(w)/2, float64(h)
		}
	case len(l.Used()) > 5:
		return "", fmt.Errorf("profile %s has no words for this lens: %s", Nerfstudio, l)
	default:
		maps.Copy(frame, map[string]any{"k1": c[0], "k2": c[1], "p1": c[2], "p2": c[3]})
		if c[4] != 0 {
			frame["k3"] = c[4]
		}
	}
	return transformsModel(l), nil
}

package main

import (
	"errors"
	"flag"
	"strconv"
	"strings"

	"zscope/depthcore/camera"
	"zscope/depthcore/camerafile"
	"zscope/depthcore/export"
)

// trackFlags say which camera file takes the place of the scene's camera, and
// what the file leaves open.
type trackFlags struct {
	path, format, origin, world string
	unit                        float64
	fx, fy, cx, cy              optional
	interpolate                 bool
	lensName, distortion        string
}

// optional is a number that may not be given.
type optional struct{ value *float64 }

func (o *optional) String() string { return "" }

func (o *optional) Set(s string) error {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return errors.New("it is not a number")
	}
	o.value = &v
	return nil
}

func (t *trackFlags) add(f *flag.FlagSet) {
	f.StringVar(&t.path, "cameras", "", "camera `FILE` in place of the scene's camera: zscope's own, nerfstudio, COLMAP, TUM, BOP, KITTI, ScanNet, Kubric or CSV;\nor OpenCV's camera matrix alone, which leaves the poses to the scene's camera")
	f.StringVar(&t.format, "camera-format", "", "`FORMAT` of that file where it does not tell: "+formatNames())
	f.StringVar(&t.world, "camera-world", "", "which axis of that file's world is up, `yup|zup`")
	f.Float64Var(&t.unit, "camera-unit", 0, "length of that file's unit in the scene's, `F`")
	f.StringVar(&t.origin, "pixel-origin", "", "where that file, --cx and --cy count pixels from: `corner|centre`")
	f.BoolVar(&t.interpolate, "interpolate", false, "make the frames that the camera file leaves out from their neighbours; else they are an error")
	f.StringVar(&t.lensName, "lens", "", "the camera's lens in place of what it has: `pinhole|opencv|fisheye|equirectangular`.\nThrough the last, a panorama, depth is the distance")
	f.StringVar(&t.distortion, "distortion", "", "the lens's coefficients in OpenCV's order, `K1,K2,P1,P2,K3...`; of a fisheye K1,K2,K3,K4")
	f.Var(&t.fx, "fx", "focal length in `PIXELS`, in place of the camera's")
	f.Var(&t.fy, "fy", "the same in vertical `PIXELS`")
	f.Var(&t.cx, "cx", "principal point in `PIXELS` from the left, in place of the camera's")
	f.Var(&t.cy, "cy", "the same in `PIXELS` from the top")
}

func formatNames() (names string) {
	for i, f := range camerafile.Formats() {
		if i > 0 {
			names += ", "
		}
		names += string(f)
	}
	return names
}

// into gives a job the camera of the words, for pictures of the job's size
// where it has one.
func (t *trackFlags) into(job *export.Job) error {
	model, distortion, err := t.bend()
	if err != nil {
		return err
	}
	if t.path == "" {
		job.Lens = t.lens()
		if model != nil || distortion != nil {
			l, err := newLens(model, distortion)
			if err != nil {
				return usageError{err}
			}
			job.Lens.Lens = &l
		}
		return t.originAlone()
	}
	fsys, name, err := camerafile.Locate(t.path)
	if err != nil {
		return err
	}
	o := camerafile.Options{
		Format: camerafile.Format(t.format), Width: job.Width, Height: job.Height,
		Origin: camerafile.Origin(t.origin), World: camerafile.World(t.world), Unit: t.unit,
		Model: model, Distortion: distortion,
	}
	if in, ok, err := camerafile.ReadIntrinsics(fsys, name, o); err != nil {
		return err
	} else if ok {
		if job.Width == 0 {
			job.Width, job.Height = in.Width, in.Height
		}
		in = t.lens().Apply(in.Resized(job.Width, job.Height))
		job.Lens = camera.OverrideAll(in)
		return nil
	}
	o.Fx, o.Fy, o.Cx, o.Cy = t.fx.value, t.fy.value, t.cx.value, t.cy.value
	job.Track, err = camerafile.Read(fsys, name, o)
	if err == nil && t.interpolate {
		job.Track, err = job.Track.Filled(export.MaxFrames)
	}
	return err
}

func (t *trackFlags) originAlone() error {
	switch t.origin {
	case "", string(camerafile.Corner), string(camerafile.Centre):
		return nil
	}
	return usagef("--pixel-origin %s: it is corner or centre", t.origin)
}

// bend reads the words about the lens; nil where there are none.
func (t *trackFlags) bend() (model *camera.LensModel, distortion []float64, err error) {
	if t.lensName != "" {
		m, err := camera.ParseLensModel(t.lensName)
		if err != nil {
			return nil, nil, usagef("--lens: %w", err)
		}
		model = &m
	}
	if t.distortion == "" {
		return model, nil, nil
	}
	for _, word := range strings.FieldsFunc(t.distortion, func(r rune) bool { return r == ',' || r == ' ' }) {
		x, err := strconv.ParseFloat(word, 64)
		if err != nil {
			return nil, nil, usagef("--distortion: %q is no number", word)
		}
		distortion = append(distortion, x)
	}
	_, err = newLens(model, distortion)
	if err != nil {
		return nil, nil, usagef("--distortion: %w", err)
	}
	return model, distortion, nil
}

// newLens returns the lens of the words alone.
func newLens(model *camera.LensModel, distortion []float64) (camera.Lens, error) {
	m := camera.OpenCVLens
	if model != nil {
		m = *model
	}
	return camera.NewLens(m, distortion...)
}

// lens returns what replaces intrinsics of the scene's camera, counted from the
// image's corner.
func (t *trackFlags) lens() camera.Override {
	o := camera.Override{Fx: t.fx.value, Fy: t.fy.value, Cx: t.cx.value, Cy: t.cy.value}
	if t.origin == string(camerafile.Centre) {
		for _, c := range []**float64{&o.Cx, &o.Cy} {
			if *c != nil {
				v := **c + 0.5
				*c = &v
			}
		}
	}
	return o
}

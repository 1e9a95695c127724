package export

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
	"zscope/depthcore/channels"
	"zscope/depthcore/exr"
)

// What the files say about their numbers.
const (
	planarKind     = "planarZ"
	planarSentence = "Z is the camera-space coordinate along the optical axis, positive in front of the camera, " +
		"of the nearest surface on the ray through the pixel's centre; it is not the Euclidean distance along the ray."
	distanceKind     = "distance"
	distanceSentence = "The number is the Euclidean distance from the camera to the nearest surface on the ray through the pixel's centre: " +
		"a panorama has no planar Z."
	pixelCentre = "0.5"
)

// kind returns what a number is and says it in a sentence.
func kind(euclidean bool) (name, sentence string) {
	if euclidean {
		return distanceKind, distanceSentence
	}
	return planarKind, planarSentence
}

// invalid returns the background as text.
func (j Job) invalid() string {
	switch b := float64(j.Background); {
	case math.IsNaN(b):
		return "nan"
	case math.IsInf(b, 1):
		return "inf"
	case math.IsInf(b, -1):
		return "-inf"
	}
	return strconv.FormatFloat(float64(j.Background), 'g', -1, 32)
}

// Provenance says in lines what a file of the job's numbers has to say of where
// they come from: the unit, the scene's file and the program.
func (j Job) Provenance() []string {
	lines := []string{"unit: " + unit(j.Scene.Source.Format), "source: " + j.Scene.Name}
	if s := j.Scene.Source.SHA256; s != "" {
		lines = append(lines, "sourceSHA256: "+s)
	}
	if j.Software != "" {
		lines = append(lines, "software: "+j.Software)
	}
	return lines
}

// exrImage returns what the EXR file of a frame holds: Z twice, as channel Z
// for those who know depth channels and as Y, the only single channel that
// OpenCV reads.
func (p *plan) exrImage(f *frame, pic *picture) *exr.Image {
	v := &pic.view
	img := &exr.Image{
		Width: v.Width, Height: v.Height,
		Channels: pic.exrChannels(p.list),
	}
	img.PixelAspectRatio, img.ScreenWindowCenter, img.ScreenWindowWidth = screenWindow(v.Intrinsics)
	add := func(name string, value any) {
		img.Attributes = append(img.Attributes, exr.Attribute{Name: name, Value: value})
	}
	name, sentence := kind(v.Lens.Euclidean())
	add("depthKind", name)
	add("depthUnit", unit(p.Scene.Source.Format))
	add("depthInvalid", p.invalid())
	add("pixelCenter", pixelCentre)
	add("comments", sentence)
	if !p.Job.plain() {
		for _, c := range p.list {
			text, err := json.Marshal(c.Meaning(unit(p.Scene.Source.Format), p.invalid()))
			if err == nil { // strings can always be written
				add("channel."+string(c), string(text))
			}
		}
	}
	if slices.ContainsFunc(p.list, channels.Channel.NeedsBaseline) {
		add("stereoBaseline", p.Baseline)
	}
	if p.stereo() {
		add("stereoView", map[bool]string{false: "left", true: "right"}[pic == f.right])
	}
	add("cameraModel", v.Model.String())
	if f.camera != "" {
		add("cameraLabel", f.camera)
	}
	add("cameraK", camera.Numbers(v.Fx, v.Fy, v.Cx, v.Cy))
	add("cameraKOrigin", "corner")
	add("cameraLens", v.Lens.String())
	add("worldToCameraOpenCV", camera.Numbers(camera.Rows3x4(camera.FlipYZ(v.CameraFromWorld))...))
	add("worldToCamera", rowVectorStyle(ndcAxes(v.CameraFromWorld)))
	if v.Lens.IsPinhole() { // which alone is a matrix
		add("worldToNDC", rowVectorStyle(ndcFromCamera(*v).Mul4(camera.FlipYZ(v.CameraFromWorld))))
	}
	add("imageCounter", int32(f.number))
	add("frameTime", f.time)
	add("framesPerSecond", rational(p.timeline.FPS))
	if s := p.Scene.Name; s != "" {
		add("source", s)
	}
	if s := p.Scene.Source.SHA256; s != "" {
		add("sourceSHA256", s)
	}
	if p.Software != "" {
		add("software", p.Software)
	}
	return img
}

// exrChannels returns the picture's channels as an EXR file has them: Z twice.
func (p *picture) exrChannels(list []channels.Channel) (all []exr.Channel) {
	for _, c := range list {
		if c == channels.Z {
			all = append(all, exr.Channel{Name: "Y", Float: p.depth.Z}, exr.Channel{Name: "Z", Float: p.depth.Z})
			continue
		}
		for _, plane := range p.parts(c) {
			all = append(all, exr.Channel{Name: plane.Name, Float: plane.Float, UInt: plane.UInt})
		}
	}
	return all
}

// screenWindow returns the standard attributes that hold the intrinsics: the
// picture on the plane at distance 1, x right and y up.
func screenWindow(in camera.Intrinsics) (aspect float32, centre [2]float32, width float32) {
	w, h := float64(in.Width), float64(in.Height)
	centre = [2]float32{float32((w/2 - in.Cx) / in.Fx), float32((in.Cy - h/2) / in.Fy)}
	return float32(in.Fy / in.Fx), centre, float32(w / in.Fx)
}

// ndcAxes turns a camera-from-world matrix from glTF's camera axes to those of
// the standard attribute worldToCamera: x right, y up, z forward.
func ndcAxes(cameraFromWorld mgl64.Mat4) mgl64.Mat4 {
	m := cameraFromWorld
	for c := 0; c < 4; c++ {
		m.Set(2, c, -m.At(2, c))
	}
	return m
}

// ndcFromCamera returns the projection of the standard attribute worldToNDC
// from camera space with OpenCV's axes: (0, 0) is the picture's upper left
// corner and (1, 1) its lower right one. The standard does not say what z is;
// here it runs from 0 at the near plane to 1 at the far one, and stands for a
// near plane at 1 and none far where the camera has none.
func ndcFromCamera(v camera.View) mgl64.Mat4 {
	w, h := float64(v.Width), float64(v.Height)
	near, far := v.Near, v.Far
	if !(near > 0) {
		near = 1
	}
	finiteFar := far > near && !math.IsInf(far, 0)
	m := mgl64.Mat4{}
	m.Set(0, 0, v.Fx/w)
	m.Set(1, 1, v.Fy/h)
	if v.Model == camera.Orthographic {
		m.SetCol(3, mgl64.Vec4{v.Cx / w, v.Cy / h, -near, 1})
		m.Set(2, 2, 1)
		if finiteFar {
			m.Set(2, 2, 1/(far-near))
			m.Set(2, 3, -near/(far-near))
		}
		return m
	}
	m.SetCol(2, mgl64.Vec4{v.Cx / w, v.Cy / h, 1, 1})
	m.Set(2, 3, -near)
	if finiteFar {
		m.Set(2, 2, far/(far-near))
		m.Set(2, 3, -near*far/(far-near))
	}
	return m
}

// rowVectorStyle returns a matrix for column vectors as EXR stores it: for row
// vectors from the left, so transposed, and row by row. Column by column of
// the one is row by row of the other.
func rowVectorStyle(m mgl64.Mat4) (out exr.M44f) {
	for i, x := range m {
		out[i] = float32(x)
	}
	return out
}

// rational returns a frame rate as a fraction: n/1 or n*1000/1001 where it is
// one of these as people write them (29.97), else the nearest millionth.
func rational(fps float64) exr.Rational {
	if fps < 1 {
		slow := rational(max(1, 1/fps))
		return exr.Rational{Num: int32(slow.Den), Den: uint32(slow.Num)}
	}
	for _, den := range []float64{1, 1001, 1e6} {
		num := math.Round(fps * den)
		if num <= math.MaxInt32 && (math.Abs(num/den-fps) <= 2e-6*fps || den == 1e6) {
			return exr.Rational{Num: int32(num), Den: uint32(den)}
		}
	}
	return exr.Rational{Num: int32(min(math.MaxInt32, math.Round(fps))), Den: 1}
}

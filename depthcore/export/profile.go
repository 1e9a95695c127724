package export

import (
	"bufio"
	"encoding/json"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
)

// Profile is a layout of files that other programs read: folders, names, the
// scale of whole numbers, and files for poses and intrinsics with the axes,
// origin and unit that those programs expect.
type Profile string

const (
	Plain      Profile = "plain"      // files in one folder, see Job.Name
	TUM        Profile = "tum"        // RGB-D benchmark: depth/TIME.png, 5000 a metre, groundtruth.txt
	ScanNet    Profile = "scannet"    // depth/N.png, 1000 a metre, pose/N.txt, intrinsic/
	KITTI      Profile = "kitti"      // depth/NNNNNN.png, 256 a metre, poses.txt, calib.txt, times.txt
	BOP        Profile = "bop"        // 000000/depth/NNNNNN.png, millimetres, scene_camera.json
	Nerfstudio Profile = "nerfstudio" // depth/frame_NNNNN.png, millimetres, transforms.json
	COLMAP     Profile = "colmap"     // sparse/0/*.txt, stereo/depth_maps/*.geometric.bin
)

// Profiles returns all profiles, Plain first.
func Profiles() []Profile { return []Profile{Plain, TUM, ScanNet, KITTI, BOP, Nerfstudio, COLMAP} }

// ParseProfile reads a profile's name.
func ParseProfile(s string) (Profile, error) {
	p := Profile(strings.ToLower(strings.TrimSpace(s)))
	if !slices.Contains(Profiles(), p) {
		return "", fmt.Errorf("unknown profile %q: there are %v", s, Profiles())
	}
	return p, nil
}

// Use makes the job write the files of a profile: it sets Profile, Formats,
// Scale and Background.
func (j *Job) Use(p Profile) {
	j.Profile = p
	if p == Plain || p == "" {
		return
	}
	l := layouts[p]
	j.Formats, j.Background = []Format{l.format}, 0
	if l.format == PNG {
		j.Scale = l.scale
	}
}

// layout is what a profile means.
type layout struct {
	format Format
	scale  float64 // counts a metre, for PNG
	// name is the path of a frame's depth, with slashes, without extension.
	name func(frame int, time float64) string
	// beside makes the files that stand beside the depth, by path.
	beside func(m *manifest) (map[string]string, error)
	// load is Python that reads a depth file; SCALE stands for the scale.
	load string
}

var layouts = map[Profile]layout{
	TUM:        {PNG, 5000, func(n int, t float64) string { return fmt.Sprintf("depth/%.6f", t) }, besideTUM, loadPNG},
	ScanNet:    {PNG, 1000, func(n int, t float64) string { return fmt.Sprintf("depth/%d", n) }, besideScanNet, loadPNG},
	KITTI:      {PNG, 256, func(n int, t float64) string { return fmt.Sprintf("depth/%06d", n) }, besideKITTI, loadPNG},
	BOP:        {PNG, 1000, func(n int, t float64) string { return fmt.Sprintf("000000/depth/%06d", n) }, besideBOP, loadPNG},
	Nerfstudio: {PNG, 1000, func(n int, t float64) string { return fmt.Sprintf("depth/frame_%05d", n) }, besideNerfstudio, loadPNG},
	COLMAP:     {ColmapBin, 0, func(n int, t float64) string { return fmt.Sprintf("stereo/depth_maps/frame_%05d.png.geometric", n) }, besideCOLMAP, loadColmap},
}

// checkProfile reports cameras that the job's profile has no words for.
func (j Job) checkProfile() error {
	if j.Profile == "" || j.Profile == Plain {
		return nil
	}
	if _, ok := layouts[j.Profile]; !ok {
		return fmt.Errorf("unknown profile %q", j.Profile)
	}
	if !slices.Equal(j.Formats, []Format{layouts[j.Profile].format}) {
		return fmt.Errorf("profile %s stores depth in a format of its own: choose no other", j.Profile)
	}
	if j.Track == nil {
		if j.Scene.Cameras[j.Camera].Orthographic {
			return fmt.Errorf("profile %s has no orthographic cameras", j.Profile)
		}
		return nil
	}
	var first *camera.TrackFrame
	for _, n := range j.FrameList() {
		f, _ := j.Track.At(n)
		if f.View.Model == camera.Orthographic {
			return fmt.Errorf("frame %d: profile %s has no orthographic cameras", n, j.Profile)
		}
		if first == nil {
			first = &f
		}
		if oneLens := j.Profile == TUM || j.Profile == ScanNet || j.Profile == KITTI; oneLens && f.View.Intrinsics != first.View.Intrinsics {
			return fmt.Errorf("frame %d has other intrinsics than frame %d, which profile %s cannot say", n, first.Frame, j.Profile)
		}
	}
	return nil
}

// depthName returns the path of a frame's file below Dir, with slashes.
func (j Job) depthName(frame int, time float64, f Format) string {
	if l, ok := layouts[j.Profile]; ok {
		return l.name(frame, time) + f.Extension()
	}
	return FileName(j.Pattern(), frame, f)
}

// writeBeside writes the profile's files that stand beside the depth.
func (m *manifest) writeBeside(dir string) error {
	l, ok := layouts[m.settings.Profile]
	if !ok {
		return nil
	}
	files, err := l.beside(m)
	if err != nil {
		return err
	}
	files["load_depth.py"] = strings.ReplaceAll(l.load, "SCALE", numbers(m.settings.Scale))
	for name, text := range files {
		target := filepath.Join(dir, filepath.FromSlash(name))
		if _, err := makeFolder(filepath.Dir(target)); err != nil {
			return err
		}
		err := writeWhole(target, func(w *bufio.Writer) error {
			_, err := w.WriteString(text)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

const loadPNG = `# Reads depth: planar Z in the scene's unit, NaN where there is none.
import sys
import cv2
import numpy as np

def load_depth(path):
    counts = cv2.imread(path, cv2.IMREAD_UNCHANGED)
    return np.where(counts > 0, counts / SCALE, np.nan)

if __name__ == "__main__":
    print(np.nanmin(load_depth(sys.argv[1])), np.nanmax(load_depth(sys.argv[1])))
`

const loadColmap = `# Reads depth: planar Z in the scene's unit, NaN where there is none.
import sys
import numpy as np

def load_depth(path):
    data = open(path, "rb").read()
    width, height, channels, pixels = data.split(b"&", 3)
    z = np.frombuffer(pixels, "<f4").reshape(int(height), int(width))
    return np.where(z > 0, z, np.nan)

if __name__ == "__main__":
    print(np.nanmin(load_depth(sys.argv[1])), np.nanmax(load_depth(sys.argv[1])))
`

// stand is a frame's camera as the layouts want it.
type stand struct {
	*record
	name            string // of its depth file, with slashes
	k               [4]float64
	cameraFromWorld mgl64.Mat4 // OpenCV's camera axes
	worldFromCamera mgl64.Mat4 // likewise
}

// stands returns the cameras in the order of their frames.
func (m *manifest) stands() ([]stand, error) {
	var list []stand
	for _, r := range m.sorted() {
		v := r.trackFrame(1, 1).View
		if v.Model != camera.Perspective {
			return nil, fmt.Errorf("frame %d: profile %s has no orthographic cameras", r.Frame, m.settings.Profile)
		}
		s := stand{record: r, name: r.Files[0].Name, k: r.Camera.K, cameraFromWorld: camera.FlipYZ(v.CameraFromWorld)}
		s.worldFromCamera = v.WorldFromCamera().Mul4(mgl64.Diag4(mgl64.Vec4{1, -1, -1, 1}))
		list = append(list, s)
	}
	return list, nil
}

// oneK returns the intrinsics where all frames have the same.
func oneK(list []stand, p Profile) ([4]float64, error) {
	for _, s := range list {
		if s.k != list[0].k {
			return s.k, fmt.Errorf("frame %d has other intrinsics than frame %d, which profile %s cannot say", s.Frame, list[0].Frame, p)
		}
	}
	return list[0].k, nil
}

// quaternion returns the rotation of a rigid motion, and its translation.
func quaternion(m mgl64.Mat4) (q mgl64.Quat, t mgl64.Vec3) {
	q = mgl64.Mat4ToQuat(m).Normalize()
	if q.W < 0 {
		q = q.Scale(-1)
	}
	return q, m.Col(3).Vec3()
}

// matrixText writes the first rows of a matrix, one a line.
func matrixText(m mgl64.Mat4, rows int) string {
	text := ""
	for r := range rows {
		row := m.Row(r)
		text += numbers(row[:]...) + "\n"
	}
	return text
}

// centred moves a principal point from the corner's origin to the pixel
// centre's.
func centred(k [4]float64) (fx, fy, cx, cy float64) { return k[0], k[1], k[2] - 0.5, k[3] - 0.5 }

func besideTUM(m *manifest) (map[string]string, error) {
	list, err := m.stands()
	if err != nil {
		return nil, err
	}
	k, err := oneK(list, TUM)
	if err != nil {
		return nil, err
	}
	truth := "# camera to world, x right, y down, z forward\n# timestamp tx ty tz qx qy qz qw\n"
	depth := "# timestamp filename\n"
	for _, s := range list {
		q, t := quaternion(s.worldFromCamera)
		stamp := fmt.Sprintf("%.6f", s.Time)
		truth += stamp + " " + numbers(t[0], t[1], t[2], q.V[0], q.V[1], q.V[2], q.W) + "\n"
		depth += stamp + " " + s.name + "\n"
	}
	fx, fy, cx, cy := centred(k)
	return map[string]string{
		"groundtruth.txt": truth, "depth.txt": depth,
		"calibration.txt": fmt.Sprintf("# fx fy cx cy, (0, 0) is the centre of the top left pixel; %s counts are 1 m\n%s\n", numbers(m.settings.Scale), numbers(fx, fy, cx, cy)),
	}, nil
}

func besideScanNet(m *manifest) (map[string]string, error) {
	list, err := m.stands()
	if err != nil {
		return nil, err
	}
	k, err := oneK(list, ScanNet)
	if err != nil {
		return nil, err
	}
	fx, fy, cx, cy := centred(k)
	files := map[string]string{
		"intrinsic/intrinsic_depth.txt": matrixText(mgl64.Mat4FromRows(mgl64.Vec4{fx, 0, cx, 0}, mgl64.Vec4{0, fy, cy, 0}, mgl64.Vec4{0, 0, 1, 0}, mgl64.Vec4{0, 0, 0, 1}), 4),
		"intrinsic/extrinsic_depth.txt": matrixText(mgl64.Ident4(), 4),
	}
	for _, s := range list {
		files[fmt.Sprintf("pose/%d.txt", s.Frame)] = matrixText(s.worldFromCamera, 4)
	}
	return files, nil
}

func besideKITTI(m *manifest) (map[string]string, error) {
	list, err := m.stands()
	if err != nil {
		return nil, err
	}
	k, err := oneK(list, KITTI)
	if err != nil {
		return nil, err
	}
	fx, fy, cx, cy := centred(k)
	var poses, times strings.Builder
	for _, s := range list {
		poses.WriteString(numbers(rows3x4(s.worldFromCamera)...) + "\n")
		times.WriteString(numbers(s.Time) + "\n")
	}
	calib := ""
	for i := range 4 {
		calib += fmt.Sprintf("P%d: %s\n", i, numbers(fx, 0, cx, 0, 0, fy, cy, 0, 0, 0, 1, 0))
	}
	return map[string]string{"poses.txt": poses.String(), "times.txt": times.String(), "calib.txt": calib}, nil
}

func besideBOP(m *manifest) (map[string]string, error) {
	list, err := m.stands()
	if err != nil {
		return nil, err
	}
	w, h, err := ParseSize(m.settings.Size)
	if err != nil {
		return nil, err
	}
	mmPerCount := 1000 / m.settings.Scale
	frames := map[string]any{}
	for _, s := range list {
		fx, fy, cx, cy := centred(s.k)
		r := rows3x4(s.cameraFromWorld)
		frames[fmt.Sprint(s.Frame)] = map[string]any{
			"cam_K": []float64{fx, 0, cx, 0, fy, cy, 0, 0, 1}, "depth_scale": mmPerCount,
			"cam_R_w2c": slices.Concat(r[0:3], r[4:7], r[8:11]), "cam_t_w2c": []float64{r[3] * 1000, r[7] * 1000, r[11] * 1000},
		}
	}
	fx, fy, cx, cy := centred(list[0].k)
	scene, err := json.MarshalIndent(frames, "", " ")
	if err != nil {
		return nil, err
	}
	common, err := json.MarshalIndent(map[string]any{"fx": fx, "fy": fy, "cx": cx, "cy": cy, "depth_scale": mmPerCount, "width": w, "height": h}, "", " ")
	return map[string]string{"000000/scene_camera.json": string(scene) + "\n", "camera.json": string(common) + "\n"}, err
}

// zUpFromYUp takes the scene's (x, y, z) to (x, -z, y) in a world whose z is
// up.
var zUpFromYUp = mgl64.Mat4FromRows(mgl64.Vec4{1, 0, 0, 0}, mgl64.Vec4{0, 0, -1, 0}, mgl64.Vec4{0, 1, 0, 0}, mgl64.Vec4{0, 0, 0, 1})

func besideNerfstudio(m *manifest) (map[string]string, error) {
	list, err := m.stands()
	if err != nil {
		return nil, err
	}
	w, h, err := ParseSize(m.settings.Size)
	if err != nil {
		return nil, err
	}
	var frames []map[string]any
	for _, s := range list {
		pose := zUpFromYUp.Mul4(s.worldFromCamera).Mul4(mgl64.Diag4(mgl64.Vec4{1, -1, -1, 1}))
		var rows [4]mgl64.Vec4
		for r := range rows {
			rows[r] = pose.Row(r)
		}
		frames = append(frames, map[string]any{
			"file_path": fmt.Sprintf("images/frame_%05d.png", s.Frame), "depth_file_path": s.name, "transform_matrix": rows,
			"fl_x": s.k[0], "fl_y": s.k[1], "cx": s.k[2], "cy": s.k[3], "w": w, "h": h,
		})
	}
	text, err := json.MarshalIndent(map[string]any{"camera_model": "OPENCV", "k1": 0, "k2": 0, "p1": 0, "p2": 0, "depth_unit_scale_factor": 1 / m.settings.Scale, "frames": frames}, "", " ")
	return map[string]string{"transforms.json": string(text) + "\n"}, err
}

func besideCOLMAP(m *manifest) (map[string]string, error) {
	list, err := m.stands()
	if err != nil {
		return nil, err
	}
	w, h, err := ParseSize(m.settings.Size)
	if err != nil {
		return nil, err
	}
	cameras := "# CAMERA_ID, MODEL, WIDTH, HEIGHT, PARAMS[]\n"
	images := "# IMAGE_ID, QW, QX, QY, QZ, TX, TY, TZ, CAMERA_ID, NAME\n# POINTS2D[] as (X, Y, POINT3D_ID)\n"
	ids := map[[4]float64]int{}
	for i, s := range list {
		id, ok := ids[s.k]
		if !ok {
			id = len(ids) + 1
			ids[s.k] = id
			cameras += fmt.Sprintf("%d PINHOLE %d %d %s\n", id, w, h, numbers(s.k[:]...))
		}
		q, t := quaternion(s.cameraFromWorld)
		name := strings.TrimSuffix(path.Base(s.name), ".geometric.bin")
		images += fmt.Sprintf("%d %s %d %s\n\n", i+1, numbers(q.W, q.V[0], q.V[1], q.V[2], t[0], t[1], t[2]), id, name)
	}
	return map[string]string{"sparse/0/cameras.txt": cameras, "sparse/0/images.txt": images, "sparse/0/points3D.txt": "# POINT3D_ID, X, Y, Z, R, G, B, ERROR, TRACK[]\n"}, nil
}

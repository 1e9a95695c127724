package export

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
	"zscope/depthcore/depth"
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
	Middlebury Profile = "middlebury" // frame_NNNNN/disp0.pfm and disp1.pfm in pixels, masks, calib.txt
	Kubric     Profile = "kubric"     // depth_NNNNN.tiff, distances along the rays, metadata.json
)

// Profiles returns all profiles, Plain first.
func Profiles() []Profile {
	return []Profile{Plain, TUM, ScanNet, KITTI, BOP, Nerfstudio, COLMAP, Middlebury, Kubric}
}

// ParseProfile reads a profile's name.
func ParseProfile(s string) (Profile, error) {
	p := Profile(strings.ToLower(strings.TrimSpace(s)))
	if !slices.Contains(Profiles(), p) {
		return "", fmt.Errorf("unknown profile %q: there are %v", s, Profiles())
	}
	return p, nil
}

// DefaultBaseline is what Use sets for profile Middlebury where none is chosen,
// in the scene's unit.
const DefaultBaseline = 0.1

// Use makes the job write the files of a profile: it sets Profile, Formats,
// Scale and Background, and a Baseline where the profile needs one.
func (j *Job) Use(p Profile) {
	j.Profile = p
	if p == Plain || p == "" {
		return
	}
	l := layouts[p]
	j.Formats, j.Background = []Format{l.format}, l.invalid
	if l.format == PNG {
		j.Scale = l.scale
	}
	if l.format == Disparity && j.Baseline == 0 {
		j.Baseline = DefaultBaseline
	}
}

// layout is what a profile means.
type layout struct {
	format  Format
	scale   float64 // counts a metre, for PNG
	invalid float32 // where no surface is
	oneLens bool    // its files have no place for intrinsics that change
	// name is the path of a frame's depth, with slashes, without extension.
	name func(s shot) string
	// beside makes the files that stand beside the depth, by path.
	beside func(m *manifest) (map[string]string, error)
	// load is Python that reads a depth file, see loader.
	load string
}

// shot is a frame as names need it. Its place counts the job's frames from 0.
type shot struct {
	frame, place int
	time         float64
}

// shotOf returns a frame of the plan.
func (p *plan) shotOf(frame int, time float64) shot { return shot{frame, p.place[frame], time} }

var layouts = map[Profile]layout{
	TUM:        {PNG, 5000, 0, true, func(s shot) string { return fmt.Sprintf("depth/%.6f", s.time) }, besideTUM, loadPNG},
	ScanNet:    {PNG, 1000, 0, true, func(s shot) string { return fmt.Sprintf("depth/%d", s.frame) }, besideScanNet, loadPNG},
	KITTI:      {PNG, 256, 0, true, func(s shot) string { return fmt.Sprintf("depth/%06d", s.frame) }, besideKITTI, loadPNG},
	BOP:        {PNG, 1000, 0, false, func(s shot) string { return fmt.Sprintf("000000/depth/%06d", s.frame) }, besideBOP, loadPNG},
	Nerfstudio: {PNG, 1000, 0, false, func(s shot) string { return fmt.Sprintf("depth/frame_%05d", s.frame) }, besideNerfstudio, loadPNG},
	COLMAP:     {ColmapBin, 0, 0, false, func(s shot) string { return fmt.Sprintf("stereo/depth_maps/frame_%05d.png.geometric", s.frame) }, besideCOLMAP, loadColmap},
	Middlebury: {Disparity, 0, depth.Empty(), false, func(s shot) string { return fmt.Sprintf("frame_%05d/disp0", s.frame) }, besideMiddlebury, loadMiddlebury},
	// Kubric's frames count from 0 whatever their numbers in the scene, and
	// Blender's 1e10 stands for nothing.
	Kubric: {Distance, 0, 1e10, true, func(s shot) string { return fmt.Sprintf("depth_%05d", s.place) }, besideKubric, loadKubric},
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
	if err := j.checkProfileLens(); err != nil {
		return err
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
		if layouts[j.Profile].oneLens && f.View.Intrinsics != first.View.Intrinsics {
			return fmt.Errorf("frame %d has other intrinsics than frame %d, which profile %s cannot say", n, first.Frame, j.Profile)
		}
	}
	return nil
}

// writeBeside writes the profile's files that stand beside the depth.
func (m *manifest) writeBeside(dir string) error {
	files := map[string]string{}
	switch l, ok := layouts[m.settings.Profile]; {
	case ok:
		var err error
		if files, err = l.beside(m); err != nil {
			return err
		}
		files[loaderFile] = m.settings.loader(l.load)
	case m.settings.Profile == Plain:
		files[loaderFile] = m.settings.loader(loadPlain)
	}
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

// stand is a frame's camera as the layouts want it.
type stand struct {
	*record
	name            string // of its depth file, with slashes
	k               [4]float64
	lens            camera.Lens
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
		s := stand{record: r, name: r.Files[0].Name, k: r.Camera.K, lens: v.Lens, cameraFromWorld: camera.FlipYZ(v.CameraFromWorld)}
		s.worldFromCamera = v.WorldFromCamera().Mul4(mgl64.Diag4(mgl64.Vec4{1, -1, -1, 1}))
		list = append(list, s)
	}
	return list, nil
}

// sizedStands returns the cameras and the size of their pictures.
func (m *manifest) sizedStands() (list []stand, w, h int, err error) {
	if list, err = m.stands(); err == nil {
		w, h, err = ParseSize(m.settings.Size)
	}
	return list, w, h, err
}

// oneLens returns the cameras and the intrinsics that all of them have.
func (m *manifest) oneLens() (list []stand, k [4]float64, err error) {
	if list, err = m.stands(); err != nil {
		return nil, k, err
	}
	for _, s := range list {
		if s.k != list[0].k {
			return nil, k, fmt.Errorf("frame %d has other intrinsics than frame %d, which profile %s cannot say", s.Frame, list[0].Frame, m.settings.Profile)
		}
	}
	return list, list[0].k, nil
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
		text += camera.Numbers(row[:]...) + "\n"
	}
	return text
}

// centred moves a principal point from the corner's origin to the pixel
// centre's.
func centred(k [4]float64) (fx, fy, cx, cy float64) { return k[0], k[1], k[2] - 0.5, k[3] - 0.5 }

// inMillimetres writes metres as millimetres: the digits that stand for the
// same float64, with the point moved by three places, so that moving it back
// gives the same bits.
func inMillimetres(metres float64) json.Number {
	text := strconv.FormatFloat(metres, 'e', -1, 64)
	digits, exponent, _ := strings.Cut(text, "e")
	n, _ := strconv.Atoi(exponent) // which FormatFloat has written
	return json.Number(fmt.Sprintf("%se%+03d", digits, n+3))
}

func besideTUM(m *manifest) (map[string]string, error) {
	list, k, err := m.oneLens()
	if err != nil {
		return nil, err
	}
	truth := "# camera to world, x right, y down, z forward\n# timestamp tx ty tz qx qy qz qw\n"
	depth := "# timestamp filename\n"
	for _, s := range list {
		q, t := quaternion(s.worldFromCamera)
		stamp := camera.Numbers(s.Time) // all digits: by them the scene is posed again
		truth += stamp + " " + camera.Numbers(t[0], t[1], t[2], q.V[0], q.V[1], q.V[2], q.W) + "\n"
		depth += stamp + " " + s.name + "\n"
	}
	fx, fy, cx, cy := centred(k)
	return map[string]string{
		"groundtruth.txt": truth, "depth.txt": depth,
		"calibration.txt": fmt.Sprintf("# fx fy cx cy, (0, 0) is the centre of the top left pixel; %s counts are 1 m\n%s\n", camera.Numbers(m.settings.Scale), camera.Numbers(fx, fy, cx, cy)),
	}, nil
}

func besideScanNet(m *manifest) (map[string]string, error) {
	list, k, err := m.oneLens()
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
	list, k, err := m.oneLens()
	if err != nil {
		return nil, err
	}
	fx, fy, cx, cy := centred(k)
	var poses, times strings.Builder
	for _, s := range list {
		poses.WriteString(camera.Numbers(camera.Rows3x4(s.worldFromCamera)...) + "\n")
		times.WriteString(camera.Numbers(s.Time) + "\n")
	}
	calib := ""
	for i := range 4 {
		calib += fmt.Sprintf("P%d: %s\n", i, camera.Numbers(fx, 0, cx, 0, 0, fy, cy, 0, 0, 0, 1, 0))
	}
	return map[string]string{"poses.txt": poses.String(), "times.txt": times.String(), "calib.txt": calib}, nil
}

func besideBOP(m *manifest) (map[string]string, error) {
	list, w, h, err := m.sizedStands()
	if err != nil {
		return nil, err
	}
	mmPerCount := 1000 / m.settings.Scale
	frames := map[string]any{}
	for _, s := range list {
		fx, fy, cx, cy := centred(s.k)
		r := camera.Rows3x4(s.cameraFromWorld)
		frames[fmt.Sprint(s.Frame)] = map[string]any{
			"cam_K": []float64{fx, 0, cx, 0, fy, cy, 0, 0, 1}, "depth_scale": mmPerCount,
			"cam_R_w2c": slices.Concat(r[0:3], r[4:7], r[8:11]), "cam_t_w2c": []json.Number{inMillimetres(r[3]), inMillimetres(r[7]), inMillimetres(r[11])},
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

// blenderPose returns the pose as Blender has it: z is up in the world, and the
// camera's y is up and its z backward.
func (s *stand) blenderPose() mgl64.Mat4 {
	return zUpFromYUp.Mul4(s.worldFromCamera).Mul4(mgl64.Diag4(mgl64.Vec4{1, -1, -1, 1}))
}

func matrixRows(m mgl64.Mat4) (rows [4]mgl64.Vec4) {
	for r := range rows {
		rows[r] = m.Row(r)
	}
	return rows
}

func besideNerfstudio(m *manifest) (map[string]string, error) {
	list, w, h, err := m.sizedStands()
	if err != nil {
		return nil, err
	}
	var frames []map[string]any
	top := map[string]any{"depth_unit_scale_factor": 1 / m.settings.Scale}
	for _, s := range list {
		f := map[string]any{
			"file_path": fmt.Sprintf("images/frame_%05d.png", s.Frame), "depth_file_path": s.name, "transform_matrix": matrixRows(s.blenderPose()),
			"fl_x": s.k[0], "fl_y": s.k[1], "cx": s.k[2], "cy": s.k[3], "w": w, "h": h,
		}
		if top["camera_model"], err = transformsLens(f, s.lens); err != nil {
			return nil, err
		}
		frames = append(frames, f)
	}
	top["frames"] = frames
	text, err := json.MarshalIndent(top, "", " ")
	return map[string]string{"transforms.json": string(text) + "\n"}, err
}

func besideCOLMAP(m *manifest) (map[string]string, error) {
	list, w, h, err := m.sizedStands()
	if err != nil {
		return nil, err
	}
	cameras := "# CAMERA_ID, MODEL, WIDTH, HEIGHT, PARAMS[]\n"
	images := "# IMAGE_ID, QW, QX, QY, QZ, TX, TY, TZ, CAMERA_ID, NAME\n# POINTS2D[] as (X, Y, POINT3D_ID)\n"
	ids := map[string]int{}
	for i, s := range list {
		model, distortion, err := colmapLens(s.lens)
		if err != nil {
			return nil, err
		}
		words := fmt.Sprintf("%s %d %d %s", model, w, h, camera.Numbers(append(s.k[:], distortion...)...))
		id, ok := ids[words]
		if !ok {
			id = len(ids) + 1
			ids[words] = id
			cameras += fmt.Sprintf("%d %s\n", id, words)
		}
		q, t := quaternion(s.cameraFromWorld)
		name := strings.TrimSuffix(path.Base(s.name), ".geometric.bin")
		images += fmt.Sprintf("%d %s %d %s\n\n", i+1, camera.Numbers(q.W, q.V[0], q.V[1], q.V[2], t[0], t[1], t[2]), id, name)
	}
	return map[string]string{"sparse/0/cameras.txt": cameras, "sparse/0/images.txt": images, "sparse/0/points3D.txt": "# POINT3D_ID, X, Y, Z, R, G, B, ERROR, TRACK[]\n"}, nil
}

func besideMiddlebury(m *manifest) (map[string]string, error) {
	list, w, h, err := m.sizedStands()
	if err != nil {
		return nil, err
	}
	files := map[string]string{}
	for _, s := range list {
		fx, fy, cx, cy := centred(s.k)
		k := fmt.Sprintf("[%s; %s; 0 0 1]", camera.Numbers(fx, 0, cx), camera.Numbers(0, fy, cy))
		var least, most float64 // of the disparities
		if s.Hits > 0 {
			least, most = fx*m.settings.Baseline/float64(s.Far), fx*m.settings.Baseline/float64(s.Near)
		}
		files[path.Dir(s.name)+"/calib.txt"] = fmt.Sprintf("cam0=%s\ncam1=%s\ndoffs=0\nbaseline=%s\nwidth=%d\nheight=%d\nndisp=%.0f\nvmin=%.0f\nvmax=%.0f\n",
			k, k, inMillimetres(m.settings.Baseline), w, h, math.Ceil(most)+1, math.Floor(least), math.Ceil(most))
	}
	return files, nil
}

// besideKubric writes what Kubric's workers do of a camera: K for coordinates
// that run from 0 to 1 over the picture, in camera axes with y up and z
// backward, and poses in a world whose z is up, quaternions w first.
func besideKubric(m *manifest) (map[string]string, error) {
	list, k, err := m.oneLens()
	if err != nil {
		return nil, err
	}
	w, h, err := ParseSize(m.settings.Size)
	if err != nil {
		return nil, err
	}
	fx, fy, cx, cy := k[0]/float64(w), k[1]/float64(h), k[2]/float64(w), k[3]/float64(h)
	const sensorWidth = 36
	var positions [][3]float64
	var quaternions [][4]float64
	var frames []int
	var times []float64
	for _, s := range list {
		q, t := quaternion(s.blenderPose())
		positions = append(positions, t)
		quaternions = append(quaternions, [4]float64{q.W, q.V[0], q.V[1], q.V[2]})
		frames, times = append(frames, s.Frame), append(times, s.Time)
	}
	text, err := json.MarshalIndent(map[string]any{
		"metadata": map[string]any{"width": w, "height": h, "num_frames": len(list), "num_instances": 0, "frames": frames, "times": times},
		"camera": map[string]any{
			"focal_length": fx * sensorWidth, "sensor_width": sensorWidth, "field_of_view": 2 * math.Atan(0.5/fx),
			"K": [3][3]float64{{fx, 0, -cx}, {0, -fy, -cy}, {0, 0, -1}}, "R": matrixRows(list[0].blenderPose()),
			"positions": positions, "quaternions": quaternions,
		},
		"instances": []any{},
	}, "", " ")
	return map[string]string{"metadata.json": string(text) + "\n"}, err
}

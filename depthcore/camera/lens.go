package camera

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// LensModel says how a lens bends rays.
type LensModel int

const (
	// PinholeLens does not bend them.
	PinholeLens LensModel = iota
	// OpenCVLens is OpenCV's radial, tangential, rational and thin prism
	// distortion (calib3d, projectPoints without the tilted sensor).
	OpenCVLens
	// FisheyeLens is OpenCV's fisheye, after Kannala and Brandt 2006: the
	// distance from the principal point is a polynomial of the angle from the
	// optical axis.
	FisheyeLens
	// EquirectangularLens is a panorama: columns are angles of longitude, rows
	// angles of latitude.
	EquirectangularLens
)

var lensNames = [...]string{"pinhole", "opencv", "fisheye", "equirectangular"}

func (m LensModel) String() string { return lensNames[m] }

// ParseLensModel returns the model of a name: pinhole, opencv, fisheye or
// equirectangular.
func ParseLensModel(name string) (LensModel, error) {
	m := slices.Index(lensNames[:], name)
	if m < 0 {
		return 0, fmt.Errorf("lens %q is not one of %s", name, strings.Join(lensNames[:], ", "))
	}
	return LensModel(m), nil
}

// Lens says where a camera with perspective rays sees the points of a ray. The
// zero value is the pinhole. With X right, Y down and Z forward, a lens takes
// a ray to a point (a, b), and the image point is u = Fx*a + Cx,
// v = Fy*b + Cy.
//
//   - OpenCVLens: the coefficients are OpenCV's, in its order: k1 k2 p1 p2 k3
//     k4 k5 k6 s1 s2 s3 s4. With x = X/Z, y = Y/Z, q = x*x + y*y and
//     f = (1 + k1 q + k2 q^2 + k3 q^3) / (1 + k4 q + k5 q^2 + k6 q^3):
//     a = x f + 2 p1 x y + p2 (q + 2 x^2) + s1 q + s2 q^2 and
//     b = y f + p1 (q + 2 y^2) + 2 p2 x y + s3 q + s4 q^2.
//   - FisheyeLens: k1 k2 k3 k4. With t the angle of the ray from the optical
//     axis, (a, b) has the direction of (X, Y) and the length
//     t (1 + k1 t^2 + k2 t^4 + k3 t^6 + k4 t^8).
//   - EquirectangularLens: a is the longitude atan2(X, Z), b the latitude
//     downwards, atan2(Y, hypot(X, Z)), both in radians. It has no
//     coefficients.
//
// Not every image point has a ray: a polynomial that turns around sees nothing
// beyond its fold, see Rays.
type Lens struct {
	Model        LensModel
	Coefficients [12]float64
}

// Lens parameters by their place in Coefficients of an OpenCVLens.
const (
	k1 = iota
	k2
	p1
	p2
	k3
	k4
	k5
	k6
	s1
	s2
	s3
	s4
)

// used returns how many coefficients a model has.
func (m LensModel) used() int {
	switch m {
	case OpenCVLens:
		return 12
	case FisheyeLens:
		return 4
	}
	return 0
}

// NewLens returns a lens of a model with the coefficients in their usual order;
// those that are not given are 0. A lens that distorts nothing is the pinhole.
func NewLens(model LensModel, coefficients ...float64) (Lens, error) {
	l := Lens{Model: model}
	if model == OpenCVLens && len(coefficients) == 14 {
		if coefficients[12] != 0 || coefficients[13] != 0 {
			return l, errors.New("the lens has a tilted sensor (the 13th and 14th coefficient), which is not supported")
		}
		coefficients = coefficients[:12]
	}
	if n := model.used(); len(coefficients) > n {
		return l, fmt.Errorf("%d coefficients are too many: lens %s has %d", len(coefficients), model, n)
	}
	copy(l.Coefficients[:], coefficients)
	if model == OpenCVLens && l.Coefficients == ([12]float64{}) {
		l.Model = PinholeLens
	}
	return l, l.check()
}

func (l Lens) check() error {
	if l.Model < 0 || int(l.Model) >= len(lensNames) {
		return fmt.Errorf("unknown lens model %d", int(l.Model))
	}
	for i, c := range l.Coefficients {
		if !finite(c) || math.Abs(c) > 1e12 {
			return fmt.Errorf("coefficient %d of the lens is not finite, or too large to mean anything", i+1)
		}
		if c != 0 && i >= l.Model.used() {
			return fmt.Errorf("lens %s has %d coefficients, not %d", l.Model, l.Model.used(), i+1)
		}
	}
	return nil
}

// IsPinhole reports whether l is the zero value.
func (l Lens) IsPinhole() bool { return l == Lens{} }

// Euclidean reports whether the depth of a picture through l is the distance
// along the ray: a panorama sees behind the camera too, where there is no
// planar Z.
func (l Lens) Euclidean() bool { return l.Model == EquirectangularLens }

// Used returns the coefficients in their usual order without the zeros at the
// end, but as many as OpenCV asks for: 4, 5, 8 or 12.
func (l Lens) Used() []float64 {
	n := l.Model.used()
	if l.Model == OpenCVLens {
		for _, short := range []int{8, 5, 4} {
			if slices.ContainsFunc(l.Coefficients[short:], func(c float64) bool { return c != 0 }) {
				break
			}
			n = short
		}
	}
	return l.Coefficients[:n:n]
}

// String returns the model's name and the coefficients.
func (l Lens) String() string {
	words := []string{l.Model.String()}
	for _, c := range l.Used() {
		words = append(words, strconv.FormatFloat(c, 'g', -1, 64))
	}
	return strings.Join(words, " ")
}

// ParseLens reads what String writes.
func ParseLens(s string) (Lens, error) {
	words := strings.Fields(s)
	if len(words) == 0 {
		return Lens{}, nil
	}
	m, err := ParseLensModel(words[0])
	if err != nil {
		return Lens{}, err
	}
	c := make([]float64, len(words)-1)
	for i, w := range words[1:] {
		if c[i], err = strconv.ParseFloat(w, 64); err != nil {
			return Lens{}, fmt.Errorf("lens %q: %q is no number", s, w)
		}
	}
	return NewLens(m, c...)
}

// Rayless returns which share of the picture's pixels have no ray, told from at
// most 200 x 200 of them, the corners among them.
func (in Intrinsics) Rayless() float64 {
	if in.Lens.IsPinhole() {
		return 0
	}
	const most = 200
	rays := in.Rays()
	nx, ny := min(in.Width, most), min(in.Height, most)
	none := 0
	for j := range ny {
		for i := range nx {
			x, y := i*(in.Width-1)/max(1, nx-1), j*(in.Height-1)/max(1, ny-1)
			if _, ok := rays.Ray(float64(x)+0.5, float64(y)+0.5); !ok {
				none++
			}
		}
	}
	return float64(none) / float64(nx*ny)
}

// WholeSphere returns the intrinsics of a panorama that shows all directions in
// w x h pixels.
func WholeSphere(w, h int) Intrinsics {
	return Intrinsics{Width: w, Height: h, Fx: float64(w) / (2 * math.Pi), Fy: float64(h) / math.Pi, Cx: float64(w) / 2, Cy: float64(h) / 2,
		Lens: Lens{Model: EquirectangularLens}}
}

// distort takes x = X/Z, y = Y/Z to (a, b), with the derivatives by x and y.
func (l *Lens) distort(x, y float64) (a, b, ax, ay, bx, by float64) {
	c := &l.Coefficients
	xx, yy, xy := float64(x*x), float64(y*y), float64(x*y)
	q := xx + yy
	num := polynomial(q, 1, c[k1], c[k2], c[k3])
	den := polynomial(q, 1, c[k4], c[k5], c[k6])
	f := num / den
	// df/dq
	df := (polynomial(q, c[k1], 2*c[k2], 3*c[k3]) - float64(f*polynomial(q, c[k4], 2*c[k5], 3*c[k6]))) / den
	a = float64(x*f) + float64(2*c[p1]*xy) + float64(c[p2]*(q+2*xx)) + polynomial(q, 0, c[s1], c[s2])
	b = float64(y*f) + float64(c[p1]*(q+2*yy)) + float64(2*c[p2]*xy) + polynomial(q, 0, c[s3], c[s4])
	da, db := c[s1]+float64(2*c[s2]*q), c[s3]+float64(2*c[s4]*q) // by q
	ax = f + float64(2*xx*df) + float64(2*c[p1]*y) + float64(6*c[p2]*x) + float64(2*x*da)
	ay = float64(2*xy*df) + float64(2*c[p1]*x) + float64(2*c[p2]*y) + float64(2*y*da)
	bx = float64(2*xy*df) + float64(2*c[p1]*x) + float64(2*c[p2]*y) + float64(2*x*db)
	by = f + float64(2*yy*df) + float64(6*c[p1]*y) + float64(2*c[p2]*x) + float64(2*y*db)
	return a, b, ax, ay, bx, by
}

// radial is the length of (a, b) for a ray with the length r of (x, y), by the
// radial coefficients alone, and its derivative.
func (l *Lens) radial(r float64) (length, slope float64) {
	c := &l.Coefficients
	q := float64(r * r)
	num, den := polynomial(q, 1, c[k1], c[k2], c[k3]), polynomial(q, 1, c[k4], c[k5], c[k6])
	f := num / den
	df := (polynomial(q, c[k1], 2*c[k2], 3*c[k3]) - float64(f*polynomial(q, c[k4], 2*c[k5], 3*c[k6]))) / den
	return float64(r * f), f + float64(2*q*df)
}

// bent is the length of (a, b) for an angle of a fisheye, and its derivative.
func (l *Lens) bent(angle float64) (length, slope float64) {
	c := &l.Coefficients
	q := float64(angle * angle)
	return float64(angle * polynomial(q, 1, c[0], c[1], c[2], c[3])), polynomial(q, 1, 3*c[0], 5*c[1], 7*c[2], 9*c[3])
}

// polynomial evaluates c[0] + c[1] q + c[2] q^2 ...
func polynomial(q float64, c ...float64) float64 {
	sum := 0.0
	for i := len(c) - 1; i >= 0; i-- {
		sum = float64(sum*q) + c[i]
	}
	return sum
}

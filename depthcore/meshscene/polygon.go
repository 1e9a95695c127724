package meshscene

import (
	"math"

	"github.com/go-gl/mathgl/mgl64"
)

// maxEars bounds the polygons that are cut by their ears, which takes quadratic
// time; larger ones are cut as a fan.
const maxEars = 4096

// appendPolygon cuts a polygon into triangles and appends their indices. Convex
// and small ones are a fan around the first corner; others are cut ear by ear
// in the plane that fits them best (Meisters, "Polygons have ears", 1975).
func appendPolygon(indices []uint32, positions []mgl64.Vec3, polygon []uint32) []uint32 {
	n := len(polygon)
	if n == 3 {
		return append(indices, polygon...)
	}
	flat := project(positions, polygon)
	if n > maxEars || convex(flat) {
		for k := 2; k < n; k++ {
			indices = append(indices, polygon[0], polygon[k-1], polygon[k])
		}
		return indices
	}
	left := make([]int, n) // corners that are still there
	for i := range left {
		left[i] = i
	}
	for len(left) > 3 {
		ear := findEar(flat, left)
		m := len(left)
		indices = append(indices, polygon[left[(ear+m-1)%m]], polygon[left[ear]], polygon[left[(ear+1)%m]])
		left = append(left[:ear], left[ear+1:]...)
	}
	return append(indices, polygon[left[0]], polygon[left[1]], polygon[left[2]])
}

// project returns the corners along the two axes in which the polygon is
// largest, counter-clockwise.
func project(positions []mgl64.Vec3, polygon []uint32) [][2]float64 {
	// Newell's normal: twice the area in each of the three projections.
	var normal mgl64.Vec3
	for i, p := range polygon {
		a, b := positions[p], positions[polygon[(i+1)%len(polygon)]]
		normal[0] += (a[1] - b[1]) * (a[2] + b[2])
		normal[1] += (a[2] - b[2]) * (a[0] + b[0])
		normal[2] += (a[0] - b[0]) * (a[1] + b[1])
	}
	axis := 0
	for x := range normal {
		if math.Abs(normal[x]) > math.Abs(normal[axis]) {
			axis = x
		}
	}
	u, v := (axis+1)%3, (axis+2)%3
	if normal[axis] < 0 {
		u, v = v, u
	}
	flat := make([][2]float64, len(polygon))
	for i, p := range polygon {
		flat[i] = [2]float64{positions[p][u], positions[p][v]}
	}
	return flat
}

// turn is positive where a, b, c turn left.
func turn(a, b, c [2]float64) float64 {
	return (b[0]-a[0])*(c[1]-a[1]) - (b[1]-a[1])*(c[0]-a[0])
}

func convex(flat [][2]float64) bool {
	n := len(flat)
	for i := range flat {
		if turn(flat[i], flat[(i+1)%n], flat[(i+2)%n]) < 0 {
			return false
		}
	}
	return true
}

// findEar returns a corner that can be cut off: it turns left and no other
// corner lies in its triangle. A polygon that crosses itself may have none; then
// any corner must do.
func findEar(flat [][2]float64, left []int) int {
	n := len(left)
	for i := range left {
		a, b, c := flat[left[(i+n-1)%n]], flat[left[i]], flat[left[(i+1)%n]]
		if turn(a, b, c) <= 0 {
			continue
		}
		free := true
		for _, k := range left {
			p := flat[k]
			if p == a || p == b || p == c {
				continue
			}
			if turn(a, b, p) >= 0 && turn(b, c, p) >= 0 && turn(c, a, p) >= 0 {
				free = false
				break
			}
		}
		if free {
			return i
		}
	}
	return 0
}

package main

import "math"

// The demo scene lasts five seconds. Frame n is at n/24 s, as Blender writes
// it, and everything comes round: frame 121 would be frame 1 again.
const (
	framesPerSecond = 24
	firstFrame      = 1
	lastFrame       = 120
	period          = 5.0 // seconds

	// tripodFrame is the last frame of the opening tripod shot, in which the
	// camera looks straight at the calibration wall.
	tripodFrame = 12
)

// wave is a sine of a whole number of turns a period.
func wave(frame int, turns, phase float64) float64 {
	t := float64(frame) / framesPerSecond
	return math.Sin(2 * math.Pi * (turns*t/period + phase))
}

// ease runs from 0 to 1 with no speed and no acceleration at either end.
func ease(x float64) float64 {
	x = math.Min(math.Max(x, 0), 1)
	return x * x * x * (x*(6*x-15) + 10)
}

// cameraStart is 10 m in front of the calibration wall at z = -5.
var cameraStart = vec3{0, 1.5, 5}

// cameraAt is the camera's pose: still on its tripod up to tripodFrame, then
// carried once around an ellipse by a hand that is not quite steady, looking
// at the middle of the room.
func cameraAt(frame int) (vec3, quaternion) {
	const rest = tripodFrame + 1 // the key after the last still frame is still, too
	if frame <= rest {
		return cameraStart, quaternion{0, 0, 0, 1}
	}
	s := float64(frame-rest) / float64(lastFrame+1-rest)
	round := 2 * math.Pi * ease(s)
	hand := ease(s*6) * ease((1-s)*6)

	swing, nearer := math.Sin(round), (1-math.Cos(round))/2
	at := cameraStart.add(vec3{0.62 * swing, 0.1*swing + 0.06*nearer, -0.75 * nearer})
	at = at.add(vec3{
		0.012*wave(frame, 7, 0.1) + 0.006*wave(frame, 13, 0.6),
		0.014*wave(frame, 9, 0.3) + 0.005*wave(frame, 17, 0.8),
		0.010 * wave(frame, 6, 0.5),
	}.times(hand))

	target := vec3{0.1, 1.42, -1.2}
	to := target.sub(at)
	yaw := math.Atan2(-to[0], -to[2])
	pitch := math.Atan2(to[1], math.Hypot(to[0], to[2]))
	level := nearer*0.35 + 0.65*math.Abs(swing) // how much of the look is taken up
	yaw = yaw*level + hand*(0.006*wave(frame, 8, 0.2)+0.003*wave(frame, 15, 0.7))
	pitch = pitch*level + hand*(0.005*wave(frame, 10, 0.9)+0.003*wave(frame, 16, 0.4))
	roll := 0.03*swing + hand*0.006*wave(frame, 5, 0.35)
	return at, turn(vec3{0, 0, 1}, roll).then(turn(vec3{1, 0, 0}, pitch)).then(turn(vec3{0, 1, 0}, yaw))
}

// keyed returns the values of a rotation that depends on the frame.
func keyed(at func(frame int) quaternion) func(int) []float64 {
	return func(frame int) []float64 {
		q := at(frame)
		return q[:]
	}
}

// turning is a rotation about the y axis of a whole number of turns a period.
func turning(turns, phase float64) func(int) []float64 {
	return keyed(func(frame int) quaternion {
		t := float64(frame) / framesPerSecond
		return turn(vec3{0, 1, 0}, 2*math.Pi*(turns*t/period+phase))
	})
}

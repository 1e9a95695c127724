package draco

// A corner is a vertex of one face: corner 3f+k is the k-th of face f. none
// stands for no corner and for no vertex.
const none = -1

func next(c int) int {
	if c < 0 {
		return c
	}
	if c%3 == 2 {
		return c - 2
	}
	return c + 1
}

func previous(c int) int {
	if c < 0 {
		return c
	}
	if c%3 == 0 {
		return c + 2
	}
	return c - 1
}

// corners is a corner table: how faces hang together, either for positions or,
// cut along seams, for another attribute.
type corners struct {
	vertex   []int32 // of each corner
	across   []int32 // the corner opposite the edge that is opposite a corner
	leftMost []int32 // of each vertex, a corner from which swinging right meets all
	// For an attribute, seam marks corners opposite a seam edge, and onSeam
	// the positions' vertices on one. Both are nil for positions.
	seam   []bool
	onSeam []bool
	base   *corners
}

func (t *corners) opposite(c int) int {
	if c < 0 || t.seam != nil && t.seam[c] {
		return none
	}
	return int(t.across[c])
}

func (t *corners) swingRight(c int) int { return previous(t.opposite(previous(c))) }
func (t *corners) swingLeft(c int) int  { return next(t.opposite(next(c))) }
func (t *corners) right(c int) int      { return t.opposite(next(c)) }
func (t *corners) left(c int) int       { return t.opposite(previous(c)) }

// at returns the vertex of a corner.
func (t *corners) at(c int) int {
	if c < 0 {
		return none
	}
	return int(t.vertex[c])
}

// onBoundary reports whether a vertex lies on a boundary or a seam.
func (t *corners) onBoundary(v int) bool {
	c := int(t.leftMost[v])
	if c < 0 {
		return true
	}
	if t.base != nil {
		return t.onSeam[t.base.at(c)]
	}
	return t.swingLeft(c) < 0
}

// addSeam cuts the edge opposite corner c.
func (t *corners) addSeam(c int) {
	for ; c >= 0 && !t.seam[c]; c = t.base.opposite(c) {
		t.seam[c] = true
		t.onSeam[t.base.at(next(c))] = true
		t.onSeam[t.base.at(previous(c))] = true
	}
}

// split gives each side of the seams a vertex of its own.
func (t *corners) split(d *decoder) error {
	most := len(t.base.leftMost)
	for i := range t.vertex {
		t.vertex[i] = none
		if t.seam[i] {
			most++
		}
	}
	if err := d.charge(most, 4); err != nil {
		return err
	}
	t.leftMost = make([]int32, 0, most)
	for v, c := range t.base.leftMost {
		if c < 0 {
			continue
		}
		first := int(c)
		if t.onSeam[v] {
			// Start at the seam that lies to the left.
			for a := t.swingLeft(first); a >= 0; a = t.swingLeft(a) {
				if first = a; a == int(c) {
					return errBroken
				}
			}
		}
		t.leftMost = append(t.leftMost, int32(first))
		t.vertex[first] = int32(len(t.leftMost) - 1)
		for a := t.base.swingRight(first); a >= 0 && a != first; a = t.base.swingRight(a) {
			if t.seam[next(a)] {
				t.leftMost = append(t.leftMost, int32(a))
			}
			if t.vertex[a] >= 0 || len(t.leftMost) > len(t.vertex) {
				return errBroken
			}
			t.vertex[a] = int32(len(t.leftMost) - 1)
		}
	}
	for _, v := range t.vertex {
		if v < 0 {
			return errBroken
		}
	}
	return nil
}

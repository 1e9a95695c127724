package draco

// sequence is the order in which an attribute's entries are stored.
type sequence struct {
	table   *corners
	corner  []int32 // of each entry, one where it is met
	entry   []int32 // of each vertex of the table
	visited []bool  // faces
}

// sequenceDepthFirst walks over all faces as the encoder did (specification,
// "EdgeBreaker Traversal").
func (s *sequence) depthFirst(faces int) {
	var stack []int
	for f := 0; f < faces; f++ {
		if s.visited[f] {
			continue
		}
		c := 3 * f
		s.meet(next(c))
		s.meet(previous(c))
		for stack = append(stack[:0], c); len(stack) > 0; {
			c = stack[len(stack)-1]
			if c < 0 || s.visited[c/3] {
				stack = stack[:len(stack)-1]
				continue
			}
			for {
				s.visited[c/3] = true
				if v := s.table.at(c); s.entry[v] < 0 {
					s.meet(c)
					if r := s.table.right(c); r >= 0 && !s.table.onBoundary(v) {
						c = r
						continue
					}
				}
				right, left := s.table.right(c), s.table.left(c)
				if s.done(right) {
					if s.done(left) {
						stack = stack[:len(stack)-1]
						break
					}
					c = left
				} else if s.done(left) {
					c = right
				} else {
					stack[len(stack)-1] = left
					stack = append(stack, right)
					break
				}
			}
		}
	}
}

// byDegree walks over all faces, those first whose tip is predicted well
// (specification, "EdgeBreaker Traversal Prediction Degree").
func (s *sequence) byDegree(faces int) {
	degree := make([]int32, len(s.entry))
	var stacks [3][]int
	for f := 0; f < faces; f++ {
		if s.visited[f] {
			continue
		}
		c, best := 3*f, 0
		stacks[0] = append(stacks[0], c)
		s.meet(next(c))
		s.meet(previous(c))
		s.meet(c)
		priority := func(c int) int {
			v := s.table.at(c)
			if s.entry[v] >= 0 {
				return 0
			}
			if degree[v]++; degree[v] > 1 {
				return 1
			}
			return 2
		}
		push := func(c, p int) {
			stacks[p] = append(stacks[p], c)
			best = min(best, p)
		}
		pop := func() int {
			for p := best; p < len(stacks); p++ {
				if n := len(stacks[p]); n > 0 {
					c := stacks[p][n-1]
					stacks[p], best = stacks[p][:n-1], p
					return c
				}
			}
			return none
		}
		for c = pop(); c >= 0; c = pop() {
			if s.visited[c/3] {
				continue
			}
			for {
				s.visited[c/3] = true
				s.meet(c)
				right, left := s.table.right(c), s.table.left(c)
				rightDone, leftDone := s.done(right), s.done(left)
				if !leftDone {
					p := priority(left)
					if rightDone && p <= best {
						c = left
						continue
					}
					push(left, p)
				}
				if !rightDone {
					p := priority(right)
					if p <= best {
						c = right
						continue
					}
					push(right, p)
				}
				break
			}
		}
	}
}

// meet gives the vertex of a corner the next entry, unless it has one.
func (s *sequence) meet(c int) {
	if v := s.table.at(c); s.entry[v] < 0 {
		s.entry[v] = int32(len(s.corner))
		s.corner = append(s.corner, int32(c))
	}
}

func (s *sequence) done(c int) bool { return c < 0 || s.visited[c/3] }

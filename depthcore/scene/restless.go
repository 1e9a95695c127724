package scene

import "slices"

// restless is what a pose has to place anew at another time: all of the scene
// at first, then only what its channels move, and what hangs on that. Most nodes
// of a large scene never move.
type restless struct {
	nodes, instances, skins []int32 // in ascending order
	moves                   []bool  // one a node
	settled                 bool
}

func (r *restless) begin(s *Scene, channels []*Channel) {
	r.nodes, r.instances, r.skins = upTo(len(s.Nodes)), upTo(len(s.Instances)), upTo(len(s.Skins))
	r.moves = make([]bool, len(s.Nodes))
	for _, c := range channels {
		if c.Property.kind() == ofNode {
			r.moves[c.Target] = true
		}
	}
	for i, n := range s.Nodes {
		r.moves[i] = r.moves[i] || n.Parent >= 0 && r.moves[n.Parent]
	}
}

func upTo(n int) []int32 {
	list := make([]int32, n)
	for i := range list {
		list[i] = int32(i)
	}
	return list
}

// settle leaves out what stays where it was placed.
func (r *restless) settle(s *Scene, d *deformer) {
	if r.settled {
		return
	}
	r.settled = true
	skinMoves := func(k int) bool {
		return slices.ContainsFunc(s.Skins[k].Joints, func(node int) bool { return r.moves[node] })
	}
	r.nodes = slices.DeleteFunc(r.nodes, func(i int32) bool { return !r.moves[i] })
	r.instances = slices.DeleteFunc(r.instances, func(i int32) bool { return !r.moves[s.Instances[i].Node] })
	r.skins = slices.DeleteFunc(r.skins, func(k int32) bool { return !skinMoves(int(k)) })
	d.pieces = slices.DeleteFunc(d.pieces, func(c piece) bool {
		sh := &d.shapes[c.shape]
		return !r.moves[sh.node] && (sh.skin < 0 || !skinMoves(sh.skin))
	})
}

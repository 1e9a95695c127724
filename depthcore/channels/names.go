package channels

import "zscope/depthcore/scene"

// Names gives the numbers in the channels object, mesh and material their names.
// Numbers count from 1 in the order of the file and are the same in all frames.
type Names struct {
	Object   map[uint32]string `json:"object"`
	Mesh     map[uint32]string `json:"mesh"`
	Material map[uint32]string `json:"material"`
}

// ids are the numbers of what an instance is.
type ids struct{ object, mesh, material uint32 }

// number counts a scene's objects and meshes, as far as they have surfaces, and
// its materials.
func number(s *scene.Scene) ([]ids, Names) {
	names := Names{map[uint32]string{}, map[uint32]string{}, map[uint32]string{}}
	objects, meshes := map[int]uint32{}, map[int]uint32{}
	next := func(seen map[int]uint32, key int, names map[uint32]string, name string) uint32 {
		id, ok := seen[key]
		if !ok {
			id = uint32(len(seen) + 1)
			seen[key], names[id] = id, name
		}
		return id
	}
	list := make([]ids, len(s.Instances))
	for i, in := range s.Instances {
		prim := &s.Primitives[in.Primitive]
		list[i] = ids{
			next(objects, in.Node, names.Object, s.Nodes[in.Node].Name),
			next(meshes, prim.Mesh, names.Mesh, prim.Name),
			uint32(prim.Material + 1),
		}
	}
	for i := range s.Materials {
		names.Material[uint32(i+1)] = s.Materials[i].Name
	}
	return list, names
}

// NamesOf returns the names of a scene's ids.
func NamesOf(s *scene.Scene) Names {
	_, names := number(s)
	return names
}

// Flat returns the names of the meshes in the scene for which the file has no
// vertex normals that can be read, so that their smooth normals are the
// geometric ones.
func Flat(s *scene.Scene) []string {
	var list []string
	seen := map[int]bool{}
	for _, in := range s.Instances {
		if p := &s.Primitives[in.Primitive]; p.Normals == nil && !seen[p.Mesh] {
			seen[p.Mesh] = true
			list = append(list, p.Name)
		}
	}
	return list
}

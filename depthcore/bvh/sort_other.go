//go:build !amd64

package bvh

func sortRefs(to *binning, refs []reference) { to.sort(refs) }

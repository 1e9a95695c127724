package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// measure writes two kernels for each path: one takes object-space corners from
// the batch, the other camera-space corners that plain Go found.
func measure(exact bool) {
	camera, batch, corners, st := measureStart("AVX512", exact)
	for half := range 2 {
		enterPlane(cornersD(exact, camera, batch.Offset(32*half), corners.Offset(64*half)), st.Offset(64*half))
	}
	VZEROUPPER()
	RET()
}

func measureAVX2(exact bool) {
	camera, batch, corners, st := measureStart("AVX2", exact)
	room := newLocals(9 * 32)
	var p [3][3]Mem
	for i := range p {
		for a := range p[i] {
			p[i][a] = room.alloc(32)
		}
	}
	turns("measureQuarter", 4, func() {
		corners4(exact, camera, batch, corners, p)
		enterPlane4(p, st)
	}, func() {
		ADDQ(U8(32), st.Base)
		if exact {
			ADDQ(U8(16), batch.Base)
		} else {
			ADDQ(U8(32), corners.Base)
		}
	})
	VZEROUPPER()
	RET()
}

func measureStart(path string, exact bool) (camera, batch, corners, st Mem) {
	if exact {
		TEXT("measure"+path, 0, "func(camera, batch, st *byte, at int)")
		Doc("measure" + path + " is measureSetUp for 16 triangles.")
		camera = Mem{Base: Load(Param("camera"), GP64())}
		batch = Mem{Base: Load(Param("batch"), GP64())}
		LEAQ(Mem{Base: batch.Base, Index: Load(Param("at"), GP64()), Scale: 4}, batch.Base)
	} else {
		TEXT("measureCorners"+path, 0, "func(corners, st *byte)")
		Doc("measureCorners" + path + " is measure" + path + " given the corners in camera space.")
		corners = Mem{Base: Load(Param("corners"), GP64())}
	}
	return camera, batch, corners, Mem{Base: Load(Param("st"), GP64())}
}

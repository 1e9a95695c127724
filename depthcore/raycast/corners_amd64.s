#include "textflag.h"

// CORNER takes the vertex whose number lies at index(AX) to camera space, and
// enters it in lane BX of the rows of x, y and z.
#define CORNER(index, x, y, z) \
	MOVL          index(AX), R9; \
	LEAQ          (R9)(R9*2), R9; \
	VBROADCASTSD  (SI)(R9*8), Y4; \
	VBROADCASTSD  8(SI)(R9*8), Y5; \
	VBROADCASTSD  16(SI)(R9*8), Y6; \
	VMULPD        Y0, Y4, Y4; \
	VMULPD        Y1, Y5, Y5; \
	VMULPD        Y2, Y6, Y6; \
	VADDPD        Y5, Y4, Y4; \
	VADDPD        Y6, Y4, Y4; \
	VADDPD        Y3, Y4, Y4; \
	VMOVLPD       X4, x(DI)(BX*8); \
	VMOVHPD       X4, y(DI)(BX*8); \
	VEXTRACTF128  $1, Y4, X4; \
	VMOVLPD       X4, z(DI)(BX*8)

// func cornersWide(m *affine, positions *mgl64.Vec3, vertices *[3]uint32, slots *uint32, n int, out *[9][16]float64)
//
// A corner at a time: its x, y and z times the columns of the matrix, which are
// Y0 to Y3. Sums are in the order of affine.apply.
TEXT ·cornersWide(SB), NOSPLIT, $0-48
	MOVQ m+0(FP), AX
	MOVQ positions+8(FP), SI
	MOVQ vertices+16(FP), DX
	MOVQ slots+24(FP), R8
	MOVQ n+32(FP), CX
	MOVQ out+40(FP), DI

	// Rows to columns.
	VMOVUPD     (AX), Y4
	VMOVUPD     32(AX), Y5
	VMOVUPD     64(AX), Y6
	VXORPD      Y7, Y7, Y7
	VUNPCKLPD   Y5, Y4, Y8
	VUNPCKHPD   Y5, Y4, Y9
	VUNPCKLPD   Y7, Y6, Y10
	VUNPCKHPD   Y7, Y6, Y11
	VPERM2F128  $0x20, Y10, Y8, Y0
	VPERM2F128  $0x20, Y11, Y9, Y1
	VPERM2F128  $0x31, Y10, Y8, Y2
	VPERM2F128  $0x31, Y11, Y9, Y3
	XORQ        BX, BX

next:
	MOVL (R8)(BX*4), AX
	LEAQ (AX)(AX*2), AX
	LEAQ (DX)(AX*4), AX
	CORNER(0, 0, 128, 256)
	CORNER(4, 384, 512, 640)
	CORNER(8, 768, 896, 1024)
	INCQ BX
	CMPQ BX, CX
	JLT  next
	VZEROUPPER
	RET

// func prefetchVertices(vertices *[3]uint32)
TEXT ·prefetchVertices(SB), NOSPLIT, $0-8
	MOVQ       vertices+0(FP), AX
	PREFETCHT0 (AX)
	PREFETCHT0 64(AX)
	PREFETCHT0 128(AX)
	RET

// func prefetchPositions(positions *mgl64.Vec3, vertices *[3]uint32)
TEXT ·prefetchPositions(SB), NOSPLIT, $0-16
	MOVQ positions+0(FP), SI
	MOVQ vertices+8(FP), DX
	MOVQ $48, CX

vertex:
	MOVL       (DX), AX
	MOVL       4(DX), BX
	MOVL       8(DX), R8
	MOVL       12(DX), R9
	LEAQ       (AX)(AX*2), AX
	LEAQ       (BX)(BX*2), BX
	LEAQ       (R8)(R8*2), R8
	LEAQ       (R9)(R9*2), R9
	PREFETCHT0 (SI)(AX*8)
	PREFETCHT0 (SI)(BX*8)
	PREFETCHT0 (SI)(R8*8)
	PREFETCHT0 (SI)(R9*8)
	ADDQ       $16, DX
	SUBQ       $4, CX
	JNZ        vertex
	RET

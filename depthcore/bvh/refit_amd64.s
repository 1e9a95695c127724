#include "textflag.h"

// VERTEX loads the place of vertex number i, rounded, and adds it to the bounds.
#define VERTEX(i, p) \
	MOVL        i(DX), AX; \
	LEAQ        (AX)(AX*2), AX; \
	VMASKMOVPD  (SI)(AX*8), Y3, Y8; \
	VCVTPD2PSY  Y8, p; \
	VMINPS      X0, p, X0; \
	VMAXPS      X1, p, X1; \
	VSUBPS      p, p, X8; \
	VORPS       X8, X2, X2

// func moveAVX2(positions *mgl64.Vec3, numbers *uint32, to *[Width]float32, rows int, box *Box) (finite bool)
//
// Four vertices at a time, which are turned into x, y and z of four.
//
//	X0 least   X1 most   X2 NaN where a number was not finite   Y3 three lanes
TEXT ·moveAVX2(SB), NOSPLIT, $0-41
	MOVQ        positions+0(FP), SI
	MOVQ        numbers+8(FP), DX
	MOVQ        to+16(FP), DI
	MOVQ        rows+24(FP), R8
	MOVQ        box+32(FP), BX
	VXORPS      X2, X2, X2
	VPCMPEQD    Y3, Y3, Y3
	VPXOR       X4, X4, X4
	VPBLENDD    $0xc0, Y4, Y3, Y3
	MOVL        $0x7f800000, AX
	VMOVD       AX, X0
	VPSHUFD     $0, X0, X0           // +Inf
	MOVL        $0xff800000, AX
	VMOVD       AX, X1
	VPSHUFD     $0, X1, X1           // -Inf

row:
	MOVQ $4, CX

four:
	VERTEX(0, X4)
	VERTEX(4, X5)
	VERTEX(8, X6)
	VERTEX(12, X7)
	VUNPCKLPS X5, X4, X8
	VUNPCKHPS X5, X4, X9
	VUNPCKLPS X7, X6, X10
	VUNPCKHPS X7, X6, X11
	VMOVLHPS  X10, X8, X4
	VMOVHLPS  X8, X10, X5
	VMOVLHPS  X11, X9, X6
	VMOVUPS   X4, (DI)
	VMOVUPS   X5, 64(DI)
	VMOVUPS   X6, 128(DI)
	ADDQ      $16, DX
	ADDQ      $16, DI
	DECQ      CX
	JNZ       four
	ADDQ      $128, DI
	DECQ      R8
	JNZ       row

	VMOVUPS    X0, (BX)
	VMOVLPS    X1, 12(BX)
	VEXTRACTPS $2, X1, 20(BX)
	VPTEST     X2, X2
	SETEQ      finite+40(FP)
	VZEROUPPER
	RET

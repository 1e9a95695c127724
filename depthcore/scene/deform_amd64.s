#include "textflag.h"

// func displaceWide(out, positions, delta *float64, fours int, w float64)
TEXT ·displaceWide(SB), NOSPLIT, $0-40
	MOVQ         out+0(FP), DI
	MOVQ         positions+8(FP), DX
	MOVQ         delta+16(FP), SI
	MOVQ         fours+24(FP), CX
	VBROADCASTSD w+32(FP), Y0

next:
	VMULPD  (SI), Y0, Y1
	VADDPD  (DX), Y1, Y1
	VMOVUPD Y1, (DI)
	ADDQ    $32, SI
	ADDQ    $32, DX
	ADDQ    $32, DI
	DECQ    CX
	JNZ     next
	VZEROUPPER
	RET

// func bendWide(out, positions *mgl64.Vec3, bones *mgl64.Mat4, joints *uint16, weights *float64, influences, n int)
//
//	Y0-Y3 columns of the vertex's matrix   Y15 0
TEXT ·bendWide(SB), NOSPLIT, $0-56
	MOVQ   out+0(FP), DI
	MOVQ   positions+8(FP), DX
	MOVQ   bones+16(FP), SI
	MOVQ   joints+24(FP), R8
	MOVQ   weights+32(FP), R9
	MOVQ   influences+40(FP), R10
	MOVQ   n+48(FP), R11
	VXORPD Y15, Y15, Y15

vertex:
	VXORPD     Y0, Y0, Y0
	VXORPD     Y1, Y1, Y1
	VXORPD     Y2, Y2, Y2
	VXORPD     Y3, Y3, Y3
	MOVQ       R10, CX
	PREFETCHT0 1024(R9)
	PREFETCHT0 512(DX)

influence:
	VMOVSD       (R9), X4
	VUCOMISD     X15, X4
	JNE          weighs
	JPC          skip           // equal, not unordered

weighs:
	MOVWLZX      (R8), AX
	SHLQ         $7, AX
	VBROADCASTSD X4, Y4
	VMULPD       (SI)(AX*1), Y4, Y5
	VMULPD       32(SI)(AX*1), Y4, Y6
	VMULPD       64(SI)(AX*1), Y4, Y7
	VMULPD       96(SI)(AX*1), Y4, Y8
	VADDPD       Y5, Y0, Y0
	VADDPD       Y6, Y1, Y1
	VADDPD       Y7, Y2, Y2
	VADDPD       Y8, Y3, Y3

skip:
	ADDQ $2, R8
	ADDQ $8, R9
	DECQ CX
	JNZ  influence

	VBROADCASTSD (DX), Y4
	VBROADCASTSD 8(DX), Y5
	VBROADCASTSD 16(DX), Y6
	VMULPD       Y0, Y4, Y4
	VMULPD       Y1, Y5, Y5
	VMULPD       Y2, Y6, Y6
	VADDPD       Y5, Y4, Y4
	VADDPD       Y6, Y4, Y4
	VADDPD       Y3, Y4, Y4
	VMOVUPD      X4, (DI)
	VEXTRACTF128 $1, Y4, X4
	VMOVLPD      X4, 16(DI)
	ADDQ         $24, DX
	ADDQ         $24, DI
	DECQ         R11
	JNZ          vertex
	VZEROUPPER
	RET

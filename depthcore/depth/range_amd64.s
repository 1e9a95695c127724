#include "textflag.h"

// func rangeEights(z *float32, eights int, to *lanes)
//
//	Y1 lowest   Y2 highest   Y3 hits   Y13 the last hit   Y14 inf-1   Y15 -1
TEXT ·rangeEights(SB), NOSPLIT, $0-24
	MOVQ         z+0(FP), SI
	MOVQ         eights+8(FP), CX
	MOVQ         to+16(FP), DI
	VMOVDQU      0(DI), Y1
	VMOVDQU      32(DI), Y2
	VMOVDQU      64(DI), Y3
	VPCMPEQD     Y15, Y15, Y15
	MOVL         $0x7f7fffff, AX
	VMOVD        AX, X14
	VPBROADCASTD X14, Y14
	VPADDD       Y15, Y14, Y13

next:
	VPADDD   (SI), Y15, Y0
	VPMINUD  Y13, Y0, Y4
	VPMINUD  Y0, Y1, Y1
	VPCMPEQD Y0, Y4, Y4
	VPSUBD   Y4, Y3, Y3
	VPSUBD   Y14, Y0, Y0
	VPMAXUD  Y0, Y2, Y2
	ADDQ     $32, SI
	DECQ     CX
	JNZ      next
	VMOVDQU  Y1, 0(DI)
	VMOVDQU  Y2, 32(DI)
	VMOVDQU  Y3, 64(DI)
	VZEROUPPER
	RET

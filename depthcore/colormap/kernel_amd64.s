#include "textflag.h"

// func paintEights(dst *uint8, src *float32, eights int, c *colours)
//
// The offsets are those of colours, which a test holds.
//
// Eight pixels a turn. One look-up serves those in the buckets; the rest, found
// by comparing without a sign (min(a, b) == a where a <= b), is blended in only
// where there is one.
//
//	Y15 low   Y14 span   X13 shift   Y12 near   Y11 below   Y10 above
//	Y9 empty  Y8 pixel of bucket 0   Y7 maxHit-1   Y6 ones
TEXT ·paintEights(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ eights+16(FP), CX
	MOVQ c+24(FP), BX
	VPBROADCASTD 0(BX), Y15
	VPBROADCASTD 4(BX), Y14
	VMOVD        8(BX), X13
	VPBROADCASTD 12(BX), Y12
	VPBROADCASTD 16(BX), Y11
	VPBROADCASTD 20(BX), Y10
	VPBROADCASTD 24(BX), Y9
	VPBROADCASTD 28(BX), Y8
	LEAQ         28(BX), DX        // the pixels of the buckets
	MOVL         $0x7f7ffffe, AX   // maxHit - 1
	VMOVD        AX, X7
	VPBROADCASTD X7, Y7
	VPCMPEQD     Y6, Y6, Y6

loop:
	// Look up the colours of all, those outside held at the last bucket.
	VMOVDQU    (SI), Y0            // bits
	VPSUBD     Y15, Y0, Y1         // bits - low
	VPMINUD    Y14, Y1, Y2
	VPCMPEQD   Y1, Y2, Y3          // in the buckets
	VPSRLD     X13, Y2, Y2
	VMOVDQA    Y6, Y5
	VPGATHERDD Y5, (DX)(Y2*4), Y4
	VPMOVMSKB  Y3, AX
	CMPL       AX, $-1
	JNE        outside

store:
	VMOVDQU Y4, (DI)
	ADDQ    $32, SI
	ADDQ    $32, DI
	DECQ    CX
	JNZ     loop
	VZEROUPPER
	RET

outside:
	// Above, but bucket 0's colour below low, but below's below near.
	VPMAXUD   Y15, Y0, Y1
	VPCMPEQD  Y0, Y1, Y2           // bits >= low
	VPBLENDVB Y2, Y10, Y8, Y2
	VPMAXUD   Y12, Y0, Y1
	VPCMPEQD  Y0, Y1, Y1           // bits >= near
	VPBLENDVB Y1, Y2, Y11, Y2

	// Empty where it is no surface: bits - 1 > maxHit - 1.
	VPADDD    Y6, Y0, Y1           // bits - 1
	VPMINUD   Y7, Y1, Y0
	VPCMPEQD  Y0, Y1, Y1           // a surface
	VPBLENDVB Y1, Y2, Y9, Y2
	VPBLENDVB Y3, Y4, Y2, Y4
	JMP       store

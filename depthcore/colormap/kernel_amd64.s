#include "textflag.h"

// func paintEights(dst *uint8, src *float32, eights int, c *colours)
//
// The offsets are those of colours, which a test holds.
//
// Eight pixels a turn. One look-up serves those in the buckets; the rest, found
// by comparing without a sign (min(a, b) == a where a <= b), is blended in only
// where there is one. A map that was just cast lies in the other core's cache as
// often as not, so its memory is asked for early; and so is the picture's, to be
// written, as another core may have read it last.
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
	PREFETCHT0 2048(SI)
	BYTE $0x0f; BYTE $0x0d; BYTE $0x8f; LONG $1024 // PREFETCHW 1024(DI)
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

// ABOVE subtracts -1 from count where the pixels in Y0 are above a threshold.
#define ABOVE(threshold, mask, count) \
	VPCMPGTD threshold, Y0, mask; \
	VPSUBD   mask, count, count

// func tallyEights(z *float32, eights int, t *tally, found *uint32, room int) (n int)
//
// The offsets are those of tally, which a test holds.
//
//	Y0 the pixels' bits less one, at most maxHit   Y1-Y8 counts   Y9 near
//	Y10 far   Y11 none   Y12 maxHit   R9 n
//
// Memory is asked for early, as for painting.
TEXT ·tallyEights(SB), NOSPLIT, $0-48
	MOVQ         z+0(FP), SI
	MOVQ         eights+8(FP), CX
	MOVQ         t+16(FP), BX
	MOVQ         found+24(FP), DI
	MOVQ         room+32(FP), R10
	XORQ         R9, R9
	VMOVDQU      256(BX), Y1
	VMOVDQU      288(BX), Y2
	VMOVDQU      320(BX), Y3
	VMOVDQU      352(BX), Y4
	VMOVDQU      384(BX), Y5
	VMOVDQU      416(BX), Y6
	VMOVDQU      448(BX), Y7
	VMOVDQU      480(BX), Y8
	VMOVDQU      512(BX), Y9
	VMOVDQU      544(BX), Y10
	VMOVDQU      576(BX), Y11
	MOVL         $0x7f7fffff, AX
	VMOVD        AX, X12
	VPBROADCASTD X12, Y12

pixels:
	PREFETCHT0 2048(SI)
	VPCMPEQD  Y13, Y13, Y13
	VPADDD    (SI), Y13, Y0
	VPMINUD   Y12, Y0, Y0
	VPMINUD   Y0, Y9, Y9
	VPSUBD    Y12, Y0, Y13
	VPMAXUD   Y13, Y10, Y10
	VPCMPEQD  Y12, Y0, Y13
	VPSUBD    Y13, Y11, Y11
	ABOVE(0(BX), Y13, Y1)
	ABOVE(32(BX), Y13, Y2)
	ABOVE(64(BX), Y14, Y3)
	VPANDN    Y13, Y14, Y15
	ABOVE(96(BX), Y14, Y4)
	ABOVE(128(BX), Y13, Y5)
	ABOVE(160(BX), Y13, Y6)
	ABOVE(192(BX), Y14, Y7)
	VPANDN    Y13, Y14, Y14
	VPOR      Y14, Y15, Y15
	ABOVE(224(BX), Y14, Y8)
	VMOVMSKPS Y15, AX
	TESTL     AX, AX
	JNZ       gather

next:
	ADDQ    $32, SI
	DECQ    CX
	JNZ     pixels
	VMOVDQU Y1, 256(BX)
	VMOVDQU Y2, 288(BX)
	VMOVDQU Y3, 320(BX)
	VMOVDQU Y4, 352(BX)
	VMOVDQU Y5, 384(BX)
	VMOVDQU Y6, 416(BX)
	VMOVDQU Y7, 448(BX)
	VMOVDQU Y8, 480(BX)
	VMOVDQU Y9, 512(BX)
	VMOVDQU Y10, 544(BX)
	VMOVDQU Y11, 576(BX)
	MOVQ    R9, n+40(FP)
	VZEROUPPER
	RET

gather:
	CMPQ R9, R10
	JGT  next

one:
	BSFL AX, DX
	MOVL (SI)(DX*4), R11
	MOVL R11, (DI)(R9*4)
	INCQ R9
	LEAL -1(AX), DX
	ANDL DX, AX
	JNZ  one
	JMP  next

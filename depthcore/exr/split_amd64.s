#include "textflag.h"

// Within 16 bytes, those at even places first.
DATA evenFirst<>+0(SB)/8, $0x0e0c0a0806040200
DATA evenFirst<>+8(SB)/8, $0x0f0d0b0907050301
DATA evenFirst<>+16(SB)/8, $0x0e0c0a0806040200
DATA evenFirst<>+24(SB)/8, $0x0f0d0b0907050301
GLOBL evenFirst<>(SB), RODATA|NOPTR, $32

// func splitEights(even, odd *byte, pixels *float32, eights int)
//
// The byte before one of the same half is two before it in the pixels.
TEXT ·splitEights(SB), NOSPLIT, $0-32
	MOVQ     even+0(FP), DI
	MOVQ     odd+8(FP), DX
	MOVQ     pixels+16(FP), SI
	MOVQ     eights+24(FP), CX
	VMOVDQU  evenFirst<>(SB), Y3
	VPCMPEQB Y2, Y2, Y2
	VPSLLW   $15, Y2, Y2
	VPSRLW   $8, Y2, Y4
	VPOR     Y4, Y2, Y2           // 128 in each byte

next:
	VMOVDQU      (SI), Y0
	VMOVDQU      -2(SI), Y1
	VPSUBB       Y1, Y0, Y0
	VPXOR        Y2, Y0, Y0
	VPSHUFB      Y3, Y0, Y0
	VPERMQ       $0xd8, Y0, Y0
	VMOVDQU      X0, (DI)
	VEXTRACTI128 $1, Y0, (DX)
	ADDQ         $32, SI
	ADDQ         $16, DI
	ADDQ         $16, DX
	DECQ         CX
	JNZ          next
	VZEROUPPER
	RET

#include "textflag.h"

DATA weights<>+0(SB)/8, $0x191a1b1c1d1e1f20
DATA weights<>+8(SB)/8, $0x1112131415161718
DATA weights<>+16(SB)/8, $0x090a0b0c0d0e0f10
DATA weights<>+24(SB)/8, $0x0102030405060708
GLOBL weights<>(SB), RODATA|NOPTR, $32

// func adlerSums(src *byte, n int) (sum, before, weighted uint32)
//
//	Y1 sum   Y2 weighted   Y3 before   Y13 weights   Y14 ones   Y15 zero
TEXT ·adlerSums(SB), NOSPLIT, $0-28
	MOVQ     src+0(FP), SI
	MOVQ     n+8(FP), CX
	VMOVDQU  weights<>(SB), Y13
	VPCMPEQW Y14, Y14, Y14
	VPSRLW   $15, Y14, Y14
	VPXOR    Y15, Y15, Y15
	VPXOR    Y1, Y1, Y1
	VPXOR    Y2, Y2, Y2
	VPXOR    Y3, Y3, Y3

next:
	VMOVDQU    (SI), Y0
	VPADDD     Y1, Y3, Y3
	VPSADBW    Y15, Y0, Y4
	VPADDD     Y4, Y1, Y1
	VPMADDUBSW Y13, Y0, Y0
	VPMADDWD   Y14, Y0, Y0
	VPADDD     Y0, Y2, Y2
	ADDQ       $32, SI
	SUBQ       $32, CX
	JNZ        next

#define TOTAL(y, x, to) \
	VEXTRACTI128 $1, y, X4    \
	VPADDD       X4, x, x     \
	VPSHUFD      $0x4e, x, X4 \
	VPADDD       X4, x, x     \
	VPSHUFD      $0xb1, x, X4 \
	VPADDD       X4, x, x     \
	VMOVD        x, to

	TOTAL(Y1, X1, sum+16(FP))
	TOTAL(Y3, X3, before+20(FP))
	TOTAL(Y2, X2, weighted+24(FP))
	VZEROUPPER
	RET

// Which of the last literals count, by how many there are.
DATA masks<>+0(SB)/4, $0
DATA masks<>+4(SB)/4, $0
DATA masks<>+8(SB)/4, $0
DATA masks<>+12(SB)/4, $0
DATA masks<>+16(SB)/4, $-1
DATA masks<>+20(SB)/4, $0
DATA masks<>+24(SB)/4, $0
DATA masks<>+28(SB)/4, $0
DATA masks<>+32(SB)/4, $-1
DATA masks<>+36(SB)/4, $-1
DATA masks<>+40(SB)/4, $0
DATA masks<>+44(SB)/4, $0
DATA masks<>+48(SB)/4, $-1
DATA masks<>+52(SB)/4, $-1
DATA masks<>+56(SB)/4, $-1
DATA masks<>+60(SB)/4, $0
GLOBL masks<>(SB), RODATA|NOPTR, $64

// Of the count of bits only the lowest six count, which is all that shifts look
// at: what an addition leaves above is cut away by FLUSH.
#define FLUSH \
	MOVQ  R8, (DI)    \
	MOVL  R9, AX      \
	ANDL  $56, AX     \
	SHRXQ AX, R8, R8  \
	SHRL  $3, AX      \
	ADDQ  AX, DI      \
	ANDL  $7, R9

#define LITERAL(i) \
	MOVBLZX i(SI), AX          \
	MOVWLZX (R10)(AX*4), R13   \
	SHLXQ   R9, R13, R13       \
	ORQ     R13, R8            \
	ADDL    2(R10)(AX*4), R9

#define LASTLITERAL(i) \
	MOVBLZX i(SI), AX          \
	MOVL    (R10)(AX*4), AX    \
	ANDL    (4*i)(R14), AX     \
	MOVWLZX AX, R13            \
	SHLXQ   R9, R13, R13       \
	ORQ     R13, R8            \
	SHRL    $16, AX            \
	ADDL    AX, R9

// func putSequences(to *bitWriter, sequences *sequence, n int, src *byte, codes *codes)
//
// The offsets are those of the structs, which a test holds.
//
//	DI out   R8 bits   R9 their number   BX sequence   CX how many are left
//	SI literals   R10 codes of literals   R11 of lengths   R12 of distances
TEXT ·putSequences(SB), NOSPLIT, $0-40
	MOVQ to+0(FP), DX
	MOVQ sequences+8(FP), BX
	MOVQ n+16(FP), CX
	MOVQ src+24(FP), SI
	MOVQ codes+32(FP), R10
	LEAQ 1144(R10), R12
	LEAQ 1264(R10), R11
	MOVQ 0(DX), DI
	ADDQ 24(DX), DI
	MOVQ 32(DX), R8
	MOVQ 40(DX), R9
	LEAQ masks<>(SB), R15

sequence:
	MOVL 0(BX), DX
	SUBQ $4, DX
	JLT  rest

four:
	LITERAL(0)
	LITERAL(1)
	LITERAL(2)
	LITERAL(3)
	FLUSH
	ADDQ $4, SI
	SUBQ $4, DX
	JGE  four

rest:
	MOVWLZX 4(BX), R13
	TESTL   R13, R13
	JZ      done

	// Up to three literals: what follows them is the match, at least as long.
	ADDL $4, DX
	MOVL DX, R14
	SHLL $4, R14
	ADDQ R15, R14
	LASTLITERAL(0)
	LASTLITERAL(1)
	LASTLITERAL(2)
	ADDQ DX, SI
	MOVWLZX 4(BX), DX
	ADDQ DX, SI
	FLUSH

	// The length with its extra bits.
	MOVL  (R11)(DX*4), AX
	MOVL  AX, R13
	ANDL  $0xffffff, R13
	SHLXQ R9, R13, R13
	ORQ   R13, R8
	SHRL  $24, AX
	ADDL  AX, R9

	// The distance's code and its extra bits.
	MOVWLZX 6(BX), DX
	DECL    DX
	MOVL    DX, AX
	ORL     $2, AX
	BSRL    AX, AX
	DECL    AX
	SHRXL   AX, DX, R13
	LEAL    (R13)(AX*2), R13
	MOVWLZX (R12)(R13*4), R14
	SHLXQ   R9, R14, R14
	ORQ     R14, R8
	MOVWLZX 2(R12)(R13*4), R13
	ADDL    R13, R9
	BZHIL   AX, DX, DX
	SHLXQ   R9, DX, DX
	ORQ     DX, R8
	ADDL    AX, R9
	FLUSH

	ADDQ $8, BX
	DECQ CX
	JNZ  sequence

done:
	MOVQ to+0(FP), DX
	SUBQ 0(DX), DI
	MOVQ DI, 24(DX)
	MOVQ R8, 32(DX)
	MOVQ R9, 40(DX)
	RET

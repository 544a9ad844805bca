// SPDX-License-Identifier: GPL-3.0-only
#include "arch/riscv64/fp_instruction.h"

#include <gtest/gtest.h>

namespace {

// Encodings by the assembler.
TEST(RiscvFpInstruction, LoadsAndStoresOfEveryPrecision) {
    EXPECT_TRUE(riscv_is_fp_instruction(0x00052507)); // flw fa0, 0(a0)
    EXPECT_TRUE(riscv_is_fp_instruction(0x00053507)); // fld fa0, 0(a0)
    EXPECT_TRUE(riscv_is_fp_instruction(0x00051507)); // flh fa0, 0(a0)
    EXPECT_TRUE(riscv_is_fp_instruction(0x00054507)); // flq fa0, 0(a0)
    EXPECT_TRUE(riscv_is_fp_instruction(0x00a52027)); // fsw fa0, 0(a0)
    EXPECT_TRUE(riscv_is_fp_instruction(0x00a53027)); // fsd fa0, 0(a0)
}

TEST(RiscvFpInstruction, VectorAccessesShareTheOpcodeAndDontCount) {
    EXPECT_FALSE(riscv_is_fp_instruction(0x02050007)); // vle8.v v0, (a0)
    EXPECT_FALSE(riscv_is_fp_instruction(0x02057007)); // vle64.v v0, (a0)
    EXPECT_FALSE(riscv_is_fp_instruction(0x02056027)); // vse32.v v0, (a0)
    EXPECT_FALSE(riscv_is_fp_instruction(0x02055027)); // vse16.v v0, (a0)
    EXPECT_FALSE(riscv_is_fp_instruction(0x02000057)); // vadd.vv v0, v0, v0
}

TEST(RiscvFpInstruction, Arithmetic) {
    EXPECT_TRUE(riscv_is_fp_instruction(0x02b57553)); // fadd.d fa0, fa0, fa1
    EXPECT_TRUE(riscv_is_fp_instruction(0xf2050553)); // fmv.d.x fa0, a0
    EXPECT_TRUE(riscv_is_fp_instruction(0x62b57543)); // fmadd.d fa0, fa0, fa1, fa2
    EXPECT_TRUE(riscv_is_fp_instruction(0x62b57547)); // fmsub.d
    EXPECT_TRUE(riscv_is_fp_instruction(0x62b5754b)); // fnmsub.d
    EXPECT_TRUE(riscv_is_fp_instruction(0x62b5754f)); // fnmadd.d
}

TEST(RiscvFpInstruction, TheThreeControlRegisters) {
    EXPECT_TRUE(riscv_is_fp_instruction(0x00102573)); // csrr a0, fflags
    EXPECT_TRUE(riscv_is_fp_instruction(0x00202573)); // csrr a0, frm
    EXPECT_TRUE(riscv_is_fp_instruction(0x00302573)); // csrr a0, fcsr
    EXPECT_TRUE(riscv_is_fp_instruction(0x00351073)); // csrw fcsr, a0
    EXPECT_TRUE(riscv_is_fp_instruction(0x00205073)); // csrwi frm, 0
    EXPECT_TRUE(riscv_is_fp_instruction(0x0010f073)); // csrci fflags, 1
}

TEST(RiscvFpInstruction, OtherSystemInstructionsDontCount) {
    EXPECT_FALSE(riscv_is_fp_instruction(0x10002573)); // csrr a0, sstatus
    EXPECT_FALSE(riscv_is_fp_instruction(0x00002573)); // csrr a0, 0
    EXPECT_FALSE(riscv_is_fp_instruction(0x00402573)); // csrr a0, 4
    EXPECT_FALSE(riscv_is_fp_instruction(0x00800573)); // csr field 8, funct3 0
    EXPECT_FALSE(riscv_is_fp_instruction(0x00100073)); // ebreak
    EXPECT_FALSE(riscv_is_fp_instruction(0x10200073)); // sret
    EXPECT_FALSE(riscv_is_fp_instruction(0x00304073)); // funct3 4: hypervisor accesses
}

TEST(RiscvFpInstruction, CompressedAccesses) {
    EXPECT_TRUE(riscv_is_fp_instruction(0x2108));         // c.fld fa0, 0(a0)
    EXPECT_TRUE(riscv_is_fp_instruction(0xa108));         // c.fsd fa0, 0(a0)
    EXPECT_TRUE(riscv_is_fp_instruction(0x2502));         // c.fldsp fa0, 0(sp)
    EXPECT_TRUE(riscv_is_fp_instruction(0xa02a));         // c.fsdsp fa0, 0(sp)
    EXPECT_TRUE(riscv_is_fp_instruction(0xffff00002108)); // what follows it does not matter
}

TEST(RiscvFpInstruction, OtherCompressedInstructionsDontCount) {
    EXPECT_FALSE(riscv_is_fp_instruction(0x0000)); // defined illegal
    EXPECT_FALSE(riscv_is_fp_instruction(0x4108)); // c.lw a0, 0(a0)
    EXPECT_FALSE(riscv_is_fp_instruction(0x6108)); // c.ld a0, 0(a0)
    EXPECT_FALSE(riscv_is_fp_instruction(0xe108)); // c.sd a0, 0(a0)
    EXPECT_FALSE(riscv_is_fp_instruction(0x6502)); // c.ldsp a0, 0(sp)
    EXPECT_FALSE(riscv_is_fp_instruction(0x2505)); // c.addiw a0, 1
    EXPECT_FALSE(riscv_is_fp_instruction(0xa001)); // c.j .
}

TEST(RiscvFpInstruction, IntegerInstructionsDontCount) {
    EXPECT_FALSE(riscv_is_fp_instruction(0x00053503)); // ld a0, 0(a0)
    EXPECT_FALSE(riscv_is_fp_instruction(0x00a53023)); // sd a0, 0(a0)
    EXPECT_FALSE(riscv_is_fp_instruction(0x0000000b)); // custom-0
    EXPECT_FALSE(riscv_is_fp_instruction(0xffffffff));
}

} // namespace

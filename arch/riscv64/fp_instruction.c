// SPDX-License-Identifier: GPL-3.0-only
#include "arch/riscv64/fp_instruction.h"

// Major opcodes, bits 6..0.
enum {
    LOAD_FP = 0x07,
    STORE_FP = 0x27,
    MADD = 0x43,
    MSUB = 0x47,
    NMSUB = 0x4b,
    NMADD = 0x4f,
    OP_FP = 0x53,
    SYSTEM = 0x73,
};

static unsigned funct3(uint64_t instruction) {
    return instruction >> 12 & 7;
}

// c.fld, c.fsd (quadrant 0) and c.fldsp, c.fsdsp (quadrant 2) have funct3 1 and 5; quadrant 1 has
// none.
static bool is_compressed_fp(uint64_t instruction) {
    const unsigned quadrant = instruction & 3;
    const unsigned function = instruction >> 13 & 7;
    return quadrant != 1 && (function == 1 || function == 5);
}

// csrrw and the others with fflags (1), frm (2) or fcsr (3). funct3 0 and 4 are no CSR accesses.
static bool is_fp_csr_access(uint64_t instruction) {
    const unsigned csr = instruction >> 20 & 0xfff;
    return (funct3(instruction) & 3) != 0 && csr >= 1 && csr <= 3;
}

bool riscv_is_fp_instruction(uint64_t instruction) {
    if ((instruction & 3) != 3) {
        return is_compressed_fp(instruction);
    }
    switch (instruction & 0x7f) {
    case LOAD_FP:
    case STORE_FP: // widths 1 to 4: half to quad; the other four are vector accesses
        return funct3(instruction) >= 1 && funct3(instruction) <= 4;
    case MADD:
    case MSUB:
    case NMSUB:
    case NMADD:
    case OP_FP:
        return true;
    case SYSTEM:
        return is_fp_csr_access(instruction);
    default:
        return false;
    }
}

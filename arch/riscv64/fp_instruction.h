// SPDX-License-Identifier: GPL-3.0-only
//
// Which instructions need sstatus.FS (RISC-V Unprivileged Architecture, chapters F, D, C and
// "RV32/64G Instruction Set Listings"). Plain C: tested on the host.
#ifndef HELIOS_ARCH_RISCV64_FP_INSTRUCTION_H
#define HELIOS_ARCH_RISCV64_FP_INSTRUCTION_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Whether this instruction (its low 16 bits, if it is a compressed one) reads or writes f0 to f31,
// fcsr or its parts. Of every precision, so that an instruction that this hart lacks counts too: it
// traps once more, with FS on. Vector instructions don't count.
bool riscv_is_fp_instruction(uint64_t instruction);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_RISCV64_FP_INSTRUCTION_H

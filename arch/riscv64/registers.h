// SPDX-License-Identifier: GPL-3.0-only
//
// A task's registers in the order of uapi/registers.h. Plain C without machine instructions: tested
// on the host.
#ifndef HELIOS_ARCH_RISCV64_REGISTERS_H
#define HELIOS_ARCH_RISCV64_REGISTERS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// All words of uapi/registers.h.
#define RISCV_ALL_WORDS ((1ull << 33) - 1)

// Bit n: x[n] means something in a task that is inside a system call: sp, gp, tp, s0, s1.
#define RISCV_SYSTEM_CALL_REGISTERS (1u << 2 | 1u << 3 | 1u << 4 | 1u << 8 | 1u << 9)

// Number of the word that holds x[n], 0 < n < 32.
unsigned riscv_register_word(unsigned n);

// Fills all words from x (by number) and pc; those of registers whose bit is clear in `valid` with
// zero. Returns the mask of the words that mean something.
uint64_t riscv_registers_read(const uint64_t *x, uint64_t pc, uint32_t valid, uint64_t *words);

// Replaces what `mask` names. Registers whose bit is clear in `valid` count as zero before.
// Returns the new pc.
uint64_t riscv_registers_write(uint64_t *x, uint64_t pc, uint32_t valid, const uint64_t *words,
                               uint64_t mask);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_RISCV64_REGISTERS_H

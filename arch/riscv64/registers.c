// SPDX-License-Identifier: GPL-3.0-only
#include "arch/riscv64/registers.h"

#include <assert.h>

#include "uapi/registers.h"

#define REGISTERS 32
#define RA        1
#define SP        2

static_assert(RISCV_ALL_WORDS == (1ull << HELIOS_RISCV64_REGISTERS) - 1, "registers.h");

unsigned riscv_register_word(unsigned n) {
    switch (n) {
    case RA:
        return HELIOS_RISCV64_RA;
    case SP:
        return HELIOS_REGISTER_SP;
    default:
        return HELIOS_RISCV64_GP + (n - 3); // gp, tp, t0 and so on, in the order of their numbers
    }
}

uint64_t riscv_registers_read(const uint64_t *x, uint64_t pc, uint32_t valid, uint64_t *words) {
    uint64_t mask = 1ull << HELIOS_REGISTER_PC | 1ull << HELIOS_REGISTER_FLAGS;
    words[HELIOS_REGISTER_PC] = pc;
    words[HELIOS_REGISTER_FLAGS] = 0;
    for (unsigned n = 1; n < REGISTERS; n++) {
        const unsigned word = riscv_register_word(n);
        const uint64_t is_valid = valid >> n & 1;
        words[word] = is_valid != 0 ? x[n] : 0;
        mask |= is_valid << word;
    }
    return mask;
}

uint64_t riscv_registers_write(uint64_t *x, uint64_t pc, uint32_t valid, const uint64_t *words,
                               uint64_t mask) {
    for (unsigned n = 1; n < REGISTERS; n++) {
        const unsigned word = riscv_register_word(n);
        if ((mask >> word & 1) != 0) {
            x[n] = words[word];
        } else if ((valid >> n & 1) == 0) {
            x[n] = 0;
        }
    }
    return (mask >> HELIOS_REGISTER_PC & 1) != 0 ? words[HELIOS_REGISTER_PC] : pc;
}

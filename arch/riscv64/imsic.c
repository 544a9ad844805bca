// SPDX-License-Identifier: GPL-3.0-only
#include "arch/riscv64/imsic.h"

#include "arch/riscv64/csr.h"

// Registers behind siselect and sireg (section 3.8). With 64-bit registers only the even numbers
// of the arrays exist.
enum {
    EIDELIVERY = 0x70,
    EITHRESHOLD = 0x72,
    EIP = 0x80,
    EIE = 0xc0,
    IDS_PER_REGISTER = 64,
};

#define STOPEI_ID_SHIFT 16
#define STOPEI_ID_MASK  0x7ffu

static void put(uint64_t number, uint64_t value) {
    CSR_WRITE(CSR_SISELECT, number);
    CSR_WRITE(CSR_SIREG, value);
}

static uint64_t register_of(uint64_t array, uint32_t id) {
    return array + 2 * (uint64_t)(id / IDS_PER_REGISTER);
}

void imsic_reset(uint32_t ids) {
    put(EIDELIVERY, 0);
    for (uint32_t id = 0; id <= ids; id += IDS_PER_REGISTER) {
        put(register_of(EIE, id), 0);
        put(register_of(EIP, id), 0);
    }
    put(EITHRESHOLD, 0);
    put(EIDELIVERY, 1);
}

void imsic_write(unsigned word, uint64_t enabled, uint64_t cleared) {
    put(EIE + 2 * (uint64_t)word, enabled);
    if (cleared != 0) {
        CSR_WRITE(CSR_SISELECT, EIP + 2 * (uint64_t)word);
        CSR_CLEAR(CSR_SIREG, cleared);
    }
}

void imsic_set_pending(uint32_t id, bool pending) {
    CSR_WRITE(CSR_SISELECT, register_of(EIP, id));
    if (pending) {
        CSR_SET(CSR_SIREG, 1ull << id % IDS_PER_REGISTER);
    } else {
        CSR_CLEAR(CSR_SIREG, 1ull << id % IDS_PER_REGISTER);
    }
}

// Writing stopei, whatever is written, claims what the same instruction reads (section 3.10).
uint32_t imsic_claim(void) {
    return (uint32_t)(CSR_SWAP(CSR_STOPEI, 0) >> STOPEI_ID_SHIFT) & STOPEI_ID_MASK;
}

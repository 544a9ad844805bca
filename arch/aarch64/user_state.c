// SPDX-License-Identifier: GPL-3.0-only
#include "arch/aarch64/user_state.h"

#define PSTATE_NZCV (0xfull << 28)
#define PSTATE_DIT  (1ull << 24)
#define PSTATE_SSBS (1ull << 12)

#define DEBUG_ENABLE    (1u << 0)
#define DEBUG_USER_ONLY (2u << 1) // PMC or PAC, with HMC and SSC zero
#define DEBUG_STORE     (2u << 3) // LSC
#define DEBUG_ACCESS    (3u << 3)
#define DEBUG_BAS_SHIFT 5

#define INSTRUCTION_BYTES 4u
#define WATCHED_BYTES     8u // one watchpoint covers bytes of one doubleword

static uint64_t field(uint64_t value, unsigned shift) {
    return (value >> shift) & 0xf;
}

uint64_t user_state_pstate_mask(uint64_t pfr0, uint64_t pfr1) {
    uint64_t dit = field(pfr0, 48) != 0 ? PSTATE_DIT : 0;
    uint64_t ssbs = field(pfr1, 4) != 0 ? PSTATE_SSBS : 0;
    return PSTATE_NZCV | dit | ssbs;
}

uint64_t user_state_debug_value(enum breakpoint_kind kind, uint64_t address) {
    uint64_t granule = kind == BREAKPOINT_EXECUTE ? INSTRUCTION_BYTES : WATCHED_BYTES;
    return address & ~(granule - 1);
}

uint32_t user_state_debug_control(enum breakpoint_kind kind, uint64_t address, unsigned length) {
    if (kind == BREAKPOINT_EXECUTE) {
        bool fits = length == INSTRUCTION_BYTES && address % INSTRUCTION_BYTES == 0;
        return fits ? 0xfu << DEBUG_BAS_SHIFT | DEBUG_USER_ONLY | DEBUG_ENABLE : 0;
    }
    unsigned first = (unsigned)(address % WATCHED_BYTES);
    if (kind == BREAKPOINT_OFF || length == 0 || first + length > WATCHED_BYTES) {
        return 0;
    }
    uint32_t bytes = ((1u << length) - 1) << first;
    uint32_t access = kind == BREAKPOINT_WRITE ? DEBUG_STORE : DEBUG_ACCESS;
    return bytes << DEBUG_BAS_SHIFT | access | DEBUG_USER_ONLY | DEBUG_ENABLE;
}

unsigned user_state_breakpoint_count(uint64_t dfr0, unsigned most) {
    unsigned breakpoints = (unsigned)field(dfr0, 12) + 1;
    unsigned watchpoints = (unsigned)field(dfr0, 20) + 1;
    unsigned both = breakpoints < watchpoints ? breakpoints : watchpoints;
    return both < most ? both : most;
}

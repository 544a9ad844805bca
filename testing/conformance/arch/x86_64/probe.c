// SPDX-License-Identifier: GPL-3.0-only
#include "testing/conformance/probe.h"

enum {
    RAX,
    RCX,
    RDX,
    RBX,
    RSP,
    RBP,
    RSI,
    RDI,
    R8,
    R9,
    R10,
    R11,
    R12,
    R13,
    R14,
    R15,
};

enum {
    RFLAGS_FIXED = 1 << 1,
    RFLAGS_INTERRUPT = 1 << 9,
    RFLAGS_ARITHMETIC = 0x8d5, // OF, SF, ZF, AF, PF, CF
};

const uint8_t probe_fates[PROBE_REGISTERS] = {
    [RAX] = PROBE_ZERO,      [RCX] = PROBE_HARDWARE,  [RDX] = PROBE_RESULT, [RBX] = PROBE_PRESERVED,
    [RSP] = PROBE_PRESERVED, [RBP] = PROBE_PRESERVED, [RSI] = PROBE_RESULT, [RDI] = PROBE_RESULT,
    [R8] = PROBE_RESULT,     [R9] = PROBE_RESULT,     [R10] = PROBE_RESULT, [R11] = PROBE_HARDWARE,
    [R12] = PROBE_ZERO,      [R13] = PROBE_ZERO,      [R14] = PROBE_ZERO,   [R15] = PROBE_ZERO,
};
const uint8_t probe_number = RAX;
const uint8_t probe_result[6] = {RDI, RSI, RDX, R10, R8, R9};
const uint32_t probe_fp_words = 32; // xmm0 to xmm15

extern const char probe_return[]; // the instruction behind syscall

// sysret takes the return address from rcx and the flags from r11.
int probe_hardware_is_fine(unsigned index, const struct probe *probe) {
    uint64_t value = probe->out[index];
    if (index == RCX) {
        return value == 0 || value == (uintptr_t)probe_return;
    }
    uint64_t flags = value & ~(uint64_t)RFLAGS_ARITHMETIC;
    return value == 0 || flags == (RFLAGS_FIXED | RFLAGS_INTERRUPT);
}

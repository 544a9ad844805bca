// SPDX-License-Identifier: GPL-3.0-only
#include "testing/conformance/probe.h"

enum { X86_64_REGISTERS(PROBE_INDEX) };

enum {
    RFLAGS_FIXED = 1 << 1,
    RFLAGS_INTERRUPT = 1 << 9,
    RFLAGS_ARITHMETIC = 0x8d5, // OF, SF, ZF, AF, PF, CF
};

const uint8_t probe_fates[PROBE_REGISTERS] = {X86_64_REGISTERS(PROBE_FATE)};
const uint8_t probe_number = {X86_64_NUMBER(PROBE_PLACE)};
const uint8_t probe_result[6] = {X86_64_MESSAGE(PROBE_PLACE)};
const uint32_t probe_fp_words = 32; // xmm0 to xmm15

extern const char probe_return[]; // the instruction behind syscall

// sysret takes the return address from rcx and the flags from r11.
int probe_hardware_is_fine(unsigned index, const struct probe *probe) {
    uint64_t value = probe->out[index];
    if (index == PROBE_rcx) {
        return value == 0 || value == (uintptr_t)probe_return;
    }
    uint64_t flags = value & ~(uint64_t)RFLAGS_ARITHMETIC;
    return value == 0 || flags == (RFLAGS_FIXED | RFLAGS_INTERRUPT);
}

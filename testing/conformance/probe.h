// SPDX-License-Identifier: GPL-3.0-only
//
// A system call with every register of the architecture known before and looked at after.
#ifndef HELIOS_TESTING_CONFORMANCE_PROBE_H
#define HELIOS_TESTING_CONFORMANCE_PROBE_H

#include <stdint.h>

#include "testing/conformance/registers_table.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PROBE_REGISTERS 32
#define PROBE_FP_WORDS  64

// Registers by the architecture's numbers (x86_64: the encoding's, rax = 0 ... r15 = 15). The
// assembly (arch/*/probe.S) knows the offsets.
struct probe {
    uint64_t in[PROBE_REGISTERS];
    uint64_t out[PROBE_REGISTERS];
    uint64_t fp_in[PROBE_FP_WORDS]; // FP/SIMD registers, 8 or 16 bytes each
    uint64_t fp_out[PROBE_FP_WORDS];
};

// Loads every register from `in` and `fp_in`, enters the kernel, stores every register. The stack
// pointer is not loaded; its value before and after stands in `in` and `out`.
void probe_syscall(struct probe *probe);

// What becomes of a register in a system call.
enum probe_fate {
    PROBE_NONE = 0,  // no such register
    PROBE_ZERO,      // zero on return
    PROBE_PRESERVED, // what it was
    PROBE_RESULT,    // badge, tag, parameters: see the result order below
    PROBE_HARDWARE,  // the entry instruction's: nothing is promised but that it is the task's own
};

// For the rows of registers_table.h.
#define PROBE_INDEX(name, fate) PROBE_##name,
#define PROBE_FATE(name, fate)  PROBE_##fate,
#define PROBE_PLACE(name)       PROBE_##name,

// The architecture's part (arch/*/probe.c).
extern const uint8_t probe_fates[PROBE_REGISTERS];
extern const uint8_t probe_number;    // register that holds the system call's number
extern const uint8_t probe_result[6]; // registers of capability/badge, tag, parameters 0..3
extern const uint32_t probe_fp_words; // how many words of fp_in and fp_out exist

// Whether what a PROBE_HARDWARE register holds after a system call can be.
int probe_hardware_is_fine(unsigned index, const struct probe *probe);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_TESTING_CONFORMANCE_PROBE_H

// SPDX-License-Identifier: GPL-3.0-only
//
// The scause register (RISC-V Privileged Architecture, "Supervisor Cause (scause) Register") in
// portable words. Plain C without machine instructions: tested on the host.
#ifndef HELIOS_ARCH_RISCV64_CAUSE_H
#define HELIOS_ARCH_RISCV64_CAUSE_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/include/fault.h"

#ifdef __cplusplus
extern "C" {
#endif

#define RISCV_CAUSE_INTERRUPT        (1ull << 63)
#define RISCV_CAUSE_TIMER            (RISCV_CAUSE_INTERRUPT | 5)
#define RISCV_CAUSE_EXTERNAL         (RISCV_CAUSE_INTERRUPT | 9)
#define RISCV_CAUSE_MISALIGNED_FETCH 0ull
#define RISCV_CAUSE_ILLEGAL          2ull

bool riscv_cause_is_interrupt(uint64_t cause);

// The kind of an exception; FAULT_OTHER for what has no portable word. Access faults (the physical
// address has nothing that could answer, or firmware protects it) are FAULT_OTHER too: mapping a
// page, which is how the page fault kinds are answered, would not help.
enum fault_kind riscv_cause_kind(uint64_t cause);

// Whether stval holds the address of the access (else an instruction, or nothing).
bool riscv_cause_has_address(uint64_t cause);

// "load page fault", ...; a static text for every value.
const char *riscv_cause_name(uint64_t cause);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_RISCV64_CAUSE_H

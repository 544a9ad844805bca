// SPDX-License-Identifier: GPL-3.0-only
//
// The hart's timer: stimecmp where every hart has Sstc, otherwise firmware's (which every SBI has).
// The interrupt is pending as long as the time lies in the past; "never" is the end of time.
#include "arch/include/interrupt.h"
#include "arch/riscv64/csr.h"
#include "arch/riscv64/machine.h"
#include "arch/riscv64/sbi.h"

void arch_timer_set(uint64_t counter) {
    if (riscv_has(HELIOS_RISCV_ISA_SSTC)) {
        CSR_WRITE(CSR_STIMECMP, counter);
    } else {
        sbi_set_timer(counter);
    }
}

void arch_timer_stop(void) {
    arch_timer_set(~0ull);
}

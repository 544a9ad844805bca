// SPDX-License-Identifier: GPL-3.0-only
#include "arch/include/power.h"

#include "arch/riscv64/csr.h"
#include "arch/riscv64/sbi.h"

bool arch_power_off(void) {
    return sbi_shutdown();
}

bool arch_power_reset(void) {
    return sbi_reboot();
}

_Noreturn void arch_halt(void) {
    CSR_CLEAR(sstatus, SSTATUS_SIE);
    CSR_WRITE(sie, 0);
    for (;;) {
        __asm__ volatile("wfi");
    }
}

// wfi wakes for what sie enables whether or not sstatus.SIE lets it be taken, so nothing has to be
// taken here.
void arch_wait_for_interrupt(void) {
    __asm__ volatile("wfi" ::: "memory");
}

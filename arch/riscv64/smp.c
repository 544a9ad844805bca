// SPDX-License-Identifier: GPL-3.0-only
//
// Other harts: firmware starts them; messages to their IMSICs, or firmware, interrupt them.
#include "arch/include/smp.h"

#include <stdbool.h>

#include "arch/include/mmu.h"
#include "arch/include/port.h"
#include "arch/riscv64/machine.h"
#include "arch/riscv64/msi.h"
#include "arch/riscv64/sbi.h"
#include "arch/riscv64/trap.h"
#include "boot/protocol/protocol.h"
#include "kernel/percpu.h"

// What was stored before this is seen before a device, or firmware, is asked for something.
static void publish(void) {
    __asm__ volatile("fence rw, iorw" ::: "memory");
}

const char *arch_cpu_start(struct percpu *cpu) {
    cpu->arch.start_satp = arch_percpu()->arch.satp_mode | riscv_machine.kernel_root >> 12;
    publish();
    const uint64_t start =
        riscv_machine.kernel_phys + ((uintptr_t)riscv_start_hart - HELIOS_KERNEL_BASE);
    return sbi_hart_start(cpu->hardware_id, start, arch_direct_physical(cpu));
}

void arch_ipi_send(uint32_t cpu) {
    const struct percpu *target = percpu_get(cpu);
    if (target->arch.is_rung) {
        msi_ring(target);
    } else {
        publish();
        sbi_send_ipi(target->hardware_id);
    }
}

bool arch_flush_is_broadcast(void) {
    return false;
}

void arch_instruction_fence(void) {
    __asm__ volatile("fence.i" ::: "memory");
}

// SPDX-License-Identifier: GPL-3.0-only
//
// The only CPU of this machine is the boot CPU.
#include "arch/include/smp.h"

#include <stddef.h>

#include "arch/host/host.h"

const char *arch_cpu_start(struct percpu *cpu) {
    (void)cpu;
    return "a process has one CPU";
}

const char *arch_interrupt_init_cpu(void) {
    return NULL;
}

void arch_ipi_send(uint32_t cpu) {
    host_record.ipis_sent++;
    host_record.ipi_target = cpu;
}

bool arch_flush_is_broadcast(void) {
    return false;
}

void arch_instruction_fence(void) {
    host_record.instruction_fences++;
}

// SPDX-License-Identifier: GPL-3.0-only
#include "arch/include/smp.h"

#include <sched.h>
#include <stddef.h>

#include "arch/host/host.h"
#include "kernel/percpu.h"

const struct host_side_by_side *host_smp;

const char *arch_cpu_start(struct percpu *cpu) {
    if (host_smp == NULL || cpu->index >= HOST_MAX_CPUS) {
        return "a process has one CPU";
    }
    if ((host_cpus_refused >> cpu->index & 1) != 0) {
        return "the host port refuses";
    }
    host_smp->start(cpu);
    return NULL;
}

void host_relax(void) {
    if (host_smp != NULL) {
        host_smp->relax();
    } else {
        sched_yield();
    }
}

const char *arch_interrupt_init_cpu(void) {
    return NULL;
}

void arch_ipi_send(uint32_t cpu) {
    host_record.ipis_sent++;
    host_record.ipi_target = cpu;
    bool is_lost = host_smp != NULL && host_smp->arrives != NULL && !host_smp->arrives();
    if (cpu < HOST_MAX_CPUS && !is_lost) {
        __atomic_store_n(&host_cpus[cpu].has_ipi, 1, __ATOMIC_RELEASE);
    }
}

bool arch_flush_is_broadcast(void) {
    return false;
}

void arch_instruction_fence(void) {
    host_record.instruction_fences++;
}

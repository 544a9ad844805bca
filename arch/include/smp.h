// SPDX-License-Identifier: GPL-3.0-only
//
// Several CPUs: how the others start, and how one gets the attention of another.
//
// A CPU is named by its index in the boot block's list (struct percpu's `index`), whatever its
// hardware id looks like.
#ifndef HELIOS_ARCH_INCLUDE_SMP_H
#define HELIOS_ARCH_INCLUDE_SMP_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct percpu;

// Asks the machine to start this CPU (INIT and SIPI, PSCI CPU_ON, SBI HSM hart_start). It comes up
// with the kernel's root table and calls kernel_secondary(cpu) (kernel/entry.h) on cpu->stack_top,
// with interrupts masked. `stack_top` and `hardware_id` are set; further stacks that the port wants
// for it come from window_stack (kernel/window.h). Does not wait until the CPU is up, but one start
// is under way at a time: whatever the new CPU needs until kernel_secondary may stand in one place.
// On the boot CPU, after arch_interrupt_init. Returns a static text that says why it can't; NULL on
// success.
const char *arch_cpu_start(struct percpu *cpu);

// The part of arch_interrupt_init that every CPU has to do for itself: local controller, timer,
// inter-processor interrupts. On the new CPU, after arch_cpu_init. Returns a static text that says
// what is missing; NULL on success. (arch_interrupt_init has done it for the boot CPU.)
const char *arch_interrupt_init_cpu(void);

// Interrupts the CPU with this index: it takes ARCH_IRQ_IPI (interrupt.h), once for any number of
// requests that come before it looks. Whatever this CPU has stored before is seen by whoever
// handles it. The CPU may be this one. Kernel context.
void arch_ipi_send(uint32_t cpu);

// Whether arch_tlb_flush_* and arch_instruction_sync reach every CPU (aarch64's broadcast); if not
// the kernel has them called where they are needed.
bool arch_flush_is_broadcast(void);

// Forgets instructions that this CPU has fetched or decoded before they were changed: on every CPU,
// after arch_instruction_sync on the one that changed them.
void arch_instruction_fence(void);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_INCLUDE_SMP_H

// SPDX-License-Identifier: GPL-3.0-only
//
// What the files of this port tell each other.
#ifndef HELIOS_ARCH_X86_64_INTERNAL_H
#define HELIOS_ARCH_X86_64_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/include/fault.h"
#include "arch/x86_64/layout.h"
#include "boot/protocol/protocol.h"

#ifdef __cplusplus
extern "C" {
#endif

struct percpu;

// entry.S
extern char x86_entry_start[];
extern char x86_entry_end[];
extern char x86_trap_stubs[];
extern char x86_syscall_entry[];
// Guard page and stack of the boot CPU, five times: kernel, then enum x86_ist 1 to 4.
extern char x86_boot_stacks[5][X86_PAGE_SIZE + X86_STACK_SIZE];

// boot.c: what the port wants of the boot block.
uint64_t x86_boot_root(void);  // physical address of the kernel's root table
bool x86_boot_has_reset(void); // ACPI names a register for it
// The first controller of a kind, or NULL; only on the boot CPU, in arch_cpu_init.
const struct helios_boot_intc *x86_boot_intc(enum helios_intc_kind kind);

// cpu.c: enough of arch_cpu_init to report a fault on the boot stack.
void x86_early_traps(void);

// mmu.c: forgets all translations of this CPU, global ones included.
void x86_tlb_flush_global(void);

// trap.c: the interrupt descriptor table, one for all CPUs. Fill once, load on each.
void x86_idt_fill(void);
void x86_idt_load(void);

// trap.c: called by entry.S, which names the arguments.
struct arch_task *x86_user_trap(struct arch_task *task, uint64_t vector, uint64_t error);
struct arch_task *x86_bad_return(struct arch_task *task);
void x86_kernel_trap(struct arch_trap_frame *frame);
void x86_paranoid_trap(struct arch_trap_frame *frame);

// interrupts.c: the interrupt controllers, as far as the kernel itself drives them.
const char *x86_interrupts_init(void); // as arch_cpu_init
// Tells the controller that the interrupt was taken. False if there was none: a spurious vector.
bool x86_interrupts_acknowledge(uint64_t vector);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_X86_64_INTERNAL_H

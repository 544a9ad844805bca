// SPDX-License-Identifier: GPL-3.0-only
//
// What the files of this port tell each other.
#ifndef HELIOS_ARCH_X86_64_INTERNAL_H
#define HELIOS_ARCH_X86_64_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/include/fault.h"
#include "arch/x86_64/descriptors.h"
#include "arch/x86_64/instructions.h"
#include "arch/x86_64/layout.h"
#include "arch/x86_64/registers.h"
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
extern char x86_system_call[];
// Guard page and stack of the boot CPU, five times: kernel, then enum x86_ist 1 to 4.
extern char x86_boot_stacks[5][X86_PAGE_SIZE + X86_STACK_SIZE];

// boot.c: what the port wants of the boot block.
uint64_t x86_boot_root(void);       // physical address of the kernel's root table
uint64_t x86_boot_start_page(void); // physical address; 0: none
uint64_t x86_boot_tsc_hz(void);
bool x86_boot_has_reset(void); // ACPI names a register for it
// Number `number` (from 0) of the controllers of a kind, or NULL; only in arch_interrupt_init.
const struct helios_boot_intc *x86_boot_intc(enum helios_intc_kind kind, uint32_t number);

// start.S: the code of the start page, and the word in it that takes the root table's address.
extern char x86_start_code[];
extern char x86_start_root[];
extern char x86_start_end[];
// start.c: whom start.S may let in.
extern struct percpu *x86_starting;

// cpu.c: enough of arch_cpu_init to report a fault on the boot stack.
void x86_early_traps(void);
// The stacks of a CPU's task state segment; `tops` are those of the interrupt stack table.
void x86_set_stacks(struct percpu *cpu, const uintptr_t tops[X86_IST_COUNT]);

// mmu.c: switches process-context identifiers on, where this CPU has them.
void x86_pcid_init(void);
// Forgets all translations of this CPU, global ones included.
void x86_tlb_flush_global(void);

// trap.c: the interrupt descriptor table, one for all CPUs. Fill once, load on each.
void x86_idt_fill(void);
void x86_idt_load(void);

// trap.c: called by entry.S, which names the arguments.
struct arch_task *x86_user_trap(struct arch_task *task, uint64_t vector, uint64_t error);
struct arch_task *x86_user_interrupt(struct arch_task *task, uint64_t vector); // interrupts.c
struct arch_task *x86_bad_return(struct arch_task *task);
void x86_kernel_trap(struct arch_trap_frame *frame);
void x86_paranoid_trap(struct arch_trap_frame *frame);

// fpu.c: which registers this CPU has. Nobody has access to them yet.
void x86_fpu_init(void);

// interrupts.c: an interrupt with this vector has been taken: acknowledges it and returns its irq;
// ARCH_IRQ_NONE if there was none or nobody is to hear of it.
uint32_t x86_interrupt_taken(uint64_t vector);

// lapic.c: how local APICs are talked to, once (returns what arch_interrupt_init does) ...
const char *x86_lapic_find(void);
// ... each CPU's own (likewise) ...
const char *x86_lapic_init(void);
static inline void x86_lapic_acknowledge(void);
// ... an interrupt from this CPU to one, which may be itself: a vector, or another command. What
// this CPU has stored before is seen by whoever is interrupted. The id is one that it reaches ...
bool x86_lapic_reaches(uint64_t apic_id);
void x86_lapic_send(uint32_t apic_id, uint32_t command);
// ... and how fast its timer runs; lapic_hz 0: not known. As arch_interrupt_init.
const char *x86_timer_init(uint64_t tsc_hz, uint64_t lapic_hz);

// Where the registers of every CPU's own local APIC are mapped; 0 in x2APIC mode, where they are
// MSRs. Written by x86_lapic_find.
extern uintptr_t x86_lapic;
#define X86_LAPIC_EOI 0x0b0

static inline void x86_lapic_acknowledge(void) {
    if (__builtin_expect(x86_lapic == 0, 0)) {
        msr_write(MSR_X2APIC + X86_LAPIC_EOI / 16, 0);
    } else {
        *(volatile uint32_t *)(x86_lapic + X86_LAPIC_EOI) = 0;
    }
}

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_X86_64_INTERNAL_H

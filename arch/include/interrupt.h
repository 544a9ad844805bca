// SPDX-License-Identifier: GPL-3.0-only
//
// Interrupt controllers and the CPU's own timer.
//
// An interrupt source is named by an `irq`, a small number:
//
//   0 .. arch_irq_lines() - 1                 lines: GSI on x86_64, INTID on aarch64, source number
//                                             on riscv64. Not all of them exist.
//   arch_irq_lines() .. arch_irq_count() - 1  message-signalled interrupts
//   ARCH_IRQ_TIMER                            this CPU's timer
//   ARCH_IRQ_IPI                              another CPU wants this one's attention (smp.h)
//   ARCH_IRQ_NONE                             nothing: spurious, or the kernel's own
//
// Life of an interrupt: the CPU takes it; the port asks the controller which one it is and makes
// sure that it does not come again (a level-triggered line stays masked, or claimed, whatever the
// controller is best at; an edge may be latched) until arch_irq_done; then it calls
// kernel_interrupt(irq), which returns the task to continue with. The timer and inter-processor
// interrupts need no arch_irq_done: the timer is quiet until it is set again.
#ifndef HELIOS_ARCH_INCLUDE_INTERRUPT_H
#define HELIOS_ARCH_INCLUDE_INTERRUPT_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct helios_boot;

#define ARCH_IRQ_IPI   0xfffffffdu
#define ARCH_IRQ_TIMER 0xfffffffeu
#define ARCH_IRQ_NONE  0xffffffffu

// Finds and resets the controllers: everything masked. Once, on the boot CPU, after arch_cpu_init;
// the kernel window and physmem work. What the port needs for good (an ITS's tables) it takes from
// physmem here. Returns a static text that names what is missing or broken; NULL on success.
const char *arch_interrupt_init(const struct helios_boot *boot);

uint32_t arch_irq_lines(void);
uint32_t arch_irq_count(void);

// Whether this line exists and is nobody's: the kernel's timer and inter-processor interrupts are
// not to be had.
bool arch_irq_line_exists(uint32_t irq);

// Whether the CPU with this index takes interrupts, and the controllers can name it as a target.
bool arch_irq_reaches(uint32_t cpu);

enum irq_flags {
    IRQ_LEVEL = 1 << 0, // else edge
    IRQ_LOW = 1 << 1,   // active low or falling edge, else high
};

// Prepares a line for delivery to a CPU that arch_irq_reaches: trigger, polarity, target; masked
// and with nothing pending. false: the controller can't do that (GIC SPIs are never active low).
bool arch_irq_configure(uint32_t irq, unsigned flags, uint32_t cpu);

// Prepares a message-signalled interrupt: what a device with the PCI requester id (or the
// firmware's device id) `device` has to write where, for such a CPU. false: no controller for it,
// or a resource is exhausted (an ITS maps a limited number of devices).
bool arch_irq_configure_msi(uint32_t irq, uint32_t device, uint32_t cpu, uint64_t *address,
                            uint32_t *data);

// Undoes either: masked, nothing pending, the resource free.
void arch_irq_release(uint32_t irq);

// After either, on the CPU that it was prepared for, unless that is the one that has done it: makes
// it forget what the resource's former owner was sent. Until then nothing may be sent to it. Also
// called when there is nothing to forget.
void arch_irq_settle(void);

void arch_irq_enable(uint32_t irq);
void arch_irq_disable(uint32_t irq);

// The interrupt has been dealt with: it may come again.
void arch_irq_done(uint32_t irq);

// Takes one pending interrupt without leaving the kernel, as if it had come in user mode, and
// returns its irq; ARCH_IRQ_NONE if nothing (or nothing that concerns anybody) is pending. For
// preemption points of long operations and for the idle loop. Kernel context.
uint32_t arch_interrupt_take(void);

// Arms this CPU's timer for a value of arch_counter(): one interrupt, at once if the value lies in
// the past. Replaces what was armed before. arch_timer_stop disarms.
void arch_timer_set(uint64_t counter);
void arch_timer_stop(void);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_INCLUDE_INTERRUPT_H

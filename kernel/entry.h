// SPDX-License-Identifier: GPL-3.0-only
//
// The portable kernel's entry points, called by the ports. Each runs in kernel context (interrupts
// masked, on this CPU's stack) and returns the task to continue with; the port then leaves through
// arch_resume. Ports do not decide who runs.
#ifndef HELIOS_KERNEL_ENTRY_H
#define HELIOS_KERNEL_ENTRY_H

#include <stdint.h>

#include "arch/include/fault.h"
#include "arch/include/port.h"
#include "arch/include/task.h"

#ifdef __cplusplus
extern "C" {
#endif

struct helios_boot;
struct percpu;

// The boot CPU, once, on the boot stack. `boot` is a virtual address in the direct map.
#ifdef __cplusplus
[[noreturn]]
#else
_Noreturn
#endif
void kernel_main(const struct helios_boot *boot);

// Every other CPU, once (arch/include/smp.h), on the stack that `cpu` says. arch_cpu_init is still
// to be called.
#ifdef __cplusplus
[[noreturn]]
#else
_Noreturn
#endif
void kernel_secondary(struct percpu *cpu);

// A system call of the current task. The order of the arguments lets every architecture pass its
// registers through without moving more than one of them.
struct arch_task *kernel_syscall(uint64_t capability, uint64_t tag, uint64_t p0, uint64_t p1,
                                 uint64_t p2, uint64_t p3, uint64_t number);

// The same, for ports that look at the number themselves: CALL, RECV, SIGNAL, WAIT and YIELD. How
// they take capability, tag and parameters is ARCH_WAY's (arch/include/port.h). They may leave the
// kernel by arch_leave.
ARCH_WAY(kernel_call);
ARCH_WAY(kernel_recv);
ARCH_WAY(kernel_signal);
ARCH_WAY(kernel_wait);
ARCH_WAY(kernel_yield);

// An exception of the current task; all its registers are in its arch_task.
struct arch_task *kernel_user_fault(const struct fault *fault);

// An interrupt taken in user mode (arch/include/interrupt.h); all registers of the current task are
// in its arch_task. Not called for ARCH_IRQ_NONE.
struct arch_task *kernel_interrupt(uint32_t irq);

// The current task used FP or SIMD registers without having access (arch/include/fpu.h); its
// program counter is at that instruction.
struct arch_task *kernel_fpu_trap(void);

// An exception inside the kernel: prints what there is to print and stops.
#ifdef __cplusplus
[[noreturn]]
#else
_Noreturn
#endif
void kernel_fault(const struct fault *fault, const struct arch_trap_frame *frame);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_ENTRY_H

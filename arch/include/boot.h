// SPDX-License-Identifier: GPL-3.0-only
//
// From the loader's jump to kernel_main.
//
// The port's entry point (the ELF entry of the kernel) switches to the boot CPU's stack in .bss,
// keeps the argument register and calls kernel_main (kernel/entry.h). It touches nothing else, so
// that everything that can fail happens in C with a console.
#ifndef HELIOS_ARCH_INCLUDE_BOOT_H
#define HELIOS_ARCH_INCLUDE_BOOT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct helios_boot;
struct percpu;

// Takes what the port itself needs from the boot block (direct map base, timer, PSCI conduit, PM1
// registers ...). First call of kernel_main, before the console works; must not fail.
void arch_boot(const struct helios_boot *boot);

// Puts this CPU into the state that the kernel needs: per-CPU register, descriptor tables,
// exception vectors, system-call entry, protection features (SMEP, SMAP, UMIP; PAN, PXN; SUM off),
// FPU and SIMD disabled for the kernel and trapped or eagerly kept for users, cycle counter access.
// A CPU that lacks a feature the kernel cannot do without: returns a static text that names it;
// NULL on success. `cpu->stack_top` is set by the caller.
const char *arch_cpu_init(struct percpu *cpu);

// Drops whatever the loader mapped in the lower half of the boot page tables and switches to the
// kernel's own view of them. After this an access to a low address faults. Kernel context.
void arch_drop_identity_map(void);

// The guard pages below the boot CPU's stacks (a port may have more than one: x86_64's for double
// fault, NMI, ...): the lowest address of number `index`, page aligned and inside the kernel image;
// 0 past the last one. kernel_main unmaps them.
uintptr_t arch_boot_stack_guard(unsigned index);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_INCLUDE_BOOT_H

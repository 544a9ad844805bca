// SPDX-License-Identifier: GPL-3.0-only
//
// FP and SIMD registers. They belong to tasks that use them and cost nothing to those that don't:
// a task starts without access, its first use traps (kernel_fpu_trap, kernel/entry.h), and
// kernel/fpu.c decides whose registers the CPU holds. arch_fpu_enable and arch_fpu_disable
// (port.h) open and close the door; they don't touch the registers.
//
// struct arch_fpu (helios_port.h) is the state in memory, aligned as the save instruction wants
// it. The kernel itself uses no FP or SIMD register, ever.
#ifndef HELIOS_ARCH_INCLUDE_FPU_H
#define HELIOS_ARCH_INCLUDE_FPU_H

#ifdef __cplusplus
extern "C" {
#endif

struct arch_fpu;

// The state of a task that has never used one: all registers zero, exceptions masked, round to
// nearest.
void arch_fpu_init(struct arch_fpu *fpu);

// CPU to memory and back. Access must be open (arch_fpu_enable).
void arch_fpu_save(struct arch_fpu *fpu);
void arch_fpu_load(const struct arch_fpu *fpu);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_INCLUDE_FPU_H

// SPDX-License-Identifier: GPL-3.0-only
//
// Structure offsets that entry.S uses. C files assert that they are right.
#ifndef HELIOS_ARCH_AARCH64_OFFSETS_H
#define HELIOS_ARCH_AARCH64_OFFSETS_H

// struct percpu (kernel/percpu.h)
#define PERCPU_CURRENT   0
#define PERCPU_STACK_TOP 8

// struct arch_task (helios_port.h); register n stands at 8 * n
#define TASK_SHORT 152 // x19 and x29 of a short frame (AARCH64_SHORT_X29)
#define TASK_SP    248 // and frame
#define TASK_PC    264 // and pstate

// struct arch_trap_frame (fault.h); register n stands at 8 * n
#define TRAP_SP     248
#define TRAP_PC     256 // and pstate
#define TRAP_ESR    272 // and far
#define TRAP_VECTOR 288
#define TRAP_SIZE   304

// struct aarch64_start (boot.h)
#define START_ROOT 0 // and control
#define START_CPU  16

// uapi/syscall.h
#define NUMBER_YIELD  1
#define NUMBER_RECV   4
#define NUMBER_CALL   5
#define NUMBER_SIGNAL 7
#define NUMBER_WAIT   8

// Which of the four kinds of exception, of the sixteen vectors (Arm ARM D1.3.1.6).
#define VECTOR_SYNC   0
#define VECTOR_IRQ    1
#define VECTOR_FIQ    2
#define VECTOR_SERROR 3

// ARCH_STACK_SIZE (helios_port.h)
#define AARCH64_BOOT_STACK_SIZE 0x4000

#endif // HELIOS_ARCH_AARCH64_OFFSETS_H

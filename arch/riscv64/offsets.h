// SPDX-License-Identifier: GPL-3.0-only
//
// Structure layouts as entry.S knows them; layout.c asserts that the compiler agrees. Where the
// port's part of struct percpu lies is the portable kernel's to change: layout.c defines symbols
// (riscv_percpu_...) whose values are the offsets.
#ifndef HELIOS_ARCH_RISCV64_OFFSETS_H
#define HELIOS_ARCH_RISCV64_OFFSETS_H

// struct percpu
#define PERCPU_CURRENT   0
#define PERCPU_STACK_TOP 8
#define PERCPU_SELF      16

// struct arch_task and struct arch_trap_frame: register number n stands at n * 8
#define REGISTER(n) ((n) * 8)
#define FRAME_PC    256
#define TASK_PC_ODD 264
#define TASK_CAUSE  272
#define TASK_VALUE  280
#define TRAP_STATUS 264
#define TRAP_CAUSE  272
#define TRAP_VALUE  280
#define TRAP_SIZE   288

// uapi/syscall.h
#define NUMBER_YIELD  1
#define NUMBER_RECV   4
#define NUMBER_CALL   5
#define NUMBER_SIGNAL 7
#define NUMBER_WAIT   8

#define STATUS_SPP 0x100 // sstatus: the trap came from the kernel

#define BOOT_STACK_SIZE 16384 // ARCH_STACK_SIZE

#endif // HELIOS_ARCH_RISCV64_OFFSETS_H

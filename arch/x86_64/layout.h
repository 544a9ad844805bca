// SPDX-License-Identifier: GPL-3.0-only
//
// Numbers that C and assembly share. Offsets are checked against the structures where those are
// declared (include/helios_port.h, cpu.c), so this file cannot drift from them.
#ifndef HELIOS_ARCH_X86_64_LAYOUT_H
#define HELIOS_ARCH_X86_64_LAYOUT_H

// Bytes of each kernel stack; a guard page lies below every one.
#define X86_PAGE_SIZE  4096
#define X86_STACK_SIZE 16384

// Segment selectors. The order is what SYSCALL and SYSRET want (Intel SDM vol. 3 section 5.8.8):
// kernel data = kernel code + 8; user data = base + 8 and user code = base + 16, where the 32-bit
// code segment would stand at base. There is no 32-bit user mode, so that entry stays empty.
#define X86_SELECTOR_KERNEL_CODE 0x08
#define X86_SELECTOR_KERNEL_DATA 0x10
#define X86_SELECTOR_USER_BASE   0x18
#define X86_SELECTOR_USER_DATA   0x23
#define X86_SELECTOR_USER_CODE   0x2b
#define X86_SELECTOR_TSS         0x30

// struct percpu
#define X86_PERCPU_CURRENT     0
#define X86_PERCPU_STACK_TOP   8
#define X86_PERCPU_SELF        16
#define X86_PERCPU_HARDWARE_ID 40

// System calls: HELIOS_SYS_COUNT.
#define X86_SYSCALLS 14

// struct arch_task
#define X86_FRAME_FULL    1
#define X86_FRAME_SYSCALL 2

#define X86_TASK_FRAME  0
#define X86_TASK_RSP    8
#define X86_TASK_RIP    16
#define X86_TASK_RFLAGS 24
#define X86_TASK_RBP    32
#define X86_TASK_RBX    40
#define X86_TASK_RDI    48
#define X86_TASK_RSI    56
#define X86_TASK_RDX    64
#define X86_TASK_R10    72
#define X86_TASK_R8     80
#define X86_TASK_R9     88
#define X86_TASK_RAX    96
#define X86_TASK_RCX    104
#define X86_TASK_R11    112
#define X86_TASK_R12    120
#define X86_TASK_R13    128
#define X86_TASK_R14    136
#define X86_TASK_R15    144

// struct arch_trap_frame
#define X86_TRAP_VECTOR 120
#define X86_TRAP_CS     144
#define X86_TRAP_SIZE   176

// Stacks of the interrupt stack table. A word at the top of each, above the first trap frame, holds
// the address of the CPU's struct percpu: there the handler finds it whatever GS base is.
#define X86_IST_RESERVE 16

// One stub per vector, this many bytes apart.
#define X86_STUB_SIZE 16

// CR0 as start-up code finds it, but for caches, which are on; as the kernel has it, and TS.
#define X86_CR0_REAL   0x10
#define X86_CR0_CLOSED 0x8005003b
#define X86_CR4_PAE    0x20
#define X86_EFER_LONG  0x900 // LME, NXE

#define X86_MSR_EFER    0xc0000080
#define X86_MSR_FS_BASE 0xc0000100
#define X86_MSR_GS_BASE 0xc0000101

// Vectors with a meaning to the entry code.
#define X86_VECTOR_DEBUG        1
#define X86_VECTOR_NMI          2
#define X86_VECTOR_DOUBLE_FAULT 8
#define X86_VECTOR_MACHINE      18
#define X86_VECTOR_INTERRUPTS   32

#endif // HELIOS_ARCH_X86_64_LAYOUT_H

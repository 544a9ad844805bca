// SPDX-License-Identifier: GPL-3.0-only
//
// The first instructions of a secondary CPU: from real mode, where a start-up interrupt leaves it,
// to kernel_secondary. README.md tells the story, start.c the other side of it.
//
// Source: Intel SDM vol. 3 sections 8.4.4 (MP initialization), 9.8.5 (entering IA-32e mode).
#include "arch/x86_64/layout.h"

// Copied to the start page, whose address is in cs; never run where it stands. Whatever it stores
// there is the same for every CPU, so one that comes late disturbs nobody. Selectors of 64-bit mode
// are the kernel's, `accessed` is set beforehand: once paging is on the page can't be written here.
#define START(label)   ((label) - x86_start_code)
#define START_CODE_32  0x18

    .section .rodata
    .balign 16
    .globl x86_start_code
x86_start_code:
    .code16
    cli
    cld
    xorl %ebx, %ebx
    movw %cs, %bx
    movw %bx, %ds
    shll $4, %ebx                       // where this page is
    leal START(start_gdt)(%ebx), %eax
    movl %eax, START(start_gdt_pointer + 2)
    leal START(start_32)(%ebx), %eax
    movl %eax, START(start_far_32)
    leal START(start_64)(%ebx), %eax
    movl %eax, START(start_far_64)
    lgdtl START(start_gdt_pointer)
    movl $X86_CR0_REAL | 1, %eax        // caches on, protection on
    movl %eax, %cr0
    ljmpl *START(start_far_32)

    .code32
start_32:
    movl $X86_SELECTOR_KERNEL_DATA, %eax
    movl %eax, %ds
    movl $X86_CR4_PAE, %eax
    movl %eax, %cr4
    movl START(x86_start_root)(%ebx), %eax
    movl %eax, %cr3
    movl $X86_MSR_EFER, %ecx
    rdmsr
    orl $X86_EFER_LONG, %eax
    wrmsr
    movl $X86_CR0_CLOSED, %eax
    movl %eax, %cr0
    ljmpl *START(start_far_64)(%ebx)

    .code64
start_64:
    movq $start_high, %rax
    jmpq *%rax

    .balign 8
start_gdt:
    .quad 0
    .quad 0x00209b0000000000            // kernel code, 64 bits
    .quad 0x00cf93000000ffff            // kernel data, flat
    .quad 0x00cf9b000000ffff            // code, 32 bits, flat
start_gdt_pointer:
    .word . - start_gdt - 1
    .long 0
start_far_32:
    .long 0
    .word START_CODE_32
start_far_64:
    .long 0
    .word X86_SELECTOR_KERNEL_CODE
    .balign 4
    .globl x86_start_root
x86_start_root:                         // written by start.c: the kernel's root table
    .long 0
    .globl x86_start_end
x86_start_end:

// In the kernel image, with its page tables. A CPU that the kernel has given up, and that comes
// while another one is being started, must not take that one's stack: it asks who it is.
    .text
start_high:
    xorl %eax, %eax
    cpuid
    cmpl $0xb, %eax
    jb 1f
    movl $0xb, %eax                     // extended topology: edx has all bits of the APIC id
    xorl %ecx, %ecx
    cpuid
    testl %ebx, %ebx
    jnz 2f
1:
    movl $1, %eax
    cpuid
    shrl $24, %ebx
    movl %ebx, %edx
2:
    movq x86_starting(%rip), %rax
    testq %rax, %rax
    jz 3f
    movl %edx, %edx
    cmpq %rdx, X86_PERCPU_HARDWARE_ID(%rax)
    jne 3f
    movq %rax, %rdi
    xorl %ecx, %ecx
    lock cmpxchgq %rcx, x86_starting(%rip)
    jne 3f
    movq X86_PERCPU_STACK_TOP(%rdi), %rsp
    xorl %ebp, %ebp
    pushq $2                            // flags: nothing set
    popfq
    movq $kernel_secondary, %rax
    callq *%rax
3:
    cli
    hlt
    jmp 3b

    .section .note.GNU-stack, "", @progbits

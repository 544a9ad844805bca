// SPDX-License-Identifier: GPL-3.0-only
//
// Programs that try what a program must not get away with (attacks.c). Each is entered as a thread's
// first instruction. Those that are to survive what they do end in `attack_survived`: a few system
// calls, then INT3. It needs no stack.
    .section .text

    .globl attack_survived
attack_survived:
    movl $3, %ebx                       // rbx survives
1:
    movl $1, %eax                       // yield
    syscall
    decl %ebx
    jnz 1b
    int3
    jmp attack_survived

// One that has to end in a fault at once; INT3 tells that it did not.
.macro attack name:req, code:vararg
    .globl attack_\name
attack_\name:
    \code
    int3
.endm

    attack cli, cli
    attack sti, sti
    attack hlt, hlt
    attack in, inb $0x60, %al
    attack out, outb %al, $0x80
    attack wrmsr, wrmsr
    attack rdmsr, rdmsr
    attack lgdt, lgdt attack_pointer(%rip)
    attack lidt, lidt attack_pointer(%rip)
    attack ltr, ltr %ax
    attack lldt, lldt %ax
    attack clts, clts
    attack read_cr0, movq %cr0, %rax
    attack write_cr3, movq %rax, %cr3
    attack write_cr4, movq %rax, %cr4
    attack write_dr7, movq %rax, %dr7
    attack invlpg, invlpg (%rsp)
    attack swapgs, swapgs
    attack sysret, sysretq
    attack sysenter, sysenter
    attack xsetbv, xsetbv
    attack rdpmc, rdpmc
    attack wrfsbase, wrfsbase %rax
    attack wrgsbase, wrgsbase %rax
    attack int_exception, int $14
    attack int_irq, int $0x31
    attack int_timer, int $0xf0
    attack int_linux, int $0x80
    attack far_jump, ljmp *attack_far(%rip)
    .globl attack_kernel_segment
attack_kernel_segment:
    movl $0x10, %eax
    movl %eax, %ss
    int3
    .globl attack_jump_non_canonical
attack_jump_non_canonical:
    movabsq $0x800000000000, %rax
    jmp *%rax
    int3
    .globl attack_jump_kernel
attack_jump_kernel:
    movq $0xffffffff80000000, %rax
    jmp *%rax
    int3
    .globl attack_return_to_kernel_segment
attack_return_to_kernel_segment:
    pushq $0x10
    pushq %rsp
    pushq $2
    pushq $0x08
    pushq $0x400000
    iretq
    int3

// Flags that a system call or an interrupt has to cope with.
.macro with_flags name:req, flags:req
    .globl attack_\name
attack_\name:
    pushfq
    orq $\flags, (%rsp)
    popfq
    movl $1, %eax
    syscall
    pushfq
    popq attack_flags(%rip)
    jmp attack_survived
.endm

    with_flags trap_flag, 0x100
    with_flags direction_flag, 0x400
    with_flags nested_task, 0x4000
    with_flags alignment_check, 0x40000
    with_flags io_privilege, 0x3000

// IRET may be used within user mode, and can't raise the I/O privilege level or mask interrupts.
    .globl attack_iret_flags
attack_iret_flags:
    movq %rsp, %rax
    pushq $0x23
    pushq %rax
    pushq $0x3002
    pushq $0x2b
    leaq 1f(%rip), %rax
    pushq %rax
    iretq
1:
    pushfq
    popq attack_flags(%rip)
    jmp attack_survived

// Loads the null selector and the user's data segment into FS and GS, which changes their bases.
    .globl attack_selectors
attack_selectors:
    xorl %eax, %eax
    movl %eax, %fs
    movl %eax, %gs
    movl $0x23, %eax
    movl %eax, %fs
    movl %eax, %gs
    jmp attack_survived

// A debug exception that `mov ss` holds back until the kernel has been entered: a breakpoint
// watches attack_selector.
    .globl attack_mov_ss_syscall, attack_mov_ss_int3
attack_mov_ss_syscall:
    movl $1, %eax
    movw attack_selector(%rip), %ss
    syscall
    jmp attack_survived
attack_mov_ss_int3:
    movw attack_selector(%rip), %ss
    int3
    jmp attack_survived

// Stepped through: POPF tries to end it, the system call is one step.
    .globl attack_stepped, attack_stepped_popf, attack_stepped_call, attack_stepped_end
attack_stepped:
    pushfq
    andq $~0x100, (%rsp)
attack_stepped_popf:
    popfq
    movl $1, %eax
attack_stepped_call:
    syscall
attack_stepped_end:
    jmp attack_survived

// Changes attack_watched at attack_write, then reads it.
    .globl attack_write, attack_written, attack_read, attack_was_read
attack_write:
    incq attack_watched(%rip)
attack_written:
    nop
attack_read:
    movq attack_watched(%rip), %rax
attack_was_read:
    jmp attack_survived

    .section .data
    .balign 8
    .globl attack_flags, attack_watched, attack_selector
attack_flags:
    .quad 0
attack_watched:
    .quad 0
attack_selector:
    .quad 0x23
attack_pointer:
    .quad 0, 0
attack_far:                             // a 32-bit code segment that does not exist
    .long 0x400000
    .word 0x1b

    .section .note.GNU-stack, "", @progbits

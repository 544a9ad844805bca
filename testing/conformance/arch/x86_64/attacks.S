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
    attack sgdt, sgdt attack_store(%rip)
    attack sidt, sidt attack_store(%rip)
    attack sldt, sldt %rax
    attack smsw, smsw %rax
    attack str, str %rax
    attack lmsw, lmsw %ax
    attack read_cr2, movq %cr2, %rax
    attack read_cr3, movq %cr3, %rax
    attack write_cr0, movq %rax, %cr0
    attack write_cr8, movq %rax, %cr8
    attack read_dr6, movq %dr6, %rax
    attack read_dr4, .byte 0x0f, 0x21, 0xe0
    attack monitor, .byte 0x0f, 0x01, 0xc8
    attack mwait, .byte 0x0f, 0x01, 0xc9
    attack stac, stac
    attack clac, clac
    attack rsm, rsm
    attack vmcall, vmcall
    attack vmrun, .byte 0x0f, 0x01, 0xd8
    attack invpcid, invpcid (%rsp), %rax
    attack sysexit, sysexit
    attack xrstors, xrstors (%rsp)
    attack undefined, ud2
    attack undefined_with_operand, .byte 0x0f, 0xb9, 0xc0
    attack removed, .byte 0x06
    attack lock_prefix, .byte 0xf0, 0x90
    attack int_debug, int $1
    attack int_nmi, int $2
    attack int_double_fault, int $8
    attack int_machine_check, int $18
    attack int_last, int $255
    .globl attack_xsetbv_zero
attack_xsetbv_zero:
    xorl %ecx, %ecx
    xorl %eax, %eax
    xorl %edx, %edx
    xsetbv
    int3
    .globl attack_too_long
attack_too_long:
    .fill 15, 1, 0x66
    nop
    int3
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

    .globl attack_return_far_to_kernel
attack_return_far_to_kernel:
    pushq $0x08
    leaq attack_survived(%rip), %rax
    pushq %rax
    lretq
    int3

// Addresses that are none, of data and of the stack.
    .globl attack_read_non_canonical, attack_push_non_canonical, attack_push_into_kernel
attack_read_non_canonical:
    movabsq $0x800000000000, %rax
    movq (%rax), %rax
    int3
attack_push_non_canonical:
    movabsq $0x800000000010, %rsp
    pushq %rax
    int3
attack_push_into_kernel:
    movq $0xffffffff80001000, %rsp
    pushq %rax
    int3

// Results that do not exist.
    .globl attack_divide_by_zero, attack_divide_overflow
attack_divide_by_zero:
    xorl %edx, %edx
    xorl %ecx, %ecx
    divq %rcx
    int3
attack_divide_overflow:
    movabsq $0x8000000000000000, %rax
    cqto
    movq $-1, %rcx
    idivq %rcx
    int3

    .globl attack_int1
attack_int1:
    .byte 0xf1
    int3

// An access that is not aligned, with the flag that wants it to be.
    .globl attack_misaligned
attack_misaligned:
    pushfq
    orq $0x40000, (%rsp)
    popfq
    movq attack_watched+1(%rip), %rax
    int3

// A step that `mov ss` holds back until the kernel has been entered.
    .globl attack_stepped_mov_ss
attack_stepped_mov_ss:
    movl $1, %eax
    pushfq
    orq $0x100, (%rsp)
    popfq
    movw attack_selector(%rip), %ss
    syscall
    int3

// What says whether a segment of the kernel may be used, and hints for addresses of the kernel: no
// faults, nothing learnt.
    .globl attack_ask_about_kernel
attack_ask_about_kernel:
    movl $0x08, %ecx
    xorl %eax, %eax
    larl %ecx, %eax
    movq %rax, attack_flags(%rip)
    xorl %eax, %eax
    lsll %ecx, %eax
    orq %rax, attack_flags(%rip)
    verw %cx
    movq $0xffffffff80000000, %rax
    prefetcht0 (%rax)
    prefetchw (%rax)
    jmp attack_survived

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
attack_store:
    .quad 0, 0
attack_far:                             // a 32-bit code segment that does not exist
    .long 0x400000
    .word 0x1b

    .section .note.GNU-stack, "", @progbits

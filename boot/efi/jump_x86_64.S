// SPDX-License-Identifier: GPL-3.0-only
//
// The last instructions of the loader. arch_enter runs at its physical address, which both the
// firmware's page tables and the kernel's map; it uses no stack.
//
// With 5-level paging on, the way to 4-level paging leads through turning paging off, which only
// 32-bit code can do (Intel SDM volume 3 section 4.1.2): the trampoline, copied to a page below
// 4 GiB. It must be position independent, so the far pointers are made at run time; what has to
// survive 32-bit mode (which may lose the upper halves of registers) stands in the page.

#define HANDOVER_ROOT          0
#define HANDOVER_IDENTITY_ROOT 8
#define HANDOVER_BOOT          16
#define HANDOVER_ENTRY         24
#define HANDOVER_TRAMPOLINE    32

#define CR0_PE 0x00000001
#define CR0_WP 0x00010000
#define CR0_NE 0x00000020
#define CR0_PG 0x80000000
#define CR4_PAE 0x20
#define MSR_EFER 0xc0000080
#define EFER_NXE 0x800

#define SELECTOR_CODE32 8
#define SELECTOR_CODE64 16
#define SELECTOR_DATA   24

// Offsets of data in the trampoline's page, behind its code.
#define PAGE_BOOT   0xf00
#define PAGE_ENTRY  0xf08
#define PAGE_ROOT   0xf10
#define PAGE_GDT    0xf20
#define PAGE_GDTR   0xf40
#define PAGE_FAR    0xf50

    .section .text.jump, "ax"
    .balign 64
    .globl arch_enter
    .hidden arch_enter
    .globl x86_jump_start
    .hidden x86_jump_start
x86_jump_start:
arch_enter: // rdi: struct loader_handover *
    cli
    cld
    mov HANDOVER_ROOT(%rdi), %r8
    mov HANDOVER_IDENTITY_ROOT(%rdi), %r9
    mov HANDOVER_BOOT(%rdi), %r10
    mov HANDOVER_ENTRY(%rdi), %r11
    mov HANDOVER_TRAMPOLINE(%rdi), %rbx
    mov $MSR_EFER, %ecx
    rdmsr
    or $EFER_NXE, %eax
    wrmsr
    mov $(CR0_PG | CR0_WP | CR0_NE | CR0_PE), %eax
    test %rbx, %rbx
    jnz 1f
    // PGE off flushes the firmware's global translations; PCIDE must be off before CR3 counts
    // whole. CET needs CR0.WP, so it goes off first.
    mov $CR4_PAE, %ecx
    mov %rcx, %cr4
    mov %rax, %cr0
    mov %r8, %cr3
    mov %r10, %rdi
    jmp *%r11

1:  // From 5 to 4 levels. The page is writable through the firmware's tables still.
    mov %r10, PAGE_BOOT(%rbx)
    mov %r11, PAGE_ENTRY(%rbx)
    mov %r8, PAGE_ROOT(%rbx)
    movabs $0x00cf9b000000ffff, %rcx // 32-bit code, flat
    mov %rcx, (PAGE_GDT + SELECTOR_CODE32)(%rbx)
    movabs $0x00af9b000000ffff, %rcx // 64-bit code
    mov %rcx, (PAGE_GDT + SELECTOR_CODE64)(%rbx)
    movabs $0x00cf93000000ffff, %rcx // data, flat
    mov %rcx, (PAGE_GDT + SELECTOR_DATA)(%rbx)
    movw $31, PAGE_GDTR(%rbx)
    lea PAGE_GDT(%rbx), %rcx
    mov %rcx, (PAGE_GDTR + 2)(%rbx)
    lgdt PAGE_GDTR(%rbx)
    lea (x86_trampoline_32 - x86_trampoline_start)(%rbx), %rcx
    mov %ecx, PAGE_FAR(%rbx)
    movl $SELECTOR_CODE32, (PAGE_FAR + 4)(%rbx)
    lea (x86_trampoline_64 - x86_trampoline_start)(%rbx), %rcx
    mov %ecx, (PAGE_FAR + 8)(%rbx)
    movl $SELECTOR_CODE64, (PAGE_FAR + 12)(%rbx)
    mov %rax, %cr0
    mov %r9, %cr3
    jmp *%rbx
    .globl x86_jump_end
    .hidden x86_jump_end
x86_jump_end:

    .section .rodata.trampoline, "a"
    .balign 64
    .globl x86_trampoline_start
    .hidden x86_trampoline_start
x86_trampoline_start: // rbx: the page, also its address
    ljmpl *PAGE_FAR(%rbx)
    .code32
x86_trampoline_32:
    mov $SELECTOR_DATA, %ecx
    mov %ecx, %ds
    mov %cr0, %ecx
    and $~CR0_PG, %ecx
    mov %ecx, %cr0
    mov $CR4_PAE, %ecx
    mov %ecx, %cr4
    mov PAGE_ROOT(%ebx), %ecx
    mov %ecx, %cr3
    mov %cr0, %ecx
    or $CR0_PG, %ecx
    mov %ecx, %cr0
    ljmpl *(PAGE_FAR + 8)(%ebx)
    .code64
x86_trampoline_64:
    mov %ebx, %ebx
    mov PAGE_BOOT(%rbx), %rdi
    mov PAGE_ENTRY(%rbx), %r11
    jmp *%r11
    .globl x86_trampoline_end
    .hidden x86_trampoline_end
x86_trampoline_end:

    .section .note.GNU-stack, "", @progbits

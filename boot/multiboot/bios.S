// SPDX-License-Identifier: GPL-3.0-only
//
// Calls of the display's BIOS: from long mode down to real mode, one INT 0x10, and back (AMD64
// volume 2, section 14; Intel SDM volume 3, section 10.9). What runs in between is copied to a page
// below 64 KiB, BIOS_PAGE; the page after it is the stack, the one after that the BIOS' buffer.
// Interrupts stay off.

#define BIOS_PAGE   0x8000 // as in video.c
#define BIOS_STACK  0xa000 // its top

#define CR0_PE 0x00000001
#define CR0_PG 0x80000000
#define EFER     0xc0000080
#define EFER_LME 0x00000100

// Where something in the copy stands.
#define LOW(label) (BIOS_PAGE + (label) - bios_start)

#define CODE64 0x08
#define CODE32 0x10
#define CODE16 0x18
#define DATA32 0x20
#define DATA16 0x28

// Offsets in struct bios_registers.
#define AX 0
#define BX 4
#define CX 8
#define DI 12

    .section .text, "ax"
    .code64
    .globl bios_call
bios_call: // rdi: struct bios_registers *
    push %rbx
    push %rbp
    push %r12
    push %r13
    push %rdi
    mov AX(%rdi), %eax
    mov %eax, LOW(saved_ax)
    mov BX(%rdi), %eax
    mov %eax, LOW(saved_bx)
    mov CX(%rdi), %eax
    mov %eax, LOW(saved_cx)
    mov DI(%rdi), %eax
    mov %eax, LOW(saved_di)
    mov %rsp, LOW(saved_rsp)
    mov %cr0, %rax
    mov %eax, LOW(saved_cr0)
    mov %cr3, %rax
    mov %eax, LOW(saved_cr3)
    sgdt LOW(saved_gdt)
    sidt LOW(saved_idt)
    lgdt LOW(low_gdt_pointer)
    mov $LOW(bios_32), %eax
    push $CODE32
    push %rax
    lretq
bios_back: // in 64-bit code again, with the loader's descriptors still to be loaded
    lgdt LOW(saved_gdt)
    lidt LOW(saved_idt)
    mov LOW(saved_rsp), %rsp
    mov $0x10, %eax // the loader's data segment, as start.S has it
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    xor %eax, %eax
    mov %eax, %fs
    mov %eax, %gs
    pop %rdi
    mov LOW(saved_ax), %eax
    mov %eax, AX(%rdi)
    mov LOW(saved_bx), %eax
    mov %eax, BX(%rdi)
    mov LOW(saved_cx), %eax
    mov %eax, CX(%rdi)
    mov LOW(saved_di), %eax
    mov %eax, DI(%rdi)
    pop %r13
    pop %r12
    pop %rbp
    pop %rbx
    ret

    .section .rodata, "a"
    .globl bios_start
    .globl bios_end
bios_start:
    .code32
bios_32: // compatibility mode: leave paging and long mode
    mov $DATA32, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    mov %cr0, %eax
    and $~CR0_PG, %eax
    mov %eax, %cr0
    mov $EFER, %ecx
    rdmsr
    and $~EFER_LME, %eax
    wrmsr
    ljmp $CODE16, $LOW(bios_16)

    .code16
bios_16:
    mov $DATA16, %ax
    mov %ax, %ds
    mov %ax, %es
    mov %ax, %ss
    mov %cr0, %eax
    and $~CR0_PE, %eax
    mov %eax, %cr0
    ljmp $0, $LOW(bios_real)
bios_real:
    xor %ax, %ax
    mov %ax, %ds
    mov %ax, %es
    mov %ax, %ss
    mov %ax, %fs
    mov %ax, %gs
    mov $BIOS_STACK, %esp
    lidt LOW(real_idt)
    mov LOW(saved_ax), %eax
    mov LOW(saved_bx), %ebx
    mov LOW(saved_cx), %ecx
    mov LOW(saved_di), %edi
    int $0x10
    cli
    cld
    xor %bp, %bp // the BIOS may have changed ds
    mov %bp, %ds
    mov %eax, LOW(saved_ax)
    mov %ebx, LOW(saved_bx)
    mov %ecx, LOW(saved_cx)
    mov %edi, LOW(saved_di)
    mov %cr0, %eax
    or $CR0_PE, %eax
    mov %eax, %cr0
    ljmpl $CODE32, $LOW(bios_32_back)

    .code32
bios_32_back:
    mov $DATA32, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    mov $EFER, %ecx
    rdmsr
    or $EFER_LME, %eax
    wrmsr
    mov LOW(saved_cr3), %eax
    mov %eax, %cr3
    mov LOW(saved_cr0), %eax
    mov %eax, %cr0
    ljmp $CODE64, $LOW(bios_64_back)

    .code64
bios_64_back:
    mov $bios_back, %eax
    jmp *%rax

    .balign 8
low_gdt:
    .quad 0
    .quad 0x00af9b000000ffff // 64-bit code
    .quad 0x00cf9b000000ffff // 32-bit code
    .quad 0x00009b000000ffff // 16-bit code
    .quad 0x00cf93000000ffff // 32-bit data
    .quad 0x000093000000ffff // 16-bit data
low_gdt_pointer:
    .short . - low_gdt - 1
    .quad LOW(low_gdt)
real_idt:
    .short 0x3ff
    .long 0
    .balign 8
saved_rsp:
    .quad 0
saved_cr0:
    .long 0
saved_cr3:
    .long 0
saved_ax:
    .long 0
saved_bx:
    .long 0
saved_cx:
    .long 0
saved_di:
    .long 0
saved_gdt:
    .skip 10
saved_idt:
    .skip 10
bios_end:

    .section .note.GNU-stack, "", @progbits

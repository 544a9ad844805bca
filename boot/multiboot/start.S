// SPDX-License-Identifier: GPL-3.0-only
//
// From a Multiboot loader's 32-bit protected mode (Multiboot Specification 0.6.96, section 3.2) to
// long mode with the first 4 GiB mapped one to one, so that everything else is ordinary code.
//
// The file is an ELF64 executable, which Multiboot loaders don't take; so the header carries
// addresses (flag 16), and what the file's ELF headers say doesn't matter. Those addresses require
// that the file's one segment is laid out in the file as it is in memory, which loader.ld does.

#define HEADER_MAGIC    0x1badb002
#define HEADER_ALIGN    0x00000001 // modules on page boundaries
#define HEADER_MEMORY   0x00000002 // a memory map, please
#define HEADER_ADDRESS  0x00010000 // the address fields are valid
#define HEADER_FLAGS    (HEADER_ALIGN | HEADER_MEMORY | HEADER_ADDRESS)

#define CR0_PG   0x80000000
#define CR0_WP   0x00010000
#define CR4_PAE  0x00000020
#define EFER     0xc0000080
#define EFER_LME 0x00000100

#define ENTRY_TABLE 0x003 // present, writable
#define ENTRY_LARGE 0x083 // and a large page
#define PAGE_SIZE   4096
#define DIRECTORIES 4 // of 1 GiB each

#define CODE64 0x08
#define DATA   0x10

#define COM1       0x3f8
#define COM1_LSR   0x3fd
#define LSR_EMPTY  0x20
#define VGA_TEXT   0xb8000
#define VGA_WHITE  0x07

    .section .multiboot, "a"
    .balign 4
header:
    .long HEADER_MAGIC
    .long HEADER_FLAGS
    .long -(HEADER_MAGIC + HEADER_FLAGS)
    .long header
    .long loader_start
    .long loader_load_end
    .long loader_end
    .long start

    .section .text.start, "ax"
    .code32
    .globl start
start: // eax: magic; ebx: information structure
    cli
    cld
    mov $stack_top, %esp
    push $0
    popf
    mov %eax, %ebp

    // The processor has to know long mode (AMD64 volume 3, CPUID 0x80000001).
    mov $0x80000000, %eax
    push %ebx
    cpuid
    cmp $0x80000001, %eax
    jb no_long_mode
    mov $0x80000001, %eax
    cpuid
    pop %ebx
    bt $29, %edx
    jnc no_long_mode

    movl $(tables + PAGE_SIZE + ENTRY_TABLE), tables
    mov $(tables + 2 * PAGE_SIZE + ENTRY_TABLE), %eax
    mov $(tables + PAGE_SIZE), %edi
    mov $DIRECTORIES, %ecx
1:  mov %eax, (%edi)
    add $PAGE_SIZE, %eax
    add $8, %edi
    loop 1b
    mov $ENTRY_LARGE, %eax
    mov $(tables + 2 * PAGE_SIZE), %edi
    mov $(DIRECTORIES * 512), %ecx
2:  mov %eax, (%edi)
    add $0x200000, %eax
    add $8, %edi
    loop 2b

    mov $CR4_PAE, %eax
    mov %eax, %cr4
    mov $tables, %eax
    mov %eax, %cr3
    mov $EFER, %ecx
    rdmsr
    or $EFER_LME, %eax
    wrmsr
    mov %cr0, %eax
    or $(CR0_PG | CR0_WP), %eax
    mov %eax, %cr0
    lgdt gdt_pointer
    ljmp $CODE64, $start64

// The one thing that can go wrong before C code runs.
no_long_mode:
    mov $text_no_long_mode, %esi
    mov $VGA_TEXT, %edi
    mov $VGA_WHITE, %ah
3:  lodsb
    test %al, %al
    jz 5f
    stosw
    mov %al, %bl
    mov $0x10000, %ecx // a port without a device may never say that it is ready
4:  mov $COM1_LSR, %dx
    in %dx, %al
    test $LSR_EMPTY, %al
    loopz 4b
    mov %bl, %al
    mov $COM1, %dx
    out %al, %dx
    jmp 3b
5:  hlt
    jmp 5b

    .code64
start64:
    mov $DATA, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    xor %eax, %eax
    mov %eax, %fs
    mov %eax, %gs
    mov $stack_top, %esp
    mov %ebp, %edi
    mov %ebx, %esi
    xor %ebp, %ebp
    call loader_main
6:  hlt
    jmp 6b

// One stub for each exception; fault.c knows their size. Some exceptions push an error code.
    .balign 16
    .globl fault_stubs
fault_stubs:
    .set vector, 0
    .rept 32
    .balign 16
    mov $vector, %edi
    jmp fault_common
    .set vector, vector + 1
    .endr
    .balign 16
fault_common:
    mov %rsp, %rsi
    and $-16, %rsp
    call loader_fault

// Into the kernel: rdi: page tables, rsi: virtual address of the boot block, rdx: entry point.
// This page is mapped where it stands by the kernel's tables too.
    .section .text.enter, "ax"
    .balign PAGE_SIZE
    .globl loader_enter
loader_enter:
    mov %rdi, %cr3
    mov %rsi, %rdi
    xor %ebp, %ebp
    jmp *%rdx
    .balign PAGE_SIZE

    .section .rodata, "a"
    .balign 8
gdt:
    .quad 0
    .quad 0x00af9b000000ffff // 64-bit code
    .quad 0x00cf93000000ffff // data
gdt_pointer:
    .short . - gdt - 1
    .long gdt
text_no_long_mode:
    .asciz "helios: CPU: CPU lacks a feature that Helios needs (long mode)\r\n"

    .section .bss, "aw", @nobits
    .balign PAGE_SIZE
tables: // PML4, PDPT, directories
    .skip (2 + DIRECTORIES) * PAGE_SIZE
    .balign 16
    .skip 65536
stack_top:

    .section .note.GNU-stack, "", @progbits

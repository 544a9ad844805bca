// SPDX-License-Identifier: GPL-3.0-only
//
// Programs that try what a program must not get away with (attacks.c). Each is entered as a thread's
// first instruction. Those that are to survive what they do end in `attack_survived`: a few system
// calls, then EBREAK. It needs no stack.
    .option norelax
    .section .text

    .globl attack_survived
attack_survived:
    li s1, 3 // survives
1:
    li a7, 1 // yield
    ecall
    addi s1, s1, -1
    bnez s1, 1b
    .globl attack_end
attack_end:
    ebreak
    j attack_end

// One that has to end in a fault at once; EBREAK tells that it did not.
    .macro attack name:req, code:vararg
    .globl attack_\name
    .balign 4
attack_\name:
    \code
    j attack_end
    .endm

// The same after t0 has been given a value, or an address.
    .macro attack_with name:req, value:req, code:vararg
    .globl attack_\name
    .balign 4
attack_\name:
    li t0, \value
    \code
    j attack_end
    .endm

    .macro attack_at name:req, symbol:req, offset:req, code:vararg
    .globl attack_\name
    .balign 4
attack_\name:
    la t0, \symbol
    addi t0, t0, \offset
    \code
    j attack_end
    .endm

// Control and status registers, by number: reading and writing.
    .macro attack_csr name:req, number:req
    attack read_\name, csrr t0, \number
    attack write_\name, csrw \number, zero
    .endm

    attack_csr sstatus, 0x100
    attack_csr sie, 0x104
    attack_csr stvec, 0x105
    attack_csr scounteren, 0x106
    attack_csr senvcfg, 0x10a
    attack_csr sscratch, 0x140
    attack_csr sepc, 0x141
    attack_csr scause, 0x142
    attack_csr stval, 0x143
    attack_csr sip, 0x144
    attack_csr stimecmp, 0x14d
    attack_csr siselect, 0x150
    attack_csr sireg, 0x151
    attack_csr stopei, 0x15c
    attack_csr satp, 0x180
    attack_csr vstvec, 0x205
    attack_csr hstatus, 0x600
    attack_csr hgatp, 0x680
    attack_csr mstatus, 0x300
    attack_csr medeleg, 0x302
    attack_csr pmpcfg0, 0x3a0
    attack_csr ustatus, 0x000
    attack_csr uepc, 0x041
    attack_csr seed, 0x015
    attack_csr vstart, 0x008
    attack_csr mtvec, 0x305
    attack_csr tselect, 0x7a0
    attack_csr hpmcounter3, 0xc03
    attack write_cycle, csrw 0xc00, zero
    attack write_time, csrw 0xc01, zero

    attack read_mhartid, csrr t0, 0xf14
    attack read_vlenb, csrr t0, 0xc22
    attack uret, .4byte 0x00200073
    attack dret, .4byte 0x7b200073
    attack sinval_vma, .4byte 0x16000073
    attack sfence_w_inval, .4byte 0x18000073
    attack load_of_guest, .4byte 0x68004073
    attack sret, sret
    attack mret, .4byte 0x30200073
    attack sfence_vma, sfence.vma
    attack hfence_gvma, .4byte 0x62000073
    attack cbo_inval, .4byte 0x0001200f // (sp)
    attack cbo_clean, .4byte 0x0011200f
    attack cbo_flush, .4byte 0x0021200f
    attack cbo_zero, .4byte 0x0041200f
    attack vsetvli, .4byte 0x0c0072d7
    attack vector_load, .4byte 0x02050007
    attack custom, .4byte 0x0000000b
    attack zeroes, .4byte 0
    attack ones, .4byte 0xffffffff
    attack reserved_rounding, .4byte 0x02b55553
    attack quad_precision, .4byte 0x06b57553

// The same once FP registers are accessible.
    .globl attack_reserved_rounding_with_fp
attack_reserved_rounding_with_fp:
    fmv.d.x fa0, zero
    .4byte 0x02b55553
    j attack_end

    attack wfi, wfi

    attack_with load_kernel, 0xffffffff80000000, ld t0, (t0)
    attack_with store_kernel, 0xffffffff80000000, sd t0, (t0)
    attack_with amo_kernel, 0xffffffff80000000, amoadd.d t0, t0, (t0)
    attack_with lr_kernel, 0xffffffff80000000, lr.d t0, (t0)
    attack_with jump_kernel, 0xffffffff80000000, jr t0
    attack_with load_window, 0xffffffff00000000, ld t0, (t0)
    attack_with load_hole, 0x4000000000000000, ld t0, (t0)
    attack_with jump_hole, 0x4000000000000000, jr t0
    attack_at store_code, attack_end, 0, sd t0, (t0)
    attack_at jump_data, attack_word, 0, jr t0
    attack_at lr_misaligned, attack_word, 1, lr.d t1, (t0)
    attack_at amo_misaligned, attack_word, 1, amoadd.d t1, t1, (t0)

// A load across a doubleword: the hart, firmware or nobody does it.
    attack_at load_misaligned, attack_word, 1, ld t1, (t0)

// tp and sp are what the kernel's entry code looks at first.
    .globl attack_kernel_pointers
attack_kernel_pointers:
    li tp, 0xffffffff80000000
    li sp, 0xffffffff80000000
    li gp, 0xffffffff80000000
    j attack_survived

// A reservation, a fault in between, and whether the store was done: 0 in attack_word.
    .globl attack_reservation
attack_reservation:
    la s1, attack_cell
    lr.d t0, (s1)
    .option push
    .option norvc
    ebreak
    .option pop
    sc.d t1, t0, (s1)
    la t0, attack_word
    sd t1, (t0)
    j attack_end

// Writes what every FP register and fcsr hold, before this task has used any, to attack_fp.
    .globl attack_show_fp
attack_show_fp:
    la t0, attack_fp
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    fsd f\n, \n * 8(t0)
    .endr
    frcsr t1
    sd t1, 256(t0)
    j attack_end

// Fills them from a0 on, then yields for ever.
    .globl attack_fill_fp
attack_fill_fp:
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    fmv.d.x f\n, a0
    .endr
    li t0, 0xff
    fscsr t0
    ebreak

// The first use is a control register or a compressed load; both count.
    attack read_fcsr_first, frcsr t0
    .globl attack_compressed_fp_first
attack_compressed_fp_first:
    la a0, attack_word
    .2byte 0x2108 // c.fld fa0, 0(a0)
    j attack_end

// Changes attack_watched at attack_write_here, then reads it.
    .globl attack_write, attack_write_here, attack_read_here
attack_write:
    la s1, attack_watched
    li s2, 1
attack_write_here:
    sd s2, (s1)
    nop
attack_read_here:
    ld s2, (s1)
    j attack_end

    .section .bss
    .balign 8
    .globl attack_word, attack_cell, attack_fp, attack_watched
attack_watched:
    .skip 8
attack_word:
    .skip 16
attack_cell:
    .skip 8
attack_fp:
    .skip 33 * 8
    .section .note.GNU-stack, "", @progbits

// SPDX-License-Identifier: GPL-3.0-only
//
// f0 to f31 and fcsr, to and from struct arch_fpu. The rest of the kernel is compiled without F and
// D, so these are the only instructions in it that know of FP registers. sstatus.FS is on.

#define FCSR 256

    .option arch, +d
    .text

// void arch_fpu_save(struct arch_fpu *fpu)
    .globl arch_fpu_save
    .type arch_fpu_save, @function
arch_fpu_save:
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    fsd f\n, \n * 8(a0)
    .endr
    frcsr t0
    sd t0, FCSR(a0)
    ret
    .size arch_fpu_save, . - arch_fpu_save

// void arch_fpu_load(const struct arch_fpu *fpu)
    .globl arch_fpu_load
    .type arch_fpu_load, @function
arch_fpu_load:
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    fld f\n, \n * 8(a0)
    .endr
    ld t0, FCSR(a0)
    fscsr t0
    ret
    .size arch_fpu_load, . - arch_fpu_load

    .section .note.GNU-stack, "", @progbits

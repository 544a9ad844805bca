// SPDX-License-Identifier: GPL-3.0-only
//
// Programs that try what a program must not get away with (attacks.c). Each is entered as a thread's
// first instruction. Those that are to survive what they do end in `attack_survived`: a few system
// calls, then BRK. None needs a stack.
    .arch armv8-a+fp+simd
    .section .text

    .globl attack_survived
attack_survived:
    mov x19, #3                         // x19 survives
1:
    mov x8, #1                          // yield
    svc #0
    subs x19, x19, #1
    b.ne 1b
    brk #0
    b attack_survived

// One that has to end in a fault at once; BRK tells that it did not.
.macro attack name:req, code:vararg
    .globl attack_\name
attack_\name:
    \code
    brk #0
.endm

    attack mask_interrupts, msr daifset, #2
    attack unmask_debug, msr daifclr, #8
    attack read_daif, mrs x0, daif
    attack select_stack, msr spsel, #1
    attack eret, eret
    attack hvc, .inst 0xd4000002
    attack smc, .inst 0xd4000003
    attack hlt, hlt #0
    attack dcps1, .inst 0xd4a00001
    attack read_sctlr, mrs x0, sctlr_el1
    attack write_ttbr0, msr ttbr0_el1, x0
    attack write_ttbr1, msr ttbr1_el1, x0
    attack write_vbar, msr vbar_el1, x0
    attack write_cpacr, msr cpacr_el1, x0
    attack write_elr, msr elr_el1, x0
    attack write_spsr, msr spsr_el1, x0
    attack write_sp_el0, msr sp_el0, x0
    attack write_tpidr_el1, msr tpidr_el1, x0
    attack write_tpidrro, msr tpidrro_el0, x0
    attack write_contextidr, msr contextidr_el1, x0
    attack read_feature_register, mrs x0, id_aa64pfr0_el1
    attack read_physical_counter, mrs x0, cntpct_el0
    attack stop_timer, msr cntv_ctl_el0, xzr
    attack set_timer, msr cntv_cval_el0, x0
    attack set_physical_timer, msr cntp_ctl_el0, x0
    attack write_cntkctl, msr cntkctl_el1, x0
    attack take_interrupt, mrs x0, s3_0_c12_c12_0
    attack end_interrupt, msr s3_0_c12_c12_1, x0
    attack deactivate_interrupt, msr s3_0_c12_c11_1, x0
    attack send_interrupt, msr s3_0_c12_c11_5, x0
    attack mask_priorities, msr s3_0_c4_c6_0, x0
    attack read_cycles, mrs x0, pmccntr_el0
    attack write_pmuserenr, msr pmuserenr_el0, x0
    attack write_mdscr, msr mdscr_el1, x0
    attack write_breakpoint, msr dbgbcr0_el1, x0
    attack unlock_debug, msr oslar_el1, xzr
    attack read_debug_channel, mrs x0, mdccsr_el0
    attack flush_tlb, tlbi vmalle1
    attack flush_all_tlbs, tlbi vmalle1is
    attack flush_instructions, ic iallu
    attack discard_line, dc ivac, x0
    attack discard_set, dc isw, x0
    attack clean_set, dc cisw, x0
    attack translate, at s1e1r, x0
    attack read_midr, mrs x0, midr_el1
    attack read_mpidr, mrs x0, mpidr_el1
    attack read_esr, mrs x0, esr_el1
    attack read_far, mrs x0, far_el1
    attack write_sctlr, msr sctlr_el1, x0
    attack write_tcr, msr tcr_el1, x0
    attack write_mair, msr mair_el1, x0
    attack write_par, msr par_el1, x0
    attack write_amair, msr amair_el1, x0
    attack write_el2_vectors, msr vbar_el2, x0
    attack write_counter_offset, msr cntvoff_el2, x0
    attack write_interrupt_group, msr s3_0_c12_c12_7, x0
    attack write_interrupt_registers, msr s3_0_c12_c12_5, x0
    attack write_watchpoint, msr dbgwcr0_el1, x0
    attack write_cycle_filter, msr pmccfiltr_el0, x0
    attack clear_cycles, msr pmcr_el0, x0
    attack flush_one_page, tlbi vaae1is, x0
    attack flush_one_identifier, tlbi aside1is, x0
    attack flush_second_stage, tlbi vmalls12e1is
    attack flush_shared_instructions, ic ialluis
    attack translate_second_stage, at s12e1r, x0
    attack undefined, udf #0xffff
    attack reserved, .inst 0x00000001
    attack ones, .inst 0xffffffff
    attack scalable_vector, .inst 0x04bf5020 // rdvl x0, #1
    attack streaming_mode, .inst 0xd503477f // smstart

// The address of the kernel's first page.
.macro kernel_address
    movz x1, #0x8000, lsl #16
    movk x1, #0xffff, lsl #32
    movk x1, #0xffff, lsl #48
.endm

    .globl attack_read_kernel, attack_zero_kernel, attack_jump_kernel
attack_read_kernel:
    kernel_address
    ldr x0, [x1]
    brk #0
attack_zero_kernel:
    kernel_address
    dc zva, x1
    brk #0
attack_jump_kernel:
    kernel_address
    br x1

    .globl attack_read_tagged, attack_jump_tagged
attack_read_tagged:
    adrp x1, attack_watched
    orr x1, x1, #0xff00000000000000
    ldr x0, [x1]
    brk #0
attack_jump_tagged:
    adr x1, attack_survived
    orr x1, x1, #0x0100000000000000
    br x1

    .globl attack_misaligned_stack
attack_misaligned_stack:
    mov x0, #8
    mov sp, x0
    ldr x0, [sp]
    brk #0

// Cache maintenance by address, which users may do, on an address that is not theirs.
    .globl attack_clean_kernel
attack_clean_kernel:
    kernel_address
    dc civac, x1
    dc cvau, x1
    ic ivau, x1
    b attack_survived

// What users may do by themselves.
    .globl attack_allowed
attack_allowed:
    mrs x0, cntvct_el0
    mrs x0, cntfrq_el0
    mrs x0, ctr_el0
    adrp x1, attack_watched
    add x1, x1, :lo12:attack_watched
    dc civac, x1
    dc cvau, x1
    ic ivau, x1
    sevl
    wfe
    b attack_survived

// The immediate of SVC means nothing.
    .globl attack_svc_immediate
attack_svc_immediate:
    mov x8, #1
    svc #0xffff
    b attack_survived

// A reservation, a fault in between, and whether the store was done (0) in attack_found.
    .globl attack_reservation
attack_reservation:
    adrp x1, attack_watched
    add x1, x1, :lo12:attack_watched
    ldxr x2, [x1]
    brk #0
    stxr w3, x2, [x1]
    adrp x2, attack_found
    str x3, [x2, :lo12:attack_found]
    b attack_survived

// Waiting for an interrupt: the processor or the kernel ends it, or it is not allowed.
    .globl attack_wait_for_interrupt
attack_wait_for_interrupt:
    wfi
    b attack_survived

// TPIDRRO_EL0, which the kernel uses when it faults itself, has nothing to say.
    .globl attack_read_only_thread_register
attack_read_only_thread_register:
    mrs x1, tpidrro_el0
    adrp x2, attack_found
    str x1, [x2, :lo12:attack_found]
    b attack_survived

// Spins for good.
    .globl attack_spin
attack_spin:
    b attack_spin

// Stepped through: the system call is one step.
    .globl attack_stepped, attack_stepped_call, attack_stepped_end
attack_stepped:
    nop
    mov x8, #1
attack_stepped_call:
    svc #0
attack_stepped_end:
    nop
    b attack_survived

// Changes attack_watched at attack_write_here, then reads it.
    .globl attack_write, attack_write_here, attack_read_here
attack_write:
    adrp x1, attack_watched
    add x1, x1, :lo12:attack_watched
    mov x2, #1
attack_write_here:
    str x2, [x1]
    nop
attack_read_here:
    ldr x2, [x1]
    b attack_survived

// FP state in memory: q0 to q31, FPCR, FPSR.
.macro load_fp from
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    ldr q\n, [\from, #16 * \n]
    .endr
    ldr x9, [\from, #512]
    msr fpcr, x9
    ldr x9, [\from, #520]
    msr fpsr, x9
.endm

.macro store_fp to
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    str q\n, [\to, #16 * \n]
    .endr
    mrs x9, fpcr
    str x9, [\to, #512]
    mrs x9, fpsr
    str x9, [\to, #520]
.endm

.macro begin_fp_function
    stp x19, x30, [sp, #-80]!
    stp d8, d9, [sp, #16]
    stp d10, d11, [sp, #32]
    stp d12, d13, [sp, #48]
    stp d14, d15, [sp, #64]
.endm

.macro end_fp_function
    msr fpcr, xzr
    ldp d8, d9, [sp, #16]
    ldp d10, d11, [sp, #32]
    ldp d12, d13, [sp, #48]
    ldp d14, d15, [sp, #64]
    ldp x19, x30, [sp], #80
    ret
.endm

// void fp_yield(const struct fp_state *before, struct fp_state *after)
    .globl fp_yield
fp_yield:
    begin_fp_function
    mov x19, x1
    load_fp x0
    mov x8, #1
    stp x20, x21, [sp, #-64]!
    stp x22, x23, [sp, #16]
    stp x24, x25, [sp, #32]
    stp x26, x27, [sp, #48]
    str x28, [sp, #-16]!
    svc #0
    ldr x28, [sp], #16
    ldp x22, x23, [sp, #16]
    ldp x24, x25, [sp, #32]
    ldp x26, x27, [sp, #48]
    ldp x20, x21, [sp], #64
    store_fp x19
    end_fp_function

// void fp_wait(const struct fp_state *before, struct fp_state *after, const volatile uint64_t *count,
//              uint64_t least): while they hold `before`, until *count is at least `least`
    .globl fp_wait
fp_wait:
    begin_fp_function
    load_fp x0
1:
    ldr x9, [x2]
    cmp x9, x3
    b.lo 1b
    store_fp x1
    end_fp_function

// A thread: stores what it finds into attack_fp.
    .globl attack_look_at_fp
attack_look_at_fp:
    adrp x1, attack_fp
    add x1, x1, :lo12:attack_fp
    store_fp x1
    b attack_survived

    .section .data
    .balign 16
    .globl attack_fp, attack_watched, attack_found
attack_fp:
    .skip 528
attack_watched:
    .quad 0
attack_found:
    .quad 0

    .section .note.GNU-stack, "", @progbits

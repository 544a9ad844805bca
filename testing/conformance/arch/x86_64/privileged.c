// SPDX-License-Identifier: GPL-3.0-only
//
// Instructions that are not for programs, and what no instruction can do (attacks.S).
#include "testing/conformance/attack.h"

enum { PRIORITY = 33 }; // above the root task's: a thread runs as soon as it can

// Runs `entry` until it faults.
static struct fault run_to_fault(attack *entry) {
    resume(prepare_at(0, PRIORITY, entry, 0));
    struct fault fault = receive_fault();
    space_end(0);
    return fault;
}

#define IS_ILLEGAL(name)                                                                           \
    attack attack_##name;                                                                          \
    TEST_CASE(attack_##name##_is_an_illegal_instruction) {                                         \
        struct fault fault = run_to_fault(attack_##name);                                          \
        EXPECT_EQ(fault.kind, HELIOS_FAULT_ILLEGAL);                                               \
    }

IS_ILLEGAL(cli)
IS_ILLEGAL(sti)
IS_ILLEGAL(hlt)
IS_ILLEGAL(in)
IS_ILLEGAL(out)
IS_ILLEGAL(wrmsr)
IS_ILLEGAL(rdmsr)
IS_ILLEGAL(lgdt)
IS_ILLEGAL(lidt)
IS_ILLEGAL(ltr)
IS_ILLEGAL(lldt)
IS_ILLEGAL(clts)
IS_ILLEGAL(read_cr0)
IS_ILLEGAL(write_cr3)
IS_ILLEGAL(write_cr4)
IS_ILLEGAL(write_dr7)
IS_ILLEGAL(invlpg)
IS_ILLEGAL(swapgs)
IS_ILLEGAL(sysret)
IS_ILLEGAL(sysenter)
IS_ILLEGAL(xsetbv)
IS_ILLEGAL(rdpmc)
IS_ILLEGAL(wrfsbase)
IS_ILLEGAL(wrgsbase)
IS_ILLEGAL(int_exception)
IS_ILLEGAL(int_irq)
IS_ILLEGAL(int_timer)
IS_ILLEGAL(int_linux)
IS_ILLEGAL(sgdt)
IS_ILLEGAL(sidt)
IS_ILLEGAL(sldt)
IS_ILLEGAL(smsw)
IS_ILLEGAL(str)
IS_ILLEGAL(lmsw)
IS_ILLEGAL(read_cr2)
IS_ILLEGAL(read_cr3)
IS_ILLEGAL(write_cr0)
IS_ILLEGAL(write_cr8)
IS_ILLEGAL(read_dr6)
IS_ILLEGAL(read_dr4)
IS_ILLEGAL(monitor)
IS_ILLEGAL(mwait)
IS_ILLEGAL(stac)
IS_ILLEGAL(clac)
IS_ILLEGAL(rsm)
IS_ILLEGAL(vmcall)
IS_ILLEGAL(vmrun)
IS_ILLEGAL(invpcid)
IS_ILLEGAL(sysexit)
IS_ILLEGAL(xsetbv_zero)
IS_ILLEGAL(xrstors)
IS_ILLEGAL(undefined)
IS_ILLEGAL(undefined_with_operand)
IS_ILLEGAL(removed)
IS_ILLEGAL(lock_prefix)
IS_ILLEGAL(too_long)
IS_ILLEGAL(int_debug)
IS_ILLEGAL(int_nmi)
IS_ILLEGAL(int_double_fault)
IS_ILLEGAL(int_machine_check)
IS_ILLEGAL(int_last)
IS_ILLEGAL(return_far_to_kernel)
IS_ILLEGAL(read_non_canonical)
IS_ILLEGAL(far_jump)
IS_ILLEGAL(kernel_segment)
IS_ILLEGAL(return_to_kernel_segment)
IS_ILLEGAL(jump_non_canonical)

#define FAULTS(name, expected)                                                                     \
    attack attack_##name;                                                                          \
    TEST_CASE(attack_##name##_faults_in_the_task) {                                                \
        EXPECT_EQ(run_to_fault(attack_##name).kind, expected);                                     \
    }

FAULTS(push_into_kernel, HELIOS_FAULT_WRITE)
FAULTS(divide_by_zero, HELIOS_FAULT_FPU)
FAULTS(divide_overflow, HELIOS_FAULT_FPU)
FAULTS(stepped_mov_ss, HELIOS_FAULT_STEP)

// The emulator does not check the alignment.
attack attack_misaligned;
TEST_CASE(attack_misaligned_access_with_the_flag_for_it_is_survived) {
    uint32_t kind = run_to_fault(attack_misaligned).kind;
    EXPECT_TRUE(kind == HELIOS_FAULT_ALIGNMENT || kind == HELIOS_FAULT_BREAKPOINT);
}

// The debug exception that needs no permission and leaves no trace of its cause.
attack attack_int1;
TEST_CASE(attack_int1_is_a_breakpoint) {
    struct fault fault = run_to_fault(attack_int1);
    EXPECT_EQ(fault.kind, HELIOS_FAULT_BREAKPOINT);
    EXPECT_EQ(fault.pc, (uintptr_t)attack_int1 + 1);
}

// Processors have an exception of its own for the stack, the emulator has not.
attack attack_push_non_canonical;
TEST_CASE(attack_push_to_no_address_faults_in_the_task) {
    uint32_t kind = run_to_fault(attack_push_non_canonical).kind;
    EXPECT_TRUE(kind == HELIOS_FAULT_OTHER || kind == HELIOS_FAULT_ILLEGAL);
}

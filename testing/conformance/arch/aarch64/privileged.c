// SPDX-License-Identifier: GPL-3.0-only
//
// Instructions and registers that are not for programs (attacks.S).
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
        EXPECT_EQ(fault.pc, (uintptr_t)attack_##name);                                             \
    }

IS_ILLEGAL(mask_interrupts)
IS_ILLEGAL(unmask_debug)
IS_ILLEGAL(read_daif)
IS_ILLEGAL(select_stack)
IS_ILLEGAL(eret)
IS_ILLEGAL(hvc)
IS_ILLEGAL(smc)
IS_ILLEGAL(hlt)
IS_ILLEGAL(dcps1)
IS_ILLEGAL(read_sctlr)
IS_ILLEGAL(write_ttbr0)
IS_ILLEGAL(write_ttbr1)
IS_ILLEGAL(write_vbar)
IS_ILLEGAL(write_cpacr)
IS_ILLEGAL(write_elr)
IS_ILLEGAL(write_spsr)
IS_ILLEGAL(write_sp_el0)
IS_ILLEGAL(write_tpidr_el1)
IS_ILLEGAL(write_tpidrro)
IS_ILLEGAL(write_contextidr)
IS_ILLEGAL(read_feature_register)
IS_ILLEGAL(read_physical_counter)
IS_ILLEGAL(stop_timer)
IS_ILLEGAL(set_timer)
IS_ILLEGAL(set_physical_timer)
IS_ILLEGAL(write_cntkctl)
IS_ILLEGAL(take_interrupt)
IS_ILLEGAL(end_interrupt)
IS_ILLEGAL(deactivate_interrupt)
IS_ILLEGAL(send_interrupt)
IS_ILLEGAL(mask_priorities)
IS_ILLEGAL(read_cycles)
IS_ILLEGAL(write_pmuserenr)
IS_ILLEGAL(write_mdscr)
IS_ILLEGAL(write_breakpoint)
IS_ILLEGAL(unlock_debug)
IS_ILLEGAL(read_debug_channel)
IS_ILLEGAL(flush_tlb)
IS_ILLEGAL(flush_all_tlbs)
IS_ILLEGAL(flush_instructions)
IS_ILLEGAL(discard_line)
IS_ILLEGAL(discard_set)
IS_ILLEGAL(clean_set)
IS_ILLEGAL(translate)
IS_ILLEGAL(read_midr)
IS_ILLEGAL(read_mpidr)
IS_ILLEGAL(read_esr)
IS_ILLEGAL(read_far)
IS_ILLEGAL(write_sctlr)
IS_ILLEGAL(write_tcr)
IS_ILLEGAL(write_mair)
IS_ILLEGAL(write_par)
IS_ILLEGAL(write_amair)
IS_ILLEGAL(write_el2_vectors)
IS_ILLEGAL(write_counter_offset)
IS_ILLEGAL(write_interrupt_group)
IS_ILLEGAL(write_interrupt_registers)
IS_ILLEGAL(write_watchpoint)
IS_ILLEGAL(write_cycle_filter)
IS_ILLEGAL(clear_cycles)
IS_ILLEGAL(flush_one_page)
IS_ILLEGAL(flush_one_identifier)
IS_ILLEGAL(flush_second_stage)
IS_ILLEGAL(flush_shared_instructions)
IS_ILLEGAL(translate_second_stage)
IS_ILLEGAL(undefined)
IS_ILLEGAL(reserved)
IS_ILLEGAL(ones)
IS_ILLEGAL(scalable_vector)
IS_ILLEGAL(streaming_mode)

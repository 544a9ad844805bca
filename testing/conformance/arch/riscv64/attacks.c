// SPDX-License-Identifier: GPL-3.0-only
//
// What a program must not get away with on this architecture: privileged instructions and control
// registers, addresses that no hart translates, odd program counters, reservations and FP registers
// of other tasks. The programs are in attacks.S.
#include "testing/conformance/attack.h"
#include "testing/conformance/invoke.h"
#include "uapi/fault.h"
#include "uapi/object.h"
#include "uapi/registers.h"
#include "userland/helios/console.h"
#include "userland/helios/map.h"
#include "userland/test/space.h"

enum {
    PRIORITY = 33, // above the root task's: a thread runs as soon as it can
    FP_WORDS = 33, // f0 to f31, fcsr
    ALL_WORDS_BITS = HELIOS_RISCV64_REGISTERS,
};

#define KERNEL 0xffffffff80000000ull

extern volatile uint64_t attack_word;
extern volatile uint64_t attack_cell;
extern volatile uint64_t attack_fp[FP_WORDS];

static uint64_t prepare(unsigned index, attack *entry, uint64_t argument) {
    return prepare_at(index, PRIORITY, entry, argument);
}

static void skip(uint64_t bytes) {
    struct helios_message message = {
        .capability = HELIOS_CADDR_UNDEF,
        .tag = helios_tag(HELIOS_FAULT_SKIP, 0, 1, 0),
        .params = {bytes},
    };
    helios_syscall(HELIOS_SYS_REPLY, &message);
}

// Runs `entry` until it faults.
static struct fault run_to_fault(attack *entry) {
    resume(prepare(0, entry, 0));
    struct fault fault = receive_fault();
    space_end(0);
    return fault;
}

// Every register but pc holds `value`.
static void write_registers(uint64_t task, uint64_t pc, uint64_t value) {
    uint64_t *words = &helios_buffer->params[4];
    for (unsigned i = 0; i < HELIOS_RISCV64_REGISTERS; i++) {
        words[i] = value;
    }
    words[HELIOS_REGISTER_PC] = pc;
    const uint64_t first[4] = {(1ull << ALL_WORDS_BITS) - 1, 0, 0, 0};
    EXPECT_EQ(
        helios_invoke(task, HELIOS_TASK_WRITE_REGISTERS, 0, 4 + HELIOS_RISCV64_REGISTERS, first)
            .status,
        HELIOS_OK);
}

// Instructions. -------------------------------------------------------------------------------

#define IS_ILLEGAL(name)                                                                           \
    attack attack_##name;                                                                          \
    TEST_CASE(attack_##name##_is_an_illegal_instruction) {                                         \
        struct fault fault = run_to_fault(attack_##name);                                          \
        EXPECT_EQ(fault.kind, HELIOS_FAULT_ILLEGAL);                                               \
        EXPECT_EQ(fault.pc, (uintptr_t)attack_##name);                                             \
    }

// OpenSBI looks at these first, prints a line on the same console and does not end it.
static void end_line_of_firmware(void) {
    helios_printf("\n");
}

#define IS_ILLEGAL_AND_REPORTED(name)                                                              \
    attack attack_##name;                                                                          \
    TEST_CASE(attack_##name##_is_an_illegal_instruction) {                                         \
        struct fault fault = run_to_fault(attack_##name);                                          \
        end_line_of_firmware();                                                                    \
        EXPECT_EQ(fault.kind, HELIOS_FAULT_ILLEGAL);                                               \
    }

#define IS_CLOSED(csr)                                                                             \
    IS_ILLEGAL(read_##csr)                                                                         \
    IS_ILLEGAL(write_##csr)

IS_CLOSED(sstatus)
IS_CLOSED(sie)
IS_CLOSED(stvec)
IS_CLOSED(scounteren)
IS_CLOSED(senvcfg)
IS_CLOSED(sscratch)
IS_CLOSED(sepc)
IS_CLOSED(scause)
IS_CLOSED(stval)
IS_CLOSED(sip)
IS_CLOSED(stimecmp)
IS_CLOSED(siselect)
IS_CLOSED(sireg)
IS_CLOSED(stopei)
IS_CLOSED(satp)
IS_CLOSED(vstvec)
IS_CLOSED(hstatus)
IS_CLOSED(hgatp)
IS_CLOSED(mstatus)
IS_CLOSED(medeleg)
IS_CLOSED(pmpcfg0)
IS_CLOSED(ustatus)
IS_CLOSED(uepc)
IS_CLOSED(seed)
IS_CLOSED(vstart)
IS_CLOSED(mtvec)
IS_CLOSED(tselect)
IS_CLOSED(hpmcounter3)
IS_ILLEGAL(write_cycle)
IS_ILLEGAL(write_time)
IS_ILLEGAL(read_mhartid)
IS_ILLEGAL(read_vlenb)
IS_ILLEGAL_AND_REPORTED(uret)
IS_ILLEGAL_AND_REPORTED(dret)
IS_ILLEGAL_AND_REPORTED(sinval_vma)
IS_ILLEGAL_AND_REPORTED(sfence_w_inval)
IS_ILLEGAL_AND_REPORTED(load_of_guest)
IS_ILLEGAL_AND_REPORTED(sret)
IS_ILLEGAL_AND_REPORTED(mret)
IS_ILLEGAL_AND_REPORTED(sfence_vma)
IS_ILLEGAL_AND_REPORTED(hfence_gvma)
IS_ILLEGAL(cbo_inval)
IS_ILLEGAL(cbo_clean)
IS_ILLEGAL(cbo_flush)
IS_ILLEGAL(cbo_zero)
IS_ILLEGAL(vsetvli)
IS_ILLEGAL(vector_load)
IS_ILLEGAL(custom)
IS_ILLEGAL(zeroes)
IS_ILLEGAL(ones)
IS_ILLEGAL(reserved_rounding)
IS_ILLEGAL(quad_precision)

attack attack_reserved_rounding_with_fp;
TEST_CASE(attack_fp_instruction_that_is_illegal_stays_so_with_fp_registers) {
    struct fault fault = run_to_fault(attack_reserved_rounding_with_fp);
    EXPECT_EQ(fault.kind, HELIOS_FAULT_ILLEGAL);
}

// A hart may let a user wait for a bounded time.
attack attack_wfi;
TEST_CASE(attack_wfi_does_not_stop_the_hart) {
    struct fault fault = run_to_fault(attack_wfi);
    end_line_of_firmware();
    EXPECT_TRUE(fault.kind == HELIOS_FAULT_ILLEGAL || fault.kind == HELIOS_FAULT_BREAKPOINT);
}

// Addresses. ----------------------------------------------------------------------------------

#define FAULTS(name, expected_kind, expected_address)                                              \
    attack attack_##name;                                                                          \
    TEST_CASE(attack_##name##_faults_in_the_task) {                                                \
        struct fault fault = run_to_fault(attack_##name);                                          \
        EXPECT_EQ(fault.kind, expected_kind);                                                      \
        EXPECT_EQ(fault.address, expected_address);                                                \
    }

attack attack_survived;

FAULTS(load_kernel, HELIOS_FAULT_READ, KERNEL)
FAULTS(store_kernel, HELIOS_FAULT_WRITE, KERNEL)
FAULTS(amo_kernel, HELIOS_FAULT_WRITE, KERNEL)
FAULTS(lr_kernel, HELIOS_FAULT_READ, KERNEL)
FAULTS(jump_kernel, HELIOS_FAULT_EXECUTE, KERNEL)
FAULTS(load_window, HELIOS_FAULT_READ, 0xffffffff00000000)
FAULTS(load_hole, HELIOS_FAULT_READ, 0x4000000000000000)
FAULTS(jump_hole, HELIOS_FAULT_EXECUTE, 0x4000000000000000)
FAULTS(jump_data, HELIOS_FAULT_EXECUTE, (uintptr_t)&attack_word)
FAULTS(lr_misaligned, HELIOS_FAULT_ALIGNMENT, (uintptr_t)&attack_word + 1)

attack attack_store_code;
TEST_CASE(attack_store_to_code_is_a_write_fault) {
    EXPECT_EQ(run_to_fault(attack_store_code).kind, HELIOS_FAULT_WRITE);
}

// The hart does it (Zama16b), firmware does it, or nobody.
#define IS_DONE_OR_FAULTS(name)                                                                    \
    attack attack_##name;                                                                          \
    TEST_CASE(attack_##name##_is_done_or_faults_in_the_task) {                                     \
        struct fault fault = run_to_fault(attack_##name);                                          \
        EXPECT_TRUE(fault.kind == HELIOS_FAULT_ALIGNMENT ||                                        \
                    fault.kind == HELIOS_FAULT_BREAKPOINT);                                        \
    }

IS_DONE_OR_FAULTS(load_misaligned)
IS_DONE_OR_FAULTS(amo_misaligned)

attack attack_kernel_pointers;
TEST_CASE(attack_kernel_addresses_in_sp_gp_tp_are_no_business_of_the_kernel) {
    EXPECT_EQ(run_to_fault(attack_kernel_pointers).kind, HELIOS_FAULT_BREAKPOINT);
}

// Program counters. ---------------------------------------------------------------------------

TEST_CASE(attack_odd_program_counter_is_an_alignment_fault_at_that_address) {
    const uint64_t addresses[] = {
        (uintptr_t)attack_survived + 1, 1, KERNEL + 1, 0x4000000000000001, ~0ull,
    };
    for (unsigned i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        uint64_t task = prepare(0, attack_survived, 0);
        write_registers(task, addresses[i], 0);
        resume(task);
        struct fault fault = receive_fault();
        EXPECT_EQ(fault.kind, HELIOS_FAULT_ALIGNMENT);
        EXPECT_EQ(fault.pc, addresses[i]);
        space_end(0);
    }
}

TEST_CASE(attack_any_program_counter_faults_in_the_task) {
    const uint64_t addresses[] = {
        0,
        helios_test_bootinfo->user_top - 2,
        helios_test_bootinfo->user_top,
        1ull << 38,
        1ull << 47,
        1ull << 56,
        1ull << 63,
        0xffffffbffffffffe,
        0xffffffc080000000,
        KERNEL,
        0xffff800080000000,
        0xfffffffffffffffe,
    };
    for (unsigned i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        uint64_t task = prepare(0, attack_survived, 0);
        write_registers(task, addresses[i], ~0ull);
        resume(task);
        struct fault fault = receive_fault();
        EXPECT_EQ(fault.kind, HELIOS_FAULT_EXECUTE);
        EXPECT_EQ(fault.pc, addresses[i]);
        space_end(0);
    }
}

TEST_CASE(attack_any_registers_survive_calls_and_faults) {
    const uint64_t values[] = {0, 7, KERNEL, 1ull << 63, ~0ull};
    for (unsigned i = 0; i < sizeof values / sizeof values[0]; i++) {
        uint64_t task = prepare(0, attack_survived, 0);
        write_registers(task, (uintptr_t)attack_survived, values[i]);
        resume(task);
        EXPECT_EQ(receive_fault().kind, HELIOS_FAULT_BREAKPOINT);
        space_end(0);
    }
}

TEST_CASE(attack_there_are_no_flags_to_write) {
    uint64_t task = prepare(0, attack_survived, 0);
    write_registers(task, 0x1000, ~0ull);
    EXPECT_EQ(helios_call(task, HELIOS_TASK_READ_REGISTERS, 0, 0, 0).status, HELIOS_OK);
    EXPECT_EQ(helios_buffer->params[4 + HELIOS_REGISTER_FLAGS], 0);
    EXPECT_EQ(helios_buffer->params[4 + HELIOS_REGISTER_SP], ~0ull);
    space_end(0);
}

// The page below the end of user space can be mapped, and its last instruction can be a system
// call: where it returns to is the first address that can't.
TEST_CASE(attack_system_call_at_the_end_of_user_space_returns_there) {
    const uint64_t page = helios_test_bootinfo->user_top - 4096;
    const uint64_t window = 0x30000000;
    uint64_t frame = helios_allocate(memory(), HELIOS_TYPE_PAGE, 0).value;
    EXPECT_EQ(helios_map(HELIOS_INIT_VSPACE, memory(), frame, window, HELIOS_MAP_WRITE).status,
              HELIOS_OK);
    *(volatile uint32_t *)(uintptr_t)(window + 4092) = 0x00000073; // ecall
    EXPECT_EQ(helios_call(frame, HELIOS_PAGE_SYNC_CODE, 2, 0, 4096).status, HELIOS_OK);
    EXPECT_EQ(helios_map(HELIOS_INIT_VSPACE, memory(), frame, page, HELIOS_MAP_EXECUTE).status,
              HELIOS_OK);
    uint64_t task = prepare(0, attack_survived, 0);
    write_registers(task, page + 4092, HELIOS_SYS_YIELD);
    resume(task);
    struct fault fault = receive_fault();
    EXPECT_EQ(fault.kind, HELIOS_FAULT_EXECUTE);
    EXPECT_EQ(fault.pc, helios_test_bootinfo->user_top);
    space_end(0);
    helios_call(HELIOS_INIT_CSPACE, HELIOS_CSPACE_DESTROY, 1, frame, 0);
}

// What one task leaves in the hart for the next. -----------------------------------------------

// The cell holds what it held, but it was another value in between.
attack attack_reservation;
TEST_CASE(attack_reservation_does_not_survive_a_fault) {
    attack_word = 0;
    attack_cell = 1;
    resume(prepare(0, attack_reservation, 0));
    EXPECT_EQ(receive_fault().kind, HELIOS_FAULT_BREAKPOINT);
    attack_cell = 2;
    attack_cell = 1;
    skip(4);
    EXPECT_EQ(receive_fault().kind, HELIOS_FAULT_BREAKPOINT);
    EXPECT_TRUE(attack_word != 0);
    space_end(0);
}

attack attack_show_fp, attack_fill_fp, attack_read_fcsr_first, attack_compressed_fp_first;

static void expect_initial_fp(void) {
    for (unsigned i = 0; i < FP_WORDS; i++) {
        EXPECT_EQ(attack_fp[i], 0);
        attack_fp[i] = ~0ull;
    }
}

TEST_CASE(attack_first_use_of_fp_registers_finds_them_initial) {
    resume(prepare(0, attack_fill_fp, 0x4045000000000001));
    EXPECT_EQ(receive_fault().kind, HELIOS_FAULT_BREAKPOINT);
    resume(prepare(1, attack_show_fp, 0));
    EXPECT_EQ(receive_fault().kind, HELIOS_FAULT_BREAKPOINT);
    expect_initial_fp();
    space_end(0);
    space_end(1);
}

TEST_CASE(attack_fp_registers_of_a_dead_task_are_gone) {
    EXPECT_EQ(run_to_fault(attack_fill_fp).kind, HELIOS_FAULT_BREAKPOINT);
    EXPECT_EQ(run_to_fault(attack_show_fp).kind, HELIOS_FAULT_BREAKPOINT);
    expect_initial_fp();
}

TEST_CASE(attack_fcsr_and_compressed_loads_are_uses_of_fp_registers) {
    EXPECT_EQ(run_to_fault(attack_read_fcsr_first).kind, HELIOS_FAULT_BREAKPOINT);
    EXPECT_EQ(run_to_fault(attack_compressed_fp_first).kind, HELIOS_FAULT_BREAKPOINT);
}

// SPDX-License-Identifier: GPL-3.0-only
//
// What a program must not get away with on this architecture: privileged instructions, addresses
// that the processor chokes on, flags and segments that are not its own, debug exceptions at the
// wrong moment, other tasks' FP registers. The programs are in attacks.S.
#include "testing/conformance/attack.h"
#include "testing/conformance/invoke.h"
#include "uapi/fault.h"
#include "uapi/object.h"
#include "uapi/registers.h"
#include "userland/helios/map.h"
#include "userland/test/space.h"

enum {
    PRIORITY = 33, // above the root task's: a thread runs as soon as it can
    SELF = HELIOS_INIT_TASK,
    FLAG_STEP = 1 << 8,
    FLAG_INTERRUPTS = 1 << 9,
    FLAG_DIRECTION = 1 << 10,
    FLAG_NESTED = 1 << 14,
    FLAGS_IO_PRIVILEGE = 3 << 12,
    FLAG_ALIGNMENT = 1 << 18,
    SYSTEM_CALL_LENGTH = 2,
};

extern volatile uint64_t attack_flags;
extern volatile uint64_t attack_watched;
extern volatile uint64_t attack_selector;

static uint64_t prepare(unsigned index, attack *entry, uint64_t argument) {
    attack_flags = 0;
    return prepare_at(index, PRIORITY, entry, argument);
}

// Runs `entry` until it faults.
static struct fault run_to_fault(attack *entry) {
    resume(prepare(0, entry, 0));
    struct fault fault = receive_fault();
    space_end(0);
    return fault;
}

// The INT3 of a program that has come to its end.
static void expect_end(void) {
    EXPECT_EQ(receive_fault().kind, HELIOS_FAULT_BREAKPOINT);
}

static void run_to_end(uint64_t task) {
    resume(task);
    expect_end();
    space_end(0);
}

_Noreturn static void end(void) {
    for (;;) {
        __asm__ volatile("int3");
    }
}

attack attack_jump_kernel;
TEST_CASE(attack_jump_into_the_kernel_is_an_execute_fault) {
    struct fault fault = run_to_fault(attack_jump_kernel);
    EXPECT_EQ(fault.kind, HELIOS_FAULT_EXECUTE);
    EXPECT_EQ(fault.address, 0xffffffff80000000);
}

attack attack_ask_about_kernel;
TEST_CASE(attack_asking_about_the_kernels_segments_learns_nothing) {
    run_to_end(prepare(0, attack_ask_about_kernel, 0));
    EXPECT_EQ(attack_flags, 0);
}

// Registers. ----------------------------------------------------------------------------------

// Every register holds `value`, but for the two that are given.
static void write_registers(uint64_t task, uint64_t pc, uint64_t sp, uint64_t value) {
    uint64_t *words = &helios_buffer->params[4];
    for (unsigned i = 0; i < HELIOS_X86_64_REGISTERS; i++) {
        words[i] = value;
    }
    words[HELIOS_REGISTER_PC] = pc;
    words[HELIOS_REGISTER_SP] = sp;
    const uint64_t first[4] = {(1u << HELIOS_X86_64_REGISTERS) - 1, 0, 0, 0};
    EXPECT_EQ(
        helios_invoke(task, HELIOS_TASK_WRITE_REGISTERS, 0, 4 + HELIOS_X86_64_REGISTERS, first)
            .status,
        HELIOS_OK);
}

attack attack_survived;

TEST_CASE(attack_any_program_counter_faults_in_the_task) {
    static const uint64_t addresses[] = {
        0x00007ffffffff000, 0x00007fffffffffff, 0x0000800000000000, 0x8000000000000000,
        0xffff7fffffffffff, 0xffff800000000000, 0xffffffff80000000, 0xffffffffffffffff,
    };
    for (unsigned i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        uint64_t task = prepare(0, attack_survived, 0);
        write_registers(task, addresses[i], ~0ull, ~0ull);
        resume(task);
        struct fault fault = receive_fault();
        EXPECT_EQ(fault.pc, addresses[i]);
        EXPECT_TRUE(fault.kind == HELIOS_FAULT_ILLEGAL || fault.kind == HELIOS_FAULT_EXECUTE);
        space_end(0);
    }
}

TEST_CASE(attack_any_stack_pointer_survives_calls_and_faults) {
    static const uint64_t stacks[] = {0, 7, 0x0000800000000000, 0xffffffff80000000, ~0ull};
    for (unsigned i = 0; i < sizeof stacks / sizeof stacks[0]; i++) {
        uint64_t task = prepare(0, attack_survived, 0);
        write_registers(task, (uintptr_t)attack_survived, stacks[i], 0);
        run_to_end(task);
    }
}

TEST_CASE(attack_any_flags_survive_calls_and_faults) {
    for (unsigned bit = 0; bit < 64; bit++) {
        uint64_t task = prepare(0, attack_survived, 0);
        write_registers(task, (uintptr_t)attack_survived, 0, 1ull << bit);
        run_to_end(task);
    }
    uint64_t task = prepare(0, attack_survived, 0);
    write_registers(task, (uintptr_t)attack_survived, 0, ~0ull);
    run_to_end(task);
}

TEST_CASE(attack_written_flags_hold_nothing_of_the_system) {
    uint64_t task = prepare(0, attack_survived, 0);
    write_registers(task, 0x1000, 0, ~0ull);
    EXPECT_EQ(helios_call(task, HELIOS_TASK_READ_REGISTERS, 0, 0, 0).status, HELIOS_OK);
    uint64_t flags = helios_buffer->params[4 + HELIOS_REGISTER_FLAGS];
    EXPECT_EQ(flags & (FLAG_STEP | FLAG_NESTED | FLAGS_IO_PRIVILEGE), 0);
    EXPECT_TRUE(flags & FLAG_INTERRUPTS);
    space_end(0);
}

// SYSRET to a non-canonical address faults in the kernel on some processors. The page below the end
// of user space can't be mapped, so the highest system call returns to an address that is fine.
TEST_CASE(attack_system_call_at_the_end_of_user_space_returns_there) {
    uint64_t page = helios_test_bootinfo->user_top - 4096;
    uint64_t frame = helios_allocate(memory(), HELIOS_TYPE_PAGE, 0).value;
    const uint64_t window = 0x30000000;
    EXPECT_EQ(helios_map(HELIOS_INIT_VSPACE, memory(), frame, window, HELIOS_MAP_WRITE).status,
              HELIOS_OK);
    volatile uint8_t *bytes = (volatile uint8_t *)(uintptr_t)window;
    bytes[4094] = 0x0f;
    bytes[4095] = 0x05;
    EXPECT_EQ(helios_map(HELIOS_INIT_VSPACE, memory(), frame, page, HELIOS_MAP_EXECUTE).status,
              HELIOS_OK);
    uint64_t task = prepare(0, attack_survived, 0);
    write_registers(task, page + 4094, 0, HELIOS_SYS_YIELD);
    resume(task);
    struct fault fault = receive_fault();
    EXPECT_EQ(fault.kind, HELIOS_FAULT_EXECUTE);
    EXPECT_EQ(fault.pc, helios_test_bootinfo->user_top);
    space_end(0);
    helios_call(HELIOS_INIT_CSPACE, HELIOS_CSPACE_DESTROY, 1, frame, 0);
}

TEST_CASE(attack_page_above_the_last_is_never_mapped) {
    uint64_t frame = helios_allocate(memory(), HELIOS_TYPE_PAGE, 0).value;
    EXPECT_TRUE(helios_map(HELIOS_INIT_VSPACE, memory(), frame, helios_test_bootinfo->user_top,
                           HELIOS_MAP_EXECUTE)
                    .status != HELIOS_OK);
    helios_call(HELIOS_INIT_CSPACE, HELIOS_CSPACE_DESTROY, 1, frame, 0);
}

// Flags. --------------------------------------------------------------------------------------

attack attack_trap_flag, attack_direction_flag, attack_nested_task, attack_alignment_check;
attack attack_io_privilege, attack_iret_flags;

TEST_CASE(attack_own_trap_flag_stops_the_task_and_nobody_else) {
    struct fault fault = run_to_fault(attack_trap_flag);
    EXPECT_EQ(fault.kind, HELIOS_FAULT_STEP);
}

TEST_CASE(attack_direction_flag_is_no_business_of_the_kernel) {
    run_to_end(prepare(0, attack_direction_flag, 0));
    EXPECT_TRUE(attack_flags & FLAG_DIRECTION);
}

TEST_CASE(attack_nested_task_flag_is_no_business_of_the_kernel) {
    run_to_end(prepare(0, attack_nested_task, 0));
    EXPECT_TRUE(attack_flags & FLAG_NESTED);
}

TEST_CASE(attack_alignment_check_flag_is_no_business_of_the_kernel) {
    run_to_end(prepare(0, attack_alignment_check, 0));
    EXPECT_TRUE(attack_flags & FLAG_ALIGNMENT);
}

TEST_CASE(attack_popf_does_not_raise_the_io_privilege) {
    run_to_end(prepare(0, attack_io_privilege, 0));
    EXPECT_EQ(attack_flags & FLAGS_IO_PRIVILEGE, 0);
}

TEST_CASE(attack_iret_neither_raises_the_io_privilege_nor_masks_interrupts) {
    run_to_end(prepare(0, attack_iret_flags, 0));
    EXPECT_EQ(attack_flags & (FLAGS_IO_PRIVILEGE | FLAG_INTERRUPTS), FLAG_INTERRUPTS);
}

// Segments. -----------------------------------------------------------------------------------

attack attack_selectors;

static volatile uint64_t wrong_tls;

static void read_tls(void *argument) {
    for (unsigned i = 0; i < 10; i++) {
        wrong_tls += (void *)helios_self() != argument;
        helios_yield();
    }
    end();
}

// Two tasks with the same TLS base, of which one loses its own.
TEST_CASE(attack_on_fs_does_not_change_the_tls_base_of_another_task) {
    wrong_tls = 0;
    uint64_t base = (uintptr_t)space_get(1);
    uint64_t attacker = prepare(0, attack_selectors, 0);
    uint64_t victim = prepare(1, read_tls, base);
    EXPECT_EQ(helios_call(attacker, HELIOS_TASK_SET_TLS, 1, base, 0).status, HELIOS_OK);
    resume(victim);
    resume(attacker);
    expect_end();
    expect_end();
    EXPECT_EQ(wrong_tls, 0);
    space_end(0);
    space_end(1);
}

// Debug exceptions. ---------------------------------------------------------------------------

static enum helios_error set_breakpoint(uint64_t task, uint64_t index, uint64_t kind,
                                        uint64_t address, uint64_t length) {
    const uint64_t first[4] = {index, kind, address, length};
    return helios_invoke(task, HELIOS_TASK_SET_BREAKPOINT, 0, 4, first).status;
}

attack attack_mov_ss_syscall, attack_mov_ss_int3;

static uint64_t prepare_watched_selector(attack *entry) {
    uint64_t task = prepare(0, entry, 0);
    EXPECT_EQ(set_breakpoint(task, 0, HELIOS_BREAKPOINT_ACCESS, (uintptr_t)&attack_selector, 8),
              HELIOS_OK);
    return task;
}

// Whether a processor reports what it held back is its own business, as long as the kernel lives.
TEST_CASE(attack_debug_exception_held_back_into_a_system_call_is_survived) {
    resume(prepare_watched_selector(attack_mov_ss_syscall));
    uint32_t kind;
    while ((kind = receive_fault().kind) == HELIOS_FAULT_WATCHPOINT) {
        go_on();
    }
    EXPECT_EQ(kind, HELIOS_FAULT_BREAKPOINT);
    space_end(0);
}

TEST_CASE(attack_debug_exception_held_back_into_int3_is_survived) {
    resume(prepare_watched_selector(attack_mov_ss_int3));
    uint32_t kind = receive_fault().kind;
    EXPECT_TRUE(kind == HELIOS_FAULT_BREAKPOINT || kind == HELIOS_FAULT_WATCHPOINT);
    space_end(0);
}

attack attack_stepped;
extern const char attack_stepped_popf[], attack_stepped_call[], attack_stepped_end[];

static struct fault step(void) {
    struct fault fault = receive_fault();
    EXPECT_EQ(fault.kind, HELIOS_FAULT_STEP);
    return fault;
}

static void run_stepped(void) {
    uint64_t task = prepare(0, attack_stepped, 0);
    EXPECT_EQ(helios_call(task, HELIOS_TASK_SET_STEP, 1, 1, 0).status, HELIOS_OK);
    resume(task);
    step(); // pushf
    go_on();
}

TEST_CASE(popf_does_not_end_stepping) {
    run_stepped();
    EXPECT_EQ(step().pc, (uintptr_t)attack_stepped_popf);
    go_on();
    EXPECT_EQ(step().pc, (uintptr_t)attack_stepped_popf + 1);
    go_on();
    EXPECT_EQ(step().pc, (uintptr_t)attack_stepped_call);
    space_end(0);
}

TEST_CASE(system_call_is_one_step) {
    run_stepped();
    while (step().pc != (uintptr_t)attack_stepped_call) {
        go_on();
    }
    go_on();
    EXPECT_EQ(step().pc, (uintptr_t)attack_stepped_call + SYSTEM_CALL_LENGTH);
    space_end(0);
}

TEST_CASE(stepping_ends_when_it_is_switched_off) {
    run_stepped();
    step();
    uint64_t task = space_get(0)->task;
    EXPECT_EQ(helios_call(task, HELIOS_TASK_SET_STEP, 1, 0, 0).status, HELIOS_OK);
    go_on();
    expect_end();
    space_end(0);
}

attack attack_write;
extern const char attack_written[], attack_read[], attack_was_read[];

static void expect_stop(uint32_t kind, uintptr_t pc) {
    struct fault fault = receive_fault();
    EXPECT_EQ(fault.kind, kind);
    EXPECT_EQ(fault.pc, pc);
}

TEST_CASE(breakpoint_stops_before_the_instruction_and_lets_it_go_on) {
    uint64_t task = prepare(0, attack_write, 0);
    EXPECT_EQ(set_breakpoint(task, 2, HELIOS_BREAKPOINT_EXECUTE, (uintptr_t)attack_read, 1),
              HELIOS_OK);
    EXPECT_EQ(set_breakpoint(task, 3, HELIOS_BREAKPOINT_EXECUTE, (uintptr_t)attack_was_read, 1),
              HELIOS_OK);
    resume(task);
    expect_stop(HELIOS_FAULT_BREAKPOINT, (uintptr_t)attack_read);
    go_on();
    expect_stop(HELIOS_FAULT_BREAKPOINT, (uintptr_t)attack_was_read);
    space_end(0);
}

TEST_CASE(watchpoint_on_writes_stops_after_the_write_and_not_after_a_read) {
    uint64_t task = prepare(0, attack_write, 0);
    EXPECT_EQ(set_breakpoint(task, 0, HELIOS_BREAKPOINT_WRITE, (uintptr_t)&attack_watched, 8),
              HELIOS_OK);
    resume(task);
    expect_stop(HELIOS_FAULT_WATCHPOINT, (uintptr_t)attack_written);
    go_on();
    expect_end();
    space_end(0);
}

TEST_CASE(watchpoint_on_accesses_stops_after_both) {
    uint64_t task = prepare(0, attack_write, 0);
    EXPECT_EQ(set_breakpoint(task, 1, HELIOS_BREAKPOINT_ACCESS, (uintptr_t)&attack_watched, 8),
              HELIOS_OK);
    resume(task);
    expect_stop(HELIOS_FAULT_WATCHPOINT, (uintptr_t)attack_written);
    go_on();
    expect_stop(HELIOS_FAULT_WATCHPOINT, (uintptr_t)attack_was_read);
    space_end(0);
}

TEST_CASE(breakpoints_are_of_one_task_only) {
    uint64_t task = prepare(0, attack_write, 0);
    EXPECT_EQ(set_breakpoint(task, 0, HELIOS_BREAKPOINT_ACCESS, (uintptr_t)&attack_watched, 8),
              HELIOS_OK);
    resume(task);
    expect_stop(HELIOS_FAULT_WATCHPOINT, (uintptr_t)attack_written);
    attack_watched = 0; // would stop the root task, which nobody would let go on
    EXPECT_EQ(attack_watched, 0);
    space_end(0);
}

TEST_CASE(breakpoint_that_is_taken_away_does_not_stop) {
    uint64_t task = prepare(0, attack_write, 0);
    EXPECT_EQ(set_breakpoint(task, 0, HELIOS_BREAKPOINT_ACCESS, (uintptr_t)&attack_watched, 8),
              HELIOS_OK);
    EXPECT_EQ(set_breakpoint(task, 0, HELIOS_BREAKPOINT_OFF, 0, 0), HELIOS_OK);
    run_to_end(task);
}

// What the debug registers held for a task that has died stops nobody at the same place.
TEST_CASE(breakpoint_goes_with_its_task) {
    uint64_t task = prepare(0, attack_write, 0);
    EXPECT_EQ(set_breakpoint(task, 0, HELIOS_BREAKPOINT_EXECUTE, (uintptr_t)attack_read, 1),
              HELIOS_OK);
    resume(task);
    expect_stop(HELIOS_FAULT_BREAKPOINT, (uintptr_t)attack_read);
    space_end(0);
    run_to_end(prepare(0, attack_write, 0));
}

TEST_CASE(stepping_goes_with_its_task) {
    run_stepped();
    step();
    space_end(0);
    run_to_end(prepare(0, attack_stepped, 0));
}

TEST_CASE(breakpoints_beyond_the_fourth_are_refused) {
    uint64_t task = prepare(0, attack_write, 0);
    EXPECT_EQ(set_breakpoint(task, 4, HELIOS_BREAKPOINT_EXECUTE, (uintptr_t)attack_read, 1),
              HELIOS_ERROR_RANGE);
    space_end(0);
}

// FP registers. -------------------------------------------------------------------------------

enum { FP_WORDS = 32 }; // xmm0 to xmm15

struct fp_state {
    uint64_t words[FP_WORDS];
    uint32_t mxcsr;
    uint16_t control;
};

static void load_fp(const struct fp_state *state) {
    __asm__ volatile("movups 0(%0), %%xmm0\n\tmovups 16(%0), %%xmm1\n\tmovups 112(%0), %%xmm7\n\t"
                     "movups 240(%0), %%xmm15\n\tldmxcsr %1\n\tfldcw %2"
                     :
                     : "r"(state->words), "m"(state->mxcsr), "m"(state->control)
                     : "xmm0", "xmm1", "xmm7", "xmm15", "memory");
}

static void store_fp(struct fp_state *state) {
    __asm__ volatile("movups %%xmm0, 0(%2)\n\tmovups %%xmm1, 16(%2)\n\tmovups %%xmm7, 112(%2)\n\t"
                     "movups %%xmm15, 240(%2)\n\tstmxcsr %0\n\tfnstcw %1"
                     : "=m"(state->mxcsr), "=m"(state->control)
                     : "r"(state->words)
                     : "memory");
}

static bool is_same_fp(const struct fp_state *a, const struct fp_state *b) {
    static const unsigned looked_at[] = {0, 1, 2, 3, 14, 15, 30, 31};
    for (unsigned i = 0; i < sizeof looked_at / sizeof looked_at[0]; i++) {
        if (a->words[looked_at[i]] != b->words[looked_at[i]]) {
            return false;
        }
    }
    return a->mxcsr == b->mxcsr && a->control == b->control;
}

static struct fp_state pattern(uint64_t seed) {
    struct fp_state state = {.mxcsr = 0x1f80 | (uint32_t)(seed % 4) << 13, // rounding
                             .control = (uint16_t)(0x37f & ~0x300) | (uint16_t)(seed % 2 * 0x200)};
    for (unsigned i = 0; i < FP_WORDS; i++) {
        state.words[i] = seed * 0x0101010101010101 + i;
    }
    return state;
}

static struct fp_state first_seen;

static void look_at_fp(void *argument) {
    (void)argument;
    store_fp(&first_seen);
    end();
}

TEST_CASE(new_task_finds_nothing_of_others_in_fp_registers) {
    const struct fp_state mine = pattern(3);
    load_fp(&mine);
    run_to_end(prepare(0, look_at_fp, 0));
    const struct fp_state initial = {.mxcsr = 0x1f80, .control = 0x37f};
    EXPECT_TRUE(is_same_fp(&first_seen, &initial));
    load_fp(&initial);
}

enum { FP_THREADS = 3 };
static volatile uint64_t fp_rounds[FP_THREADS];
static volatile uint64_t fp_spoilt;

static void run_fp_threads(attack *entry) {
    fp_spoilt = 0;
    for (unsigned i = 0; i < FP_THREADS; i++) {
        fp_rounds[i] = 0;
        prepare(i, entry, i);
    }
    for (unsigned i = 0; i < FP_THREADS; i++) {
        resume(space_get(i)->task);
    }
    for (unsigned i = 0; i < FP_THREADS; i++) {
        expect_end();
    }
    EXPECT_EQ(fp_spoilt, 0);
    for (unsigned i = 0; i < FP_THREADS; i++) {
        space_end(i);
    }
}

static void keep_fp(void *argument) {
    const struct fp_state mine = pattern((uintptr_t)argument + 1);
    struct fp_state found;
    for (unsigned i = 0; i < 100; i++) {
        load_fp(&mine);
        helios_yield();
        store_fp(&found);
        fp_spoilt += !is_same_fp(&mine, &found);
    }
    end();
}

TEST_CASE(fp_registers_survive_other_tasks_that_use_them) {
    run_fp_threads(keep_fp);
}

// Each goes on until the others have had their turn, twice: only preemption brings that about.
static void spin_with_fp(void *argument) {
    const uint64_t index = (uintptr_t)argument;
    const struct fp_state mine = pattern(index + 1);
    struct fp_state found;
    for (unsigned round = 1; round <= 2; round++) {
        load_fp(&mine);
        fp_rounds[index] = round;
        for (unsigned i = 0; i < FP_THREADS; i++) {
            while (fp_rounds[i] < round) {
                store_fp(&found);
                fp_spoilt += !is_same_fp(&mine, &found);
            }
        }
    }
    end();
}

TEST_CASE(fp_registers_survive_preemption) {
    run_fp_threads(spin_with_fp);
}

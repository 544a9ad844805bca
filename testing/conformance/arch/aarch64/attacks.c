// SPDX-License-Identifier: GPL-3.0-only
//
// What a program must not get away with on this architecture: privileged instructions and
// registers, program counters that are no addresses, processor states of the kernel's, other tasks'
// FP and debug registers. The programs are in attacks.S.
#include "testing/conformance/attack.h"
#include "testing/conformance/invoke.h"
#include "uapi/fault.h"
#include "uapi/object.h"
#include "uapi/registers.h"
#include "userland/helios/map.h"
#include "userland/test/space.h"

enum {
    ABOVE = 33, // the root task's priority is 32: such a thread runs as soon as it can
    BELOW = 31, // and such a one when the root task waits
    INSTRUCTION = 4,
};

// PSTATE, in the format of SPSR_EL1.
#define FLAGS_CONDITION 0xf0000000ull // N, Z, C, V
#define FLAG_DIT        (1ull << 24)
#define FLAG_STEP       (1ull << 21)
#define FLAG_ILLEGAL    (1ull << 20)
#define FLAG_SSBS       (1ull << 12)
#define FLAGS_MASKED    0x3c0ull // D, A, I, F
#define FLAG_AARCH32    0x10ull
#define FLAGS_EL1H      5ull

extern volatile uint64_t attack_watched;
extern volatile uint64_t attack_found;

// Runs `entry` until it faults.
static struct fault run_to_fault(attack *entry) {
    resume(prepare_at(0, ABOVE, entry, 0));
    struct fault fault = receive_fault();
    space_end(0);
    return fault;
}

// The BRK of a program that has come to its end.
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
        __asm__ volatile("brk #0");
    }
}

#define FAULTS(name, expected)                                                                     \
    attack attack_##name;                                                                          \
    TEST_CASE(attack_##name##_faults_in_the_task) {                                                \
        EXPECT_EQ(run_to_fault(attack_##name).kind, expected);                                     \
    }

FAULTS(read_kernel, HELIOS_FAULT_READ)
FAULTS(zero_kernel, HELIOS_FAULT_WRITE)
FAULTS(read_tagged, HELIOS_FAULT_READ)
FAULTS(jump_kernel, HELIOS_FAULT_EXECUTE)
FAULTS(jump_tagged, HELIOS_FAULT_EXECUTE)

// The emulator does not check the alignment and finds nothing at the address.
attack attack_misaligned_stack;
TEST_CASE(attack_misaligned_stack_faults_in_the_task) {
    uint32_t kind = run_to_fault(attack_misaligned_stack).kind;
    EXPECT_TRUE(kind == HELIOS_FAULT_ALIGNMENT || kind == HELIOS_FAULT_READ);
}

attack attack_clean_kernel, attack_allowed, attack_svc_immediate;
attack attack_read_only_thread_register;

// Processors may check the address (it is a read fault then) or find that nothing is to be done.
TEST_CASE(attack_cache_maintenance_of_kernel_addresses_is_survived) {
    uint32_t kind = run_to_fault(attack_clean_kernel).kind;
    EXPECT_TRUE(kind == HELIOS_FAULT_READ || kind == HELIOS_FAULT_BREAKPOINT);
}

TEST_CASE(virtual_counter_and_cache_maintenance_are_for_users) {
    run_to_end(prepare_at(0, ABOVE, attack_allowed, 0));
}

TEST_CASE(immediate_of_a_system_call_means_nothing) {
    run_to_end(prepare_at(0, ABOVE, attack_svc_immediate, 0));
}

TEST_CASE(attack_read_only_thread_register_holds_nothing) {
    attack_found = 1;
    run_to_end(prepare_at(0, ABOVE, attack_read_only_thread_register, 0));
    EXPECT_EQ(attack_found, 0);
}

// The cell holds what it held, but it was another value in between.
attack attack_reservation;
TEST_CASE(attack_reservation_does_not_survive_a_fault) {
    attack_watched = 1;
    attack_found = 0;
    resume(prepare_at(0, ABOVE, attack_reservation, 0));
    EXPECT_EQ(receive_fault().kind, HELIOS_FAULT_BREAKPOINT);
    attack_watched = 2;
    attack_watched = 1;
    struct helios_message skip = {
        .capability = HELIOS_CADDR_UNDEF,
        .tag = helios_tag(HELIOS_FAULT_SKIP, 0, 1, 0),
        .params = {INSTRUCTION},
    };
    helios_syscall(HELIOS_SYS_REPLY, &skip);
    expect_end();
    EXPECT_EQ(attack_found, 1);
    space_end(0);
}

attack attack_wait_for_interrupt;
TEST_CASE(attack_waiting_for_an_interrupt_does_not_stop_the_processor) {
    uint32_t kind = run_to_fault(attack_wait_for_interrupt).kind;
    EXPECT_TRUE(kind == HELIOS_FAULT_ILLEGAL || kind == HELIOS_FAULT_BREAKPOINT);
}

// Registers. ----------------------------------------------------------------------------------

// Every register holds `value`, but for the three that are given.
static void write_registers(uint64_t task, uint64_t pc, uint64_t sp, uint64_t flags,
                            uint64_t value) {
    uint64_t *words = &helios_buffer->params[4];
    for (unsigned i = 0; i < HELIOS_AARCH64_REGISTERS; i++) {
        words[i] = value;
    }
    words[HELIOS_REGISTER_PC] = pc;
    words[HELIOS_REGISTER_SP] = sp;
    words[HELIOS_REGISTER_FLAGS] = flags;
    const uint64_t first[4] = {(1ull << HELIOS_AARCH64_REGISTERS) - 1, 0, 0, 0};
    EXPECT_EQ(
        helios_invoke(task, HELIOS_TASK_WRITE_REGISTERS, 0, 4 + HELIOS_AARCH64_REGISTERS, first)
            .status,
        HELIOS_OK);
}

attack attack_survived, attack_spin;

TEST_CASE(attack_any_program_counter_faults_in_the_task) {
    static const uint64_t addresses[] = {
        0x0000fffffffff000, 0x0000fffffffffffc, 0x0001000000000000, 0x00ff000000400000,
        0x8000000000400000, 0x5500000000400000, 0xffff7ffffffffffc, 0xffff800000000000,
        0xffffffff80000000, 0xfffffffffffffffc,
    };
    for (unsigned i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        uint64_t task = prepare_at(0, ABOVE, attack_survived, 0);
        write_registers(task, addresses[i], ~0ull, ~0ull, ~0ull);
        resume(task);
        struct fault fault = receive_fault();
        EXPECT_EQ(fault.pc, addresses[i]);
        EXPECT_EQ(fault.kind, HELIOS_FAULT_EXECUTE);
        space_end(0);
    }
}

TEST_CASE(attack_misaligned_program_counter_faults_in_the_task) {
    static const uint64_t addresses[] = {1, 0x400002, 0xffffffff80000001, ~0ull};
    for (unsigned i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        uint64_t task = prepare_at(0, ABOVE, attack_survived, 0);
        write_registers(task, addresses[i], 0, 0, 0);
        resume(task);
        struct fault fault = receive_fault();
        EXPECT_EQ(fault.pc, addresses[i]);
        EXPECT_EQ(fault.kind, HELIOS_FAULT_ALIGNMENT);
        space_end(0);
    }
}

TEST_CASE(attack_any_stack_pointer_survives_calls_and_faults) {
    static const uint64_t stacks[] = {0, 7, 0x0001000000000000, 0xffffffff80000000, ~0ull};
    for (unsigned i = 0; i < sizeof stacks / sizeof stacks[0]; i++) {
        uint64_t task = prepare_at(0, ABOVE, attack_survived, 0);
        write_registers(task, (uintptr_t)attack_survived, stacks[i], 0, 0);
        run_to_end(task);
    }
}

TEST_CASE(attack_written_flags_hold_nothing_of_the_system) {
    uint64_t task = prepare_at(0, ABOVE, attack_survived, 0);
    write_registers(task, 0x1000, 0, ~0ull, ~0ull);
    EXPECT_EQ(helios_call(task, HELIOS_TASK_READ_REGISTERS, 0, 0, 0).status, HELIOS_OK);
    uint64_t flags = helios_buffer->params[4 + HELIOS_REGISTER_FLAGS];
    EXPECT_EQ(flags & FLAGS_CONDITION, FLAGS_CONDITION);
    EXPECT_EQ(flags & ~(FLAGS_CONDITION | FLAG_DIT | FLAG_SSBS), 0);
    space_end(0);
}

attack attack_read_sctlr;

TEST_CASE(attack_written_flags_never_lead_out_of_user_mode) {
    static const uint64_t flags[] = {
        FLAGS_EL1H,
        FLAGS_EL1H | FLAGS_MASKED,
        4,
        8,
        9,
        13,
        FLAG_AARCH32,
        FLAG_AARCH32 | 3,
        FLAG_STEP,
        FLAG_ILLEGAL,
        ~0ull,
    };
    for (unsigned i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        uint64_t task = prepare_at(0, ABOVE, attack_survived, 0);
        write_registers(task, (uintptr_t)attack_read_sctlr, 0, flags[i], 0);
        resume(task);
        struct fault fault = receive_fault();
        EXPECT_EQ(fault.kind, HELIOS_FAULT_ILLEGAL);
        EXPECT_EQ(fault.pc, (uintptr_t)attack_read_sctlr);
        space_end(0);
    }
}

// The root task gets the CPU back, which takes an interrupt: that of its deadline.
TEST_CASE(attack_written_flags_do_not_mask_interrupts) {
    uint64_t task = prepare_at(0, BELOW, attack_survived, 0);
    write_registers(task, (uintptr_t)attack_spin, 0, FLAGS_MASKED, 0);
    resume(task);
    uint64_t ticks;
    uint64_t frequency;
    __asm__ volatile("mrs %0, cntvct_el0\n\tmrs %1, cntfrq_el0" : "=r"(ticks), "=r"(frequency));
    uint64_t now = ticks / frequency * 1000000000 + ticks % frequency * 1000000000 / frequency;
    struct helios_message sleep =
        invoke(HELIOS_SYS_POLLX, 0, helios_tag(0, 0, 2, 0), 0, now + 2000000);
    EXPECT_EQ(helios_tag_label(sleep.tag), HELIOS_ERROR_DEADLINE);
    space_end(0);
}

// The page below the end of user space can't be mapped, so the highest system call returns to an
// address of a task.
TEST_CASE(attack_system_call_at_the_end_of_user_space_returns_there) {
    uint64_t page = helios_test_bootinfo->user_top - 4096;
    uint64_t frame = helios_allocate(memory(), HELIOS_TYPE_PAGE, 0).value;
    const uint64_t window = 0x30000000;
    EXPECT_EQ(helios_map(HELIOS_INIT_VSPACE, memory(), frame, window, HELIOS_MAP_WRITE).status,
              HELIOS_OK);
    ((volatile uint32_t *)(uintptr_t)window)[4096 / INSTRUCTION - 1] = 0xd4000001; // svc #0
    EXPECT_EQ(helios_call(frame, HELIOS_PAGE_SYNC_CODE, 2, 0, 4096).status, HELIOS_OK);
    EXPECT_EQ(helios_map(HELIOS_INIT_VSPACE, memory(), frame, page, HELIOS_MAP_EXECUTE).status,
              HELIOS_OK);
    uint64_t task = prepare_at(0, ABOVE, attack_survived, 0);
    write_registers(task, page + 4096 - INSTRUCTION, 0, 0, HELIOS_SYS_YIELD);
    resume(task);
    struct fault fault = receive_fault();
    EXPECT_EQ(fault.kind, HELIOS_FAULT_EXECUTE);
    EXPECT_EQ(fault.pc, helios_test_bootinfo->user_top);
    space_end(0);
    helios_call(HELIOS_INIT_CSPACE, HELIOS_CSPACE_DESTROY, 1, frame, 0);
}

static volatile uint64_t wrong_tls;

static void keep_tls(void *argument) {
    __asm__ volatile("msr tpidr_el0, %0" : : "r"(argument));
    for (unsigned i = 0; i < 10; i++) {
        __asm__ volatile("mov x8, #1\n\tsvc #0"
                         :
                         :
                         : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11",
                           "x12", "x13", "x14", "x15", "x16", "x17", "x18", "x20", "x21", "x22",
                           "x23", "x24", "x25", "x26", "x27", "x28", "x30", "cc", "memory");
        void *found;
        __asm__ volatile("mrs %0, tpidr_el0" : "=r"(found));
        wrong_tls += found != argument;
    }
    end();
}

TEST_CASE(tls_base_that_a_task_writes_is_its_own) {
    wrong_tls = 0;
    uint64_t one = prepare_at(0, BELOW, keep_tls, 0x1111);
    uint64_t other = prepare_at(1, BELOW, keep_tls, 0xffff800000002222);
    resume(one);
    resume(other);
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

attack attack_stepped;
extern const char attack_stepped_call[], attack_stepped_end[];

static struct fault step(void) {
    struct fault fault = receive_fault();
    EXPECT_EQ(fault.kind, HELIOS_FAULT_STEP);
    return fault;
}

static uint64_t run_stepped(void) {
    uint64_t task = prepare_at(0, ABOVE, attack_stepped, 0);
    EXPECT_EQ(helios_call(task, HELIOS_TASK_SET_STEP, 1, 1, 0).status, HELIOS_OK);
    resume(task);
    EXPECT_EQ(step().pc, (uintptr_t)attack_stepped + INSTRUCTION);
    return task;
}

TEST_CASE(system_call_is_one_step) {
    run_stepped();
    go_on();
    EXPECT_EQ(step().pc, (uintptr_t)attack_stepped_call);
    go_on();
    EXPECT_EQ(step().pc, (uintptr_t)attack_stepped_call + INSTRUCTION);
    go_on();
    EXPECT_EQ(step().pc, (uintptr_t)attack_stepped_end + INSTRUCTION);
    space_end(0);
}

TEST_CASE(stepping_ends_when_it_is_switched_off) {
    uint64_t task = run_stepped();
    EXPECT_EQ(helios_call(task, HELIOS_TASK_SET_STEP, 1, 0, 0).status, HELIOS_OK);
    go_on();
    expect_end();
    space_end(0);
}

TEST_CASE(stepping_is_of_one_task_only) {
    run_stepped();
    resume(prepare_at(1, ABOVE, attack_survived, 0));
    expect_end();
    space_end(1);
    space_end(0);
}

attack attack_write;
extern const char attack_write_here[], attack_read_here[];

static void expect_stop(uint32_t kind, uintptr_t pc) {
    struct fault fault = receive_fault();
    EXPECT_EQ(fault.kind, kind);
    EXPECT_EQ(fault.pc, pc);
}

static uint64_t run_to_breakpoint(uint64_t index, uintptr_t address) {
    uint64_t task = prepare_at(0, ABOVE, attack_write, 0);
    EXPECT_EQ(set_breakpoint(task, index, HELIOS_BREAKPOINT_EXECUTE, address, INSTRUCTION),
              HELIOS_OK);
    resume(task);
    expect_stop(HELIOS_FAULT_BREAKPOINT, address);
    return task;
}

TEST_CASE(breakpoint_stops_before_the_instruction_until_it_is_taken_away) {
    uint64_t task = run_to_breakpoint(1, (uintptr_t)attack_read_here);
    go_on();
    expect_stop(HELIOS_FAULT_BREAKPOINT, (uintptr_t)attack_read_here);
    EXPECT_EQ(set_breakpoint(task, 1, HELIOS_BREAKPOINT_OFF, 0, 0), HELIOS_OK);
    go_on();
    struct fault fault = receive_fault();
    EXPECT_EQ(fault.kind, HELIOS_FAULT_BREAKPOINT);
    EXPECT_TRUE(fault.pc != (uintptr_t)attack_read_here);
    space_end(0);
}

TEST_CASE(breakpoint_is_of_one_task_only) {
    run_to_breakpoint(0, (uintptr_t)attack_read_here);
    uint64_t other = prepare_at(1, ABOVE, attack_write, 0);
    resume(other);
    struct fault fault = receive_fault();
    EXPECT_EQ(fault.kind, HELIOS_FAULT_BREAKPOINT);
    EXPECT_TRUE(fault.pc != (uintptr_t)attack_read_here);
    space_end(1);
    space_end(0);
}

TEST_CASE(breakpoint_goes_with_its_task) {
    run_to_breakpoint(0, (uintptr_t)attack_read_here);
    space_end(0);
    struct fault fault = run_to_fault(attack_write);
    EXPECT_EQ(fault.kind, HELIOS_FAULT_BREAKPOINT);
    EXPECT_TRUE(fault.pc != (uintptr_t)attack_read_here);
}

static void run_to_watchpoint(uint64_t kind, uint64_t length, const char *where) {
    uint64_t task = prepare_at(0, ABOVE, attack_write, 0);
    EXPECT_EQ(set_breakpoint(task, 0, kind, (uintptr_t)&attack_watched, length), HELIOS_OK);
    resume(task);
    struct fault fault = receive_fault();
    EXPECT_EQ(fault.kind, HELIOS_FAULT_WATCHPOINT);
    EXPECT_EQ(fault.pc, (uintptr_t)where);
    EXPECT_EQ(fault.address, (uintptr_t)&attack_watched);
}

TEST_CASE(watchpoint_stops_before_the_write) {
    attack_watched = 0;
    run_to_watchpoint(HELIOS_BREAKPOINT_WRITE, 8, attack_write_here);
    EXPECT_EQ(attack_watched, 0); // and does not stop the root task
    space_end(0);
}

TEST_CASE(watchpoint_of_one_byte_stops_a_wider_access) {
    run_to_watchpoint(HELIOS_BREAKPOINT_ACCESS, 1, attack_write_here);
    attack_watched = 0;
    space_end(0);
}

TEST_CASE(watchpoint_on_writes_lets_reads_pass) {
    uint64_t task = run_to_breakpoint(0, (uintptr_t)attack_read_here);
    EXPECT_EQ(set_breakpoint(task, 0, HELIOS_BREAKPOINT_WRITE, (uintptr_t)&attack_watched, 8),
              HELIOS_OK);
    go_on();
    expect_end();
    space_end(0);
}

TEST_CASE(breakpoint_that_hardware_cannot_match_is_refused) {
    uint64_t task = prepare_at(0, ABOVE, attack_write, 0);
    EXPECT_TRUE(set_breakpoint(task, 0, HELIOS_BREAKPOINT_EXECUTE, 0x400002, INSTRUCTION) !=
                HELIOS_OK);
    EXPECT_TRUE(set_breakpoint(task, 0, HELIOS_BREAKPOINT_EXECUTE, 0x400000, 8) != HELIOS_OK);
    EXPECT_TRUE(set_breakpoint(task, 0, HELIOS_BREAKPOINT_EXECUTE, 0xffffffff80000000,
                               INSTRUCTION) != HELIOS_OK);
    EXPECT_EQ(set_breakpoint(task, 16, HELIOS_BREAKPOINT_EXECUTE, 0x400000, INSTRUCTION),
              HELIOS_ERROR_RANGE);
    space_end(0);
}

// FP registers. -------------------------------------------------------------------------------

enum { FP_WORDS = 66, FP_CONTROL = 64, FP_STATUS = 65 }; // v0 to v31, FPCR, FPSR

struct fp_state {
    uint64_t words[FP_WORDS];
};

void fp_yield(const struct fp_state *before, struct fp_state *after);
void fp_wait(const struct fp_state *before, struct fp_state *after, const volatile uint64_t *count,
             uint64_t least);
attack attack_look_at_fp;
extern struct fp_state attack_fp;

static bool is_same_fp(const struct fp_state *a, const struct fp_state *b) {
    bool same = true;
    for (unsigned i = 0; i < FP_WORDS; i++) {
        same = same && a->words[i] == b->words[i];
    }
    return same;
}

static struct fp_state pattern(uint64_t seed) {
    struct fp_state state;
    for (unsigned i = 0; i < FP_CONTROL; i++) {
        state.words[i] = seed * 0x0101010101010101 + i;
    }
    state.words[FP_CONTROL] = seed % 4 << 22; // rounding
    state.words[FP_STATUS] = seed & 0x1f;     // exceptions so far
    return state;
}

enum { FP_THREADS = 3 };
static volatile uint64_t fp_rounds[FP_THREADS];
static volatile uint64_t fp_spoilt;

static void keep_fp(void *argument) {
    const struct fp_state mine = pattern((uintptr_t)argument + 1);
    struct fp_state found;
    for (unsigned i = 0; i < 100; i++) {
        fp_yield(&mine, &found);
        fp_spoilt += !is_same_fp(&mine, &found);
    }
    end();
}

TEST_CASE(new_task_finds_nothing_of_others_in_fp_registers) {
    fp_spoilt = 0;
    attack_fp.words[0] = 1;
    uint64_t user = prepare_at(0, BELOW, keep_fp, 0x77);
    uint64_t looker = prepare_at(1, BELOW, attack_look_at_fp, 0);
    resume(user);
    resume(looker); // runs when the other yields for the first time
    expect_end();
    expect_end();
    const struct fp_state initial = {{0}};
    EXPECT_TRUE(is_same_fp(&attack_fp, &initial));
    EXPECT_EQ(fp_spoilt, 0);
    space_end(0);
    space_end(1);
}

static void run_fp_threads(attack *entry) {
    fp_spoilt = 0;
    for (unsigned i = 0; i < FP_THREADS; i++) {
        fp_rounds[i] = 0;
        prepare_at(i, BELOW, entry, i);
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

TEST_CASE(fp_registers_survive_other_tasks_that_use_them) {
    run_fp_threads(keep_fp);
}

// Each goes on until the others have had their turn, twice: only preemption brings that about.
static void spin_with_fp(void *argument) {
    const uint64_t index = (uintptr_t)argument;
    const struct fp_state mine = pattern(index + 1);
    struct fp_state found;
    for (unsigned round = 1; round <= 2; round++) {
        fp_rounds[index] = round;
        for (unsigned i = 0; i < FP_THREADS; i++) {
            fp_wait(&mine, &found, &fp_rounds[i], round);
            fp_spoilt += !is_same_fp(&mine, &found);
        }
    }
    end();
}

TEST_CASE(fp_registers_survive_preemption) {
    run_fp_threads(spin_with_fp);
}

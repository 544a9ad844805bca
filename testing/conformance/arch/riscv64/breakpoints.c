// SPDX-License-Identifier: GPL-3.0-only
//
// Hardware breakpoints, which firmware lends (arch/riscv64/breakpoint.c). There is no single step.
#include "testing/conformance/attack.h"
#include "userland/helios/objects.h"

enum { PRIORITY = 33, BYTES = 2 }; // above the root task's; of the shortest instruction

extern volatile uint64_t attack_watched;
extern const char attack_write_here[], attack_read_here[], attack_end[];
attack attack_write;

static uint64_t prepare(unsigned index) {
    return prepare_at(index, PRIORITY, attack_write, 0);
}

static void expect_stop(uint32_t kind, const char *where) {
    struct fault fault = receive_fault();
    EXPECT_EQ(fault.kind, kind);
    EXPECT_EQ(fault.pc, (uintptr_t)where);
}

static void expect_end(void) {
    expect_stop(HELIOS_FAULT_BREAKPOINT, attack_end);
}

static void set(uint64_t task, uint64_t kind, uintptr_t address, uint64_t bytes) {
    EXPECT_EQ(helios_task_set_breakpoint(task, 0, kind, address, bytes).status, HELIOS_OK);
}

static uint64_t run_to_breakpoint(void) {
    uint64_t task = prepare(0);
    set(task, HELIOS_BREAKPOINT_EXECUTE, (uintptr_t)attack_read_here, BYTES);
    resume(task);
    expect_stop(HELIOS_FAULT_BREAKPOINT, attack_read_here);
    return task;
}

TEST_CASE(breakpoint_stops_before_the_instruction_until_it_is_taken_away) {
    uint64_t task = run_to_breakpoint();
    go_on();
    expect_stop(HELIOS_FAULT_BREAKPOINT, attack_read_here);
    set(task, HELIOS_BREAKPOINT_OFF, 0, 1);
    go_on();
    expect_end();
    space_end(0);
}

TEST_CASE(breakpoint_is_of_one_task_only) {
    run_to_breakpoint();
    resume(prepare(1));
    expect_end();
    space_end(1);
    space_end(0);
}

TEST_CASE(breakpoint_goes_with_its_task) {
    run_to_breakpoint();
    space_end(0);
    resume(prepare(0));
    expect_end();
    space_end(0);
}

static void run_to_watchpoint(uint64_t kind, const char *where) {
    uint64_t task = prepare(0);
    set(task, kind, (uintptr_t)&attack_watched, 8);
    resume(task);
    struct fault fault = receive_fault();
    EXPECT_EQ(fault.kind, HELIOS_FAULT_WATCHPOINT);
    EXPECT_EQ(fault.pc, (uintptr_t)where);
    EXPECT_EQ(fault.address, (uintptr_t)&attack_watched);
}

TEST_CASE(watchpoint_stops_before_the_write) {
    attack_watched = 0;
    run_to_watchpoint(HELIOS_BREAKPOINT_WRITE, attack_write_here);
    EXPECT_EQ(attack_watched, 0); // and does not stop the root task
    space_end(0);
}

TEST_CASE(watchpoint_on_writes_lets_reads_pass) {
    uint64_t task = run_to_breakpoint();
    set(task, HELIOS_BREAKPOINT_WRITE, (uintptr_t)&attack_watched, 8);
    go_on();
    expect_end();
    space_end(0);
}

TEST_CASE(watchpoint_on_accesses_stops_before_the_read) {
    uint64_t task = run_to_breakpoint();
    set(task, HELIOS_BREAKPOINT_ACCESS, (uintptr_t)&attack_watched, 8);
    go_on();
    expect_stop(HELIOS_FAULT_WATCHPOINT, attack_read_here);
    space_end(0);
}

// SPDX-License-Identifier: GPL-3.0-only
//
// Several CPUs: tasks on each of them run, move, and stop and destroy each other. The last case
// turns the machine off: this file's cases come last.
#include "testing/conformance/smp/shared.h"
#include "userland/helios/ipc.h"
#include "userland/helios/map.h"
#include "userland/helios/objects.h"

TEST_CASE(machine_has_the_cpus_that_it_says) {
    EXPECT_EQ(helios_test_bootinfo->cpu_count, CPUS);
    EXPECT_EQ(
        helios_task_set_affinity(HELIOS_INIT_TASK, HELIOS_INIT_TASK, (1ull << CPUS) - 1).status,
        HELIOS_OK);
}

// None of them ever waits: with fewer CPUs those of the others would not be reached.
TEST_CASE(every_cpu_runs_its_task) {
    smp_clear_counts();
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        smp_start(cpu, cpu, smp_run, smp_number(cpu));
    }
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        smp_await(cpu, 1000);
    }
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        space_end(cpu);
    }
}

static uint64_t clocks[CPUS];

static void read_clock(void *argument) {
    unsigned index = (unsigned)(uintptr_t)argument;
    clocks[index] = machine_ticks();
    smp_count_one(index);
    smp_wait_for_ever();
}

// It is read without a system call.
TEST_CASE(clock_can_be_read_on_every_cpu_and_is_the_same) {
    smp_clear_counts();
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        uint64_t before = machine_ticks();
        smp_start(cpu, cpu, read_clock, smp_number(cpu));
        smp_await(cpu, 1);
        EXPECT_TRUE(before <= clocks[cpu]);
        EXPECT_TRUE(clocks[cpu] <= machine_ticks());
        space_end(cpu);
    }
}

TEST_CASE(busy_task_of_another_cpu_stops_when_it_is_suspended) {
    smp_clear_counts();
    for (unsigned cpu = 1; cpu < CPUS; cpu++) {
        smp_start(cpu, cpu, smp_run, smp_number(cpu));
        smp_await(cpu, 1);
        EXPECT_EQ(helios_task_suspend(space_get(cpu)->task).status, HELIOS_OK);
        uint64_t then = smp_counts[cpu];
        smp_sleep_a_bit();
        EXPECT_EQ(smp_count_of(cpu), then);
        EXPECT_EQ(helios_task_resume(space_get(cpu)->task).status, HELIOS_OK);
        smp_await_more(cpu, 1);
        space_end(cpu);
    }
}

TEST_CASE(busy_task_of_another_cpu_is_destroyed_and_leaves_nothing) {
    smp_start(1, 1, smp_run, smp_number(1)); // what is made once
    space_end(1);
    uint64_t before = smp_free_bytes();
    for (unsigned i = 0; i < 3 * CPUS; i++) {
        smp_clear_counts();
        smp_start(1, 1 + i % (CPUS - 1), smp_run, smp_number(1));
        smp_await(1, 1);
        space_end(1);
    }
    EXPECT_EQ(smp_free_bytes(), before);
}

TEST_CASE(busy_task_goes_to_the_cpu_of_its_affinity) {
    smp_clear_counts();
    smp_start(1, 1, smp_run, smp_number(1));
    smp_start(2, 1, smp_run, smp_number(2));
    uint64_t task = space_get(1)->task;
    for (unsigned i = 0; i < 3 * CPUS; i++) {
        unsigned cpu = i % CPUS;
        EXPECT_EQ(helios_task_set_affinity(task, HELIOS_INIT_TASK, 1ull << cpu).status, HELIOS_OK);
        smp_await_more(1, 1);
    }
    space_end(1);
    space_end(2);
}

static uint64_t alarm;

static void sleep_for_good(void *argument) {
    smp_count_one((unsigned)(uintptr_t)argument);
    helios_wait(alarm, 0);
    smp_count_one((unsigned)(uintptr_t)argument);
    smp_wait_for_ever();
}

// It sleeps, another one runs where it did, and it wakes to find that it has to go.
TEST_CASE(thread_pointer_goes_along_to_another_cpu) {
    smp_clear_counts();
    alarm = smp_make(HELIOS_TYPE_NOTIFICATION, 0);
    smp_start(1, 1, sleep_for_good, smp_number(1));
    smp_await(1, 1);
    uint64_t task = space_get(1)->task;
    EXPECT_EQ(helios_task_set_tls(task, 0x1110).status, HELIOS_OK);
    smp_sleep_a_bit();
    smp_start(2, 1, smp_run, smp_number(2));
    EXPECT_EQ(helios_task_set_tls(space_get(2)->task, 0x2220).status, HELIOS_OK);
    smp_await(2, 1);
    EXPECT_EQ(helios_task_set_affinity(task, HELIOS_INIT_TASK, 1ull << 2).status, HELIOS_OK);
    helios_signal(alarm);
    smp_await(1, 2);
    EXPECT_EQ(helios_task_get_tls(task).value, 0x1110);
    EXPECT_EQ(helios_task_get_tls(space_get(2)->task).value, 0x2220);
    space_end(1);
    space_end(2);
    smp_drop(alarm);
}

// Two tasks that never wait share one CPU until they may leave it.
TEST_CASE(idle_cpus_take_what_is_ready_elsewhere) {
    smp_clear_counts();
    for (unsigned i = 1; i <= CPUS; i++) {
        smp_start(i, 1, smp_run, smp_number(i));
    }
    for (unsigned i = 1; i <= CPUS; i++) {
        EXPECT_EQ(helios_task_set_affinity(space_get(i)->task, HELIOS_INIT_TASK, 0xe).status,
                  HELIOS_OK);
    }
    for (unsigned i = 1; i <= CPUS; i++) {
        smp_await_more(i, 1000);
    }
    for (unsigned i = 1; i <= CPUS; i++) {
        space_end(i);
    }
}

// Tasks and tasks. ------------------------------------------------------------------------------

static uint64_t victims[2];

static void stop_each_other(void *argument) {
    unsigned index = (unsigned)(uintptr_t)argument;
    for (unsigned i = 0; i < ROUNDS; i++) {
        helios_task_query(victims[1 - index]);
        helios_task_resume(victims[1 - index]);
        smp_count_one(index);
    }
    smp_wait_for_ever();
}

TEST_CASE(tasks_of_two_cpus_invoke_each_other) {
    smp_clear_counts();
    for (unsigned i = 0; i < 2; i++) {
        EXPECT_TRUE(space_thread(helios_test_bootinfo, i, HELIOS_INIT_VSPACE, 0, PRIORITY,
                                 stop_each_other, smp_number(i)));
        victims[i] = space_get(i)->task;
        EXPECT_EQ(helios_task_set_affinity(victims[i], HELIOS_INIT_TASK, 1ull << (i + 1)).status,
                  HELIOS_OK);
    }
    EXPECT_EQ(helios_task_resume(victims[0]).status, HELIOS_OK);
    EXPECT_EQ(helios_task_resume(victims[1]).status, HELIOS_OK);
    smp_await(0, ROUNDS);
    smp_await(1, ROUNDS);
    space_end(0);
    space_end(1);
}

static void make_and_destroy(void *argument) {
    unsigned index = (unsigned)(uintptr_t)argument;
    for (unsigned i = 0; i < ROUNDS / 4; i++) {
        struct helios_answer made = helios_allocate(smp_memory(), HELIOS_TYPE_PAGE, 0);
        uint64_t slot = made.value;
        if (made.status != HELIOS_OK ||
            helios_cspace_destroy(HELIOS_INIT_CSPACE, &slot, 1).status != HELIOS_OK) {
            break;
        }
        smp_count_one(index);
    }
    smp_wait_for_ever();
}

TEST_CASE(objects_are_made_and_destroyed_on_all_cpus) {
    smp_clear_counts();
    for (unsigned i = 0; i < CPUS; i++) {
        smp_start(i, i, make_and_destroy, smp_number(i));
    }
    for (unsigned i = 0; i < CPUS; i++) {
        smp_await(i, ROUNDS / 4);
    }
    for (unsigned i = 0; i < CPUS; i++) {
        space_end(i);
    }
}

static void sleep_often(void *argument) {
    unsigned index = (unsigned)(uintptr_t)argument;
    for (;;) {
        smp_sleep_a_bit();
        smp_count_one(index);
    }
}

TEST_CASE(every_cpu_keeps_time) {
    smp_clear_counts();
    for (unsigned i = 0; i < CPUS; i++) {
        smp_start(i, i, sleep_often, smp_number(i));
    }
    for (unsigned i = 0; i < CPUS; i++) {
        smp_await(i, 20);
    }
    for (unsigned i = 0; i < CPUS; i++) {
        space_end(i);
    }
}

// The last case: they run on all CPUs when the machine is turned off.
TEST_CASE(machine_goes_off_while_all_cpus_are_busy) {
    smp_clear_counts();
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        smp_start(cpu, cpu, smp_run, smp_number(cpu));
        smp_await(cpu, 1);
    }
}

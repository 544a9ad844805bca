// SPDX-License-Identifier: GPL-3.0-only
//
// Several CPUs: tasks on each of them call, signal, stop, unmap and destroy each other. The machine
// has CPUS of them.
#include <stddef.h>

#include "testing/conformance/actor.h"
#include "uapi/fault.h"
#include "userland/helios/error.h"
#include "userland/helios/ipc.h"
#include "userland/helios/map.h"
#include "userland/helios/objects.h"
#include "userland/test/space.h"
#include "userland/test/test.h"

enum {
    CPUS = 4,
    PRIORITY = 20, // this task has 32
    HIGH = 40,
    ROUNDS = 40,
    PAGE = 4096,
    WRONG_ANSWER = 1000, // none of enum helios_error
};

#define WINDOW 0x20000000ull // free, in the image's gigabyte

#define MILLISECOND 1000000ull

// The cases say which CPU a task runs on: this program's own task runs anywhere.
void helios_test_begin(void) {
}

static uint64_t memory(void) {
    return helios_test_bootinfo->memories[0].slot;
}

static uint64_t make(uint64_t type, uint64_t size) {
    struct helios_answer made = helios_allocate(memory(), type, size);
    EXPECT_EQ(made.status, HELIOS_OK);
    return made.value;
}

static void drop(uint64_t slot) {
    EXPECT_EQ(helios_cspace_destroy(HELIOS_INIT_CSPACE, &slot, 1).status, HELIOS_OK);
}

static uint64_t free_bytes(void) {
    return helios_memory_query(memory()).value;
}

static void sleep_a_bit(void) {
    uint64_t hz = helios_test_bootinfo->timer_hz;
    uint64_t ticks = machine_ticks();
    uint64_t now = ticks / hz * 1000000000 + ticks % hz * 1000000000 / hz;
    helios_pollx(0, now + MILLISECOND);
}

// Makes thread `index` for one CPU and lets it run.
static void start_in(unsigned index, unsigned cpu, uint64_t vspace, void (*entry)(void *),
                     void *argument) {
    EXPECT_TRUE(space_thread(helios_test_bootinfo, index, vspace, 0, PRIORITY, entry, argument));
    uint64_t task = space_get(index)->task;
    EXPECT_EQ(helios_task_set_affinity(task, HELIOS_INIT_TASK, 1ull << cpu).status, HELIOS_OK);
    EXPECT_EQ(helios_task_resume(task).status, HELIOS_OK);
}

static void start(unsigned index, unsigned cpu, void (*entry)(void *), void *argument) {
    start_in(index, cpu, HELIOS_INIT_VSPACE, entry, argument);
}

// Every thread counts in a word of its own, and signals when it has come as far as it is waited
// for.
static uint64_t counts[SPACE_THREADS];
static uint64_t goals[SPACE_THREADS];
static uint64_t progress;

static void clear_counts(void) {
    if (progress == 0) {
        progress = make(HELIOS_TYPE_NOTIFICATION, 0);
    }
    for (unsigned i = 0; i < SPACE_THREADS; i++) {
        counts[i] = 0;
        goals[i] = 0;
    }
}

static uint64_t count_of(unsigned index) {
    return __atomic_load_n(&counts[index], __ATOMIC_SEQ_CST);
}

static void count_one(unsigned index) {
    uint64_t count = __atomic_add_fetch(&counts[index], 1, __ATOMIC_SEQ_CST);
    if (count == __atomic_load_n(&goals[index], __ATOMIC_SEQ_CST)) {
        helios_signal(progress);
    }
}

// Sleeps until the thread has counted that far: either it sees the goal, or its count is seen here.
static void await(unsigned index, uint64_t count) {
    __atomic_store_n(&goals[index], count, __ATOMIC_SEQ_CST);
    while (count_of(index) < count) {
        helios_wait(progress, 0);
    }
}

static void await_more(unsigned index, uint64_t more) {
    await(index, count_of(index) + more);
}

static void wait_for_ever(void) {
    for (;;) {
        helios_pollx(0, UINT64_MAX);
    }
}

static void run(void *argument) {
    for (;;) {
        count_one((unsigned)(uintptr_t)argument);
    }
}

static void *number(unsigned index) {
    return (void *)(uintptr_t)index;
}

TEST_CASE(machine_has_the_cpus_that_it_says) {
    EXPECT_EQ(helios_test_bootinfo->cpu_count, CPUS);
    EXPECT_EQ(
        helios_task_set_affinity(HELIOS_INIT_TASK, HELIOS_INIT_TASK, (1ull << CPUS) - 1).status,
        HELIOS_OK);
}

// None of them ever waits: with fewer CPUs those of the others would not be reached.
TEST_CASE(every_cpu_runs_its_task) {
    clear_counts();
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        start(cpu, cpu, run, number(cpu));
    }
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        await(cpu, 1000);
    }
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        space_end(cpu);
    }
}

static uint64_t clocks[CPUS];

static void read_clock(void *argument) {
    unsigned index = (unsigned)(uintptr_t)argument;
    clocks[index] = machine_ticks();
    count_one(index);
    wait_for_ever();
}

// It is read without a system call.
TEST_CASE(clock_can_be_read_on_every_cpu_and_is_the_same) {
    clear_counts();
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        uint64_t before = machine_ticks();
        start(cpu, cpu, read_clock, number(cpu));
        await(cpu, 1);
        EXPECT_TRUE(before <= clocks[cpu]);
        EXPECT_TRUE(clocks[cpu] <= machine_ticks());
        space_end(cpu);
    }
}

TEST_CASE(busy_task_of_another_cpu_stops_when_it_is_suspended) {
    clear_counts();
    for (unsigned cpu = 1; cpu < CPUS; cpu++) {
        start(cpu, cpu, run, number(cpu));
        await(cpu, 1);
        EXPECT_EQ(helios_task_suspend(space_get(cpu)->task).status, HELIOS_OK);
        uint64_t then = counts[cpu];
        sleep_a_bit();
        EXPECT_EQ(count_of(cpu), then);
        EXPECT_EQ(helios_task_resume(space_get(cpu)->task).status, HELIOS_OK);
        await_more(cpu, 1);
        space_end(cpu);
    }
}

TEST_CASE(busy_task_of_another_cpu_is_destroyed_and_leaves_nothing) {
    start(1, 1, run, number(1)); // what is made once
    space_end(1);
    uint64_t before = free_bytes();
    for (unsigned i = 0; i < 3 * CPUS; i++) {
        clear_counts();
        start(1, 1 + i % (CPUS - 1), run, number(1));
        await(1, 1);
        space_end(1);
    }
    EXPECT_EQ(free_bytes(), before);
}

TEST_CASE(busy_task_goes_to_the_cpu_of_its_affinity) {
    clear_counts();
    start(1, 1, run, number(1));
    start(2, 1, run, number(2));
    uint64_t task = space_get(1)->task;
    for (unsigned i = 0; i < 3 * CPUS; i++) {
        unsigned cpu = i % CPUS;
        EXPECT_EQ(helios_task_set_affinity(task, HELIOS_INIT_TASK, 1ull << cpu).status, HELIOS_OK);
        await_more(1, 1);
    }
    space_end(1);
    space_end(2);
}

static uint64_t alarm;

static void sleep_for_good(void *argument) {
    count_one((unsigned)(uintptr_t)argument);
    helios_wait(alarm, 0);
    count_one((unsigned)(uintptr_t)argument);
    wait_for_ever();
}

// It sleeps, another one runs where it did, and it wakes to find that it has to go.
TEST_CASE(thread_pointer_goes_along_to_another_cpu) {
    clear_counts();
    alarm = make(HELIOS_TYPE_NOTIFICATION, 0);
    start(1, 1, sleep_for_good, number(1));
    await(1, 1);
    uint64_t task = space_get(1)->task;
    EXPECT_EQ(helios_task_set_tls(task, 0x1110).status, HELIOS_OK);
    sleep_a_bit();
    start(2, 1, run, number(2));
    EXPECT_EQ(helios_task_set_tls(space_get(2)->task, 0x2220).status, HELIOS_OK);
    await(2, 1);
    EXPECT_EQ(helios_task_set_affinity(task, HELIOS_INIT_TASK, 1ull << 2).status, HELIOS_OK);
    helios_signal(alarm);
    await(1, 2);
    EXPECT_EQ(helios_task_get_tls(task).value, 0x1110);
    EXPECT_EQ(helios_task_get_tls(space_get(2)->task).value, 0x2220);
    space_end(1);
    space_end(2);
    drop(alarm);
}

// Two tasks that never wait share one CPU until they may leave it.
TEST_CASE(idle_cpus_take_what_is_ready_elsewhere) {
    clear_counts();
    for (unsigned i = 1; i <= CPUS; i++) {
        start(i, 1, run, number(i));
    }
    for (unsigned i = 1; i <= CPUS; i++) {
        EXPECT_EQ(helios_task_set_affinity(space_get(i)->task, HELIOS_INIT_TASK, 0xe).status,
                  HELIOS_OK);
    }
    for (unsigned i = 1; i <= CPUS; i++) {
        await_more(i, 1000);
    }
    for (unsigned i = 1; i <= CPUS; i++) {
        space_end(i);
    }
}

// Calls. ---------------------------------------------------------------------------------------

static uint64_t endpoint; // that callers use
static uint64_t service;  // the same, or what it is a copy of: the servers'

static void make_endpoint(void) {
    endpoint = service = make(HELIOS_TYPE_ENDPOINT, 0);
}

// Answers a call with its parameter and one more.
static void serve(void *argument) {
    (void)argument;
    struct helios_message message;
    helios_recv(service, 0, &message);
    for (;;) {
        message =
            helios_message_of(helios_tag(0, 0, 2, 0), message.params[0], message.params[0] + 1);
        helios_reply_recv(service, &message);
    }
}

// What callers got instead of the answer to their last call.
static uint64_t endings[SPACE_THREADS];

#define FINISHED UINT64_MAX

static void call_often(void *argument) {
    unsigned index = (unsigned)(uintptr_t)argument;
    uint64_t status = HELIOS_OK;
    for (uint64_t i = 0; i < ROUNDS && status == HELIOS_OK; i++) {
        struct helios_answer answer = helios_call(endpoint, 0, 1, i, 0);
        status = answer.status;
        if (status == HELIOS_OK && (answer.value != i || answer.more[0] != i + 1)) {
            status = WRONG_ANSWER;
        }
        count_one(index);
    }
    endings[index] = status;
    __atomic_store_n(&counts[index], FINISHED, __ATOMIC_SEQ_CST);
    helios_signal(progress);
    wait_for_ever();
}

static uint64_t ending_of(unsigned index) {
    await(index, FINISHED);
    return endings[index];
}

TEST_CASE(calls_reach_a_server_on_another_cpu) {
    clear_counts();
    make_endpoint();
    start(0, 1, serve, NULL);
    for (unsigned i = 1; i <= CPUS; i++) {
        start(i, i - 1, call_often, number(i));
    }
    for (unsigned i = 1; i <= CPUS; i++) {
        EXPECT_EQ(ending_of(i), HELIOS_OK);
    }
    for (unsigned i = 0; i <= CPUS; i++) {
        space_end(i);
    }
    drop(endpoint);
}

TEST_CASE(servers_of_several_cpus_share_an_endpoint) {
    clear_counts();
    make_endpoint();
    for (unsigned i = 0; i < CPUS; i++) {
        start(i, i, serve, NULL);
        start(CPUS + i, i, call_often, number(CPUS + i));
    }
    for (unsigned i = 0; i < CPUS; i++) {
        EXPECT_EQ(ending_of(CPUS + i), HELIOS_OK);
    }
    for (unsigned i = 0; i < 2 * CPUS; i++) {
        space_end(i);
    }
    drop(endpoint);
}

// Looks until the thread waits for an answer. Looking goes by its CPU, where it is more important.
static void await_call(unsigned index) {
    uint64_t task = space_get(index)->task;
    EXPECT_EQ(helios_task_set_priority(task, HELIOS_INIT_TASK, HIGH, HIGH).status, HELIOS_OK);
    while ((helios_task_query(task).more[0] & 0xff) != HELIOS_TASK_CALLING) {
    }
}

// It had been destroyed before the call reached it, or under the caller.
static bool is_end_of_endpoint(uint64_t status) {
    return status == HELIOS_ERROR_GONE || status == HELIOS_ERROR_CAPABILITY;
}

TEST_CASE(callers_on_all_cpus_learn_that_the_endpoint_is_gone) {
    clear_counts();
    make_endpoint();
    for (unsigned i = 1; i < CPUS; i++) {
        start(i, i, call_often, number(i));
    }
    for (unsigned i = 1; i < CPUS; i++) {
        await_call(i);
    }
    drop(endpoint);
    for (unsigned i = 1; i < CPUS; i++) {
        EXPECT_EQ(ending_of(i), HELIOS_ERROR_GONE);
        space_end(i);
    }
}

// Of the callers one at most had been received; the others learn of the endpoint's end.
TEST_CASE(server_that_is_destroyed_abandons_callers_of_other_cpus) {
    uint64_t before = 0;
    for (unsigned round = 0; round < 10; round++) {
        clear_counts();
        make_endpoint();
        start(0, 1, serve, NULL);
        for (unsigned i = 1; i < CPUS; i++) {
            start(i, i, call_often, number(i));
        }
        await(2, 1);
        space_end(0);
        drop(endpoint);
        unsigned abandoned = 0;
        for (unsigned i = 1; i < CPUS; i++) {
            uint64_t status = ending_of(i);
            abandoned += status == HELIOS_ERROR_ABANDONED;
            EXPECT_TRUE(status == HELIOS_OK || status == HELIOS_ERROR_ABANDONED ||
                        is_end_of_endpoint(status));
            space_end(i);
        }
        EXPECT_TRUE(abandoned <= 1);
        before = round == 0 ? free_bytes() : before;
    }
    EXPECT_EQ(free_bytes(), before);
}

TEST_CASE(call_is_cancelled_from_another_cpu) {
    clear_counts();
    make_endpoint();
    for (unsigned i = 1; i < CPUS; i++) {
        start(i, i, call_often, number(i));
    }
    for (unsigned i = 1; i < CPUS; i++) {
        await_call(i);
        EXPECT_EQ(helios_task_cancel(space_get(i)->task).status, HELIOS_OK);
        EXPECT_EQ(ending_of(i), HELIOS_ERROR_CANCELLED);
        space_end(i);
    }
    drop(endpoint);
}

// Each round ends a caller while the server has its call, or just about: the server goes on with
// others.
TEST_CASE(caller_that_is_destroyed_leaves_a_server_of_another_cpu_alone) {
    make_endpoint();
    start(0, 1, serve, NULL);
    for (unsigned round = 0; round < 20; round++) {
        clear_counts();
        unsigned cpu = 2 + round % (CPUS - 2);
        start(1, cpu, call_often, number(1));
        await(1, 1 + round);
        space_end(1);
    }
    clear_counts();
    start(1, 2, call_often, number(1));
    EXPECT_EQ(ending_of(1), HELIOS_OK);
    space_end(1);
    space_end(0);
    drop(endpoint);
}

// Whoever calls by it gets an answer to the last call, or learns that it is gone.
TEST_CASE(capability_that_is_revoked_is_used_no_more_by_other_cpus) {
    make_endpoint();
    start(0, 1, serve, NULL);
    for (unsigned round = 0; round < 10; round++) {
        clear_counts();
        struct helios_answer copy = helios_cspace_copy(
            HELIOS_INIT_CSPACE, service, HELIOS_CADDR_UNDEF, HELIOS_RIGHT_ALL, 1 + round);
        EXPECT_EQ(copy.status, HELIOS_OK);
        endpoint = copy.value;
        for (unsigned i = 1; i < CPUS; i++) {
            start(i, i, call_often, number(i));
        }
        await(2, 1);
        EXPECT_EQ(helios_cspace_revoke(HELIOS_INIT_CSPACE, service).status, HELIOS_OK);
        for (unsigned i = 1; i < CPUS; i++) {
            uint64_t status = ending_of(i);
            EXPECT_TRUE(status == HELIOS_OK || is_end_of_endpoint(status));
            space_end(i);
        }
    }
    space_end(0);
    drop(service);
}

// Signals. --------------------------------------------------------------------------------------

static uint64_t words[2];

static void pass_on(void *argument) {
    unsigned index = (unsigned)(uintptr_t)argument;
    for (;;) {
        helios_wait(words[index], 0);
        count_one(index);
        helios_signal(words[1 - index]);
    }
}

TEST_CASE(signals_go_to_and_fro_between_cpus) {
    clear_counts();
    words[0] = make(HELIOS_TYPE_NOTIFICATION, 0);
    words[1] = make(HELIOS_TYPE_NOTIFICATION, 0);
    start(0, 1, pass_on, number(0));
    start(1, 2, pass_on, number(1));
    helios_signal(words[0]);
    await(0, ROUNDS);
    await(1, ROUNDS);
    space_end(0);
    space_end(1);
    drop(words[0]);
    drop(words[1]);
}

// A server that is bound to a notification: whether it waits or is just about to, no signal is
// lost.
static void serve_signals(void *argument) {
    (void)argument;
    struct helios_message message;
    helios_recv(service, 0, &message);
    for (;;) {
        if ((helios_tag_flags(message.tag) & HELIOS_FLAG_NOTIFIED) != 0) {
            count_one(0);
            helios_signal(words[1]);
            helios_recv(service, 0, &message);
        } else {
            message =
                helios_message_of(helios_tag(0, 0, 2, 0), message.params[0], message.params[0] + 1);
            helios_reply_recv(service, &message);
        }
    }
}

static void signal_often(void *argument) {
    (void)argument;
    for (;;) {
        helios_signal(words[0]);
        helios_wait(words[1], 0);
    }
}

TEST_CASE(signals_to_a_bound_server_are_not_lost_beside_calls) {
    clear_counts();
    make_endpoint();
    words[0] = make(HELIOS_TYPE_NOTIFICATION, 0);
    words[1] = make(HELIOS_TYPE_NOTIFICATION, 0);
    start(0, 1, serve_signals, NULL);
    EXPECT_EQ(helios_task_bind(space_get(0)->task, words[0]).status, HELIOS_OK);
    start(1, 1, call_often, number(1));
    start(2, 2, signal_often, NULL);
    await(0, ROUNDS);
    await(1, ROUNDS);
    for (unsigned i = 0; i < 3; i++) {
        space_end(i);
    }
    drop(endpoint);
    drop(words[0]);
    drop(words[1]);
}

// Address spaces. -------------------------------------------------------------------------------

static void write_there(void *argument) {
    unsigned index = (unsigned)(uintptr_t)argument;
    for (;;) {
        *(volatile uint64_t *)(uintptr_t)WINDOW = index;
        count_one(index);
    }
}

// The page is somebody else's when the unmap has returned.
TEST_CASE(page_that_is_unmapped_is_not_written_by_other_cpus_any_more) {
    uint64_t faults = make(HELIOS_TYPE_ENDPOINT, 0);
    for (unsigned round = 0; round < 5; round++) {
        clear_counts();
        uint64_t page = make(HELIOS_TYPE_PAGE, 0);
        EXPECT_EQ(helios_map(HELIOS_INIT_VSPACE, memory(), page, WINDOW, HELIOS_MAP_WRITE).status,
                  HELIOS_OK);
        for (unsigned i = 1; i < CPUS; i++) {
            start(i, i, write_there, number(i));
            EXPECT_EQ(
                helios_task_configure(space_get(i)->task, &faults, 1, HELIOS_TASK_FAULT_ENDPOINT)
                    .status,
                HELIOS_OK);
            await(i, 1);
        }
        EXPECT_EQ(helios_vspace_unmap(HELIOS_INIT_VSPACE, WINDOW).status, HELIOS_OK);
        EXPECT_EQ(
            helios_map(HELIOS_INIT_VSPACE, memory(), page, WINDOW + PAGE, HELIOS_MAP_WRITE).status,
            HELIOS_OK);
        volatile uint64_t *word = (volatile uint64_t *)(uintptr_t)(WINDOW + PAGE);
        *word = 0;
        sleep_a_bit();
        EXPECT_EQ(*word, 0);
        for (unsigned i = 1; i < CPUS; i++) {
            struct helios_message message;
            helios_recv(faults, 0, &message);
            EXPECT_EQ(helios_tag_label(message.tag), HELIOS_FAULT_WRITE);
            EXPECT_EQ(message.params[0], WINDOW);
        }
        for (unsigned i = 1; i < CPUS; i++) {
            space_end(i);
        }
        EXPECT_EQ(helios_vspace_unmap(HELIOS_INIT_VSPACE, WINDOW + PAGE).status, HELIOS_OK);
        drop(page);
    }
    drop(faults);
}

static uint64_t pages[SPACE_THREADS];

// Its own page at its own address, to and fro.
static void map_and_unmap(void *argument) {
    unsigned index = (unsigned)(uintptr_t)argument;
    uint64_t address = WINDOW + (uint64_t)PAGE * index;
    while (helios_vspace_map(HELIOS_INIT_VSPACE, pages[index], address, HELIOS_MAP_WRITE).status ==
           HELIOS_OK) {
        *(volatile uint64_t *)(uintptr_t)address = index;
        if (helios_vspace_unmap(HELIOS_INIT_VSPACE, address).status != HELIOS_OK) {
            break;
        }
        count_one(index);
    }
    wait_for_ever();
}

TEST_CASE(tasks_move_between_cpus_while_they_map_and_unmap) {
    clear_counts();
    for (unsigned i = 0; i < CPUS; i++) {
        pages[i] = make(HELIOS_TYPE_PAGE, 0);
        uint64_t address = WINDOW + (uint64_t)PAGE * i;
        EXPECT_EQ(
            helios_map(HELIOS_INIT_VSPACE, memory(), pages[i], address, HELIOS_MAP_WRITE).status,
            HELIOS_OK); // its tables
        EXPECT_EQ(helios_vspace_unmap(HELIOS_INIT_VSPACE, address).status, HELIOS_OK);
        start(i, i, map_and_unmap, number(i));
    }
    for (unsigned round = 0; round < 2 * CPUS; round++) {
        unsigned index = round % CPUS;
        uint64_t affinity = 1ull << (round / CPUS + index) % CPUS;
        EXPECT_EQ(
            helios_task_set_affinity(space_get(index)->task, HELIOS_INIT_TASK, affinity).status,
            HELIOS_OK);
        await_more(index, 1);
    }
    for (unsigned i = 0; i < CPUS; i++) {
        space_end(i);
        drop(pages[i]);
    }
}

TEST_CASE(address_space_that_goes_stops_its_tasks_on_all_cpus) {
    for (unsigned round = 0; round < 3; round++) {
        clear_counts();
        uint64_t vspace = space_create(helios_test_bootinfo);
        for (unsigned i = 1; i < CPUS; i++) {
            start_in(i, i, vspace, run, number(i));
            await(i, 1);
        }
        EXPECT_EQ(helios_cspace_revoke(HELIOS_INIT_CSPACE, vspace).status, HELIOS_OK);
        for (unsigned i = 1; i < CPUS; i++) {
            struct helios_answer state = helios_task_query(space_get(i)->task);
            EXPECT_EQ(state.more[0] & 0xff, HELIOS_TASK_INACTIVE);
        }
        uint64_t then = counts[1];
        sleep_a_bit();
        EXPECT_EQ(counts[1], then);
        drop(vspace);
        for (unsigned i = 1; i < CPUS; i++) {
            space_end(i);
        }
    }
}

// Tasks and tasks. ------------------------------------------------------------------------------

static uint64_t victims[2];

static void stop_each_other(void *argument) {
    unsigned index = (unsigned)(uintptr_t)argument;
    for (unsigned i = 0; i < ROUNDS; i++) {
        helios_task_query(victims[1 - index]);
        helios_task_resume(victims[1 - index]);
        count_one(index);
    }
    wait_for_ever();
}

TEST_CASE(tasks_of_two_cpus_invoke_each_other) {
    clear_counts();
    for (unsigned i = 0; i < 2; i++) {
        EXPECT_TRUE(space_thread(helios_test_bootinfo, i, HELIOS_INIT_VSPACE, 0, PRIORITY,
                                 stop_each_other, number(i)));
        victims[i] = space_get(i)->task;
        EXPECT_EQ(helios_task_set_affinity(victims[i], HELIOS_INIT_TASK, 1ull << (i + 1)).status,
                  HELIOS_OK);
    }
    EXPECT_EQ(helios_task_resume(victims[0]).status, HELIOS_OK);
    EXPECT_EQ(helios_task_resume(victims[1]).status, HELIOS_OK);
    await(0, ROUNDS);
    await(1, ROUNDS);
    space_end(0);
    space_end(1);
}

static void make_and_destroy(void *argument) {
    unsigned index = (unsigned)(uintptr_t)argument;
    for (unsigned i = 0; i < ROUNDS / 4; i++) {
        struct helios_answer made = helios_allocate(memory(), HELIOS_TYPE_PAGE, 0);
        uint64_t slot = made.value;
        if (made.status != HELIOS_OK ||
            helios_cspace_destroy(HELIOS_INIT_CSPACE, &slot, 1).status != HELIOS_OK) {
            break;
        }
        count_one(index);
    }
    wait_for_ever();
}

TEST_CASE(objects_are_made_and_destroyed_on_all_cpus) {
    clear_counts();
    for (unsigned i = 0; i < CPUS; i++) {
        start(i, i, make_and_destroy, number(i));
    }
    for (unsigned i = 0; i < CPUS; i++) {
        await(i, ROUNDS / 4);
    }
    for (unsigned i = 0; i < CPUS; i++) {
        space_end(i);
    }
}

static void sleep_often(void *argument) {
    unsigned index = (unsigned)(uintptr_t)argument;
    for (;;) {
        sleep_a_bit();
        count_one(index);
    }
}

TEST_CASE(every_cpu_keeps_time) {
    clear_counts();
    for (unsigned i = 0; i < CPUS; i++) {
        start(i, i, sleep_often, number(i));
    }
    for (unsigned i = 0; i < CPUS; i++) {
        await(i, 20);
    }
    for (unsigned i = 0; i < CPUS; i++) {
        space_end(i);
    }
}

// The last case: they run on all CPUs when the machine is turned off.
TEST_CASE(machine_goes_off_while_all_cpus_are_busy) {
    clear_counts();
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        start(cpu, cpu, run, number(cpu));
        await(cpu, 1);
    }
}

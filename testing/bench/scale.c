// SPDX-License-Identifier: GPL-3.0-only
//
// What several CPUs cost: instructions of all CPUs together, so that waiting for each other and
// interrupts between them are in the figures. The machine has to count one instruction as one
// nanosecond (-icount shift=0).
//
//   ipc         a call and its answer, while each CPU has a pair of its own
//   X_idle      an operation of a task on CPU 0 with others that have nothing to do
//   X_busy      the same while all others run a task that counts. What that took is known and taken
//               off.
//   throughput  for machines whose CPUs really run at the same time: what two pairs on two CPUs do
//   in
//               the time in which one pair does 1000 calls
//
// Lines "scale NAME INSTRUCTIONS" are for scale.sh.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "testing/bench/counter.h"
#include "uapi/bootinfo.h"
#include "uapi/object.h"
#include "userland/helios/console.h"
#include "userland/helios/map.h"
#include "userland/helios/objects.h"
#include "userland/helios/start.h"
#include "userland/helios/syscall.h"
#include "userland/test/space.h"

enum {
    CALLS = 20000, // of each pair
    OPERATIONS = 1000,
    MOST_CPUS = SPACE_THREADS / 2,
    CALLED = 9, // threads whose buffers are not in the other space yet
    PINGED = 11,
    OPERATOR = 13,
    PRIORITY = 20,
    BUSY_PRIORITY = 1,
};

#define SPARE_ADDRESS 0x10100000ull // shares a page table with the threads' buffers

struct pair {
    uint64_t endpoint;
    uint64_t go; // Notification
};

static const struct helios_bootinfo *machine;
static uint64_t other_space;
static struct pair pairs[MOST_CPUS];
static uint64_t done; // Notification of the root task
static unsigned running;

static void stop(const char *status) {
    helios_printf("helios: exit status %s\n", status);
    helios_call(HELIOS_INIT_POWER, HELIOS_POWER_OFF, 0, 0, 0);
}

static uint64_t value_of(struct helios_answer answer, const char *what) {
    if (answer.status != HELIOS_OK) {
        helios_printf("scale: %s: error %u, argument %lu, found 0x%lx, wanted 0x%lx\n", what,
                      (unsigned)answer.status, (unsigned long)answer.value,
                      (unsigned long)answer.found, (unsigned long)answer.wanted);
        stop("1");
    }
    return answer.value;
}

static uint64_t make(uint64_t type) {
    return value_of(helios_allocate(machine->memories[0].slot, type, 0), "allocate");
}

static struct helios_message enter(uint64_t number, uint64_t capability, uint64_t tag) {
    struct helios_message message = {.capability = capability, .tag = tag};
    helios_syscall(number, &message);
    return message;
}

static void print(const char *name, uint64_t ticks, uint64_t count) {
    helios_printf("scale %s %lu\n", name,
                  (unsigned long)(ticks * BENCH_INSTRUCTIONS_PER_TICK / count));
}

static void start(unsigned index, unsigned cpu, uint64_t vspace, uint64_t priority,
                  void (*entry)(void *), void *argument) {
    if (!space_thread(machine, index, vspace, 0, priority, entry, argument)) {
        stop("1");
    }
    uint64_t task = space_get(index)->task;
    value_of(helios_task_set_affinity(task, HELIOS_INIT_TASK, 1ull << cpu), "affinity");
    value_of(helios_task_resume(task), "resume");
}

// Pairs. ---------------------------------------------------------------------------------------

static void serve(void *argument) {
    const struct pair *pair = argument;
    struct helios_message message = enter(HELIOS_SYS_RECV, pair->endpoint, 0);
    for (;;) {
        message.capability = pair->endpoint;
        message.tag = helios_tag(0, 0, 0, HELIOS_FLAG_REPLY);
        helios_syscall(HELIOS_SYS_RECV, &message);
    }
}

static void ask(void *argument) {
    const struct pair *pair = argument;
    for (;;) {
        enter(HELIOS_SYS_WAIT, pair->go, 0);
        for (unsigned i = 0; i < CALLS; i++) {
            enter(HELIOS_SYS_CALL, pair->endpoint, 0);
        }
        if (__atomic_sub_fetch(&running, 1, __ATOMIC_ACQ_REL) == 0) {
            enter(HELIOS_SYS_SIGNAL, done, 0);
        }
    }
}

static void start_pairs(unsigned cpus) {
    for (unsigned cpu = 0; cpu < cpus; cpu++) {
        pairs[cpu] = (struct pair){make(HELIOS_TYPE_ENDPOINT), make(HELIOS_TYPE_NOTIFICATION)};
        start(2 * cpu, cpu, other_space, PRIORITY, serve, &pairs[cpu]);
        start(2 * cpu + 1, cpu, HELIOS_INIT_VSPACE, PRIORITY, ask, &pairs[cpu]);
    }
}

// Returns how long so many pairs took.
static uint64_t run_pairs(unsigned count) {
    uint64_t began = bench_counter();
    running = count;
    for (unsigned i = 0; i < count; i++) {
        enter(HELIOS_SYS_SIGNAL, pairs[i].go, 0);
    }
    enter(HELIOS_SYS_WAIT, done, 0);
    return bench_counter() - began;
}

static void end_threads(void) {
    for (unsigned i = 0; i < SPACE_THREADS; i++) {
        space_end(i);
    }
}

static void measure_pairs(unsigned cpus) {
    start_pairs(cpus);
    run_pairs(cpus); // everybody has begun to wait
    print("ipc", run_pairs(cpus), (uint64_t)CALLS * cpus);
    if (cpus == 2) {
        uint64_t one = run_pairs(1);
        uint64_t two = run_pairs(2);
        helios_printf("scale throughput %lu\n", (unsigned long)(2000 * one / two));
    }
    end_threads();
}

// Operations across CPUs. ------------------------------------------------------------------------

static uint64_t endpoint;
static uint64_t ping;
static uint64_t pong;
static uint64_t spare_page;

// How often the task on each CPU has gone round; a cache line each.
static struct {
    volatile uint64_t rounds;
    uint64_t unused[7];
} busy[MOST_CPUS];

static void count_rounds(void *argument) {
    bench_count_for_ever(argument);
}

static uint64_t busy_instructions(void) {
    uint64_t sum = 0;
    for (unsigned i = 0; i < MOST_CPUS; i++) {
        sum += busy[i].rounds;
    }
    return sum * BENCH_INSTRUCTIONS_PER_ROUND;
}

static void answer_calls(void *argument) {
    (void)argument;
    struct pair pair = {.endpoint = endpoint};
    serve(&pair);
}

static void answer_pings(void *argument) {
    (void)argument;
    for (;;) {
        enter(HELIOS_SYS_WAIT, ping, 0);
        enter(HELIOS_SYS_SIGNAL, pong, 0);
    }
}

static void call(void) {
    enter(HELIOS_SYS_CALL, endpoint, 0);
}

static void signal(void) {
    enter(HELIOS_SYS_SIGNAL, ping, 0);
    enter(HELIOS_SYS_WAIT, pong, 0);
}

static void make_and_destroy(void) {
    uint64_t made = make(HELIOS_TYPE_ENDPOINT);
    value_of(helios_cspace_destroy(HELIOS_INIT_CSPACE, &made, 1), "destroy");
}

static void map_and_unmap(void) {
    value_of(helios_vspace_map(HELIOS_INIT_VSPACE, spare_page, SPARE_ADDRESS, HELIOS_MAP_WRITE),
             "map");
    value_of(helios_vspace_unmap(HELIOS_INIT_VSPACE, SPARE_ADDRESS), "unmap");
}

static void measure(const char *name, void (*operation)(void)) {
    operation();
    uint64_t began = bench_counter();
    uint64_t busy_before = busy_instructions();
    for (unsigned i = 0; i < OPERATIONS; i++) {
        operation();
    }
    uint64_t spent = (bench_counter() - began) * BENCH_INSTRUCTIONS_PER_TICK;
    spent -= busy_instructions() - busy_before;
    helios_printf("scale %s %lu\n", name, (unsigned long)(spent / OPERATIONS));
}

static void measure_all(const char *const names[4]) {
    measure(names[0], call);
    measure(names[1], signal);
    measure(names[2], make_and_destroy);
    measure(names[3], map_and_unmap);
}

// The task that does it all.
static void operate(void *argument) {
    static const char *const idle[4] = {"call_idle", "signal_idle", "endpoint_idle", "unmap_idle"};
    static const char *const under_load[4] = {"call_busy", "signal_busy", "endpoint_busy",
                                              "unmap_busy"};
    (void)argument;
    measure_all(idle);
    enter(HELIOS_SYS_SIGNAL, done, 0);
    enter(HELIOS_SYS_WAIT, pairs[0].go, 0);
    measure_all(under_load);
    enter(HELIOS_SYS_SIGNAL, done, 0);
    enter(HELIOS_SYS_WAIT, pairs[0].go, 0);
}

static void measure_across(unsigned cpus) {
    endpoint = make(HELIOS_TYPE_ENDPOINT);
    ping = make(HELIOS_TYPE_NOTIFICATION);
    pong = make(HELIOS_TYPE_NOTIFICATION);
    spare_page = make(HELIOS_TYPE_PAGE);
    value_of(helios_map_new(HELIOS_INIT_VSPACE, machine->memories[0].slot, SPARE_ADDRESS + 4096, 0),
             "map");
    start(CALLED, 1, other_space, PRIORITY, answer_calls, NULL);
    start(PINGED, 1, HELIOS_INIT_VSPACE, PRIORITY, answer_pings, NULL);
    start(OPERATOR, 0, HELIOS_INIT_VSPACE, PRIORITY, operate, NULL);
    enter(HELIOS_SYS_WAIT, done, 0);
    for (unsigned cpu = 1; cpu < cpus; cpu++) {
        start(1 + cpu, cpu, HELIOS_INIT_VSPACE, BUSY_PRIORITY, count_rounds,
              (void *)(uintptr_t)&busy[cpu].rounds);
    }
    enter(HELIOS_SYS_SIGNAL, pairs[0].go, 0);
    enter(HELIOS_SYS_WAIT, done, 0);
}

// As in every system that cares: without identifiers each switch of address spaces flushes the TLB.
static void assign_identifiers(void) {
    value_of(helios_asid_control_make_pool(HELIOS_INIT_ASID_CONTROL, machine->memories[0].slot),
             "ASID pool");
    uint64_t pool = helios_buffer->caps[0];
    value_of(helios_asid_pool_assign(pool, HELIOS_INIT_VSPACE), "ASID");
    value_of(helios_asid_pool_assign(pool, other_space), "ASID");
}

void helios_main(const struct helios_bootinfo *info) {
    machine = info;
    helios_printf("\n"); // firmware may have left the cursor in the middle of a line
    unsigned cpus = info->cpu_count < MOST_CPUS ? info->cpu_count : MOST_CPUS;
    other_space = space_create(machine);
    done = make(HELIOS_TYPE_NOTIFICATION);
    assign_identifiers();
    measure_pairs(cpus);
    if (cpus == MOST_CPUS) {
        measure_across(cpus);
    }
    helios_printf("scale done 0\n");
    stop("0");
}

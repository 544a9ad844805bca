// SPDX-License-Identifier: GPL-3.0-only
//
// What the kernel's operations cost, in instructions of the guest: everything is counted, the
// program's own stubs included. Each figure is the least of seven runs of 2000 operations, divided
// by their number. The machine has to count one instruction as one nanosecond (-icount shift=0).
//
// Lines "bench NAME INSTRUCTIONS" are for bench.sh.
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
    RUNS = 7,
    OPERATIONS = 2000,
    IRQ_RUNS = 200,
    SERVER = 0, // thread numbers
    PARTNER = 1,
    HANDLER = 2,
    SERVER_PRIORITY = 32,
    HANDLER_PRIORITY = 40,
};

#define SPARE_ADDRESS 0x10100000ull // shares a page table with the threads' buffers

static const struct helios_bootinfo *machine;
static uint64_t other_space;
static uint64_t endpoint;
static uint64_t ping;
static uint64_t pong;

static void check(struct helios_answer answer, const char *what) {
    if (answer.status != HELIOS_OK) {
        helios_printf("bench: %s: error %u, argument %lu, found 0x%lx, wanted 0x%lx\n", what,
                      (unsigned)answer.status, (unsigned long)answer.value,
                      (unsigned long)answer.found, (unsigned long)answer.wanted);
        helios_printf("helios: exit status 1\n");
        helios_call(HELIOS_INIT_POWER, HELIOS_POWER_OFF, 0, 0, 0);
    }
}

static uint64_t make(uint64_t type) {
    struct helios_answer answer = helios_allocate(machine->memories[0].slot, type, 0);
    check(answer, "allocate");
    return answer.value;
}

static void measure(const char *name, void (*operation)(void)) {
    uint64_t least = ~0ull;
    for (unsigned run = 0; run < RUNS; run++) {
        uint64_t start = bench_counter();
        for (unsigned i = 0; i < OPERATIONS; i++) {
            operation();
        }
        uint64_t spent = (bench_counter() - start) * BENCH_INSTRUCTIONS_PER_TICK;
        least = spent < least ? spent : least;
    }
    helios_printf("bench %s %lu\n", name, (unsigned long)(least / OPERATIONS));
}

static inline struct helios_message enter(uint64_t number, uint64_t capability, uint64_t tag,
                                          uint64_t p0, uint64_t p1, uint64_t p2) {
    struct helios_message message = {
        .capability = capability, .tag = tag, .params = {p0, p1, p2, 0}};
    helios_syscall(number, &message);
    return message;
}

static void yield(void) {
    enter(HELIOS_SYS_YIELD, 0, 0, 0, 0, 0);
}

// Answers each message with one of the same length; a capability is destroyed first.
static void serve(void *argument) {
    (void)argument;
    struct helios_message message = enter(HELIOS_SYS_RECV, endpoint, 0, 0, 0, 0);
    for (;;) {
        if (helios_tag_caps(message.tag) != 0) {
            enter(HELIOS_SYS_CALL, HELIOS_INIT_CSPACE, helios_tag(HELIOS_CSPACE_DESTROY, 0, 1, 0),
                  helios_buffer->caps[0], 0, 0);
        }
        uint64_t params = message.tag & (HELIOS_TAG_PARAM_MASK << HELIOS_TAG_PARAM_SHIFT);
        message.capability = endpoint;
        message.tag = params | helios_tag(0, 0, 0, HELIOS_FLAG_REPLY);
        helios_syscall(HELIOS_SYS_RECV, &message);
    }
}

#define CALL(words)                                                                                \
    static void call_##words(void) {                                                               \
        enter(HELIOS_SYS_CALL, endpoint, helios_tag(0, 0, words, 0), 1, 2, 3);                     \
    }

CALL(0)
CALL(4)
CALL(16)
CALL(64)

static void call_cap(void) {
    helios_buffer->caps[0] = ping;
    enter(HELIOS_SYS_CALL, endpoint, helios_tag(0, 1, 0, 0), 0, 0, 0);
}

static void signal(void) {
    enter(HELIOS_SYS_SIGNAL, ping, 0, 0, 0, 0);
}

static void signal_wait(void) {
    signal();
    enter(HELIOS_SYS_WAIT, ping, 0, 0, 0, 0);
}

static void answer_pings(void *argument) {
    (void)argument;
    for (;;) {
        enter(HELIOS_SYS_WAIT, ping, 0, 0, 0, 0);
        enter(HELIOS_SYS_SIGNAL, pong, 0, 0, 0, 0);
    }
}

static void notify_pingpong(void) {
    signal();
    enter(HELIOS_SYS_WAIT, pong, 0, 0, 0, 0);
}

static uint64_t spare_page;

static void map_unmap(void) {
    helios_buffer->caps[0] = spare_page;
    enter(HELIOS_SYS_CALL, HELIOS_INIT_VSPACE, helios_tag(HELIOS_VSPACE_MAP, 1, 2, 0),
          SPARE_ADDRESS, HELIOS_MAP_WRITE, 0);
    enter(HELIOS_SYS_CALL, HELIOS_INIT_VSPACE, helios_tag(HELIOS_VSPACE_UNMAP, 0, 1, 0),
          SPARE_ADDRESS, 0, 0);
}

static inline void make_destroy(uint64_t type) {
    enter(HELIOS_SYS_CALL, machine->memories[0].slot, helios_tag(HELIOS_MEMORY_ALLOCATE, 0, 3, 0),
          type, 0, 1);
    enter(HELIOS_SYS_CALL, HELIOS_INIT_CSPACE, helios_tag(HELIOS_CSPACE_DESTROY, 0, 1, 0),
          helios_buffer->caps[0], 0, 0);
}

static void page_make_destroy(void) {
    make_destroy(HELIOS_TYPE_PAGE);
}

static void endpoint_make_destroy(void) {
    make_destroy(HELIOS_TYPE_ENDPOINT);
}

static void cap_copy_destroy(void) {
    helios_buffer->caps[0] = ping;
    struct helios_message copy =
        enter(HELIOS_SYS_CALL, HELIOS_INIT_CSPACE, helios_tag(HELIOS_CSPACE_COPY, 1, 3, 0),
              HELIOS_CADDR_UNDEF, HELIOS_RIGHT_ALL, 0);
    enter(HELIOS_SYS_CALL, HELIOS_INIT_CSPACE, helios_tag(HELIOS_CSPACE_DESTROY, 0, 1, 0),
          copy.params[0], 0, 0);
}

// As in every system that cares: without identifiers each switch of address spaces flushes the TLB.
static void assign_identifiers(void) {
    check(helios_asid_control_make_pool(HELIOS_INIT_ASID_CONTROL, machine->memories[0].slot),
          "ASID pool");
    uint64_t pool = helios_buffer->caps[0];
    check(helios_asid_pool_assign(pool, HELIOS_INIT_VSPACE), "ASID");
    check(helios_asid_pool_assign(pool, other_space), "ASID");
}

static void start(unsigned index, uint64_t vspace, uint64_t priority, void (*entry)(void *)) {
    if (!space_thread(machine, index, vspace, 0, priority, entry, NULL)) {
        check((struct helios_answer){.status = HELIOS_ERROR_STATE}, "thread");
    }
    check(helios_call(space_get(index)->task, HELIOS_TASK_RESUME, 0, 0, 0), "resume");
}

// An interrupt: bench_irq_trigger makes the device raise its line, and the handler, which waits
// with a higher priority, reads the counter first. What the CPU did last before the interrupt is
// the other end: it writes the counter down again and again.
static uint64_t irq_notification;
static uint64_t irq_handler;
static volatile uint64_t irq_before;
static volatile uint64_t irq_total;
static volatile unsigned irq_count;

static void handle_irqs(void *argument) {
    (void)argument;
    for (;;) {
        enter(HELIOS_SYS_WAIT, irq_notification, 0, 0, 0, 0);
        irq_total += bench_counter() - irq_before;
        irq_count++;
        bench_irq_quiet();
        enter(HELIOS_SYS_CALL, irq_handler, helios_tag(HELIOS_IRQ_HANDLER_ACK, 0, 0, 0), 0, 0, 0);
    }
}

static void measure_irq(void) {
    uint32_t line;
    uint64_t trigger;
    if (!bench_irq_open(machine, &line, &trigger)) {
        helios_printf("bench: no device for irq_to_user\n");
        return;
    }
    irq_notification = make(HELIOS_TYPE_NOTIFICATION);
    const uint64_t words[4] = {line, trigger, 0, 0};
    check(helios_invoke(HELIOS_INIT_IRQ_CONTROL, HELIOS_IRQ_CONTROL_ISSUE, 0, 3, words), "issue");
    irq_handler = helios_buffer->caps[0];
    const uint64_t badged[4] = {HELIOS_CADDR_UNDEF, HELIOS_RIGHT_ALL, 1, 0};
    helios_buffer->caps[0] = irq_notification;
    struct helios_answer copy = helios_invoke(HELIOS_INIT_CSPACE, HELIOS_CSPACE_COPY, 1, 3, badged);
    check(helios_call_with(irq_handler, HELIOS_IRQ_HANDLER_BIND, copy.value, 0, 0, 0, 0), "bind");
    check(helios_call(irq_handler, HELIOS_IRQ_HANDLER_ACK, 0, 0, 0), "ack");
    start(HANDLER, HELIOS_INIT_VSPACE, HANDLER_PRIORITY, handle_irqs);
    for (unsigned i = 0; i < IRQ_RUNS; i++) {
        unsigned seen = irq_count;
        irq_before = bench_counter(); // a device may interrupt at once
        bench_irq_trigger();
        while (irq_count == seen) {
            irq_before = bench_counter();
        }
    }
    helios_printf("bench irq_to_user %lu\n",
                  (unsigned long)(irq_total * BENCH_INSTRUCTIONS_PER_TICK / IRQ_RUNS));
}

void helios_main(const struct helios_bootinfo *bootinfo) {
    machine = bootinfo;
    helios_printf("\n"); // firmware may have left the cursor in the middle of a line
    endpoint = make(HELIOS_TYPE_ENDPOINT);
    ping = make(HELIOS_TYPE_NOTIFICATION);
    pong = make(HELIOS_TYPE_NOTIFICATION);
    spare_page = make(HELIOS_TYPE_PAGE);
    other_space = space_create(machine);
    assign_identifiers();

    measure("yield", yield);
    start(SERVER, other_space, SERVER_PRIORITY, serve);
    measure("call_0", call_0);
    measure("call_4", call_4);
    measure("call_16", call_16);
    measure("call_64", call_64);
    measure("call_cap", call_cap);
    measure("signal", signal);
    measure("signal_wait", signal_wait);
    check(helios_map_new(HELIOS_INIT_VSPACE, machine->memories[0].slot, SPARE_ADDRESS + 4096, 0),
          "map");
    measure("map_unmap", map_unmap);
    measure("page_make_destroy", page_make_destroy);
    measure("endpoint_make_destroy", endpoint_make_destroy);
    measure("cap_copy_destroy", cap_copy_destroy);
    start(PARTNER, other_space, SERVER_PRIORITY, answer_pings);
    measure("notify_pingpong", notify_pingpong);
    measure_irq();
    helios_printf("bench boot %lu\n",
                  (unsigned long)(bootinfo->start_ticks * BENCH_INSTRUCTIONS_PER_BOOT_TICK));
    helios_printf("bench done 0\nhelios: exit status 0\n");
    helios_call(HELIOS_INIT_POWER, HELIOS_POWER_OFF, 0, 0, 0);
}

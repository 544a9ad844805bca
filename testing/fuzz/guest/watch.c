// SPDX-License-Identifier: GPL-3.0-only
#include "testing/fuzz/guest/watch.h"

#include <stddef.h>

#include "testing/fuzz/guest/bystander.h"
#include "testing/fuzz/guest/image.h"
#include "testing/fuzz/guest/prober.h"
#include "testing/fuzz/guest/report.h"
#include "testing/fuzz/guest/witness.h"
#include "testing/fuzz/guest/world.h"
#include "uapi/object.h"
#include "uapi/registers.h"
#include "userland/helios/console.h"
#include "userland/helios/map.h"
#include "userland/helios/objects.h"

enum {
    CANARIES = 4,
    CHECKED_LINES = 8,
    CHECKED_PAGES = 8,     // of the arena, for zeroes
    LONGEST_SILENCE = 500, // ticks
    WITNESS_MEMORY_BITS = 16,
};

// In the supervisor's VSpace, under one table.
#define CANARY(i)          (0x10080000ull + (i) * FUZZ_PAGE)
#define BYSTANDER(i)       (0x10090000ull + (i) * FUZZ_PAGE)
#define BYSTANDER_STACK(i) (0x100a0000ull + (i) * FUZZ_PAGE)
#define CHECKED            0x100b0000ull
#define WITNESS(i)         (0x100c0000ull + (i) * FUZZ_PAGE)
#define WITNESS_BUFFER(i)  (0x100d0000ull + (i) * FUZZ_PAGE)
#define WITNESS_STACK(i)   (0x100e0000ull + (i) * FUZZ_PAGE)
#define WITNESS_PAGE       0x100f0000ull

static struct {
    uint64_t root;     // the Memory that everything is made of
    uint64_t endpoint; // of the witnesses
    uint64_t free_bytes;
    uint64_t free_slots;
    uint64_t identifiers;
    uint64_t line_status[FUZZ_LINES];
    uint64_t pages[CANARIES];
    uint64_t beats[BYSTANDERS];
    uint64_t silence[BYSTANDERS]; // ticks
    uint64_t tasks[BYSTANDERS + WITNESSES];
} watch;

static struct bystander *bystander(unsigned i) {
    return (struct bystander *)(uintptr_t)BYSTANDER(i);
}

static uint64_t pattern(uint64_t i) {
    return (i + 1) * 0x9e3779b97f4a7c15ull;
}

static uint64_t map_page(uint64_t address) {
    return fuzz_must(helios_map_new(HELIOS_INIT_VSPACE, watch.root, address, HELIOS_MAP_WRITE),
                     "map a page")
        .value;
}

static uint64_t make(uint64_t type, uint64_t size) {
    return fuzz_must(helios_allocate(watch.root, type, size), "make an object").value;
}

static void make_canaries(void) {
    for (unsigned i = 0; i < CANARIES; i++) {
        watch.pages[i] = map_page(CANARY(i));
        uint64_t *words = (uint64_t *)(uintptr_t)CANARY(i);
        for (uint64_t word = 0; word < FUZZ_PAGE / sizeof(*words); word++) {
            words[word] = pattern(word + i);
        }
    }
    helios_map_new(HELIOS_INIT_VSPACE, watch.root, CHECKED, 0); // so that its tables exist
    helios_vspace_unmap(HELIOS_INIT_VSPACE, CHECKED);
}

// A VSpace with the image, a page of the supervisor's at `state` and a stack at `stack`.
static uint64_t make_space(uint64_t state, uint64_t stack) {
    uint64_t vspace = make(HELIOS_TYPE_VSPACE, 0);
    image_share(vspace, watch.root);
    fuzz_must(helios_map(vspace, watch.root, map_page(state), state, HELIOS_MAP_WRITE), "map");
    fuzz_must(helios_map_new(vspace, watch.root, stack, HELIOS_MAP_WRITE), "map");
    return vspace;
}

static uint64_t make_task(void (*entry)(void *), uint64_t state, uint64_t stack, uint64_t priority,
                          uint64_t name) {
    uint64_t task = make(HELIOS_TYPE_TASK, 0);
    uint64_t words[HELIOS_STUB_REGISTERS] = {0};
    words[HELIOS_REGISTER_PC] = (uintptr_t)entry;
    words[HELIOS_REGISTER_SP] = helios_stub_stack(stack + FUZZ_PAGE);
    words[HELIOS_STUB_ARGUMENT] = state;
    helios_stub_fill(words);
    fuzz_must(helios_task_write_registers(task, (1ull << HELIOS_STUB_REGISTERS) - 1, words,
                                          HELIOS_STUB_REGISTERS),
              "write registers");
    fuzz_must(helios_task_set_priority(task, HELIOS_INIT_TASK, priority, priority), "priority");
    helios_task_set_name(task, name, 0);
    return task;
}

// Without any capability.
static void make_bystander(unsigned i) {
    uint64_t vspace = make_space(BYSTANDER(i), BYSTANDER_STACK(i));
    uint64_t priority = i == 0 ? FUZZ_PRIORITY_BYSTANDER : FUZZ_PRIORITY_LOW + FUZZ_PRIORITIES / 2;
    *bystander(i) = (struct bystander){
        .clock_hz = fuzz_machine->timer_hz,
        .period_ns = i == 0 ? 300000 : 500000,
        .length = i == 0 ? 20 : 1000,
    };
    bystander(i)->expected = bystander_compute(bystander(i)->length);
    watch.tasks[i] = make_task(bystander_task, BYSTANDER(i), BYSTANDER_STACK(i), priority,
                               'b' | 'y' << 8 | (uint64_t)('0' + i) << 16);
    fuzz_must(helios_task_configure(watch.tasks[i], &vspace, 1, HELIOS_TASK_VSPACE), "configure");
    fuzz_must(helios_task_resume(watch.tasks[i]), "resume");
}

static void put(uint64_t cspace, uint64_t source, uint64_t slot, uint64_t badge) {
    fuzz_must(helios_cspace_copy(cspace, source, slot, HELIOS_RIGHT_ALL, badge), "copy");
}

static struct witness *witness(unsigned i) {
    return (struct witness *)(uintptr_t)WITNESS(i);
}

static void make_witness(unsigned i, uint64_t endpoint) {
    uint64_t vspace = make_space(WITNESS(i), WITNESS_STACK(i));
    uint64_t cspace = make(HELIOS_TYPE_CSPACE, WITNESS_SLOT_BITS);
    struct helios_answer buffer =
        fuzz_must(helios_map_new(vspace, watch.root, WITNESS_BUFFER(i), HELIOS_MAP_WRITE), "map");
    fuzz_must(helios_map_new(vspace, watch.root, WITNESS_PAGE, HELIOS_MAP_WRITE), "map");
    fuzz_must(helios_vspace_unmap(vspace, WITNESS_PAGE), "unmap"); // its table stays
    put(cspace, cspace, WITNESS_SLOT_CSPACE, 0);
    put(cspace, vspace, WITNESS_SLOT_VSPACE, 0);
    put(cspace, make(HELIOS_TYPE_MEMORY, WITNESS_MEMORY_BITS), WITNESS_SLOT_MEMORY, 0);
    put(cspace, endpoint, WITNESS_SLOT_ENDPOINT, WITNESS_BADGE);
    put(cspace, make(HELIOS_TYPE_NOTIFICATION, 0), WITNESS_SLOT_NOTIFICATION, WITNESS_BADGE);
    put(cspace, make(HELIOS_TYPE_ENDPOINT, 0), WITNESS_SLOT_OWN_ENDPOINT, 0);
    *witness(i) = (struct witness){
        .thread = {.self = &witness(i)->thread,
                   .buffer = (struct helios_ipc_buffer *)(uintptr_t)WITNESS_BUFFER(i)},
        .random = i,
        .clock_hz = fuzz_machine->timer_hz,
        .page_address = WITNESS_PAGE,
    };
    static void (*const entries[WITNESSES])(void *) = {witness_client, witness_server, prober_task};
    uint64_t task =
        make_task(entries[i], WITNESS(i), WITNESS_STACK(i), FUZZ_PRIORITY_LOW + 4 + i % 2,
                  'w' | 'i' << 8 | (uint64_t)('0' + i) << 16);
    const uint64_t parts[] = {cspace, vspace, buffer.value};
    fuzz_must(helios_task_configure(task, parts, 3,
                                    HELIOS_TASK_CSPACE | HELIOS_TASK_VSPACE | HELIOS_TASK_BUFFER),
              "configure");
    fuzz_must(helios_task_set_tls(task, helios_tls_base(&witness(i)->thread)), "set TLS");
    fuzz_must(helios_task_resume(task), "resume");
    watch.tasks[BYSTANDERS + i] = task;
}

void watch_init(const struct helios_bootinfo *info) {
    watch.root = info->memories[0].slot;
    make_canaries();
    for (unsigned i = 0; i < BYSTANDERS; i++) {
        make_bystander(i);
    }
    watch.endpoint = make(HELIOS_TYPE_ENDPOINT, 0);
    for (unsigned i = 0; i < WITNESSES; i++) {
        make_witness(i, watch.endpoint);
    }
}

// What asking for an interrupt line is answered: the same whenever nobody has it.
static uint64_t line_status(unsigned line) {
    struct helios_answer answer =
        helios_irq_control_issue(HELIOS_INIT_IRQ_CONTROL, line, HELIOS_IRQ_TRIGGER_LEVEL, 0);
    if (answer.status == HELIOS_OK) {
        uint64_t handler = helios_buffer->caps[0];
        fuzz_must(helios_cspace_destroy(HELIOS_INIT_CSPACE, &handler, 1), "destroy a handler");
    }
    return answer.status;
}

static uint64_t free_slots(void) {
    return fuzz_must(helios_cspace_query(HELIOS_INIT_CSPACE), "query the slots").found;
}

static uint64_t free_bytes(void) {
    return fuzz_must(helios_memory_query(watch.root), "query the memory").value;
}

void watch_remember(void) {
    watch.free_bytes = free_bytes();
    watch.free_slots = free_slots();
    for (unsigned i = 0; i < FUZZ_LINES; i++) {
        watch.line_status[i] = line_status(i);
    }
}

static void expect(uint64_t found, uint64_t wanted, const char *what) {
    if (found != wanted) {
        fuzz_finding(what, found, wanted);
    }
}

// What the arena hands out now was in use a moment ago.
static void check_zeroes(uint64_t arena) {
    for (unsigned i = 0; i < CHECKED_PAGES; i++) {
        struct helios_answer made = helios_map_new(HELIOS_INIT_VSPACE, arena, CHECKED, 0);
        fuzz_must(made, "map a page of the arena");
        const uint64_t *words = (const uint64_t *)(uintptr_t)CHECKED;
        for (unsigned word = 0; word < FUZZ_PAGE / sizeof(*words); word++) {
            expect(words[word], 0, "memory that is handed out is not zero");
        }
        fuzz_must(helios_vspace_unmap(HELIOS_INIT_VSPACE, CHECKED), "unmap");
        // Every other one stays, so that the next is another page.
        if (i % 2 == 0) {
            fuzz_must(helios_cspace_destroy(HELIOS_INIT_CSPACE, &made.value, 1), "destroy a page");
        }
    }
}

static void check_identifiers(uint64_t arena) {
    fuzz_must(helios_asid_control_make_pool(HELIOS_INIT_ASID_CONTROL, arena), "make a pool");
    uint64_t identifiers = helios_asid_pool_query(helios_buffer->caps[0]).value;
    if (watch.identifiers == 0) {
        watch.identifiers = identifiers;
    }
    expect(identifiers, watch.identifiers, "identifiers of address spaces are lost");
}

void watch_arena(uint64_t arena, uint64_t wanted) {
    expect(fuzz_must(helios_memory_query(arena), "query the arena").value, wanted,
           "bytes that are free in a Memory after its reset");
    check_zeroes(arena);
    check_identifiers(arena);
    fuzz_must(helios_memory_reset(arena), "reset the arena");
    expect(helios_memory_query(arena).value, wanted,
           "bytes that are free in a Memory after another reset");
}

static void check_canaries(void) {
    for (unsigned i = 0; i < CANARIES; i++) {
        const uint64_t *words = (const uint64_t *)(uintptr_t)CANARY(i);
        for (uint64_t word = 0; word < FUZZ_PAGE / sizeof(*words); word++) {
            expect(words[word], pattern(word + i), "a page of the supervisor's has changed");
        }
    }
}

// To other CPUs, if there are any.
static void move_somebody(void) {
    uint64_t random = fuzz_random(&fuzz_run.random);
    uint64_t cpus = random >> 8 & ((1ull << fuzz_machine->cpu_count % 64) - 1);
    if (fuzz_machine->cpu_count > 1) {
        helios_task_set_affinity(watch.tasks[random % (BYSTANDERS + WITNESSES)], HELIOS_INIT_TASK,
                                 cpus);
    }
}

void watch_pause(void) {
    for (unsigned i = 0; i < BYSTANDERS + WITNESSES; i++) {
        fuzz_must(helios_task_suspend(watch.tasks[i]), "suspend");
    }
}

void watch_go_on(void) {
    for (unsigned i = 0; i < BYSTANDERS + WITNESSES; i++) {
        fuzz_must(helios_task_resume(watch.tasks[i]), "resume");
    }
}

void watch_tick(void) {
    for (unsigned i = 0; i < BYSTANDERS; i++) {
        struct bystander *self = bystander(i);
        if (self->wrong != 0) {
            fuzz_finding("a bystander has computed something else", self->got, self->expected);
        }
        bool goes_on = self->beats != watch.beats[i];
        watch.beats[i] = self->beats;
        watch.silence[i] = goes_on ? 0 : watch.silence[i] + 1;
    }
    for (unsigned i = 0; i < WITNESSES; i++) {
        if (witness(i)->wrong != NULL) {
            fuzz_finding(witness(i)->wrong, witness(i)->found, witness(i)->wanted);
        }
    }
    move_somebody();
    // The one among the fuzzers can starve by their being more important.
    if (watch.silence[0] > LONGEST_SILENCE) {
        fuzz_finding("a bystander does not run", watch.silence[0], 0);
    }
}

static void mistake(void) {
    switch (fuzz_run.fail) {
    case FUZZ_FAIL_LEAK: {
        uint64_t page = map_page(CHECKED); // the mapping keeps it
        helios_cspace_destroy(HELIOS_INIT_CSPACE, &page, 1);
        break;
    }
    case FUZZ_FAIL_SLOT:
        helios_cspace_copy(HELIOS_INIT_CSPACE, HELIOS_INIT_TASK, HELIOS_CADDR_UNDEF, 0, 0);
        break;
    case FUZZ_FAIL_CANARY:
        *(uint64_t *)(uintptr_t)CANARY(0) = 0;
        break;
    case FUZZ_FAIL_BYSTANDER:
        bystander(0)->length++;
        break;
    case FUZZ_FAIL_WITNESS:
        helios_cspace_revoke(HELIOS_INIT_CSPACE, watch.endpoint);
        break;
    case FUZZ_FAIL_HANG:
        helios_task_suspend(watch.tasks[0]);
        break;
    case FUZZ_FAIL_PANIC:
        helios_power_panic_test(HELIOS_INIT_POWER);
        break;
    default:
        break;
    }
}

void watch_round(void) {
    if (fuzz_run.round == fuzz_run.first) {
        mistake();
    }
    check_canaries();
    expect(free_slots(), watch.free_slots, "free slots of the supervisor's CSpace");
    expect(free_bytes(), watch.free_bytes, "bytes that are free");
    for (unsigned i = 0; i < CHECKED_LINES; i++) {
        unsigned line = (unsigned)(fuzz_random(&fuzz_run.random) % FUZZ_LINES);
        expect(line_status(line), watch.line_status[line],
               "what asking for an interrupt is answered");
    }
}

void watch_totals(void) {
    for (unsigned i = 0; i < BYSTANDERS; i++) {
        helios_printf("fuzz: bystander %u computed %lu times\n", i,
                      (unsigned long)bystander(i)->beats);
    }
    for (unsigned i = 0; i < WITNESSES; i++) {
        helios_printf("fuzz: witness %u worked %lu times\n", i, (unsigned long)witness(i)->beats);
    }
}

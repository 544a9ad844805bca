// SPDX-License-Identifier: GPL-3.0-only
#include "testing/fuzz/guest/watch.h"

#include "testing/fuzz/guest/bystander.h"
#include "testing/fuzz/guest/image.h"
#include "testing/fuzz/guest/report.h"
#include "testing/fuzz/guest/world.h"
#include "uapi/object.h"
#include "uapi/registers.h"
#include "userland/helios/map.h"
#include "userland/helios/objects.h"

enum {
    CANARIES = 4,
    CHECKED_LINES = 8,
    CHECKED_PAGES = 8,     // of the arena, for zeroes
    LONGEST_SILENCE = 500, // ticks
};

// In the supervisor's VSpace, under one table.
#define CANARY(i)          (0x10080000ull + (i) * FUZZ_PAGE)
#define BYSTANDER(i)       (0x10090000ull + (i) * FUZZ_PAGE)
#define BYSTANDER_STACK(i) (0x100a0000ull + (i) * FUZZ_PAGE)
#define CHECKED            0x100b0000ull

static struct {
    uint64_t root; // the Memory that everything is made of
    uint64_t free_bytes;
    uint64_t free_slots;
    uint64_t identifiers;
    uint64_t line_status[FUZZ_LINES];
    uint64_t pages[CANARIES];
    uint64_t beats[BYSTANDERS];
    uint64_t silence[BYSTANDERS]; // ticks
    uint64_t tasks[BYSTANDERS];
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

// Each in a VSpace of its own, without any capability.
static void make_bystander(unsigned i) {
    uint64_t vspace = fuzz_must(helios_allocate(watch.root, HELIOS_TYPE_VSPACE, 0), "space").value;
    uint64_t task = fuzz_must(helios_allocate(watch.root, HELIOS_TYPE_TASK, 0), "task").value;
    uint64_t page = map_page(BYSTANDER(i));
    image_share(vspace, watch.root);
    fuzz_must(helios_map(vspace, watch.root, page, BYSTANDER(i), HELIOS_MAP_WRITE), "map");
    fuzz_must(helios_map_new(vspace, watch.root, BYSTANDER_STACK(i), HELIOS_MAP_WRITE), "map");
    *bystander(i) = (struct bystander){
        .clock_hz = fuzz_machine->timer_hz,
        .period_ns = i == 0 ? 300000 : 500000,
        .length = i == 0 ? 20 : 1000,
    };
    bystander(i)->expected = bystander_compute(bystander(i)->length);
    uint64_t words[HELIOS_STUB_REGISTERS] = {0};
    words[HELIOS_REGISTER_PC] = (uintptr_t)bystander_task;
    words[HELIOS_REGISTER_SP] = helios_stub_stack(BYSTANDER_STACK(i) + FUZZ_PAGE);
    words[HELIOS_STUB_ARGUMENT] = BYSTANDER(i);
    helios_stub_fill(words);
    fuzz_must(helios_task_configure(task, &vspace, 1, HELIOS_TASK_VSPACE), "configure");
    fuzz_must(helios_task_write_registers(task, (1ull << HELIOS_STUB_REGISTERS) - 1, words,
                                          HELIOS_STUB_REGISTERS),
              "write registers");
    uint64_t priority = i == 0 ? FUZZ_PRIORITY_BYSTANDER : FUZZ_PRIORITY_LOW + FUZZ_PRIORITIES / 2;
    fuzz_must(helios_task_set_priority(task, HELIOS_INIT_TASK, priority, priority), "priority");
    helios_task_set_name(task, 'b' | 'y' << 8 | (uint64_t)('0' + i) << 16, 0);
    fuzz_must(helios_task_resume(task), "resume");
    watch.tasks[i] = task;
}

void watch_init(const struct helios_bootinfo *info) {
    watch.root = info->memories[0].slot;
    make_canaries();
    for (unsigned i = 0; i < BYSTANDERS; i++) {
        make_bystander(i);
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

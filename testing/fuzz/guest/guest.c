// SPDX-License-Identifier: GPL-3.0-only
//
// A root task that lets several tasks do to the kernel whatever comes into their heads, in rounds,
// and looks after each what has become of everything else. It reads one line from the console:
//
//   seed=N calls=N [first=N] [fail=N] [audit=N]
//
// Each round has random numbers of its own, so that one can be repeated without those before it:
// `first` is where to begin. audit=N: an audited kernel checks its invariants at every Nth tick, in
// the middle of whatever the tasks do (with several CPUs hardly ever: the others have to be idle),
// and after each round.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "testing/audit/call.h"
#include "testing/fuzz/guest/image.h"
#include "testing/fuzz/guest/report.h"
#include "testing/fuzz/guest/watch.h"
#include "testing/fuzz/guest/world.h"
#include "uapi/fault.h"
#include "uapi/object.h"
#include "userland/helios/console.h"
#include "userland/helios/objects.h"
#include "userland/helios/start.h"

enum {
    TICK_NS = 1000000,
    ROUND_CALLS = 10000,
    ROUND_TICKS = 500,       // at most: tasks may go on without a call, by faults alone
    QUIET_TICKS = 20,        // after which a round is over
    PROGRESS_CALLS = 500000, // between lines
    LINE_LENGTH = 128,
    AUDIT_TRIES = 20,
    FAULTS_IN_A_ROW = 20, // that a task may have without doing anything
};

// What the supervisor knows of a task in this round.
static struct {
    uint64_t steps;
    unsigned idle;   // ticks
    unsigned faults; // since it did something
} seen[FUZZ_TASKS];

static uint64_t round_made; // calls
static unsigned quiet;      // ticks
static unsigned ticks;

// Faults.
// --------------------------------------------------------------------------------------------

// Into `answer`, how the task goes on.
static void judge(struct helios_message *answer, unsigned i) {
    uint64_t random = fuzz_random(&fuzz_run.random);
    *answer = (struct helios_message){.capability = world_fault_endpoint()};
    if (++seen[i].faults > FAULTS_IN_A_ROW) {
        answer->tag = helios_tag(HELIOS_FAULT_WRITE_REGISTERS + 1, 0, 0, 0); // it stops
        return;
    }
    switch (random % 16) {
    case 0:
        answer->tag = helios_tag(HELIOS_FAULT_RETRY, 0, 0, 0);
        break;
    case 1:
        answer->tag = helios_tag((uint32_t)(random >> 8), 0, (uint32_t)(random >> 40) % 8, 0);
        break;
    case 2:
    case 3:
        answer->tag = helios_tag(HELIOS_FAULT_SKIP, 0, 1, 0);
        answer->params[0] = random >> 8 & 7;
        break;
    default:
        world_registers(i, &helios_buffer->params[4]);
        answer->tag = helios_tag(HELIOS_FAULT_WRITE_REGISTERS, 0, 4 + HELIOS_STUB_REGISTERS, 0);
        answer->params[0] = (1ull << HELIOS_STUB_REGISTERS) - 1;
    }
}

// A task that steps or has breakpoints would never get anywhere.
static void stop_debugging(unsigned i, uint32_t kind) {
    if (kind == HELIOS_FAULT_STEP) {
        helios_task_set_step(world_task(i), 0);
    } else if (kind == HELIOS_FAULT_BREAKPOINT || kind == HELIOS_FAULT_WATCHPOINT) {
        for (uint64_t index = 0; index < 4; index++) {
            helios_task_set_breakpoint(world_task(i), index, HELIOS_BREAKPOINT_OFF, 0, 1);
        }
    }
}

// Audits: what one finds ends the kernel.
// --------------------------------------------------------------------------------------------

static void audit(void) {
    struct helios_message message = {0};
    helios_syscall(AUDIT_SYSCALL, &message);
    if (helios_tag_label(message.tag) != HELIOS_OK) {
        fuzz_finding("the kernel is not audited", helios_tag_label(message.tag), HELIOS_OK);
    }
    fuzz_run.audits = message.params[AUDIT_RUNS];
    fuzz_run.objects = message.params[AUDIT_OBJECTS];
}

// It is left out while other CPUs do something, or have asked this one for something, which that
// does when it is back here.
static void audit_at_rest(void) {
    uint64_t before = fuzz_run.audits;
    watch_pause();
    for (unsigned i = 0; i < AUDIT_TRIES && fuzz_run.audits == before; i++) {
        audit();
    }
    watch_go_on();
}

// Ticks.
// ---------------------------------------------------------------------------------------------

static uint64_t calls_of(const struct fuzz_totals *totals) {
    uint64_t sum = 0;
    for (unsigned i = 0; i <= HELIOS_SYS_COUNT; i++) {
        sum += totals->calls[i];
    }
    return sum;
}

// A task can write into its own page, by accident: what can't be is not counted.
static bool is_spoiled(const struct fuzz_totals *totals) {
    for (unsigned i = 0; i < FUZZ_INVOCATIONS; i++) {
        if (totals->accepted[i] > 100 * ROUND_CALLS || totals->refused[i] > 100 * ROUND_CALLS) {
            return true;
        }
    }
    for (unsigned i = 0; i <= HELIOS_SYS_COUNT; i++) {
        if (totals->calls[i] > 100 * ROUND_CALLS) {
            return true;
        }
    }
    return false;
}

static void look_after(unsigned i) {
    struct fuzz_state *state = world_state(i);
    if (is_spoiled(&state->totals)) {
        state->totals = (struct fuzz_totals){0};
    }
    round_made += calls_of(&state->totals);
    if (state->steps != seen[i].steps) {
        seen[i].steps = state->steps;
        seen[i].idle = 0;
        seen[i].faults = 0;
        quiet = 0;
    } else if (++seen[i].idle % 2 == 0) {
        fuzz_run.restarts++;
        seen[i].faults = 0;
        if (!world_restart(i, seen[i].idle % 4 == 0) && world_rebuild(i)) {
            fuzz_run.rebuilt++;
        }
    }
}

// Returns whether the round is over.
static bool tick(void) {
    round_made = 0;
    quiet++;
    ticks++;
    for (unsigned i = 0; i < FUZZ_TASKS; i++) {
        look_after(i);
    }
    watch_tick();
    if (fuzz_run.audit != 0 && ticks % fuzz_run.audit == 0) {
        audit();
    }
    return round_made >= ROUND_CALLS || quiet > QUIET_TICKS || ticks > ROUND_TICKS;
}

// A round.
// -------------------------------------------------------------------------------------------

static void add_totals(const struct fuzz_totals *totals) {
    for (unsigned i = 0; i <= HELIOS_SYS_COUNT; i++) {
        fuzz_run.totals.calls[i] += totals->calls[i];
        fuzz_run.made += totals->calls[i];
    }
    for (unsigned i = 0; i < FUZZ_STATUSES; i++) {
        fuzz_run.totals.answers[i] += totals->answers[i];
    }
    for (unsigned i = 0; i < FUZZ_INVOCATIONS; i++) {
        fuzz_run.totals.accepted[i] += totals->accepted[i];
        fuzz_run.totals.refused[i] += totals->refused[i];
    }
}

static void supervise(void) {
    struct helios_message message = {.capability = world_fault_endpoint()};
    uint64_t deadline = fuzz_now(fuzz_machine->timer_hz) + TICK_NS;
    for (;;) {
        helios_buffer->deadline = deadline;
        message.tag |= helios_tag(0, 0, 0, HELIOS_FLAG_DEADLINE);
        helios_syscall(HELIOS_SYS_RECV, &message);
        bool was_asleep = false;
        uint64_t i = message.capability - 1; // the badge
        if ((helios_tag_flags(message.tag) & HELIOS_FLAG_FAULT) != 0 && i < FUZZ_TASKS) {
            fuzz_run.faults++;
            stop_debugging((unsigned)i, helios_tag_label(message.tag));
            judge(&message, (unsigned)i);
            message.tag |= helios_tag(0, 0, 0, HELIOS_FLAG_REPLY);
        } else {
            was_asleep = helios_tag_label(message.tag) == HELIOS_ERROR_DEADLINE;
            message = (struct helios_message){.capability = world_fault_endpoint()};
        }
        uint64_t now = fuzz_now(fuzz_machine->timer_hz);
        if (now >= deadline) {
            if (was_asleep && now - deadline > fuzz_run.late_ns) {
                fuzz_run.late_ns = now - deadline;
            }
            if (tick()) {
                return;
            }
            deadline = fuzz_now(fuzz_machine->timer_hz) + TICK_NS;
        }
    }
}

static void play_round(void) {
    fuzz_run.random = fuzz_run.seed ^ fuzz_run.round << 32;
    world_make();
    for (unsigned i = 0; i < FUZZ_TASKS; i++) {
        seen[i].steps = 0;
        seen[i].idle = 0;
        seen[i].faults = 0;
    }
    quiet = 0;
    ticks = 0;
    if (fuzz_run.round > 0) {
        world_start();
        supervise();
    }
    world_end();
    if (fuzz_run.audit != 0) {
        audit_at_rest();
    }
    for (unsigned i = 0; i < FUZZ_TASKS; i++) {
        add_totals(&world_state(i)->totals);
    }
}

// What to do.
// ----------------------------------------------------------------------------------------

// If `text` starts with `name`, the number behind that; otherwise `value`.
static uint64_t parameter(const char *text, const char *name, uint64_t value) {
    while (*name != '\0') {
        if (*text++ != *name++) {
            return value;
        }
    }
    uint64_t number = 0;
    for (; *text >= '0' && *text <= '9'; text++) {
        number = number * 10 + (uint64_t)(*text - '0');
    }
    return number;
}

static void read_parameters(void) {
    char line[LINE_LENGTH];
    size_t length = 0;
    char c;
    while (((c = helios_console_read()) != '\r' && c != '\n') || length == 0) {
        if (length + 1 < sizeof(line)) {
            line[length++] = c;
        }
    }
    line[length] = '\0';
    for (const char *word = line; word < line + length; word++) {
        if (word == line || word[-1] == ' ') {
            fuzz_run.seed = parameter(word, "seed=", fuzz_run.seed);
            fuzz_run.calls = parameter(word, "calls=", fuzz_run.calls);
            fuzz_run.first = parameter(word, "first=", fuzz_run.first);
            fuzz_run.fail = parameter(word, "fail=", fuzz_run.fail);
            fuzz_run.audit = parameter(word, "audit=", fuzz_run.audit);
        }
    }
}

void helios_main(const struct helios_bootinfo *info) {
    fuzz_run = (struct fuzz_run){.first = 1};
    world_init(info);
    image_init(info);
    helios_printf("\nfuzz: ready\n");
    read_parameters();
    fuzz_must(helios_task_set_priority(HELIOS_INIT_TASK, HELIOS_INIT_TASK, FUZZ_PRIORITY_SUPERVISOR,
                                       HELIOS_PRIORITIES - 1),
              "set a priority");
    watch_init(info);
    watch_remember();
    play_round(); // nothing runs in this one: what it takes for good is taken then
    watch_remember();
    uint64_t said = 0;
    for (fuzz_run.round = fuzz_run.first; fuzz_run.made < fuzz_run.calls; fuzz_run.round++) {
        play_round();
        if (fuzz_run.made - said >= PROGRESS_CALLS) {
            said = fuzz_run.made;
            fuzz_progress();
        }
    }
    watch_totals();
    if (fuzz_run.audit != 0 && fuzz_run.audits * 2 < fuzz_run.round - fuzz_run.first) {
        fuzz_finding("audits, fewer than half the rounds", fuzz_run.audits, fuzz_run.round);
    }
    fuzz_done();
}

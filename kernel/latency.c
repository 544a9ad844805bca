// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/latency.h"

#include <stddef.h>

#include "kernel/boot_block.h"
#include "kernel/console.h"
#include "kernel/cspace.h"
#include "kernel/deadline.h"
#include "kernel/percpu.h"
#include "kernel/smp.h"
#include "kernel/syscall.h"
#include "kernel/task.h"

enum { PLACE_SIZE = 48 };

// What happens on one CPU between two moments at which an interrupt could be taken.
struct stretch {
    uint64_t began;   // counter value; 0: the kernel has not been entered
    uint64_t skipped; // counter ticks that don't count
    uint64_t number;  // of the system call, or an enum latency_entry
    uint32_t label;
    uint32_t type; // enum helios_type of what was invoked
    uintptr_t step;
};

bool latency_is_on;

static struct stretch stretches[SMP_MAX_CPUS];
static uint64_t longest; // atomic; counter ticks
static uint64_t longest_wait;

void latency_init(const struct helios_boot *boot) {
    latency_is_on = HELIOS_LATENCY && boot_has_option(boot, "latency=1");
    longest = 0;
    longest_wait = 0;
}

static struct stretch *here(void) {
    return &stretches[percpu_index()];
}

static void restart(struct stretch *stretch) {
    stretch->skipped = 0;
    stretch->began = arch_counter();
}

void latency_start(uint64_t number, uint64_t capability, uint64_t tag) {
    struct stretch *stretch = here();
    const struct task *current = arch_percpu()->current;
    const struct slot *slot = current != NULL ? cspace_slot(current->cspace, capability) : NULL;
    stretch->number = number;
    stretch->label = helios_tag_label(tag);
    stretch->type = slot != NULL ? slot_word_type(slot_word(slot)) : HELIOS_TYPE_NULL;
    stretch->step = 0;
    restart(stretch);
}

static void print(const char *what, uint64_t ticks, const struct stretch *stretch) {
    static const char *const entries[] = {"fault", "first use of FP registers", "interrupt",
                                          "interrupt while idle"};
    char place[PLACE_SIZE];
    if (!answer_subject(stretch->number, stretch->type, stretch->label, place, sizeof(place))) {
        place[0] = '\0';
    }
    const char *entry =
        stretch->number >= LATENCY_FAULT ? entries[stretch->number - LATENCY_FAULT] : place;
    console_printf("latency: %lu ns%s in %s, step 0x%lx\n", (unsigned long)deadline_to_ns(ticks),
                   what, entry, (unsigned long)stretch->step);
}

// Whether this is more than has been seen on any CPU.
static bool raise(uint64_t *most, uint64_t ticks) {
    uint64_t seen = __atomic_load_n(most, __ATOMIC_RELAXED);
    while (ticks > seen) {
        if (__atomic_compare_exchange_n(most, &seen, ticks, false, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED)) {
            return true;
        }
    }
    return false;
}

static void finish(struct stretch *stretch) {
    uint64_t ticks = arch_counter() - stretch->began - stretch->skipped;
    if (raise(&longest, ticks)) {
        print("", ticks, stretch);
    }
}

void latency_stop(void) {
    struct stretch *stretch = here();
    if (stretch->began != 0) {
        finish(stretch);
        stretch->began = 0;
    }
}

void latency_pass_on(void) {
    struct stretch *stretch = here();
    if (stretch->began != 0) {
        finish(stretch);
        restart(stretch);
    }
}

void latency_note(uintptr_t step) {
    here()->step = step;
}

void latency_skip(uint64_t began) {
    here()->skipped += arch_counter() - began;
}

void latency_wait(uint64_t began) {
    struct stretch *stretch = here();
    uint64_t ticks = arch_counter() - began;
    stretch->skipped += ticks;
    if (raise(&longest_wait, ticks)) {
        print(" of waiting", ticks, stretch);
        stretch->skipped += arch_counter() - began - ticks;
    }
}

// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/deadline.h"

#include <stddef.h>

#include "arch/include/interrupt.h"
#include "kernel/check.h"
#include "kernel/percpu.h"

// The clock. -----------------------------------------------------------------------------------

#define NS_PER_SECOND 1000000000ull

// A number as mantissa / 2^shift, with the mantissa's top bit set.
struct ratio {
    uint64_t mantissa;
    unsigned shift;
};

static struct ratio ns_per_tick;
static struct ratio ticks_per_ns;

// By long division: there is no 128-bit division without a library. Both are below 2^63 and not 0.
static struct ratio make_ratio(uint64_t numerator, uint64_t denominator) {
    struct ratio ratio = {numerator / denominator, 0};
    uint64_t rest = numerator % denominator;
    while (ratio.mantissa >> 63 == 0) {
        rest <<= 1;
        ratio.mantissa = ratio.mantissa << 1 | (rest >= denominator);
        rest -= rest >= denominator ? denominator : 0;
        ratio.shift++;
    }
    return ratio;
}

static uint64_t scale(uint64_t value, struct ratio ratio) {
    unsigned __int128 product = (unsigned __int128)value * ratio.mantissa >> ratio.shift;
    return product > UINT64_MAX ? UINT64_MAX : (uint64_t)product;
}

void deadline_init(uint64_t counter_hz) {
    CHECK(counter_hz != 0 && counter_hz >> 63 == 0);
    ns_per_tick = make_ratio(NS_PER_SECOND, counter_hz);
    ticks_per_ns = make_ratio(counter_hz, NS_PER_SECOND);
}

uint64_t deadline_now_ns(void) {
    return deadline_to_ns(arch_counter());
}

uint64_t deadline_to_ns(uint64_t ticks) {
    return scale(ticks, ns_per_tick);
}

// Both ratios are cut off, so the estimate is never too high, and too low by what is a few
// nanoseconds at the end of time.
uint64_t deadline_to_counter(uint64_t ns) {
    uint64_t ticks = scale(ns, ticks_per_ns);
    if (ticks >= UINT64_MAX - 64) {
        return UINT64_MAX;
    }
    while (deadline_to_ns(ticks) < ns) {
        ticks++;
    }
    return ticks;
}

// The queue. -----------------------------------------------------------------------------------

static uint32_t rank_of(const struct deadline *node) {
    return node != NULL ? node->rank : 0;
}

// The child with the longer way goes to the left.
static void restore(struct deadline *node) {
    if (rank_of(node->left) < rank_of(node->right)) {
        struct deadline *left = node->left;
        node->left = node->right;
        node->right = left;
    }
    node->rank = rank_of(node->right) + 1;
}

// Two heaps become one: their right ways, which are short, are merged as two sorted lists.
static struct deadline *merge(struct deadline *a, struct deadline *b) {
    struct deadline *root = NULL;
    struct deadline *last = NULL;
    struct deadline **link = &root;
    while (a != NULL && b != NULL) {
        if (b->when < a->when) {
            struct deadline *swap = a;
            a = b;
            b = swap;
        }
        *link = a;
        a->parent = last;
        last = a;
        link = &a->right;
        a = a->right;
    }
    *link = a != NULL ? a : b;
    if (*link != NULL) {
        (*link)->parent = last;
    }
    for (; last != NULL; last = last->parent) {
        restore(last);
    }
    return root;
}

// Goes up as long as ranks change: each one that does is larger than the one below it, so there are
// logarithmically many.
static void restore_upwards(struct deadline *node) {
    while (node != NULL) {
        uint32_t rank = node->rank;
        restore(node);
        if (node->rank == rank) {
            return;
        }
        node = node->parent;
    }
}

void deadline_arm(struct deadline *deadline, uint64_t when) {
    struct percpu *cpu = arch_percpu();
    CHECK(deadline->when == 0);
    *deadline = (struct deadline){.when = when != 0 ? when : 1, .rank = 1, .cpu = cpu->index};
    cpu->deadlines = merge(cpu->deadlines, deadline);
    if (cpu->deadlines == deadline) {
        cpu->reschedule = 1; // the timer has to be set
    }
}

void deadline_disarm(struct deadline *deadline) {
    if (deadline->when == 0) {
        return;
    }
    struct percpu *cpu = arch_percpu();
    CHECK(deadline->cpu == cpu->index);
    struct deadline *parent = deadline->parent;
    struct deadline *rest = merge(deadline->left, deadline->right);
    if (rest != NULL) {
        rest->parent = parent;
    }
    if (parent == NULL) {
        cpu->deadlines = rest;
    } else if (parent->left == deadline) {
        parent->left = rest;
    } else {
        parent->right = rest;
    }
    restore_upwards(parent);
    *deadline = (struct deadline){.when = 0};
}

bool deadline_has_expired(uint64_t now) {
    const struct deadline *first = arch_percpu()->deadlines;
    return first != NULL && first->when <= now && first->when != UINT64_MAX;
}

struct deadline *deadline_take_expired(uint64_t now) {
    struct deadline *first = arch_percpu()->deadlines;
    if (!deadline_has_expired(now)) {
        return NULL;
    }
    deadline_disarm(first);
    return first;
}

// The timer. -----------------------------------------------------------------------------------

// 0: never.
static uint64_t first_deadline(const struct percpu *cpu) {
    const struct deadline *first = cpu->deadlines;
    return first != NULL && first->when != UINT64_MAX ? first->when : 0;
}

static void set_timer(struct percpu *cpu, uint64_t when) {
    cpu->timer_set_for = when;
    arch_timer_set(when);
}

void deadline_program_timer(uint64_t slice_end) {
    struct percpu *cpu = arch_percpu();
    uint64_t when = first_deadline(cpu);
    if (when == 0 || (slice_end != 0 && slice_end < when)) {
        when = slice_end;
    }
    if (when != 0 && (cpu->timer_set_for == 0 || when < cpu->timer_set_for)) {
        set_timer(cpu, when);
    }
}

void deadline_program_idle(void) {
    struct percpu *cpu = arch_percpu();
    uint64_t when = first_deadline(cpu);
    if (when == cpu->timer_set_for) {
        return;
    }
    if (when != 0) {
        set_timer(cpu, when);
    } else {
        cpu->timer_set_for = 0;
        arch_timer_stop();
    }
}

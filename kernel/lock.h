// SPDX-License-Identifier: GPL-3.0-only
//
// Ticket locks: fair, three words. The kernel is not preemptible and interrupts are masked in it,
// so a holder never waits for anything but other locks. Those have ranks, and are taken in
// ascending order: a checked kernel stops when a CPU takes one that is not above all that it holds,
// or leaves for a user with one.
#ifndef HELIOS_KERNEL_LOCK_H
#define HELIOS_KERNEL_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/include/port.h"
#include "kernel/check.h"
#include "kernel/percpu.h"

#ifdef __cplusplus
extern "C" {
#endif

// In the order of taking. Of objects several may be held: by ascending address.
enum lock_rank {
    LOCK_IRQ_CONTROL = -2,
    LOCK_SPACE = -1, // a VSpace's tables; what an IRQHandler knows of its source
    LOCK_OBJECT = 0, // and the ports' own
    LOCK_CSPACE,     // the free list
    LOCK_MEMORY,
    LOCK_WINDOW,
    LOCK_PHYSMEM,
    LOCK_CONSOLE,
};

// Zero-initialised: free, an object's.
struct lock {
    uint32_t next;    // ticket of the next CPU that comes
    uint32_t serving; // ticket of the holder
    int16_t rank;     // enum lock_rank
    uint16_t holder;  // checked kernels: index of the holding CPU + 1, 0 while free
};

static inline bool lock_is_held(const struct lock *lock) {
    return __atomic_load_n(&lock->holder, __ATOMIC_RELAXED) == percpu_index() + 1;
}

// Whether this CPU holds any. Only checked kernels know.
static inline bool lock_is_any_held(void) {
    return KERNEL_CHECKED && percpu_ready && arch_percpu()->lock_count != 0;
}

// What a checked kernel remembers.
void lock_note_taking(struct lock *lock); // before it is waited for
void lock_note_taken(struct lock *lock);
void lock_note_releasing(struct lock *lock);

static inline void lock_acquire(struct lock *lock) {
    if (KERNEL_CHECKED) {
        lock_note_taking(lock);
    }
    uint32_t ticket = __atomic_fetch_add(&lock->next, 1, __ATOMIC_RELAXED);
    while (__builtin_expect(__atomic_load_n(&lock->serving, __ATOMIC_ACQUIRE) != ticket, 0)) {
        arch_relax();
    }
    if (KERNEL_CHECKED) {
        lock_note_taken(lock);
    }
}

static inline void lock_release(struct lock *lock) {
    if (KERNEL_CHECKED) {
        lock_note_releasing(lock);
    }
    // Only the holder writes here.
    uint32_t ticket = __atomic_load_n(&lock->serving, __ATOMIC_RELAXED);
    __atomic_store_n(&lock->serving, ticket + 1, __ATOMIC_RELEASE);
}

// On the way to a user.
static inline void lock_check_none(void) {
    CHECK(!lock_is_any_held());
}

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_LOCK_H

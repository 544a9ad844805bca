// SPDX-License-Identifier: GPL-3.0-only
//
// Ticket locks: fair, two words. The kernel is not preemptible and interrupts are masked in it, so
// a holder never waits for anything but other locks, in the order that docs/ lists.
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

// Zero-initialised: free.
struct lock {
    uint32_t next;    // ticket of the next CPU that comes
    uint32_t serving; // ticket of the holder
    uint32_t holder;  // checked kernels: index of the holding CPU + 1, 0 while free
};

static inline bool lock_is_held(const struct lock *lock) {
    return __atomic_load_n(&lock->holder, __ATOMIC_RELAXED) == percpu_index() + 1;
}

static inline void lock_acquire(struct lock *lock) {
    CHECK(!lock_is_held(lock));
    uint32_t ticket = __atomic_fetch_add(&lock->next, 1, __ATOMIC_RELAXED);
    while (__builtin_expect(__atomic_load_n(&lock->serving, __ATOMIC_ACQUIRE) != ticket, 0)) {
        arch_relax();
    }
    if (KERNEL_CHECKED) {
        __atomic_store_n(&lock->holder, percpu_index() + 1, __ATOMIC_RELAXED);
    }
}

static inline void lock_release(struct lock *lock) {
    CHECK(lock_is_held(lock));
    if (KERNEL_CHECKED) {
        __atomic_store_n(&lock->holder, 0, __ATOMIC_RELAXED);
    }
    // Only the holder writes here.
    uint32_t ticket = __atomic_load_n(&lock->serving, __ATOMIC_RELAXED);
    __atomic_store_n(&lock->serving, ticket + 1, __ATOMIC_RELEASE);
}

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_LOCK_H

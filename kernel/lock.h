// SPDX-License-Identifier: GPL-3.0-only
//
// Locks: one word to take and one store to release as long as nobody waits, fair if somebody does.
// Who finds a lock taken says so in its word, which nobody who comes later passes by, and waits his
// turn by a ticket; the first of those who wait takes it over when it is released. The kernel is
// not preemptible and interrupts are masked in it, so a holder never waits for anything but other
// locks. Those have ranks, and are taken in ascending order: a checked kernel stops when a CPU
// takes one that is not above all that it holds, or leaves for a user with one.
#ifndef HELIOS_KERNEL_LOCK_H
#define HELIOS_KERNEL_LOCK_H

#include <assert.h>
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
    union {
        uint32_t word; // 0: free, and nobody waits. LOCK_HELD + LOCK_WAITER * how many wait
        uint8_t held;  // its lowest byte, which is the holder's
    };
    union {
        uint32_t queue;   // in the upper half: ticket of the next CPU that has to wait
        uint16_t serving; // the lower half: of the first that waits, which is its own
    };
    int16_t rank;    // enum lock_rank
    uint16_t holder; // checked kernels: index of the holding CPU + 1, 0 while free
};

#define LOCK_HELD   1u
#define LOCK_WAITER 0x100u

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "parts of words");

static inline bool lock_is_held(const struct lock *lock) {
    return __atomic_load_n(&lock->holder, __ATOMIC_RELAXED) == percpu_index() + 1;
}

// Whether this CPU holds any. Only checked kernels know.
static inline bool lock_is_any_held(void) {
    return KERNEL_CHECKED && percpu_ready && arch_percpu()->lock_count != 0;
}

// What a checked kernel remembers.
void lock_check_wait(const struct lock *lock); // before it is waited for
void lock_note_taken(struct lock *lock);
void lock_note_releasing(struct lock *lock);

// Takes it if nobody has it or waits for it. May fail for no reason.
static inline bool lock_try(struct lock *lock) {
    uint32_t free = 0;
    bool is_taken = __atomic_compare_exchange_n(&lock->word, &free, LOCK_HELD, true,
                                                __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
    return __builtin_expect(is_taken, 1) != 0;
}

// It is not free, or seems so: takes it as soon as it is and it is this CPU's turn. Nobody else
// takes it between the two loops: for that its word would have to be 0, and the others who wait
// have later tickets. Inline, because a call would cost those who don't wait their registers.
static inline __attribute__((always_inline)) void lock_wait(struct lock *lock) {
    __atomic_fetch_add(&lock->word, LOCK_WAITER, __ATOMIC_RELAXED);
    uint32_t ticket = __atomic_fetch_add(&lock->queue, 0x10000, __ATOMIC_RELAXED) >> 16;
    while (__atomic_load_n(&lock->serving, __ATOMIC_ACQUIRE) != ticket) {
        arch_relax();
    }
    while ((__atomic_load_n(&lock->word, __ATOMIC_RELAXED) & LOCK_HELD) != 0) {
        arch_relax();
    }
    __atomic_fetch_sub(&lock->word, LOCK_WAITER - LOCK_HELD, __ATOMIC_ACQUIRE);
    __atomic_store_n(&lock->serving, (uint16_t)(ticket + 1), __ATOMIC_RELEASE);
}

// Inline for the same reason, whatever the compiler thinks of its size.
static inline __attribute__((always_inline)) void lock_acquire(struct lock *lock) {
    if (!lock_try(lock)) {
        if (KERNEL_CHECKED) {
            lock_check_wait(lock);
        }
        lock_wait(lock);
    }
    if (KERNEL_CHECKED) {
        lock_note_taken(lock);
    }
}

static inline void lock_release(struct lock *lock) {
    if (KERNEL_CHECKED) {
        lock_note_releasing(lock);
    }
    __atomic_store_n(&lock->held, 0, __ATOMIC_RELEASE); // only the holder writes this byte
}

// On the way to a user.
static inline void lock_check_none(void) {
    CHECK(!lock_is_any_held());
}

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_LOCK_H

// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/lock.h"

// What checked kernels know of locks: which ones each CPU holds, in ascending order. -------------

// Whether `lock` may be taken by who holds `held`.
static bool comes_after(const struct lock *lock, const struct lock *held) {
    return lock->rank > held->rank ||
           (lock->rank == LOCK_OBJECT && held->rank == LOCK_OBJECT && lock > held);
}

// The lock that the CPU has taken last, if it has any, comes before this one.
static void check_order(const struct percpu *cpu, const struct lock *lock) {
    if (cpu->lock_count != 0) {
        CHECK(cpu->lock_count < PERCPU_LOCKS);
        CHECK(comes_after(lock, cpu->locks[cpu->lock_count - 1]));
    }
}

void lock_check_wait(const struct lock *lock) {
    CHECK(!lock_is_held(lock));
    if (percpu_ready) {
        check_order(arch_percpu(), lock);
    }
}

// The order is looked at when nothing can go wrong any more, which is soon enough: who would have
// to wait for it has looked before (lock_check_wait).
void lock_note_taken(struct lock *lock) {
    if (!percpu_ready) {
        __atomic_store_n(&lock->holder, 1, __ATOMIC_RELAXED);
        return;
    }
    struct percpu *cpu = arch_percpu();
    check_order(cpu, lock);
    __atomic_store_n(&lock->holder, (uint16_t)(cpu->index + 1), __ATOMIC_RELAXED);
    cpu->locks[cpu->lock_count++] = lock;
}

// Takes it out of the list: most often it is the one that was taken last.
static void forget(struct percpu *cpu, const struct lock *lock) {
    uint32_t last = cpu->lock_count - 1;
    uint32_t at = last;
    while (cpu->locks[at] != lock) {
        CHECK(at > 0);
        at--;
    }
    for (; at < last; at++) {
        cpu->locks[at] = cpu->locks[at + 1];
    }
    cpu->lock_count = last;
}

void lock_note_releasing(struct lock *lock) {
    CHECK(lock_is_held(lock));
    __atomic_store_n(&lock->holder, 0, __ATOMIC_RELAXED);
    if (percpu_ready) {
        forget(arch_percpu(), lock);
    }
}

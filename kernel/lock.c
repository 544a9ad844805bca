// SPDX-License-Identifier: GPL-3.0-only
//
#include "kernel/lock.h"

// What checked kernels know of locks: which ones each CPU holds, in ascending order. -------------

// Whether `lock` may be taken by who holds `held`.
static bool comes_after(const struct lock *lock, const struct lock *held) {
    return lock->rank > held->rank ||
           (lock->rank == LOCK_OBJECT && held->rank == LOCK_OBJECT && lock > held);
}

void lock_note_taking(struct lock *lock) {
    CHECK(!lock_is_held(lock));
    if (!percpu_ready) {
        return;
    }
    const struct percpu *cpu = arch_percpu();
    CHECK(cpu->lock_count < PERCPU_LOCKS);
    CHECK(cpu->lock_count == 0 || comes_after(lock, cpu->locks[cpu->lock_count - 1]));
}

void lock_note_taken(struct lock *lock) {
    __atomic_store_n(&lock->holder, (uint16_t)(percpu_index() + 1), __ATOMIC_RELAXED);
    if (percpu_ready) {
        struct percpu *cpu = arch_percpu();
        cpu->locks[cpu->lock_count++] = lock;
    }
}

void lock_note_releasing(struct lock *lock) {
    CHECK(lock_is_held(lock));
    __atomic_store_n(&lock->holder, 0, __ATOMIC_RELAXED);
    if (!percpu_ready) {
        return;
    }
    struct percpu *cpu = arch_percpu();
    uint32_t at = 0;
    while (at < cpu->lock_count && cpu->locks[at] != lock) {
        at++;
    }
    CHECK(at < cpu->lock_count);
    for (cpu->lock_count--; at < cpu->lock_count; at++) {
        cpu->locks[at] = cpu->locks[at + 1];
    }
}

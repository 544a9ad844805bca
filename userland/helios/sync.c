// SPDX-License-Identifier: MIT
//
// Who waits for which word stands in one list behind a gate. The gate is a lock like a mutex, with
// one Notification for all who wait: a signal that nobody waits for yet stays, and who has been
// woken leaves the mark that others may wait, so that several signals which became one are enough.
//
// Nobody is handed the gate or a mutex: who comes by takes it, and who was woken takes part again.
// If it went to who has waited longest, everybody would wait for the time that a CPU takes to wake
// up, each time. For the same reason a thread looks again a few times before it waits: what is
// inside a gate, and most of what is inside a mutex, is shorter than a system call.
//
// Nobody is signalled by a thread inside the gate, so that who is woken may destroy the thread that
// woke it.
#include "userland/helios/sync.h"

#include <stddef.h>

#include "uapi/object.h"
#include "userland/helios/ipc.h"
#include "userland/helios/memory.h"

enum { BATCH = 16, LOOKS = 100 };

enum { MUTEX_FREE = 0, MUTEX_HELD = 1, MUTEX_CONTENDED = 2 };

// Stands on the stack of the thread that waits.
struct waiter {
    const uint32_t *word;
    uint64_t wake; // Notification
    bool woken;    // taken out of the list; the signal comes or has come
    struct waiter *next;
};

static struct {
    uint32_t state;        // as a mutex's
    uint64_t notification; // made before there is a second thread
    struct waiter *first;
} gate;

enum helios_error helios_notification_new(uint64_t *slot) {
    struct helios_answer made = helios_make(HELIOS_TYPE_NOTIFICATION, 0);
    if (made.status != HELIOS_OK) {
        return made.status;
    }
    struct helios_answer badged =
        helios_copy(made.value, HELIOS_RIGHT_READ | HELIOS_RIGHT_WRITE, 1);
    helios_drop(made.value);
    *slot = badged.status == HELIOS_OK ? badged.value : 0;
    return badged.status;
}

enum helios_error helios_sync_prepare(void) {
    enum helios_error error = HELIOS_OK;
    if (gate.notification == 0) {
        error = helios_notification_new(&gate.notification);
    }
    if (error == HELIOS_OK && helios_self()->wake == 0) {
        error = helios_notification_new(&helios_self()->wake);
    }
    return error;
}

// Waits for one signal, whatever else happens to the task.
static void await(uint64_t notification) {
    while (helios_wait(notification, 0).status == HELIOS_ERROR_CANCELLED) {
    }
}

// Takes the lock if it is free, or becomes free while somebody looks; it gets this state then.
static bool take_soon(uint32_t *state, uint32_t taken) {
    for (unsigned i = 0; i < LOOKS; i++) {
        uint32_t free = __atomic_load_n(state, __ATOMIC_RELAXED);
        if (free == MUTEX_FREE && __atomic_compare_exchange_n(state, &free, taken, false,
                                                              __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
            return true;
        }
    }
    return false;
}

// Takes it, or leaves the mark that somebody waits.
static bool take_or_mark(uint32_t *state) {
    return __atomic_exchange_n(state, MUTEX_CONTENDED, __ATOMIC_ACQUIRE) == MUTEX_FREE;
}

static void enter(void) {
    uint32_t taken = MUTEX_HELD;
    while (!take_soon(&gate.state, taken) && !take_or_mark(&gate.state)) {
        await(gate.notification);
        taken = MUTEX_CONTENDED; // it does not know whether it was the last
    }
}

static void leave(void) {
    if (__atomic_exchange_n(&gate.state, MUTEX_FREE, __ATOMIC_RELEASE) == MUTEX_CONTENDED) {
        helios_signal(gate.notification);
    }
}

static void append(struct waiter *waiter) {
    struct waiter **link = &gate.first;
    while (*link != NULL) {
        link = &(*link)->next;
    }
    *link = waiter;
}

static void take_out(const struct waiter *waiter) {
    struct waiter **link = &gate.first;
    while (*link != waiter) {
        link = &(*link)->next;
    }
    *link = waiter->next;
}

// The deadline has passed, or the task was cancelled. Returns whether it was woken all the same.
static bool give_up(struct waiter *waiter) {
    enter();
    bool woken = waiter->woken;
    if (!woken) {
        take_out(waiter);
    }
    leave();
    if (woken) {
        await(waiter->wake);
    }
    return woken;
}

enum helios_error helios_wait_word(const uint32_t *word, uint32_t expected, uint64_t deadline) {
    enum helios_error error = helios_sync_prepare();
    if (error != HELIOS_OK) {
        return error;
    }
    struct waiter waiter = {.word = word, .wake = helios_self()->wake};
    enter();
    if (__atomic_load_n(word, __ATOMIC_RELAXED) != expected) {
        leave();
        return HELIOS_ERROR_STATE;
    }
    append(&waiter);
    leave();
    helios_buffer->deadline = deadline;
    error = helios_wait(waiter.wake, deadline == HELIOS_FOREVER ? 0 : HELIOS_FLAG_DEADLINE).status;
    return error == HELIOS_OK || give_up(&waiter) ? HELIOS_OK : error;
}

// Takes up to `count` waiters out; their Notifications go to `wake`.
static uint32_t gather(const uint32_t *word, uint32_t count, uint64_t *wake) {
    uint32_t found = 0;
    struct waiter **link = &gate.first;
    while (*link != NULL && found < count) {
        struct waiter *waiter = *link;
        if (waiter->word != word) {
            link = &waiter->next;
            continue;
        }
        *link = waiter->next;
        wake[found++] = waiter->wake;
        waiter->woken = true;
    }
    return found;
}

uint32_t helios_wake_word(const uint32_t *word, uint32_t count) {
    uint32_t total = 0;
    uint32_t found;
    do {
        uint64_t wake[BATCH];
        uint32_t most = count - total < BATCH ? count - total : BATCH;
        enter();
        found = gather(word, most, wake);
        leave();
        for (uint32_t i = 0; i < found; i++) {
            helios_signal(wake[i]);
        }
        total += found;
    } while (found == BATCH && total < count);
    return total;
}

bool helios_mutex_try(struct helios_mutex *mutex) {
    uint32_t free = MUTEX_FREE;
    return __atomic_compare_exchange_n(&mutex->state, &free, MUTEX_HELD, false, __ATOMIC_ACQUIRE,
                                       __ATOMIC_RELAXED);
}

void helios_mutex_lock(struct helios_mutex *mutex) {
    uint32_t taken = MUTEX_HELD;
    while (!take_soon(&mutex->state, taken) && !take_or_mark(&mutex->state)) {
        helios_wait_word(&mutex->state, MUTEX_CONTENDED, HELIOS_FOREVER);
        taken = MUTEX_CONTENDED; // it does not know whether it was the last
    }
}

void helios_mutex_unlock(struct helios_mutex *mutex) {
    if (__atomic_exchange_n(&mutex->state, MUTEX_FREE, __ATOMIC_RELEASE) == MUTEX_CONTENDED) {
        helios_wake_word(&mutex->state, 1);
    }
}

enum helios_error helios_condition_wait(struct helios_condition *condition,
                                        struct helios_mutex *mutex, uint64_t deadline) {
    uint32_t sequence = __atomic_load_n(&condition->sequence, __ATOMIC_RELAXED);
    helios_mutex_unlock(mutex);
    enum helios_error error = helios_wait_word(&condition->sequence, sequence, deadline);
    helios_mutex_lock(mutex);
    return error == HELIOS_ERROR_STATE ? HELIOS_OK : error;
}

void helios_condition_wake_one(struct helios_condition *condition) {
    __atomic_fetch_add(&condition->sequence, 1, __ATOMIC_RELEASE);
    helios_wake_word(&condition->sequence, 1);
}

void helios_condition_wake_all(struct helios_condition *condition) {
    __atomic_fetch_add(&condition->sequence, 1, __ATOMIC_RELEASE);
    helios_wake_word(&condition->sequence, UINT32_MAX);
}

static bool take_one(struct helios_semaphore *semaphore) {
    uint32_t count = __atomic_load_n(&semaphore->count, __ATOMIC_RELAXED);
    while (count != 0) {
        if (__atomic_compare_exchange_n(&semaphore->count, &count, count - 1, false,
                                        __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
            return true;
        }
    }
    return false;
}

enum helios_error helios_semaphore_take(struct helios_semaphore *semaphore, uint64_t deadline) {
    enum helios_error error = HELIOS_OK;
    while (!take_one(semaphore)) {
        if (error != HELIOS_OK && error != HELIOS_ERROR_STATE) {
            return error;
        }
        __atomic_fetch_add(&semaphore->waiters, 1, __ATOMIC_SEQ_CST);
        error = helios_wait_word(&semaphore->count, 0, deadline);
        __atomic_fetch_sub(&semaphore->waiters, 1, __ATOMIC_SEQ_CST);
    }
    return HELIOS_OK;
}

void helios_semaphore_give(struct helios_semaphore *semaphore) {
    __atomic_fetch_add(&semaphore->count, 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&semaphore->waiters, __ATOMIC_SEQ_CST) != 0) {
        helios_wake_word(&semaphore->count, 1);
    }
}

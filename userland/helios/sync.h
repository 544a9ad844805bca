// SPDX-License-Identifier: MIT
//
// Locks between the threads of one process. What is free costs no system call; who has to wait does
// so in the kernel, at a Notification of its own.
//
// All of them may be used before there is a second thread. All zero is their first state.
#ifndef HELIOS_USERLAND_HELIOS_SYNC_H
#define HELIOS_USERLAND_HELIOS_SYNC_H

#include <stdbool.h>
#include <stdint.h>

#include "uapi/error.h"
#include "userland/helios/clock.h"

#ifdef __cplusplus
extern "C" {
#endif

// Waits until another thread calls helios_wake_word for this word, if the word is `expected` now.
// Returns HELIOS_OK (woken), HELIOS_ERROR_STATE (it is something else), HELIOS_ERROR_DEADLINE, or
// why the Notification for waiting can't be had. What the locks below are built of.
enum helios_error helios_wait_word(const uint32_t *word, uint32_t expected, uint64_t deadline);

// Wakes up to `count` threads that wait for this word, the longest waiting first. Returns how many.
uint32_t helios_wake_word(const uint32_t *word, uint32_t count);

struct helios_mutex {
    uint32_t state; // 0 free, 1 held, 2 held and perhaps waited for
};

void helios_mutex_lock(struct helios_mutex *mutex);
bool helios_mutex_try(struct helios_mutex *mutex);
void helios_mutex_unlock(struct helios_mutex *mutex);

struct helios_condition {
    uint32_t sequence;
};

// Unlocks the mutex and waits to be woken, or until `deadline` (HELIOS_FOREVER: none); holds the
// mutex again when it returns. It may wake for no reason: look at what you wait for again.
enum helios_error helios_condition_wait(struct helios_condition *condition,
                                        struct helios_mutex *mutex, uint64_t deadline);
void helios_condition_wake_one(struct helios_condition *condition);
void helios_condition_wake_all(struct helios_condition *condition);

struct helios_semaphore {
    uint32_t count;
    uint32_t waiters;
};

// Takes one, waits for it until `deadline`. Returns HELIOS_OK or HELIOS_ERROR_DEADLINE.
enum helios_error helios_semaphore_take(struct helios_semaphore *semaphore, uint64_t deadline);
void helios_semaphore_give(struct helios_semaphore *semaphore);

// Makes a Notification and leaves a capability in *slot that can wait and signal (which takes a
// badge: 1).
enum helios_error helios_notification_new(uint64_t *slot);

// Gives the calling thread what it needs to wait, so that waiting can't fail for want of memory.
enum helios_error helios_sync_prepare(void);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_HELIOS_SYNC_H

// SPDX-License-Identifier: GPL-3.0-only
//
// A task that does one system call and waits in it, in every way that there is; and everything that
// it uses is an object of its own, so that a case can take away one of them at a time:
//
//   home    Memory of the object that it waits at
//   memory  Memory of its Task
//   parts   Memory of its CSpace and of its IPC buffer
//
// Its address space is the root task's, but by a capability whose group holds nothing else. It is
// more important than the case, as actors are (actor.h).
#ifndef HELIOS_TESTING_CONFORMANCE_WAITER_H
#define HELIOS_TESTING_CONFORMANCE_WAITER_H

#include <stdbool.h>
#include <stdint.h>

#include "testing/conformance/actor.h"

#ifdef __cplusplus
extern "C" {
#endif

struct waiter {
    struct helios_thread thread;
    uint64_t memory;
    uint64_t parts;
    uint64_t home;
    uint64_t object; // the original capability
    uint64_t minted; // what the waiter's own capability is a copy of
    uint64_t cspace;
    uint64_t vspace;
    uint64_t reply; // the Reply for its call, if that has been saved
    uint64_t deadline;
    uint64_t number; // of its system call
    struct helios_message message;
    volatile bool is_done;
};

extern struct waiter waiter;

#define WAITER_LABEL 21 // of what it sends
#define WAITER_SLOT  1  // of the object's capability in its CSpace

// A system call that a task can wait in.
struct waiter_state {
    uint64_t type;   // of the object
    uint64_t number; // of the system call; HELIOS_SYS_COUNT: it faults
    enum helios_task_state state;
    void (*take)(void);  // until it waits: what the case does once the system call has begun
    void (*serve)(void); // what the waiter waits for
    uint32_t served;     // label of its result then
    void (*expect_nobody)(void); // nothing of the waiter is left
};

extern const struct waiter_state waiter_sending;         // in the queue
extern const struct waiter_state waiter_calling;         // in the queue
extern const struct waiter_state waiter_called;          // the case has received the call
extern const struct waiter_state waiter_saved;           // and saved the right to answer
extern const struct waiter_state waiter_receiving;       //
extern const struct waiter_state waiter_waiting;         // at a Notification
extern const struct waiter_state waiter_polling;         // a Notification
extern const struct waiter_state waiter_polling_senders; // an Endpoint
extern const struct waiter_state waiter_faulting;        // its message is in the queue
extern const struct waiter_state waiter_faulted;         // the case has received the message

// Makes a waiter that is in that state. `deadline` 0: none.
void waiter_begin(const struct waiter_state *state, uint64_t deadline);

// Whether its system call has returned; what Task.query says of it.
bool waiter_is_done(void);
uint64_t waiter_task_state(void);

// Takes away whatever is left.
void waiter_end(void);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_TESTING_CONFORMANCE_WAITER_H

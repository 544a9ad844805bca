// SPDX-License-Identifier: GPL-3.0-only
//
// Endpoint, Notification, Reply and poll: the objects that tasks wait at.
#ifndef HELIOS_KERNEL_IPC_H
#define HELIOS_KERNEL_IPC_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/include/fault.h"
#include "kernel/frame.h"
#include "kernel/syscall.h"
#include "kernel/task.h"

#ifdef __cplusplus
extern "C" {
#endif

// Tasks that wait for the same thing, longest waiter first. Linked through task->queue; the first
// one's `prev` means nothing, and neither does `last` of an empty queue.
struct task_queue {
    struct task *first; // NULL: empty
    struct task *last;
};

// What struct task's message_flags remember while it is blocked.
enum ipc_message_flags {
    MESSAGE_GRANT = 1 << 0,        // sender: the capability that it sends through has GRANT
    MESSAGE_DEADLINE = 1 << 1,     // its deadline is armed
    MESSAGE_REPLY_FAILED = 1 << 2, // receiver: the reply that came with the receive failed
};

// Most tasks that can poll one object at the same time: they all wake at once, with interrupts off.
#define IPC_MAX_POLLERS 32u

// object.lock guards everything in these two.
struct endpoint {
    struct object object;
    // Receivers (RECEIVING) or senders (SENDING, CALLING, FAULTED), never both: the first one's
    // state says which.
    struct task_queue waiters;
    struct poll_link *pollers; // first
    uint32_t poller_count;
};

struct notification {
    struct object object;
    uint64_t word;             // signalled and not yet taken; 0 while somebody waits
    struct task_queue waiters; // in wait
    struct task *bound;        // Task.bind: whose recv it ends; NULL: nobody
    struct poll_link *pollers; // first
    uint32_t poller_count;
};

static inline struct endpoint *endpoint_of(struct object *object) {
    return (struct endpoint *)object;
}

static inline struct notification *notification_of(struct object *object) {
    return (struct notification *)object;
}

// Object table rows.
void endpoint_init(struct object *object, struct memory *owner, struct frame *frame);
void notification_init(struct object *object, struct memory *owner, struct frame *frame);
bool endpoint_reap(struct object *object); // wakes a bounded number of waiters with ERROR_GONE
bool notification_reap(struct object *object);

// `call` and `send` on an Endpoint capability; the other system calls that IPC has.
struct task *ipc_call(struct task *current, struct slot *slot, const struct syscall *call);
struct task *ipc_send(struct task *current, const struct syscall *call); // SEND and NBSEND
struct task *ipc_recv(struct task *current, const struct syscall *call); // RECV and NBRECV
struct task *ipc_reply(struct task *current, const struct syscall *call);
struct task *ipc_signal(struct task *current, const struct syscall *call);
struct task *ipc_wait(struct task *current, const struct syscall *call); // WAIT and NBWAIT
struct task *ipc_poll(struct task *current, const struct syscall *call); // POLL and POLLX

// ors `bits` into the word and wakes who waits. For interrupts: never blocks, switches nobody.
void notification_signal(struct notification *notification, uint64_t bits);

// A fault of `task` becomes a call to its fault endpoint; task->fault holds it. Returns the task to
// run next, or NULL. If there is no endpoint (any more), the caller is told false.
bool ipc_send_fault(struct task *task, const struct fault *fault, uint32_t label,
                    struct task **next);

// The task's pending call will not be answered by `task` (it dies, or receives again): its caller
// gets `error`.
void ipc_abandon_caller(struct task *task, enum helios_error error);

// Reply capabilities: a slot that held one was emptied (cap_delete), or the right is to move from
// current->caller into a slot that has been taken (CSpace.save_reply).
void reply_slot_removed(struct task *caller, uint64_t call_number);
bool reply_save(struct task *current, struct slot *slot);

// Takes a blocked task out of its queue and its pollers' lists (kernel/task.c).
void ipc_withdraw(struct task *task);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_IPC_H

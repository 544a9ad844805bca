// SPDX-License-Identifier: GPL-3.0-only
//
// Endpoint, Notification, Reply and poll: the objects that tasks wait at. How a message goes its
// way is told at the top of kernel/endpoint.c.
//
// Who disappears when, and what each party gets. "Waits" means that the system call has not
// returned; an error is the label of what it returns then (of recv with HELIOS_FLAG_ERROR).
// testing/conformance/waits.c tries every state with every way to leave it.
//
// clang-format off
//   what happens                         while                        who gets what
//   -----------------------------------  ---------------------------  ---------------------------
//   endpoint destroyed, or its Memory    tasks wait in send, call,    ERROR_GONE, each
//   reset                                recv
//                                        a call was received and is   nothing: it is answered as
//                                        not answered                 if the endpoint were there
//                                        tasks poll it                ERROR_GONE, POLL + index
//                                        a fault message waits        faulted task: suspended
//   notification destroyed               tasks wait or poll           ERROR_GONE
//                                        it is bound to a task        nothing: unbound
//   capability to the endpoint           its holder waits             nothing: a message was
//   destroyed or revoked (not the last)                               allowed when it was sent,
//                                                                     with the badge it had then
//   capability in a message destroyed,   the sender waits in the      sender: ERROR_CAPABILITY,
//   moved or revoked; sender's CSpace    endpoint's queue             CAP + index, when a receiver
//   gone                                                              would take it. The receiver
//                                                                     takes the next message or
//                                                                     goes on waiting
//   sender's buffer gone (revoked,       it waits with params[4..]    sender: ERROR_BUFFER,
//   reconfigured)                        or capabilities              likewise
//   receiver's buffer, receive slots or  it waits in recv             each sender whose message
//   CSpace gone or too small                                          does not fit: ERROR_RECEIVER;
//                                                                     the receiver goes on waiting
//   caller's buffer, receive slots or    it waits for an answer that  who replies: ERROR_RECEIVER.
//   CSpace gone or too small             does not fit                 The call can still be answered
//   buffer of a polling task gone        it waits                     ERROR_BUFFER when it wakes
//   caller killed, cancelled, or its     its call is in the queue     nobody: the message is gone
//   deadline passes                      its call was received        who replies: ERROR_NO_CALL
//                                        its Reply is stored          who replies: ERROR_NO_CALL;
//                                                                     the Reply stays, unless the
//                                                                     caller was killed
//   receiver killed, cancelled,          it waits in recv             nobody: it leaves the queue
//   deadline                             it has not answered a call   caller: ERROR_ABANDONED (if it
//                                                                     is killed; else nothing)
//   a task receives again                it has not answered a call   caller: ERROR_ABANDONED
//   last copy of a Reply destroyed       its caller waits             caller: ERROR_ABANDONED
//   Reply of an earlier call is used     -                            who replies: ERROR_NO_CALL
//   a task is suspended                  in any of these              nothing: it keeps its place
//                                                                     and can be served; it runs
//                                                                     again once it is resumed
//   a task's registers are written       in any of these              its call ends; it finds what
//                                                                     was written, and zeros
//   a task loses its VSpace              in any of these              nobody: its call ends, and it
//                                                                     is INACTIVE
//   a call is abandoned, or its          it is a fault message        faulted task: suspended
//   endpoint goes, or it is cancelled
// clang-format on
//
// Cancelled tasks get ERROR_CANCELLED, a passed deadline is ERROR_DEADLINE.
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
    MESSAGE_DEADLINE = 1 << 0,     // its deadline is armed
    MESSAGE_REPLY_FAILED = 1 << 1, // receiver: the reply that came with the receive failed
    MESSAGE_MOVES = 1 << 2,        // its affinity has changed: it may have to go elsewhere
};

// Most tasks that can poll one object at the same time: they all wake in one go.
#define IPC_MAX_POLLERS 32u

// object.lock guards everything in these two.
struct endpoint {
    struct object object;
    // Receivers (RECEIVING) or senders (SENDING, CALLING, FAULTED), never both: the first one's
    // state says which.
    struct task_queue waiters;
    struct poll_link *pollers; // first
    uint32_t poller_count;
    uint32_t away; // receivers that have been taken out and may be put back
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
struct task *ipc_call(struct task *current, const struct slot_view *slot,
                      const struct syscall *call);
struct task *ipc_send(struct task *current, const struct syscall *call); // and nbsend; Endpoint
struct task *ipc_recv(struct task *current, const struct syscall *call); // and nbrecv
struct task *ipc_reply(struct task *current, const struct syscall *call);
struct task *ipc_signal(struct task *current, const struct syscall *call);
struct task *ipc_wait(struct task *current, const struct syscall *call); // and nbwait
struct task *ipc_poll(struct task *current, const struct syscall *call); // and pollx

// Signals `bits`. Returns the task that got them if it is this CPU's, ready and in no queue. No
// lock is held.
struct task *notification_signal(struct notification *notification, uint64_t bits);

// Task.bind: what is signalled ends the task's recv. false: it is bound to a task already.
// begin_bound: once task->notification_reference refers to it; a recv that the task waits in ends
// if it has been signalled before. unbind: when that reference goes; nothing happens if it is bound
// to another task.
bool notification_bind(struct notification *notification, struct task *task);
void notification_begin_bound(struct notification *notification, struct task *task);
void notification_unbind(struct notification *notification, const struct task *task);

// A fault of the current task becomes a call to its fault endpoint. *next is the task to run next,
// or NULL. false: there is no endpoint (any more), and nothing has been done.
bool ipc_send_fault(struct task *task, const struct fault *fault, uint32_t label,
                    struct task **next);

// Ends whatever IPC the task is blocked in with this error as its result, and makes it ready: what
// task_unblock is made of. A task in FAULTED is suspended instead. false: it is not blocked.
bool ipc_unblock(struct task *task, enum helios_error error);

// Whether the long operation that the task is inside is a recv: its refusals carry
// HELIOS_FLAG_ERROR.
bool ipc_is_receiving(const struct task *task);

// The call that `task` has received and not answered will not be answered by it (it dies, or
// receives again): its caller gets `error`. Without one nothing happens.
void ipc_abandon_caller(struct task *task, enum helios_error error);

// Reply capabilities: a slot has joined the ring of caller->reply, which is locked, with this
// badge, or has left it (kernel/cap.c). If emptied returns true that was the last one for the
// present call, which ends when the lock has been released: reply_abandon.
void reply_slot_filled(struct task *caller, uint64_t call_number);
bool reply_slot_emptied(struct task *caller, uint64_t call_number);
void reply_abandon(struct task *caller);

// The right to answer is to move from current->caller into a slot that has been taken
// (CSpace.save_reply).
bool reply_save(struct task *current, struct slot *slot);

// The owner's part of the end of a wait: the deadline is disarmed. For a task that is not READY it
// does nothing.
void ipc_finish_wait(struct task *task);

// The task has another buffer: waits until nobody copies to or from the one it had. No lock is held
// but perhaps the kernel's, and nobody is claimed.
void ipc_let_copy(struct task *task);

// Takes a blocked task out of its queue, its pollers' lists and its link to who is to answer it,
// and disarms its deadline. Its state is the caller's to change (kernel/task.c). false: it is not
// blocked (any more), and nothing has been done.
bool ipc_withdraw(struct task *task);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_IPC_H

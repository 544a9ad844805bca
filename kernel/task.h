// SPDX-License-Identifier: GPL-3.0-only
//
// The Task object: one thread of user code.
//
// States (enum helios_task_state) and what moves a task between them:
//
//   INACTIVE   --resume-->  READY   in a run queue, or running on a CPU
//   READY      --send, recv, call, wait, poll-->  blocked, in the queue of what it waits for
//   SENDING, CALLING (queued)  --a receiver takes the message-->  READY, or CALLING (answered
//   later) any blocked state  --cancel, deadline, the object's end-->  READY, with an error as
//   answer READY      --fault-->  FAULTED, which is CALLING with a message of the kernel
//
// `suspended` is beside that: a suspended task keeps its state and its place in a queue but is not
// put into a run queue until it is resumed.
//
// A task's fields belong to its CPU; what stands under "IPC" is guarded by the lock of the endpoint
// or notification that it is queued at while it is.
#ifndef HELIOS_KERNEL_TASK_H
#define HELIOS_KERNEL_TASK_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/include/fault.h"
#include "arch/include/fpu.h"
#include "arch/include/port.h"
#include "arch/include/task.h"
#include "kernel/cap.h"
#include "kernel/deadline.h"
#include "kernel/object.h"
#include "kernel/operation.h"
#include "kernel/percpu.h"
#include "uapi/error.h"
#include "uapi/message.h"

#ifdef __cplusplus
extern "C" {
#endif

struct cspace;
struct frame;
struct slot;
struct syscall;
struct vspace;

// A place in a queue of tasks.
struct task_link {
    struct task *next;
    struct task *prev;
};

// One source that a polling task waits for: a member of the object's list of pollers.
struct poll_link {
    struct poll_link *next;
    struct poll_link **prev; // what points to it; NULL: not in a list
    struct object *object;   // Endpoint or Notification
    uint16_t index;          // its own place in struct task's `polls`
    uint16_t events;         // HELIOS_POLL_*: what it waits for
    uint32_t reserved;
};

struct task {
    struct arch_task arch; // first: ports know a task by this address

    // What the IPC path touches. The first four are read as one word by its fast path.
    uint8_t state;         // enum helios_task_state
    uint8_t suspended;     // 1: suspended
    uint8_t in_fault;      // the pending call is a fault message
    uint8_t message_flags; // enum ipc_message_flags (kernel/ipc.h) while it is blocked, else 0
    uint8_t priority;      // effective: what the scheduler goes by
    uint8_t base_priority;
    uint8_t ceiling;
    uint8_t is_current;               // some CPU runs it
    uint32_t cpu;                     // index of the CPU that owns it
    struct vspace *vspace;            // NULL: none. vspace_activate (kernel/vspace.h) takes it
    uint64_t root;                    // of its VSpace: physical address of the root table; 0: none
    struct cspace *cspace;            // NULL: none
    struct helios_ipc_buffer *buffer; // in the direct map; NULL: none
    struct task *caller;       // who waits for this task's answer (links with caller->callee)
    struct task *callee;       // who is to answer this task's call; NULL also if a Reply is stored
    struct task_link queue;    // endpoint, notification or run queue
    struct object *blocked_on; // whose queue; NULL: a run queue or none
    uint64_t badge;            // of the capability that it blocked with
    uint64_t tag;              // and its message
    uint64_t params[4];

    struct object object; // type HELIOS_TYPE_TASK
    // The right to answer this task's call, once it stands in a slot: Reply capabilities are the
    // members of this ring. `reply_count` of them are for the present call, which `call_number`
    // tells (it is the badge of the slot).
    struct object reply;
    uint64_t call_number;
    uint32_t reply_count;

    uint32_t affinity_unused;
    uint64_t affinity; // set of CPUs, bit = index

    struct reference cspace_reference;
    struct reference vspace_reference;
    struct reference buffer_reference;
    struct reference fault_reference;
    struct reference notification_reference; // bound (REFERENCE_TASK_NOTIFICATION)

    struct operation operation;

    struct deadline deadline; // armed while it is blocked with one
    uint64_t cpu_time;        // counter ticks
    uint64_t run_since;       // arch_counter() when it was last put on a CPU

    uint8_t poll_count; // members of `polls` in use
    struct poll_link polls[HELIOS_MAX_POLL];

    uint8_t fpu_used; // it has FP state, in `fpu` or in a CPU
    struct arch_fpu fpu;
    char name[16]; // for messages; NUL-terminated
};

static inline struct task *task_of(struct object *object) {
    return (struct task *)((uintptr_t)object - offsetof(struct task, object));
}

static inline struct task *task_of_reply(struct object *object) {
    return (struct task *)((uintptr_t)object - offsetof(struct task, reply));
}

// Object table row.
void task_init(struct object *object, struct memory *owner, struct frame *frame);
bool task_reap(struct object *object);
struct task *task_invoke(struct task *current, struct slot *slot, const struct syscall *call);

// A task's long-lived references, also for the boot: `source` is a capability of the right type.
// Whatever the part was before is let go.
enum cap_result task_set_part(struct task *task, unsigned part, struct slot *source,
                              uint32_t version);

// Revocation took it (or the task dies): the task lets go of it. Without a VSpace it is INACTIVE.
void task_drop_reference(struct reference *reference);

// Makes a READY task compete for its CPU, unless it is suspended. Does not switch.
void task_make_ready(struct task *task);

// Ends whatever the task is blocked in (it may be in no queue: then nothing happens and the answer
// is false), with a refusal as its answer, and makes it ready.
bool task_unblock(struct task *task, enum helios_error error);

// Takes the task out of every queue, run queue included, without an answer.
void task_withdraw(struct task *task);

static_assert(offsetof(struct task, arch) == 0, "struct arch_task * names a task");
static_assert(offsetof(struct task, message_flags) == offsetof(struct task, state) + 3 &&
                  offsetof(struct task, state) % 4 == 0,
              "kernel/ipc_fast.h");
static_assert(sizeof(struct task) <= 4096, "a task is one frame");

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_TASK_H

// SPDX-License-Identifier: GPL-3.0-only
//
// The Task object: one thread of user code.
//
// States (enum helios_task_state) and what moves a task between them:
//
//   INACTIVE  --resume, with a VSpace-->  READY: in a run queue, or running on a CPU
//   READY     --send, recv, call, wait, poll-->  blocked, in the queue of what it waits for
//   READY     --fault-->  FAULTED: CALLING, with a message of the kernel
//   SENDING   --a receiver takes the message-->  READY
//   CALLING, FAULTED  --a receiver takes the message-->  the same, in no queue: `callee` is to
//             answer, or who has the Reply  --answer-->  READY
//   blocked   --cancel, deadline, the object's end-->  READY, with an error as its answer
//   FAULTED   --cancel, the handler's end, an answer that means nothing-->  READY and suspended
//   any       --its VSpace is gone-->  INACTIVE
//
// `suspended` is beside that: a suspended task keeps its state and its place in a queue, and can
// become READY, but is not put into a run queue until it is resumed.
//
// A READY task can be inside a long operation (kernel/operation.h): it goes on with that, not with
// its program, when the scheduler picks it.
//
// A task's fields belong to its CPU (kernel/smp.h); what the IPC path touches is guarded by the
// lock of the endpoint or notification that it is queued at while it is, and belongs to whoever has
// taken it out of there until he has posted it to its CPU.
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

    // What the IPC path touches. Five members from `state` on are read as one word by its fast
    // path.
    uint64_t cpu_time;     // counter ticks; while it runs, less arch_counter() at its start
    uint8_t state;         // enum helios_task_state
    uint8_t suspended;     // 1: suspended
    uint8_t in_fault;      // the pending call is a fault message
    uint8_t message_flags; // enum ipc_message_flags (kernel/ipc.h) while it is blocked, else 0
    uint32_t cpu;          // index of the CPU that owns it
    uint8_t priority;      // effective: what the scheduler goes by
    uint8_t base_priority;
    uint8_t ceiling;                  // atomic
    uint8_t queued;                   // it is in a run queue, linked through `queue`
    struct vspace *vspace;            // NULL: none. vspace_activate (kernel/vspace.h) takes it
    struct cspace *cspace;            // NULL: none
    struct slot *slots;               // of its CSpace
    uint64_t slot_count;              // likewise; 0: none
    struct helios_ipc_buffer *buffer; // in the direct map; NULL: none
    struct task *callee;       // who is to answer this task's call; NULL also if a Reply is stored
    struct task *caller;       // who waits for this task's answer (links with caller->callee)
    struct object *blocked_on; // in whose queue it is; NULL: a run queue or none
    struct task_link queue;    // endpoint, notification or run queue
    uint64_t badge;            // of the capability that it blocked with
    uint64_t tag;              // and its message
    uint64_t params[4];

    struct object object; // type HELIOS_TYPE_TASK
    // The right to answer this task's call, once it stands in a slot: Reply capabilities are the
    // members of this ring. `reply_count` of them are for the present call, which `call_number`
    // tells (it is the badge of the slot). reply.lock guards all of that (kernel/reply.c).
    struct object reply;
    uint64_t call_number;
    uint32_t reply_count;
    uint8_t answering; // one of them is being used: whoever does that has claimed the call

    uint32_t pending;       // atomic: enum task_request (kernel/smp.h)
    struct task *mail_next; // while something is pending
    uint64_t affinity;      // atomic: set of CPUs, bit = index

    struct reference cspace_reference;
    struct reference vspace_reference;
    struct reference buffer_reference;
    struct reference fault_reference;
    struct reference notification_reference; // bound (REFERENCE_TASK_NOTIFICATION)

    struct operation operation;

    struct deadline deadline; // armed while it is blocked with one
    uint64_t slice_left;      // counter ticks, of a task that was preempted; 0: a whole slice

    uint8_t poll_count; // members of `polls` in use
    uint8_t poll_claim; // atomic: enum poll_claim (kernel/ipc_wait.h)
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

// Object table row. A new task is INACTIVE and suspended, with priority and ceiling 0, and may run
// where its maker may.
void task_init(struct object *object, struct memory *owner, struct frame *frame);
bool task_reap(struct object *object);
struct task *task_invoke(struct task *current, const struct slot_view *slot,
                         const struct syscall *call);

// A task's long-lived references, also for the boot: `source` is a capability of the right type.
// Whatever the part was before is let go, which may push an object to the reaper. If the result is
// not CAP_OK nothing has changed, unless another CPU has taken the source in this very moment: then
// there is nothing. `part` is one bit of enum helios_task_part.
enum cap_result task_set_part(struct task *task, unsigned part, struct slot *source,
                              uint32_t version);

// The same for the notification that ends its recv: `source`, in which `found` was found.
// CAP_OCCUPIED: it is bound to a task already. task_unbind lets go of it, if there is one.
enum cap_result task_bind(struct task *task, struct slot *source, const struct slot_view *found);
void task_unbind(struct task *task);

// Revocation took it: the task lets go of it. Without a VSpace it is INACTIVE. If the task belongs
// to another CPU that is asked first, and the caller comes again. No lock is held.
void task_drop_reference(const struct reference_place *place);

// Lets go of what others have asked for: a bit for each enum reference_kind. The references stay in
// their rings until those who asked come again.
void task_serve_drops(struct task *task, unsigned kinds);

// The state as its CPU sees it: a signal on another CPU may be ending its wait. Who finds it ended
// sees all that came with the end.
static inline enum helios_task_state task_state(const struct task *task) {
    return (enum helios_task_state)__atomic_load_n(&task->state, __ATOMIC_ACQUIRE);
}

// By its CPU, or by who has it to himself, while others may be reading it.
static inline void task_set_state(struct task *task, enum helios_task_state state) {
    __atomic_store_n(&task->state, (uint8_t)state, __ATOMIC_RELAXED);
}

// What others may have lent to it, or read.
static inline uint8_t task_priority(const struct task *task) {
    return __atomic_load_n(&task->priority, __ATOMIC_RELAXED);
}

static inline void task_set_priority(struct task *task, uint8_t priority) {
    __atomic_store_n(&task->priority, priority, __ATOMIC_RELAXED);
}

// Whose call it is to answer. It may have been withdrawn when this is looked at: who wants to
// answer has to claim it first (kernel/ipc_wait.h).
static inline struct task *task_caller(const struct task *task) {
    return __atomic_load_n(&task->caller, __ATOMIC_RELAXED);
}

static inline void task_set_caller(struct task *task, struct task *caller) {
    __atomic_store_n(&task->caller, caller, __ATOMIC_RELAXED);
}

// What its CPU may just be replacing: for who has claimed it. That waits until he is done
// (ipc_let_copy).
static inline struct helios_ipc_buffer *task_buffer(const struct task *task) {
    return __atomic_load_n(&task->buffer, __ATOMIC_RELAXED);
}

// Whether it waits for somebody else, in a queue or for an answer.
static inline bool task_is_blocked(const struct task *task) {
    return task_state(task) > HELIOS_TASK_READY;
}

// The task, which is READY and in no queue, competes for its CPU, whichever that is, unless it is
// suspended. Does not switch.
void task_make_ready(struct task *task);

// Ends whatever the task is blocked in, or the long operation that it is inside of, with a refusal
// as its answer, and makes it ready. A fault is not answered by that: the task is suspended as it
// stands. False if there is nothing to end.
bool task_unblock(struct task *task, enum helios_error error);

// The same without an answer and without making it ready: it is READY, in no queue, and waits for
// nothing afterwards. The run queue is left too.
void task_withdraw(struct task *task);

// Debugging: prints capabilities and mappings (Task.dump), as a long operation.
struct task *task_dump(struct task *current, struct task *task, const struct syscall *call);

static_assert(offsetof(struct task, arch) == 0, "struct arch_task * names a task");
static_assert(offsetof(struct task, message_flags) == offsetof(struct task, state) + 3 &&
                  offsetof(struct task, cpu) == offsetof(struct task, state) + 4 &&
                  offsetof(struct task, state) % 8 == 0,
              "task_state_word");
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "first bytes are low bits");

// state, suspended, in_fault, message_flags and cpu: equal to one of its CPU's own_state if the
// task is in that state and there is nothing else to look after when it wakes.
static inline uint64_t task_state_word(const struct task *task) {
    typedef uint64_t __attribute__((may_alias)) state_word;
    return __atomic_load_n((const state_word *)&task->state, __ATOMIC_RELAXED);
}

// The notification that it is bound to, and its fault endpoint, for its CPU: a revocation elsewhere
// may be clearing the reference when the task has let go of it (task_serve_drops). NULL: none.
static inline struct object *task_bound(const struct task *task) {
    return __atomic_load_n(&task->notification_reference.object, __ATOMIC_RELAXED);
}

// Its CSpace and VSpace for others than its CPU; NULL: none.
static inline struct cspace *task_cspace(const struct task *task) {
    return __atomic_load_n(&task->cspace, __ATOMIC_RELAXED);
}

static inline struct vspace *task_vspace(const struct task *task) {
    return __atomic_load_n(&task->vspace, __ATOMIC_RELAXED);
}

static inline struct object *task_fault_endpoint(const struct task *task) {
    return __atomic_load_n(&task->fault_reference.object, __ATOMIC_RELAXED);
}

// In whose queue it is. Unless that is locked it may be somewhere else by now.
static inline struct object *task_blocked_on(const struct task *task) {
    return __atomic_load_n(&task->blocked_on, __ATOMIC_ACQUIRE);
}

// The object is locked; others may be asking where the task is, to lock that.
static inline void task_set_blocked_on(struct task *task, struct object *object) {
    __atomic_store_n(&task->blocked_on, object, __ATOMIC_RELAXED);
}

static inline bool task_is_suspended(const struct task *task) {
    return __atomic_load_n(&task->suspended, __ATOMIC_RELAXED) != 0;
}

// The task's CPU changes it, while others may be reading the word.
static inline void task_set_suspended(struct task *task, uint8_t suspended) {
    __atomic_store_n(&task->suspended, suspended, __ATOMIC_RELAXED);
}

// It is not suspended any more, unless it dies. Who begins that says that it dies, then suspends it
// (reaper_add); here it is the other way round: one of the two sees what the other has done, and it
// is suspended in the end.
void task_let_run(struct task *task);

// Whether the task is suspended, or will be when its wait ends. Another CPU that answers its fault
// with nonsense suspends it, and then ends the wait: it is asked for that first.
static inline bool task_stays_suspended(const struct task *task) {
    return task_state(task) == HELIOS_TASK_FAULTED || task_is_suspended(task);
}

static_assert(HELIOS_TASK_FAULTED < sizeof(((struct percpu *)0)->own_state) / sizeof(uint64_t),
              "one of each state");
static_assert(sizeof(struct task) <= 4096, "a task is one frame");

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_TASK_H

// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/syscall.h"

#include <stddef.h>

#include "kernel/check.h"
#include "kernel/console.h"
#include "kernel/cspace.h"
#include "kernel/entry.h"
#include "kernel/ipc.h"
#include "kernel/ipc_fast.h"
#include "kernel/latency.h"
#include "kernel/object_types.h"
#include "kernel/operation.h"
#include "kernel/percpu.h"
#include "kernel/sched.h"
#include "kernel/smp.h"
#include "uapi/fault.h"

// Decoding. ----------------------------------------------------------------------------------

void syscall_refuse(struct task *current, const struct slot_view *slot, const struct syscall *call,
                    uint32_t caps, uint32_t params, unsigned rights) {
    if (!syscall_takes(call, caps, params)) {
        answer_count(current, call, caps, params);
    } else if (current->buffer == NULL && (caps > 0 || params > HELIOS_REGISTER_PARAMS)) {
        answer_error(current, HELIOS_ERROR_BUFFER, HELIOS_ARGUMENT_NONE, 0, 0);
    } else {
        answer_error(current, HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAPABILITY, slot->rights,
                     rights);
    }
}

uint64_t syscall_param(const struct task *current, const struct syscall *call, unsigned index) {
    if (index < HELIOS_REGISTER_PARAMS) {
        return call->params[index];
    }
    return *(volatile uint64_t *)&current->buffer->params[index];
}

static uint64_t slot_count(const struct task *task) {
    return task->cspace != NULL ? task->cspace->slot_count : 0;
}

struct slot *syscall_cap(struct task *current, unsigned index, enum helios_type type,
                         unsigned rights, struct slot_view *view) {
    uint64_t address = *(volatile uint64_t *)&current->buffer->caps[index];
    if (!syscall_lookup(current, address, view)) {
        answer_error(current, HELIOS_ERROR_CAPABILITY, HELIOS_ARGUMENT_CAP + index, address,
                     slot_count(current));
        return NULL;
    }
    if (type != HELIOS_TYPE_NULL && view->type != type) {
        answer_error(current, HELIOS_ERROR_TYPE, HELIOS_ARGUMENT_CAP + index, view->type, type);
        return NULL;
    }
    if ((view->rights & rights) != rights) {
        answer_error(current, HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAP + index, view->rights,
                     rights);
        return NULL;
    }
    if (!object_is_live(view->object)) {
        answer_error(current, HELIOS_ERROR_GONE, HELIOS_ARGUMENT_CAP + index, 0, 0);
        return NULL;
    }
    return &current->cspace->slots[address];
}

bool syscall_lookup(const struct task *current, uint64_t address, struct slot_view *view) {
    const struct slot *slot = cspace_slot(current->cspace, address);
    if (slot == NULL) {
        return false;
    }
    *view = slot_read(slot);
    return view->type != HELIOS_TYPE_NULL;
}

// System calls. ------------------------------------------------------------------------------

// Text that is written at once, so that lines of this length are whole.
enum { WRITE_STEP = 128 };

// Operation words: what has been written, the length.
static enum operation_result write_step(struct task *task) {
    uint64_t *words = task->operation.words;
    if (task->buffer == NULL) { // it went meanwhile
        answer_error(task, HELIOS_ERROR_BUFFER, HELIOS_ARGUMENT_NONE, 0, 0);
        return OPERATION_DONE;
    }
    uint64_t left = words[1] - words[0];
    uint64_t now = left < WRITE_STEP ? left : WRITE_STEP;
    console_write(task->buffer->text + words[0], now);
    words[0] += now;
    if (now < left) {
        return OPERATION_MORE;
    }
    answer(task, words[1]);
    return OPERATION_DONE;
}

static struct task *writecons(struct task *current, const struct syscall *call) {
    if (!syscall_takes(call, 0, 1)) {
        return answer_count(current, call, 0, 1);
    }
    uint64_t length = call->params[0];
    if (length > HELIOS_MAX_TEXT) {
        return answer_error(current, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM, length,
                            HELIOS_MAX_TEXT);
    }
    if (current->buffer == NULL) {
        return answer_error(current, HELIOS_ERROR_BUFFER, HELIOS_ARGUMENT_NONE, 0, 0);
    }
    current->operation.step = write_step;
    current->operation.abort = NULL;
    current->operation.words[0] = 0;
    current->operation.words[1] = length;
    return operation_start(current);
}

static struct task *refuse_capability(struct task *current, const struct syscall *call) {
    return answer_error(current, HELIOS_ERROR_CAPABILITY, HELIOS_ARGUMENT_CAPABILITY,
                        call->capability, slot_count(current));
}

static struct task *identify(struct task *current, const struct syscall *call) {
    const struct slot *slot = cspace_slot(current->cspace, call->capability);
    // A Null slot is an answer too.
    return slot != NULL ? cspace_answer_identify(current, slot) : refuse_capability(current, call);
}

// A deadline is no reason to refuse: the answer comes before anything could pass. So a client can
// use one without knowing whether a kernel object or a server stands behind the capability.
static struct task *invoke(struct task *current, const struct slot_view *slot,
                           const struct syscall *call) {
    object_handler handler = object_types[slot->type].invoke;
    if (!object_is_live(slot->object)) {
        return answer_error(current, HELIOS_ERROR_GONE, HELIOS_ARGUMENT_CAPABILITY, 0, 0);
    }
    if (handler == NULL) {
        return answer_invocation(current, call);
    }
    const uint64_t deadline = (uint64_t)HELIOS_FLAG_DEADLINE << HELIOS_TAG_FLAGS_SHIFT;
    if ((call->tag & deadline) != 0) {
        struct syscall without = *call;
        without.tag &= ~deadline;
        return handler(current, slot, &without);
    }
    return handler(current, slot, call);
}

static struct task *call_object(struct task *current, const struct syscall *call) {
    struct slot_view slot;
    if (!syscall_lookup(current, call->capability, &slot)) {
        return refuse_capability(current, call);
    }
    if (slot.type == HELIOS_TYPE_ENDPOINT) {
        return ipc_call(current, &slot, call);
    }
    return invoke(current, &slot, call);
}

// SEND and NBSEND. To an object of the kernel both are what a call is.
static struct task *send(struct task *current, const struct syscall *call) {
    struct slot_view slot;
    if (syscall_lookup(current, call->capability, &slot) && slot.type != HELIOS_TYPE_ENDPOINT) {
        return invoke(current, &slot, call);
    }
    return ipc_send(current, call);
}

// A debugger or an emulator is asked first.
static struct task *unknown_number(struct task *current, const struct syscall *call) {
    if (task_fault_endpoint(current) != NULL) {
        uint64_t words[ARCH_REGISTER_COUNT];
        arch_task_get_registers(&current->arch, words);
        const struct fault fault = {
            .kind = FAULT_OTHER, .address = (uintptr_t)call->number, .pc = (uintptr_t)words[0]};
        struct task *next = NULL;
        // Unless the answer replaces its registers, the task finds the refusal in them.
        arch_task_set_message(&current->arch, 0, helios_tag(HELIOS_ERROR_SYSCALL, 0, 3, 0),
                              HELIOS_ARGUMENT_NUMBER, call->number, HELIOS_SYS_COUNT, 0);
        if (ipc_send_fault(current, &fault, HELIOS_FAULT_SYSCALL, &next)) {
            return next;
        }
    }
    return answer_error(current, HELIOS_ERROR_SYSCALL, HELIOS_ARGUMENT_NUMBER, call->number,
                        HELIOS_SYS_COUNT);
}

static const syscall_handler handlers[HELIOS_SYS_COUNT] = {
    [HELIOS_SYS_WRITECONS] = writecons, [HELIOS_SYS_IDENTIFY] = identify,
    [HELIOS_SYS_SEND] = send,           [HELIOS_SYS_RECV] = ipc_recv,
    [HELIOS_SYS_CALL] = call_object,    [HELIOS_SYS_REPLY] = ipc_reply,
    [HELIOS_SYS_SIGNAL] = ipc_signal,   [HELIOS_SYS_WAIT] = ipc_wait,
    [HELIOS_SYS_NBSEND] = send,         [HELIOS_SYS_NBRECV] = ipc_recv,
    [HELIOS_SYS_NBWAIT] = ipc_wait,     [HELIOS_SYS_POLL] = ipc_poll,
    [HELIOS_SYS_POLLX] = ipc_poll,
};

// A system call by the table. Not static, so that the compiler keeps to the ordinary calling
// convention and kernel_syscall can end in a jump.
__attribute__((noinline)) struct arch_task *syscall_dispatch(uint64_t capability, uint64_t tag,
                                                             uint64_t p0, uint64_t p1, uint64_t p2,
                                                             uint64_t p3, uint64_t number) {
    struct percpu *cpu = arch_percpu();
    CHECK(cpu->current != NULL && cpu->arch_current == &cpu->current->arch);
    const struct syscall call = {
        .number = number,
        .capability = capability,
        .tag = tag,
        .params = {p0, p1, p2, p3},
    };
    if (KERNEL_CHECKED) {
        cpu->call = &call;
    }
    syscall_handler handler = number < HELIOS_SYS_COUNT ? handlers[number] : unknown_number;
    struct task *next = handler(cpu->current, &call);
    if (KERNEL_CHECKED) {
        cpu->call = NULL;
    }
    struct arch_task *resumed = sched_resume(next);
    lock_check_none();
    return resumed;
}

// The short ways (kernel/ipc_fast.h). Whatever is not as it nearly always is goes another way, by a
// jump and with the same arguments, so that none of these needs a stack.
#define WAY static __attribute__((noinline, cold, returns_nonnull)) struct arch_task *

// To a task whose wait has ended, if more than the plain things have to be done for it, or somebody
// else may be ready. NULL: somebody else.
WAY resume_carefully(struct task *next) {
    return sched_resume(next);
}

// From the current task, which waits, to the best that is ready.
WAY take_best(struct task *from) {
    struct percpu *cpu = arch_percpu();
    if (ipc_fast_expect(cpu->attention == 0) && ipc_fast_expect(cpu->ready_mask != 0)) {
        struct task *next = sched_best(cpu);
        if (ipc_fast_is(cpu, next, HELIOS_TASK_READY) &&
            ipc_fast_expect(next->operation.step == NULL)) {
            sched_take(cpu, next);
            sched_switch_plain(cpu, from, next);
            sched_share(cpu, next);
            next->slice_left = 0;
            latency_end();
            return &next->arch;
        }
    }
    return resume_carefully(NULL);
}

// The same for the case that it is the only one of the same priority, and none is better: then it
// shares the CPU with nobody.
IPC_FAST struct arch_task *take_next(struct task *from) {
    struct percpu *cpu = arch_percpu();
    lock_check_none();
    const unsigned priority = from->priority;
    if (!ipc_fast_expect(cpu->attention == 0) ||
        !ipc_fast_expect(cpu->ready_mask >> priority == 1)) {
        return take_best(from);
    }
    struct task *next = cpu->ready[priority].first;
    if (!ipc_fast_is(cpu, next, HELIOS_TASK_READY) || !ipc_fast_expect(next->queue.next == NULL) ||
        !ipc_fast_expect(next->operation.step == NULL)) {
        return take_best(from);
    }
    sched_take_last(cpu, next, priority);
    sched_switch_plain(cpu, from, next);
    next->slice_left = 0;
    latency_end();
    return &next->arch;
}

// From the current task to one whose wait has ended, with its result.
IPC_FAST struct arch_task *go_to(struct percpu *cpu, struct task *from, struct task *next,
                                 uint64_t badge, uint64_t tag, uint64_t p0, uint64_t p1,
                                 uint64_t p2, uint64_t p3) {
    lock_check_none();
    if (!ipc_fast_expect(cpu->attention == 0)) {
        arch_task_set_message(&next->arch, badge, tag, p0, p1, p2, p3);
        return resume_carefully(next);
    }
    sched_switch_plain(cpu, from, next);
    latency_end();
    return arch_leave(&next->arch, badge, tag, p0, p1, p2, p3);
}

// To the current task, with its result.
IPC_FAST struct arch_task *go_back(struct task *current, uint64_t badge, uint64_t tag,
                                   uint64_t p0) {
    lock_check_none();
    latency_end();
    return arch_return(&current->arch, badge, tag, p0);
}

// Whether the message may need buffers and the task has one.
static bool is_long(const struct task *current, uint64_t tag, uint32_t flags) {
    return ipc_fast_tag(tag, flags, HELIOS_MAX_PARAMS) && current->buffer != NULL;
}

WAY dispatch_call(struct slot *slot, uint64_t tag, uint64_t p0, uint64_t p1, uint64_t p2,
                  uint64_t p3) {
    return syscall_dispatch(cspace_address(slot), tag, p0, p1, p2, p3, HELIOS_SYS_CALL);
}

WAY refuse_call(uint64_t capability, uint64_t tag, uint64_t p0, uint64_t p1, uint64_t p2,
                uint64_t p3) {
    return syscall_dispatch(capability, tag, p0, p1, p2, p3, HELIOS_SYS_CALL);
}

// The receiver has at least the caller's priority, and the caller was the best: no look at who else
// is ready.
IPC_FAST struct arch_task *hand_over(struct percpu *cpu, struct task *current, struct task *next,
                                     uint64_t badge, uint64_t tag, uint64_t p0, uint64_t p1,
                                     uint64_t p2, uint64_t p3) {
    tag |= (uint64_t)HELIOS_FLAG_CALL << HELIOS_TAG_FLAGS_SHIFT;
    return go_to(cpu, current, next, badge, tag, p0, p1, p2, p3);
}

// A call to an endpoint that carries a capability.
WAY call_with_cap(struct slot *slot, uint64_t tag, uint64_t p0, uint64_t p1, uint64_t p2,
                  uint64_t p3) {
    struct percpu *cpu = arch_percpu();
    struct task *current = cpu->current;
    const uint64_t one = 1ull << HELIOS_TAG_CAPS_SHIFT;
    struct task *next = NULL;
    struct object *object;
    uint64_t badge = 0;
    if (helios_tag_caps(tag) == 1 && cpu->shares_kernel == 0 &&
        ipc_fast_read(slot, HELIOS_TYPE_ENDPOINT, HELIOS_RIGHT_WRITE | HELIOS_RIGHT_GRANT, &object,
                      &badge) &&
        is_long(current, tag - one, 0)) {
        next = ipc_fast_call_cap(cpu, current, object, tag);
    }
    return next != NULL ? hand_over(cpu, current, next, badge, tag, p0, p1, p2, p3)
                        : dispatch_call(slot, tag, p0, p1, p2, p3);
}

// One that carries a capability, or more than registers hold.
WAY long_call(struct slot *slot, uint64_t tag, uint64_t p0, uint64_t p1, uint64_t p2, uint64_t p3) {
    if (helios_tag_caps(tag) != 0) {
        return call_with_cap(slot, tag, p0, p1, p2, p3);
    }
    struct percpu *cpu = arch_percpu();
    struct task *current = cpu->current;
    struct task *next = NULL;
    uint64_t word;
    uint64_t badge = 0;
    if (ipc_fast_peek(slot, HELIOS_TYPE_ENDPOINT, HELIOS_RIGHT_WRITE, &word) &&
        is_long(current, tag, 0)) {
        next = ipc_fast_call(cpu, current, slot, word, true, tag, &badge);
    }
    return next != NULL ? hand_over(cpu, current, next, badge, tag, p0, p1, p2, p3)
                        : dispatch_call(slot, tag, p0, p1, p2, p3);
}

// By what is called. Null: the refusal is the ordinary way's.
static const object_fast_way call_ways[HELIOS_TYPE_COUNT] = {
    [HELIOS_TYPE_NULL] = dispatch_call,          [HELIOS_TYPE_MEMORY] = object_fast_memory,
    [HELIOS_TYPE_DEVICE_MEMORY] = dispatch_call, [HELIOS_TYPE_CSPACE] = object_fast_cspace,
    [HELIOS_TYPE_VSPACE] = object_fast_vspace,   [HELIOS_TYPE_TABLE_0] = dispatch_call,
    [HELIOS_TYPE_TABLE_1] = dispatch_call,       [HELIOS_TYPE_TABLE_2] = dispatch_call,
    [HELIOS_TYPE_PAGE] = dispatch_call,          [HELIOS_TYPE_TASK] = dispatch_call,
    [HELIOS_TYPE_ENDPOINT] = long_call,          [HELIOS_TYPE_NOTIFICATION] = dispatch_call,
    [HELIOS_TYPE_REPLY] = dispatch_call,         [HELIOS_TYPE_ASID_CONTROL] = dispatch_call,
    [HELIOS_TYPE_ASID_POOL] = dispatch_call,     [HELIOS_TYPE_IO_CONTROL] = dispatch_call,
    [HELIOS_TYPE_IO_PORT] = dispatch_call,       [HELIOS_TYPE_IRQ_CONTROL] = dispatch_call,
    [HELIOS_TYPE_IRQ_HANDLER] = dispatch_call,   [HELIOS_TYPE_POWER] = dispatch_call,
};

WAY call_other(struct slot *slot, uint64_t tag, uint64_t p0, uint64_t p1, uint64_t p2,
               uint64_t p3) {
    return call_ways[slot_word_type(slot_word(slot))](slot, tag, p0, p1, p2, p3);
}

// To the caller, if nobody else is ready. NULL: nothing has been done.
IPC_FAST struct arch_task *receive(struct task *current, bool is_long, uint64_t capability,
                                   uint64_t tag, uint64_t p0, uint64_t p1, uint64_t p2,
                                   uint64_t p3) {
    struct percpu *cpu = arch_percpu();
    struct slot *slot;
    uint64_t word;
    if (!ipc_fast_find(current, capability, HELIOS_TYPE_ENDPOINT, HELIOS_RIGHT_READ, &slot,
                       &word)) {
        return NULL;
    }
    struct task *next = ipc_fast_receive(cpu, current, slot, word, is_long, tag);
    if (next == NULL) {
        return NULL;
    }
    tag ^= (uint64_t)HELIOS_FLAG_REPLY << HELIOS_TAG_FLAGS_SHIFT;
    if (!ipc_fast_expect(cpu->ready_mask == 0)) {
        arch_task_set_message(&next->arch, 0, tag, p0, p1, p2, p3);
        return resume_carefully(next);
    }
    return go_to(cpu, current, next, 0, tag, p0, p1, p2, p3);
}

WAY long_recv(uint64_t capability, uint64_t tag, uint64_t p0, uint64_t p1, uint64_t p2,
              uint64_t p3) {
    struct arch_task *next =
        is_long(arch_percpu()->current, tag, HELIOS_FLAG_REPLY)
            ? receive(arch_percpu()->current, true, capability, tag, p0, p1, p2, p3)
            : NULL;
    return next != NULL ? next : syscall_dispatch(capability, tag, p0, p1, p2, p3, HELIOS_SYS_RECV);
}

ARCH_WAY(kernel_call) {
    latency_begin(HELIOS_SYS_CALL, capability, tag);
    struct percpu *cpu = arch_percpu();
    struct task *current = ARCH_WAY_CURRENT;
    struct slot *slot;
    if (!ipc_fast_slot(current, capability, &slot)) {
        return refuse_call(capability, tag, p0, p1, p2, p3);
    }
    uint64_t word;
    uint64_t badge;
    if (!ipc_fast_peek(slot, HELIOS_TYPE_ENDPOINT, HELIOS_RIGHT_WRITE, &word)) {
        return call_other(slot, tag, p0, p1, p2, p3);
    }
    __asm__ volatile(""); // one after the other: what is no endpoint does not look at the tag
    if (!ipc_fast_expect(ipc_fast_tag(tag, 0, HELIOS_REGISTER_PARAMS))) {
        return call_other(slot, tag, p0, p1, p2, p3);
    }
    struct task *next = ipc_fast_call(cpu, current, slot, word, false, tag, &badge);
    if (next == NULL) {
        return dispatch_call(slot, tag, p0, p1, p2, p3);
    }
    return hand_over(cpu, current, next, badge, tag, p0, p1, p2, p3);
}

ARCH_WAY(kernel_recv) {
    latency_begin(HELIOS_SYS_RECV, capability, tag);
    if (ipc_fast_expect(ipc_fast_tag(tag, HELIOS_FLAG_REPLY, HELIOS_REGISTER_PARAMS))) {
        struct arch_task *next = receive(ARCH_WAY_CURRENT, false, capability, tag, p0, p1, p2, p3);
        if (next != NULL) {
            return next;
        }
    }
    return long_recv(capability, tag, p0, p1, p2, p3);
}

// signal and wait say nothing but their capability: what registers hold beside it is not looked at.
WAY long_signal(uint64_t capability, uint64_t tag) {
    return syscall_dispatch(capability, tag, 0, 0, 0, 0, HELIOS_SYS_SIGNAL);
}

WAY long_wait(uint64_t capability, uint64_t tag) {
    return syscall_dispatch(capability, tag, 0, 0, 0, 0, HELIOS_SYS_WAIT);
}

WAY go_back_with_timer(struct task *current) {
    sched_program_timer(arch_percpu());
    arch_task_set_message(&current->arch, 0, 0, 0, 0, 0, 0);
    latency_end();
    return &current->arch;
}

// Somebody else has been woken. One who is no better than who has signalled queues.
WAY wake_other(struct task *woken) {
    struct percpu *cpu = arch_percpu();
    struct task *current = cpu->current;
    arch_task_set_message(&current->arch, 0, 0, 0, 0, 0, 0);
    return sched_resume(sched_prefer(current, woken));
}

// The same for the case that he has the same priority, as nobody else that is ready, and none is
// better: from now on the two share the CPU.
IPC_FAST struct arch_task *wake(struct percpu *cpu, struct task *current, struct task *woken,
                                uint64_t bits) {
    arch_task_set_message(&woken->arch, bits, helios_tag(HELIOS_OK, 0, 1, 0), bits, 0, 0, 0);
    const unsigned priority = current->priority;
    if (!ipc_fast_expect(woken->priority == priority) ||
        !ipc_fast_expect(cpu->ready_mask >> priority == 0) ||
        !ipc_fast_expect(cpu->shares_kernel == 0)) {
        return wake_other(woken);
    }
    sched_append_first(cpu, woken, priority);
    if (!ipc_fast_expect(!sched_begin_slice(cpu, current))) {
        return go_back_with_timer(current);
    }
    return go_back(current, 0, 0, 0);
}

ARCH_WAY(kernel_signal) {
    latency_begin(HELIOS_SYS_SIGNAL, capability, tag);
    struct percpu *cpu = arch_percpu();
    struct task *current = ARCH_WAY_CURRENT;
    struct slot *slot;
    uint64_t word;
    struct task *woken;
    uint64_t bits;
    if (!ipc_fast_expect(tag >> HELIOS_TAG_CAPS_SHIFT == 0) ||
        !ipc_fast_find(current, capability, HELIOS_TYPE_NOTIFICATION, HELIOS_RIGHT_WRITE, &slot,
                       &word) ||
        !ipc_fast_signal(cpu, slot, word, &woken, &bits)) {
        return long_signal(capability, tag);
    }
    return woken == NULL ? go_back(current, 0, 0, 0) : wake(cpu, current, woken, bits);
}

ARCH_WAY(kernel_wait) {
    latency_begin(HELIOS_SYS_WAIT, capability, tag);
    struct task *current = ARCH_WAY_CURRENT;
    struct slot *slot;
    uint64_t word;
    if (!ipc_fast_expect(tag >> HELIOS_TAG_CAPS_SHIFT == 0) ||
        !ipc_fast_find(current, capability, HELIOS_TYPE_NOTIFICATION, HELIOS_RIGHT_READ, &slot,
                       &word)) {
        return long_wait(capability, tag);
    }
    uint64_t bits;
    enum ipc_fast_wait result = ipc_fast_wait(current, slot, word, &bits);
    if (ipc_fast_expect(result == IPC_FAST_TAKEN)) {
        return go_back(current, bits, helios_tag(HELIOS_OK, 0, 1, 0), bits);
    }
    return result == IPC_FAST_BLOCKED ? take_next(current) : long_wait(capability, tag);
}

WAY long_yield(void) {
    struct task *current = arch_percpu()->current;
    arch_task_set_message(&current->arch, 0, helios_tag(HELIOS_OK, 0, 1, 0), 0, 0, 0, 0);
    return sched_resume(sched_yield_current());
}

// Not in the table of handlers.
ARCH_WAY(kernel_yield) {
    latency_begin(HELIOS_SYS_YIELD, 0, 0);
    const struct percpu *cpu = arch_percpu();
    struct task *current = ARCH_WAY_CURRENT;
    if (!ipc_fast_expect(cpu->ready_mask >> current->priority == 0) ||
        !ipc_fast_expect(cpu->reschedule == 0)) {
        return long_yield();
    }
    return go_back(current, 0, helios_tag(HELIOS_OK, 0, 1, 0), 0);
}

struct arch_task *kernel_syscall(uint64_t capability, uint64_t tag, uint64_t p0, uint64_t p1,
                                 uint64_t p2, uint64_t p3, uint64_t number) {
    switch (number) {
    case HELIOS_SYS_CALL:
        return ARCH_WAY_CALL(kernel_call, capability, tag, p0, p1, p2, p3);
    case HELIOS_SYS_RECV:
        return ARCH_WAY_CALL(kernel_recv, capability, tag, p0, p1, p2, p3);
    case HELIOS_SYS_SIGNAL:
        return ARCH_WAY_CALL(kernel_signal, capability, tag, p0, p1, p2, p3);
    case HELIOS_SYS_WAIT:
        return ARCH_WAY_CALL(kernel_wait, capability, tag, p0, p1, p2, p3);
    case HELIOS_SYS_YIELD:
        return ARCH_WAY_CALL(kernel_yield, capability, tag, p0, p1, p2, p3);
    default:
        latency_begin(number, capability, tag);
        return syscall_dispatch(capability, tag, p0, p1, p2, p3, number);
    }
}

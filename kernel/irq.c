// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/irq.h"

#include <assert.h>
#include <stddef.h>

#include "arch/include/interrupt.h"
#include "kernel/cspace.h"
#include "kernel/ipc.h"
#include "kernel/memory.h"
#include "kernel/operation.h"
#include "kernel/percpu.h"
#include "kernel/physmem.h"
#include "kernel/reaper.h"
#include "kernel/smp.h"

static_assert((unsigned)HELIOS_IRQ_TRIGGER_LEVEL == IRQ_LEVEL &&
                  (unsigned)HELIOS_IRQ_ACTIVE_LOW == IRQ_LOW,
              "uapi and arch agree");

#define TRIGGER_ALL (IRQ_LEVEL | IRQ_LOW)

static struct object control; // its lock guards `issued`
// A bit per source: its handler has been issued and means something. The others have never been
// written: boot does not sweep them.
static uint64_t *issued;
// A bit per source: its handler has been issued before. Its locks may be in use for ever: another
// CPU may still be raising what it was when it is issued again.
static uint64_t *known;
static struct irq_handler *handlers;
static uint32_t sources; // their number

bool irq_init(void) {
    uint64_t count = arch_irq_count();
    uint64_t words = (count + 63) / 64;
    uint64_t bytes = align_up(2 * words * sizeof(uint64_t) + count * sizeof(struct irq_handler),
                              KERNEL_PAGE_SIZE);
    uint64_t physical = physmem_alloc(bytes, KERNEL_PAGE_SIZE);
    if (physical == 0) {
        return false;
    }
    sources = (uint32_t)count;
    issued = arch_direct(physical);
    known = issued + words;
    handlers = (struct irq_handler *)(known + words);
    memory_zero(issued, 2 * words * sizeof(uint64_t));
    memory_zero(&control, sizeof(control));
    object_init(&control, HELIOS_TYPE_IRQ_CONTROL, NULL);
    control.lock.rank = LOCK_IRQ_CONTROL;
    return true;
}

struct object *irq_control(void) {
    return &control;
}

static bool is_issued(uint32_t irq) {
    return (__atomic_load_n(&issued[irq / 64], __ATOMIC_ACQUIRE) >> irq % 64 & 1) != 0;
}

static void set_issued(uint32_t irq, bool value) {
    uint64_t bit = 1ull << irq % 64;
    uint64_t word = value ? issued[irq / 64] | bit : issued[irq / 64] & ~bit;
    __atomic_store_n(&issued[irq / 64], word, __ATOMIC_RELEASE);
}

// Nobody has it, and nobody is being given it either.
static bool is_stray(uint32_t irq) {
    if (is_issued(irq)) {
        return false;
    }
    lock_acquire(&control.lock);
    bool is_still = !is_issued(irq);
    if (is_still) {
        arch_irq_done(irq);
        arch_irq_disable(irq);
    }
    lock_release(&control.lock);
    return is_still;
}

struct task *irq_raise(uint32_t irq) {
    if (irq >= sources || is_stray(irq)) {
        return NULL;
    }
    struct irq_handler *handler = &handlers[irq];
    lock_acquire(&handler->lock);
    struct object *notification = handler->notification.object;
    uint64_t badge = handler->notification.badge;
    handler->is_pending = notification != NULL;
    if (notification == NULL) {
        handler->is_enabled = 0;
        arch_irq_done(irq);
        arch_irq_disable(irq);
    }
    lock_release(&handler->lock);
    return notification != NULL ? notification_signal(notification_of(notification), badge) : NULL;
}

// Switched off, with nothing pending. The handler is locked.
static void quiet(struct irq_handler *handler) {
    if (handler->is_pending) {
        handler->is_pending = 0;
        arch_irq_done(handler->irq);
    }
    handler->is_enabled = 0;
    arch_irq_disable(handler->irq);
}

bool irq_handler_reap(struct object *object) {
    struct irq_handler *handler = irq_handler_of(object);
    lock_acquire(&handler->lock);
    quiet(handler);
    bool was_bound = handler->notification.object != NULL;
    reference_clear(&handler->notification);
    lock_release(&handler->lock);
    return !was_bound; // the Notification may have to be taken apart first
}

void irq_handler_release(struct object *object) {
    uint32_t irq = irq_handler_of(object)->irq;
    lock_acquire(&control.lock);
    arch_irq_release(irq);
    set_issued(irq, false);
    lock_release(&control.lock);
}

void irq_drop_reference(const struct reference_place *place) {
    struct irq_handler *handler =
        (struct irq_handler *)((uint8_t *)place->reference -
                               offsetof(struct irq_handler, notification));
    lock_acquire(&handler->lock);
    if (reference_lock(place)) {
        reference_clear_locked(place);
    }
    lock_release(&handler->lock);
}

// Before anybody learns where to send: what its last owner was sent does not come.
static void settle(uint64_t cpu) {
    const uint64_t cpus = 1ull << cpu;
    smp_flush((struct flush_request){.kind = FLUSH_MESSAGES}, &cpus);
}

// IRQControl. ----------------------------------------------------------------------------------

// A configured source becomes an object with its first capability. `trigger`: of a line; `device`:
// of a message.
static void make_handler(uint32_t irq, uint8_t trigger, uint32_t device, struct slot *slot) {
    struct irq_handler *handler = &handlers[irq];
    if ((known[irq / 64] >> irq % 64 & 1) == 0) {
        known[irq / 64] |= 1ull << irq % 64;
        memory_zero(handler, sizeof(*handler));
        object_init(&handler->object, HELIOS_TYPE_IRQ_HANDLER, NULL);
        handler->lock.rank = LOCK_SPACE;
        handler->irq = irq;
    }
    lock_acquire(&handler->lock);
    handler->trigger = trigger;
    handler->device = device;
    lock_release(&handler->lock);
    set_issued(irq, true);
    cap_make(slot, &handler->object, HELIOS_RIGHT_ALL, 0);
}

static bool check_cpu(struct task *current, unsigned param, uint64_t cpu) {
    if (cpu >= percpu_count()) {
        answer_error(current, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + param, cpu,
                     percpu_count() - 1);
        return false;
    }
    bool is_online = cpu < SMP_MAX_CPUS && (smp_online() >> cpu & 1) != 0;
    if (!is_online || !arch_irq_reaches((uint32_t)cpu)) {
        answer_error(current, HELIOS_ERROR_UNSUPPORTED, HELIOS_ARGUMENT_PARAM + param, cpu, 0);
        return false;
    }
    return true;
}

static bool check_line(struct task *current, uint64_t line) {
    uint32_t lines = arch_irq_lines();
    if (line >= lines) {
        answer_error(current, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM, line,
                     lines == 0 ? 0 : lines - 1);
        return false;
    }
    if (!arch_irq_line_exists((uint32_t)line)) {
        answer_error(current, HELIOS_ERROR_UNSUPPORTED, HELIOS_ARGUMENT_PARAM, line, 0);
        return false;
    }
    return true;
}

// What is missing may be what somebody has just let go of.
static struct task *refuse_issue(struct task *current, const struct slot_view *slot,
                                 const struct syscall *call, struct slot *received,
                                 const struct refusal *refusal) {
    cspace_release_slot(received);
    if (refusal->error != HELIOS_ERROR_UNSUPPORTED && reaper_has_work()) {
        return operation_retry(current, slot, call);
    }
    return answer_refusal(current, refusal);
}

static struct task *issue(struct task *current, const struct slot_view *slot,
                          const struct syscall *call) {
    uint64_t line = call->params[0];
    uint64_t trigger = call->params[1];
    uint64_t cpu = call->params[2];
    if (!check_line(current, line)) {
        return current;
    }
    if ((trigger & ~(uint64_t)TRIGGER_ALL) != 0) {
        return answer_error(current, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + 1, trigger,
                            TRIGGER_ALL);
    }
    if (!check_cpu(current, 2, cpu)) {
        return current;
    }
    struct slot *received;
    struct refusal refusal = {.error = HELIOS_OK};
    if (!cspace_take_receive_slots(current, 1, &received, &refusal)) {
        return answer_refusal(current, &refusal);
    }
    uint32_t irq = (uint32_t)line;
    lock_acquire(&control.lock);
    if (is_issued(irq)) {
        refusal = (struct refusal){HELIOS_ERROR_OCCUPIED, HELIOS_ARGUMENT_PARAM, line, 0};
    } else if (!arch_irq_configure(irq, (unsigned)trigger, (uint32_t)cpu)) {
        refusal = (struct refusal){HELIOS_ERROR_UNSUPPORTED, HELIOS_ARGUMENT_PARAM + 1, trigger, 0};
    } else {
        make_handler(irq, (uint8_t)trigger, 0, received);
    }
    lock_release(&control.lock);
    if (refusal.error != HELIOS_OK) {
        return refuse_issue(current, slot, call, received, &refusal);
    }
    settle(cpu);
    cspace_report_slots(current, 1, &received);
    return answer_caps(current, 1, 0, 0, 0);
}

// The first message that nobody has; arch_irq_count(): none.
static uint32_t find_message(void) {
    uint32_t irq = arch_irq_lines();
    uint32_t count = arch_irq_count();
    while (irq < count && is_issued(irq)) {
        // 64 at a time where all of them are taken.
        irq += irq % 64 == 0 && issued[irq / 64] == ~0ull ? 64 : 1;
    }
    return irq < count ? irq : count;
}

static struct task *issue_msi(struct task *current, const struct slot_view *slot,
                              const struct syscall *call) {
    uint64_t device = call->params[0];
    uint64_t cpu = call->params[1];
    if (device > UINT32_MAX) {
        return answer_error(current, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM, device, UINT32_MAX);
    }
    if (!check_cpu(current, 1, cpu)) {
        return current;
    }
    struct slot *received;
    struct refusal refusal = {.error = HELIOS_OK};
    if (!cspace_take_receive_slots(current, 1, &received, &refusal)) {
        return answer_refusal(current, &refusal);
    }
    uint64_t address = 0;
    uint32_t data = 0;
    lock_acquire(&control.lock);
    uint32_t irq = find_message();
    if (irq == arch_irq_count()) {
        refusal = (struct refusal){HELIOS_ERROR_NO_SLOT, HELIOS_ARGUMENT_CAPABILITY,
                                   irq - arch_irq_lines(), 0};
    } else if (!arch_irq_configure_msi(irq, (uint32_t)device, (uint32_t)cpu, &address, &data)) {
        refusal = (struct refusal){HELIOS_ERROR_UNSUPPORTED, HELIOS_ARGUMENT_PARAM, device, 0};
    } else {
        make_handler(irq, 0, (uint32_t)device, received);
    }
    lock_release(&control.lock);
    if (refusal.error != HELIOS_OK) {
        return refuse_issue(current, slot, call, received, &refusal);
    }
    settle(cpu);
    cspace_report_slots(current, 1, &received);
    return answer_caps(current, 1, 2, address, data);
}

static struct task *query(struct task *current, const struct slot_view *slot,
                          const struct syscall *call) {
    (void)slot;
    (void)call;
    return answer_values(current, 2, arch_irq_lines(), arch_irq_count() - arch_irq_lines(), 0, 0);
}

struct task *irq_control_invoke(struct task *current, const struct slot_view *slot,
                                const struct syscall *call) {
    static const struct invocation invocations[] = {
        [HELIOS_IRQ_CONTROL_ISSUE] = {issue, 0, 3, HELIOS_RIGHT_WRITE},
        [HELIOS_IRQ_CONTROL_ISSUE_MSI] = {issue_msi, 0, 2, HELIOS_RIGHT_WRITE},
        [HELIOS_IRQ_CONTROL_QUERY] = {query, 0, 0, HELIOS_RIGHT_READ},
    };
    return syscall_invoke(current, slot, call, invocations,
                          sizeof(invocations) / sizeof(invocations[0]));
}

// IRQHandler. ----------------------------------------------------------------------------------

// Locks the handler, unless it has begun to die since it was looked up: what is done to it after
// irq_handler_reap would stay until the source is issued again. false: current has its refusal.
static bool lock_handler(struct task *current, struct irq_handler *handler) {
    lock_acquire(&handler->lock);
    if (object_is_live(&handler->object)) {
        return true;
    }
    lock_release(&handler->lock);
    answer_error(current, HELIOS_ERROR_GONE, HELIOS_ARGUMENT_CAPABILITY, 0, 0);
    return false;
}

static struct task *bind(struct task *current, struct irq_handler *handler) {
    struct slot_view view;
    struct slot *source =
        syscall_cap(current, 0, HELIOS_TYPE_NOTIFICATION, HELIOS_RIGHT_WRITE, &view);
    if (source == NULL || !lock_handler(current, handler)) {
        return current;
    }
    bool is_bound = handler->notification.object != NULL;
    enum cap_result result = CAP_OK;
    if (!is_bound) {
        result =
            reference_set(&handler->notification, REFERENCE_IRQ_NOTIFICATION, source, view.version);
    }
    lock_release(&handler->lock);
    if (is_bound) {
        return answer_error(current, HELIOS_ERROR_OCCUPIED, HELIOS_ARGUMENT_CAPABILITY,
                            HELIOS_TYPE_NOTIFICATION, HELIOS_TYPE_NULL);
    }
    return result == CAP_OK ? answer(current, 0)
                            : answer_cap_result(current, result, HELIOS_ARGUMENT_CAP);
}

static struct task *acknowledge(struct task *current, struct irq_handler *handler) {
    if (!lock_handler(current, handler)) {
        return current;
    }
    if (handler->is_pending) {
        handler->is_pending = 0;
        arch_irq_done(handler->irq);
    }
    if (!handler->is_enabled) {
        handler->is_enabled = 1;
        arch_irq_enable(handler->irq);
    }
    lock_release(&handler->lock);
    return answer(current, 0);
}

static struct task *unbind(struct task *current, struct irq_handler *handler) {
    uint32_t depth = reaper_depth();
    lock_acquire(&handler->lock);
    bool is_bound = handler->notification.object != NULL;
    reference_clear(&handler->notification);
    lock_release(&handler->lock);
    if (!is_bound) {
        return answer_error(current, HELIOS_ERROR_STATE, HELIOS_ARGUMENT_CAPABILITY,
                            HELIOS_TYPE_NULL, HELIOS_TYPE_NOTIFICATION);
    }
    answer(current, 0);
    return reaper_finish(current, depth);
}

// Sends the source to another CPU. The handler is locked; the source is closed then.
static bool reroute(const struct irq_handler *handler, uint32_t cpu, uint64_t *address,
                    uint32_t *data) {
    return handler->irq < arch_irq_lines()
               ? arch_irq_configure(handler->irq, handler->trigger, cpu)
               : arch_irq_configure_msi(handler->irq, handler->device, cpu, address, data);
}

// What comes from now on is the handler's.
static void reopen(struct irq_handler *handler) {
    lock_acquire(&handler->lock);
    if (handler->is_enabled) {
        arch_irq_enable(handler->irq);
    }
    lock_release(&handler->lock);
}

static struct task *route(struct task *current, struct irq_handler *handler, uint64_t cpu) {
    if (!check_cpu(current, 0, cpu) || !lock_handler(current, handler)) {
        return current;
    }
    uint64_t address = 0;
    uint32_t data = 0;
    bool is_pending = handler->is_pending;
    bool is_done = !is_pending && reroute(handler, (uint32_t)cpu, &address, &data);
    lock_release(&handler->lock);
    if (is_pending) {
        return answer_error(current, HELIOS_ERROR_STATE, HELIOS_ARGUMENT_CAPABILITY, 1, 0);
    }
    if (!is_done) {
        return answer_error(current, HELIOS_ERROR_UNSUPPORTED, HELIOS_ARGUMENT_PARAM, cpu, 0);
    }
    settle(cpu);
    reopen(handler);
    return answer_values(current, 2, address, data, 0, 0);
}

struct task *irq_handler_invoke(struct task *current, const struct slot_view *slot,
                                const struct syscall *call) {
    struct irq_handler *handler = irq_handler_of(slot->object);
    uint32_t label = helios_tag_label(call->tag);
    if (label < HELIOS_IRQ_HANDLER_BIND || label > HELIOS_IRQ_HANDLER_ROUTE) {
        return answer_invocation(current, call);
    }
    if (!syscall_check(current, slot, call, label == HELIOS_IRQ_HANDLER_BIND,
                       label == HELIOS_IRQ_HANDLER_ROUTE, HELIOS_RIGHT_WRITE)) {
        return current;
    }
    switch (label) {
    case HELIOS_IRQ_HANDLER_BIND:
        return bind(current, handler);
    case HELIOS_IRQ_HANDLER_ACK:
        return acknowledge(current, handler);
    case HELIOS_IRQ_HANDLER_UNBIND:
        return unbind(current, handler);
    default:
        return route(current, handler, call->params[0]);
    }
}

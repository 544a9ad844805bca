// SPDX-License-Identifier: GPL-3.0-only
//
// How a message gets from one task to another.
//
// Tag and the first four parameters are in the sender's struct task. The other parameters and the
// addresses of capabilities are in its IPC buffer until the moment of delivery, which may come long
// after the send: nothing is set aside for them, and each word is read once, then. A program that
// changes them meanwhile (from another thread) changes the message, and one that makes them
// invalid makes its own send fail; it can't hurt anybody else.
//
// Everything that can be wrong is found before anything is changed, with one exception on machines
// with several CPUs: a capability can be destroyed by another CPU between the check and its copy.
// What has been copied is taken back then.
#include <stddef.h>

#include "kernel/check.h"
#include "kernel/cspace.h"
#include "kernel/ipc_wait.h"
#include "kernel/irq.h"
#include "kernel/memory.h"
#include "kernel/smp.h"

// The capabilities of one message.
struct cargo {
    unsigned count;
    unsigned wrapped; // how many need a slot: all that are not `through` itself
    struct slot *sources[HELIOS_MAX_CAPS];
    struct slot_view views[HELIOS_MAX_CAPS]; // what was in them when the message was checked
    struct slot *slots[HELIOS_MAX_CAPS];     // where the wrapped ones go
};

static bool find_source(struct cspace *cspace, const struct helios_ipc_buffer *buffer,
                        struct cargo *cargo, unsigned i, const struct object *through,
                        struct refusal *problem) {
    uint64_t address = *(const volatile uint64_t *)&buffer->caps[i];
    struct slot *source = cspace_slot(cspace, address);
    const struct slot_view view =
        source != NULL ? slot_read(source) : (struct slot_view){.word = 0};
    if (view.object == NULL || slot_word_type(view.word) == HELIOS_TYPE_NULL) {
        uint64_t count = cspace != NULL ? cspace->slot_count : 0;
        return ipc_refuse(problem, HELIOS_ERROR_CAPABILITY, HELIOS_ARGUMENT_CAP + i, address,
                          count);
    }
    cargo->sources[i] = source;
    cargo->views[i] = view;
    const struct object *object = view.object;
    if (!object_is_live(object)) {
        return ipc_refuse(problem, HELIOS_ERROR_GONE, HELIOS_ARGUMENT_CAP + i, 0, 0);
    }
    if (object != through) {
        if (object_is_revoking(object)) {
            return ipc_refuse(problem, HELIOS_ERROR_BUSY, HELIOS_ARGUMENT_CAP + i, 0, 0);
        }
        cargo->wrapped++;
    }
    return true;
}

static bool find_sources(const struct task *from, const struct helios_ipc_buffer *buffer,
                         struct cargo *cargo, const struct object *through,
                         struct refusal *problem) {
    struct cspace *cspace = task_cspace(from);
    cargo->count = helios_tag_caps(from->tag);
    cargo->wrapped = 0;
    for (unsigned i = 0; i < cargo->count; i++) {
        if (!find_source(cspace, buffer, cargo, i, through, problem)) {
            return false;
        }
    }
    return true;
}

bool transfer_check_sources(struct task *from, const struct object *through,
                            struct refusal *problem) {
    struct cargo cargo;
    return find_sources(from, from->buffer, &cargo, through, problem);
}

// The sender is told what kind of trouble the receiver has with its slots, not where it has them.
static bool take_slots(struct task *to, const struct helios_ipc_buffer *target, struct cargo *cargo,
                       struct refusal *problem) {
    if (cargo->wrapped == 0) {
        return true;
    }
    struct refusal own;
    if (!cspace_take_offered_slots(task_cspace(to), target, cargo->wrapped, cargo->slots, &own)) {
        return ipc_refuse(problem, HELIOS_ERROR_RECEIVER, HELIOS_ARGUMENT_RECEIVE, own.error,
                          cargo->wrapped);
    }
    return true;
}

// So many of the capabilities have been dealt with.
static void pause_after(unsigned parts) {
    enum { FIRST = 4 }; // all have been looked up before, and have got their slots
    if (parts >= FIRST && parts % IRQ_WINDOW_PARTS == FIRST) {
        irq_window();
    }
}

// The first `made` slots hold copies: everything is given back.
static void give_back(struct cargo *cargo, unsigned made) {
    for (unsigned i = 0; i < cargo->wrapped; i++) {
        pause_after(i);
        if (i < made) {
            cap_delete(cargo->slots[i]);
        }
        cspace_release_slot(cargo->slots[i]);
    }
}

static bool copy_caps(struct cargo *cargo, const struct object *through, struct refusal *problem) {
    unsigned made = 0;
    for (unsigned i = 0; i < cargo->count; i++) {
        const struct slot_view *view = &cargo->views[i];
        if (view->object == through) {
            continue;
        }
        pause_after(made);
        if (cap_copy(cargo->slots[made], cargo->sources[i], view->version, view->rights,
                     view->badge) != CAP_OK) {
            give_back(cargo, made);
            return ipc_refuse(problem, HELIOS_ERROR_BUSY, HELIOS_ARGUMENT_CAP + i, 0, 0);
        }
        made++;
    }
    return true;
}

// Tells the receiver where they are.
static void report_caps(struct helios_ipc_buffer *target, const struct cargo *cargo,
                        const struct object *through) {
    uint64_t unwrapped = 0;
    unsigned slot = 0;
    for (unsigned i = 0; i < cargo->count; i++) {
        if (cargo->views[i].object == through) {
            unwrapped |= 1ull << i;
            target->caps[i] = cargo->views[i].badge;
        } else {
            target->caps[i] = cspace_address(cargo->slots[slot++]);
        }
    }
    target->unwrapped = unwrapped;
}

static bool carry_caps(struct task *from, const struct helios_ipc_buffer *source, struct task *to,
                       struct helios_ipc_buffer *target, const struct object *through,
                       struct refusal *problem) {
    struct cargo cargo;
    if (!find_sources(from, source, &cargo, through, problem) ||
        !take_slots(to, target, &cargo, problem) || !copy_caps(&cargo, through, problem)) {
        return false;
    }
    report_caps(target, &cargo, through);
    return true;
}

// What stands in buffers: parameters from the fifth on, capabilities.
static bool carry_long(struct task *from, struct task *to, const struct object *through,
                       struct refusal *problem) {
    unsigned params = helios_tag_params(from->tag);
    unsigned caps = helios_tag_caps(from->tag);
    // One of the two may be of another CPU, which is just giving it another buffer or CSpace: that
    // waits until this is done (ipc_let_copy). So each is looked up once, and is used as it was.
    smp_fence();
    const struct helios_ipc_buffer *source = task_buffer(from);
    struct helios_ipc_buffer *target = task_buffer(to);
    if (source == NULL) {
        return ipc_refuse(problem, HELIOS_ERROR_BUFFER, HELIOS_ARGUMENT_NONE, 0, 0);
    }
    if (target == NULL) {
        return caps > 0 ? ipc_refuse(problem, HELIOS_ERROR_RECEIVER, HELIOS_ARGUMENT_RECEIVE,
                                     HELIOS_ERROR_BUFFER, caps)
                        : ipc_refuse(problem, HELIOS_ERROR_RECEIVER, HELIOS_ARGUMENT_PARAM_COUNT,
                                     params, HELIOS_REGISTER_PARAMS);
    }
    if (caps > 0 && !carry_caps(from, source, to, target, through, problem)) {
        return false;
    }
    if (params > HELIOS_REGISTER_PARAMS && source != target) {
        memory_copy(&target->params[HELIOS_REGISTER_PARAMS],
                    &source->params[HELIOS_REGISTER_PARAMS],
                    (params - HELIOS_REGISTER_PARAMS) * sizeof(uint64_t));
    }
    return true;
}

static_assert(ARCH_REGISTER_COUNT + HELIOS_REGISTER_PARAMS <= HELIOS_MAX_PARAMS,
              "a fault message holds all registers");

// A fault message brings the registers as they are now. A receiver without a buffer learns what
// fits into its own registers.
static void carry_fault(struct task *from, struct task *to, unsigned flags) {
    unsigned count = 0;
    smp_fence();
    struct helios_ipc_buffer *target = task_buffer(to);
    if (target != NULL) {
        count = ARCH_REGISTER_COUNT;
        arch_task_get_registers(&from->arch, &target->params[HELIOS_REGISTER_PARAMS]);
    }
    arch_task_set_message(&to->arch, from->badge,
                          helios_tag(helios_tag_label(from->tag), 0, HELIOS_REGISTER_PARAMS + count,
                                     flags | HELIOS_FLAG_FAULT),
                          from->params[0], from->params[1], from->params[2], count);
}

bool transfer_message(struct task *from, struct task *to, struct object *through, unsigned flags,
                      struct refusal *problem) {
    if (from->in_fault) {
        carry_fault(from, to, flags);
        return true;
    }
    bool is_short =
        helios_tag_caps(from->tag) == 0 && helios_tag_params(from->tag) <= HELIOS_REGISTER_PARAMS;
    if (!is_short && !carry_long(from, to, through, problem)) {
        return false;
    }
    uint64_t tag = (from->tag & IPC_TAG_MESSAGE) | (uint64_t)flags << HELIOS_TAG_FLAGS_SHIFT;
    arch_task_set_message(&to->arch, through != NULL ? from->badge : 0, tag, from->params[0],
                          from->params[1], from->params[2], from->params[3]);
    return true;
}

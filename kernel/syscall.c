// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/syscall.h"

#include <stddef.h>

#include "kernel/check.h"
#include "kernel/console.h"
#include "kernel/entry.h"
#include "kernel/io_port.h"
#include "kernel/memory.h"
#include "kernel/percpu.h"
#include "kernel/power.h"

struct task *answer(struct task *task, uint64_t value) {
    struct message_registers registers = {
        .tag = helios_tag(HELIOS_OK, 0, 1, 0),
        .params = {value},
    };
    arch_task_set_result(&task->arch, &registers);
    return task;
}

struct task *answer_error(struct task *task, enum helios_error error, unsigned argument,
                          uint64_t found, uint64_t wanted) {
    struct message_registers registers = {
        .tag = helios_tag(error, 0, 3, 0),
        .params = {argument, found, wanted},
    };
    arch_task_set_result(&task->arch, &registers);
    return task;
}

struct task *answer_count(struct task *task, const struct syscall *call, uint32_t caps,
                          uint32_t params) {
    if (helios_tag_caps(call->tag) != caps) {
        return answer_error(task, HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_CAP_COUNT,
                            helios_tag_caps(call->tag), caps);
    }
    if (helios_tag_params(call->tag) != params) {
        return answer_error(task, HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_PARAM_COUNT,
                            helios_tag_params(call->tag), params);
    }
    return answer_error(task, HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_FLAGS,
                        helios_tag_flags(call->tag), 0);
}

struct task *answer_invocation(struct task *task, const struct syscall *call) {
    return answer_error(task, HELIOS_ERROR_INVOCATION, HELIOS_ARGUMENT_LABEL,
                        helios_tag_label(call->tag), 0);
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
    console_write(current->buffer->text, length);
    return answer(current, length);
}

static struct task *yield(struct task *current, const struct syscall *call) {
    (void)call;
    return answer(current, 0);
}

static struct task *refuse_capability(struct task *current, const struct syscall *call) {
    return answer_error(current, HELIOS_ERROR_CAPABILITY, HELIOS_ARGUMENT_CAPABILITY,
                        call->capability, CSPACE_SLOTS);
}

static struct task *identify(struct task *current, const struct syscall *call) {
    if (call->capability >= CSPACE_SLOTS) {
        return refuse_capability(current, call);
    }
    // A Null slot is an answer too.
    return answer(current, current->cspace->slots[call->capability].type);
}

static struct task *call_object(struct task *current, const struct syscall *call) {
    static const object_handler handlers[HELIOS_TYPE_COUNT] = {
        [HELIOS_TYPE_IO_PORT] = io_port_invoke,
        [HELIOS_TYPE_POWER] = power_invoke,
    };
    const struct capability *capability = cspace_lookup(current->cspace, call->capability);
    if (capability == NULL) {
        return refuse_capability(current, call);
    }
    CHECK(capability->type < HELIOS_TYPE_COUNT && handlers[capability->type] != NULL);
    return handlers[capability->type](current, capability, call);
}

// The system calls on endpoints, notifications and replies: no capability of these types exists
// yet, so whatever is there is of the wrong type.
static struct task *refuse_type(struct task *current, const struct syscall *call) {
    static const uint8_t wanted[HELIOS_SYS_COUNT] = {
        [HELIOS_SYS_SEND] = HELIOS_TYPE_ENDPOINT,
        [HELIOS_SYS_RECV] = HELIOS_TYPE_ENDPOINT,
        [HELIOS_SYS_REPLY] = HELIOS_TYPE_REPLY,
        [HELIOS_SYS_SIGNAL] = HELIOS_TYPE_NOTIFICATION,
        [HELIOS_SYS_WAIT] = HELIOS_TYPE_NOTIFICATION,
        [HELIOS_SYS_NBSEND] = HELIOS_TYPE_ENDPOINT,
        [HELIOS_SYS_NBRECV] = HELIOS_TYPE_ENDPOINT,
        [HELIOS_SYS_NBWAIT] = HELIOS_TYPE_NOTIFICATION,
    };
    const struct capability *capability = cspace_lookup(current->cspace, call->capability);
    if (capability == NULL) {
        return refuse_capability(current, call);
    }
    return answer_error(current, HELIOS_ERROR_TYPE, HELIOS_ARGUMENT_CAPABILITY, capability->type,
                        wanted[call->number]);
}

static struct task *refuse_poll(struct task *current, const struct syscall *call) {
    return answer_error(current, HELIOS_ERROR_UNSUPPORTED, HELIOS_ARGUMENT_NUMBER, call->number, 0);
}

static struct task *refuse_number(struct task *current, const struct syscall *call) {
    return answer_error(current, HELIOS_ERROR_SYSCALL, HELIOS_ARGUMENT_NUMBER, call->number,
                        HELIOS_SYS_COUNT);
}

static const syscall_handler handlers[HELIOS_SYS_COUNT] = {
    [HELIOS_SYS_WRITECONS] = writecons, [HELIOS_SYS_YIELD] = yield,
    [HELIOS_SYS_IDENTIFY] = identify,   [HELIOS_SYS_SEND] = refuse_type,
    [HELIOS_SYS_RECV] = refuse_type,    [HELIOS_SYS_CALL] = call_object,
    [HELIOS_SYS_REPLY] = refuse_type,   [HELIOS_SYS_SIGNAL] = refuse_type,
    [HELIOS_SYS_WAIT] = refuse_type,    [HELIOS_SYS_NBSEND] = refuse_type,
    [HELIOS_SYS_NBRECV] = refuse_type,  [HELIOS_SYS_NBWAIT] = refuse_type,
    [HELIOS_SYS_POLL] = refuse_poll,    [HELIOS_SYS_POLLX] = refuse_poll,
};

struct arch_task *kernel_syscall(uint64_t capability, uint64_t tag, uint64_t p0, uint64_t p1,
                                 uint64_t p2, uint64_t p3, uint64_t number) {
    struct percpu *cpu = arch_percpu();
    CHECK(cpu->current != NULL && cpu->arch_current == &cpu->current->arch);
    struct syscall call = {
        .number = number,
        .capability = capability,
        .tag = tag,
        .params = {p0, p1, p2, p3},
    };
    syscall_handler handler = number < HELIOS_SYS_COUNT ? handlers[number] : refuse_number;
    return task_switch(cpu, handler(cpu->current, &call));
}

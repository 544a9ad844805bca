// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/io_port.h"

#include <stdbool.h>

#include "arch/include/device.h"
#include "kernel/console.h"
#include "kernel/cspace.h"
#include "kernel/memory.h"

// x86 has this many.
#define PORTS 0x10000ull

static struct object control;

struct object *io_control_init(void) {
    memory_zero(&control, sizeof(control));
    object_init(&control, HELIOS_TYPE_IO_CONTROL, NULL);
    return &control;
}

static struct task *answer_param(struct task *current, unsigned index, uint64_t found,
                                 uint64_t wanted) {
    return answer_error(current, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + index, found, wanted);
}

static struct task *issue(struct task *current, const struct slot_view *slot,
                          const struct syscall *call) {
    if (!arch_has_ports()) {
        return answer_error(current, HELIOS_ERROR_UNSUPPORTED, HELIOS_ARGUMENT_LABEL,
                            HELIOS_IO_CONTROL_ISSUE, 0);
    }
    uint64_t first = call->params[0];
    uint64_t count = call->params[1];
    if (first >= PORTS) {
        return answer_param(current, 0, first, PORTS - 1);
    }
    if (count == 0 || count > PORTS - first) {
        return answer_param(current, 1, count, count == 0 ? 1 : PORTS - first);
    }
    struct slot *received;
    struct refusal refusal;
    if (!cspace_take_receive_slots(current, 1, &received, &refusal)) {
        return answer_refusal(current, &refusal);
    }
    enum cap_result result =
        cap_issue(received, cspace_slot(current->cspace, call->capability), slot->version,
                  HELIOS_TYPE_IO_PORT, HELIOS_RIGHT_ALL, first | count << 32);
    if (result != CAP_OK) {
        cspace_release_slot(received);
        return answer_cap_result(current, result, HELIOS_ARGUMENT_CAPABILITY);
    }
    console_claim(DEVICE_PORT, first, count);
    cspace_report_slots(current, 1, &received);
    return answer_caps(current, 1, 0, 0, 0);
}

struct task *io_control_invoke(struct task *current, const struct slot_view *slot,
                               const struct syscall *call) {
    static const struct invocation invocations[] = {
        [HELIOS_IO_CONTROL_ISSUE] = {issue, 0, 2, HELIOS_RIGHT_WRITE},
    };
    return syscall_invoke(current, slot, call, invocations,
                          sizeof(invocations) / sizeof(invocations[0]));
}

struct access {
    unsigned width; // bytes; 0: no such invocation
    bool is_write;
};

static struct access decode(uint32_t label) {
    static const struct access accesses[] = {
        [HELIOS_IO_PORT_IN8] = {1, false},  [HELIOS_IO_PORT_IN16] = {2, false},
        [HELIOS_IO_PORT_IN32] = {4, false}, [HELIOS_IO_PORT_OUT8] = {1, true},
        [HELIOS_IO_PORT_OUT16] = {2, true}, [HELIOS_IO_PORT_OUT32] = {4, true},
    };
    if (label >= sizeof(accesses) / sizeof(accesses[0])) {
        return (struct access){0};
    }
    return accesses[label];
}

struct task *io_port_invoke(struct task *current, const struct slot_view *slot,
                            const struct syscall *call) {
    struct access access = decode(helios_tag_label(call->tag));
    if (access.width == 0) {
        return answer_invocation(current, call);
    }
    if (!syscall_check(current, slot, call, 0, access.is_write ? 2 : 1,
                       access.is_write ? HELIOS_RIGHT_WRITE : HELIOS_RIGHT_READ)) {
        return current;
    }
    uint64_t port = call->params[0];
    uint64_t first = slot->badge & UINT32_MAX;
    uint64_t count = slot->badge >> 32;
    if (port < first || port - first >= count || access.width > count - (port - first)) {
        return answer_param(current, 0, port, port < first ? first : first + count - 1);
    }
    if (port % access.width != 0) {
        return answer_error(current, HELIOS_ERROR_ALIGNMENT, HELIOS_ARGUMENT_PARAM, port,
                            access.width);
    }
    if (access.is_write) {
        arch_device_write(DEVICE_PORT, port, access.width, call->params[1]);
        return answer(current, 0);
    }
    return answer(current, arch_device_read(DEVICE_PORT, port, access.width));
}

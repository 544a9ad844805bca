// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/io_port.h"

#include <stdbool.h>

#include "arch/include/device.h"

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

struct task *io_port_invoke(struct task *current, const struct capability *capability,
                            const struct syscall *call) {
    struct access access = decode(helios_tag_label(call->tag));
    if (access.width == 0) {
        return answer_invocation(current, call);
    }
    uint32_t params = access.is_write ? 2 : 1;
    if (!syscall_takes(call, 0, params)) {
        return answer_count(current, call, 0, params);
    }
    uint64_t port = call->params[0];
    uint64_t first = capability->io_port.first;
    uint64_t count = capability->io_port.count;
    if (port < first || port - first >= count || access.width > count - (port - first)) {
        return answer_error(current, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM, port,
                            port < first ? first : first + count - 1);
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

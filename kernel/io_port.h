// SPDX-License-Identifier: GPL-3.0-only
//
// The IOPort object: a range of x86 I/O ports.
#ifndef HELIOS_KERNEL_IO_PORT_H
#define HELIOS_KERNEL_IO_PORT_H

#include "kernel/syscall.h"

#ifdef __cplusplus
extern "C" {
#endif

struct task *io_port_invoke(struct task *current, const struct capability *capability,
                            const struct syscall *call);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_IO_PORT_H

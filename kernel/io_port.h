// SPDX-License-Identifier: GPL-3.0-only
//
// IOControl and IOPort: ranges of x86 I/O ports. An IOPort is nothing but a capability: it is a
// member of IOControl's ring, and its range stands in the badge (first | count << 32).
#ifndef HELIOS_KERNEL_IO_PORT_H
#define HELIOS_KERNEL_IO_PORT_H

#include "kernel/syscall.h"

#ifdef __cplusplus
extern "C" {
#endif

// Boot: the control object, for init's capability.
struct object *io_control_init(void);

struct task *io_control_invoke(struct task *current, const struct slot_view *slot,
                               const struct syscall *call);
struct task *io_port_invoke(struct task *current, const struct slot_view *slot,
                            const struct syscall *call);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_IO_PORT_H

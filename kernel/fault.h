// SPDX-License-Identifier: GPL-3.0-only
//
// Faults of user programs: from the exception to the message, and from the answer back to the
// program (uapi/fault.h).
#ifndef HELIOS_KERNEL_FAULT_H
#define HELIOS_KERNEL_FAULT_H

#include <stdint.h>

#include "kernel/task.h"
#include "uapi/fault.h"
#include "uapi/message.h"
#include "uapi/syscall.h"

#ifdef __cplusplus
extern "C" {
#endif

// The answer to a task's fault message has come: what it says is done to the task, which is READY
// afterwards, in no queue, and suspended if the answer says nothing useful. `from` is the answering
// task's buffer; NULL: it has none.
void fault_answer(struct task *task, uint64_t tag, const uint64_t params[HELIOS_REGISTER_PARAMS],
                  const struct helios_ipc_buffer *from);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_FAULT_H

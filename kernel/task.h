// SPDX-License-Identifier: GPL-3.0-only
//
// A task: what the kernel knows of one thread of user code.
#ifndef HELIOS_KERNEL_TASK_H
#define HELIOS_KERNEL_TASK_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/include/port.h"
#include "kernel/cspace.h"
#include "kernel/percpu.h"
#include "uapi/message.h"

#ifdef __cplusplus
extern "C" {
#endif

// Only the CPU that runs the task changes it.
struct task {
    struct arch_task arch;            // first: ports know a task by this address
    uint64_t root;                    // physical address of the address space's root table
    struct cspace *cspace;            // never NULL
    struct helios_ipc_buffer *buffer; // in the direct map; NULL: the task has none
    char name[16];                    // for messages
};

// Makes `next` the task that runs on this CPU: its address space is active afterwards. Returns its
// register state, for the port to resume.
struct arch_task *task_switch(struct percpu *cpu, struct task *next);

static_assert(offsetof(struct task, arch) == 0, "struct arch_task * names a task");

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_TASK_H

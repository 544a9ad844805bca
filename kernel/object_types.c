// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/object_types.h"

#include "kernel/asid.h"
#include "kernel/cspace.h"
#include "kernel/device_memory.h"
#include "kernel/io_port.h"
#include "kernel/ipc.h"
#include "kernel/irq.h"
#include "kernel/power.h"
#include "kernel/task.h"
#include "kernel/vspace.h"

static_assert(sizeof(struct endpoint) <= 128 && sizeof(struct notification) <= 128 &&
                  sizeof(struct cspace) <= 128,
              "SLAB_128");
static_assert(sizeof(struct memory) <= 1024, "SLAB_1024");

#define TABLE_ROW(title)                                                                           \
    {                                                                                              \
        .name = (title),                                                                           \
        .invoke = table_invoke,                                                                    \
        .order = TABLE_ORDER,                                                                      \
        .allocatable = true,                                                                       \
        .units = 2,                                                                                \
        .object_offset = offsetof(struct table_block, table),                                      \
        .init = table_init,                                                                        \
        .reap = table_reap,                                                                        \
    }

const struct object_type object_types[HELIOS_TYPE_COUNT] = {
    [HELIOS_TYPE_NULL] = {.name = "Null"},
    [HELIOS_TYPE_MEMORY] = {.name = "Memory",
                            .invoke = memory_invoke,
                            .slab = SLAB_1024 + 1,
                            .allocatable = true,
                            .size_least = MEMORY_MIN_BITS,
                            .size_most = MEMORY_ORDERS - 1 + ARCH_PAGE_SHIFT,
                            .reap = memory_reap},
    [HELIOS_TYPE_DEVICE_MEMORY] = {.name = "DeviceMemory",
                                   .invoke = device_memory_invoke,
                                   .slab = SLAB_128 + 1,
                                   .reap = device_memory_reap},
    [HELIOS_TYPE_CSPACE] = {.name = "CSpace",
                            .invoke = cspace_invoke,
                            .slab = SLAB_128 + 1,
                            .allocatable = true,
                            .size_least = CSPACE_MIN_BITS,
                            .size_most = CSPACE_MAX_BITS,
                            .units = 1,
                            .reap = cspace_reap},
    [HELIOS_TYPE_VSPACE] = {.name = "VSpace",
                            .invoke = vspace_invoke,
                            .order = TABLE_ORDER,
                            .allocatable = true,
                            .units = 2,
                            .object_offset = offsetof(struct table_block, table),
                            .init = vspace_init,
                            .reap = vspace_reap},
    [HELIOS_TYPE_TABLE_0] = TABLE_ROW("Table0"),
    [HELIOS_TYPE_TABLE_1] = TABLE_ROW("Table1"),
    [HELIOS_TYPE_TABLE_2] = TABLE_ROW("Table2"),
    [HELIOS_TYPE_PAGE] =
        {.name = "Page", .invoke = page_invoke, .allocatable = true, .size_most = 2, .units = 1},
    [HELIOS_TYPE_TASK] = {.name = "Task",
                          .invoke = task_invoke,
                          .allocatable = true,
                          .units = 1,
                          .object_offset = offsetof(struct task, object),
                          .init = task_init,
                          .reap = task_reap},
    [HELIOS_TYPE_ENDPOINT] = {.name = "Endpoint", // its calls are IPC
                              .slab = SLAB_128 + 1,
                              .allocatable = true,
                              .init = endpoint_init,
                              .reap = endpoint_reap},
    [HELIOS_TYPE_NOTIFICATION] = {.name = "Notification",
                                  .slab = SLAB_128 + 1,
                                  .allocatable = true,
                                  .init = notification_init,
                                  .reap = notification_reap},
    [HELIOS_TYPE_REPLY] = {.name = "Reply"},
    [HELIOS_TYPE_ASID_CONTROL] = {.name = "ASIDControl", .invoke = asid_control_invoke},
    [HELIOS_TYPE_ASID_POOL] = {.name = "ASIDPool",
                               .invoke = asid_pool_invoke,
                               .slab = SLAB_128 + 1,
                               .reap = asid_pool_reap},
    [HELIOS_TYPE_IO_CONTROL] = {.name = "IOControl", .invoke = io_control_invoke},
    [HELIOS_TYPE_IO_PORT] = {.name = "IOPort", .invoke = io_port_invoke},
    [HELIOS_TYPE_IRQ_CONTROL] = {.name = "IRQControl", .invoke = irq_control_invoke},
    [HELIOS_TYPE_IRQ_HANDLER] = {.name = "IRQHandler",
                                 .invoke = irq_handler_invoke,
                                 .reap = irq_handler_reap},
    [HELIOS_TYPE_POWER] = {.name = "Power", .invoke = power_invoke},
};

struct task *syscall_invoke(struct task *current, const struct slot_view *slot,
                            const struct syscall *call, const struct invocation *invocations,
                            unsigned count) {
    uint32_t label = helios_tag_label(call->tag);
    if (label >= count || invocations[label].act == NULL) {
        return answer_invocation(current, call);
    }
    const struct invocation *invocation = &invocations[label];
    if (invocation->rights != 0 && !syscall_check(current, slot, call, invocation->caps,
                                                  invocation->params, invocation->rights)) {
        return current;
    }
    return invocation->act(current, slot, call);
}

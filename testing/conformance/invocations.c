// SPDX-License-Identifier: GPL-3.0-only
//
// What every invocation refuses alike: rights and tags.
#include "testing/conformance/world.h"

#define READ  HELIOS_RIGHT_READ
#define WRITE HELIOS_RIGHT_WRITE
// No capability's address.
#define NOWHERE (~0ull)

INVOCATION(memory_allocate, world_small_memory, HELIOS_MEMORY_ALLOCATE, 0, 3, WRITE, 0,
           {HELIOS_TYPE_NULL, 0, 1}, HELIOS_ERROR_TYPE)
INVOCATION(memory_query, world_small_memory, HELIOS_MEMORY_QUERY, 0, 0, READ, 0, {0}, HELIOS_OK)
INVOCATION(memory_reset, world_small_memory, HELIOS_MEMORY_RESET, 0, 0, WRITE, 0, {0}, HELIOS_OK)
UNKNOWN_LABELS(memory, world_small_memory, 4)

INVOCATION(device_memory_allocate, world_device, HELIOS_DEVICE_MEMORY_ALLOCATE, 1, 2, WRITE,
           NOWHERE, {0, 3}, HELIOS_ERROR_RANGE)
INVOCATION(device_memory_split, world_device, HELIOS_DEVICE_MEMORY_SPLIT, 1, 2, WRITE, NOWHERE,
           {0, 1}, HELIOS_ERROR_ALIGNMENT)
INVOCATION(device_memory_query, world_device, HELIOS_DEVICE_MEMORY_QUERY, 0, 0, READ, 0, {0},
           HELIOS_OK)
UNKNOWN_LABELS(device_memory, world_device, 4)

INVOCATION(cspace_copy, world_small_cspace, HELIOS_CSPACE_COPY, 1, 3, WRITE, NOWHERE, {0},
           HELIOS_ERROR_CAPABILITY)
INVOCATION_RIGHTS(cspace_move, world_small_cspace, HELIOS_CSPACE_MOVE, 0, 2, WRITE, 0, {1, 2},
                  HELIOS_ERROR_CAPABILITY)
INVOCATION_RIGHTS(cspace_destroy, world_small_cspace, HELIOS_CSPACE_DESTROY, 0, 2, WRITE, 0, {1, 2},
                  HELIOS_OK)
INVOCATION(cspace_revoke, world_small_cspace, HELIOS_CSPACE_REVOKE, 0, 1, WRITE, 0, {1},
           HELIOS_ERROR_CAPABILITY)
INVOCATION(cspace_identify, world_small_cspace, HELIOS_CSPACE_IDENTIFY, 0, 1, READ, 0, {1},
           HELIOS_OK)
INVOCATION(cspace_list, world_small_cspace, HELIOS_CSPACE_LIST, 0, 1, READ, 0, {0}, HELIOS_OK)
INVOCATION(cspace_query, world_small_cspace, HELIOS_CSPACE_QUERY, 0, 0, READ, 0, {0}, HELIOS_OK)
INVOCATION(cspace_save_reply, world_small_cspace, HELIOS_CSPACE_SAVE_REPLY, 0, 1, WRITE, 0, {1},
           HELIOS_ERROR_NO_CALL)
UNKNOWN_LABELS(cspace, world_small_cspace, 9)

INVOCATION(vspace_map, world_vspace, HELIOS_VSPACE_MAP, 1, 2, WRITE, NOWHERE, {0, 0},
           HELIOS_ERROR_CAPABILITY)
INVOCATION(vspace_unmap, world_vspace, HELIOS_VSPACE_UNMAP, 0, 1, WRITE, 0, {0},
           HELIOS_ERROR_NOT_MAPPED)
INVOCATION(vspace_unmap_table, world_vspace, HELIOS_VSPACE_UNMAP_TABLE, 0, 2, WRITE, 0, {0, 0},
           HELIOS_ERROR_NOT_MAPPED)
INVOCATION(vspace_query, world_vspace, HELIOS_VSPACE_QUERY, 0, 1, READ, 0, {0},
           HELIOS_ERROR_NOT_MAPPED)
UNKNOWN_LABELS(vspace, world_vspace, 5)

INVOCATION(page_query, world_page, HELIOS_PAGE_QUERY, 0, 0, READ, 0, {0}, HELIOS_OK)
INVOCATION(page_clean, world_page, HELIOS_PAGE_CLEAN, 0, 2, READ, 0, {0, 64}, HELIOS_OK)
INVOCATION(page_invalidate, world_page, HELIOS_PAGE_INVALIDATE, 0, 2, WRITE, 0, {0, 64}, HELIOS_OK)
INVOCATION(page_sync_code, world_page, HELIOS_PAGE_SYNC_CODE, 0, 2, WRITE, 0, {0, 64}, HELIOS_OK)
UNKNOWN_LABELS(page, world_page, 5)

INVOCATION(asid_control_make_pool, world_asid_control, HELIOS_ASID_CONTROL_MAKE_POOL, 1, 0, WRITE,
           NOWHERE, {0}, HELIOS_ERROR_CAPABILITY)
UNKNOWN_LABELS(asid_control, world_asid_control, 2)
INVOCATION(asid_pool_assign, world_asid_pool, HELIOS_ASID_POOL_ASSIGN, 1, 0, WRITE, NOWHERE, {0},
           HELIOS_ERROR_CAPABILITY)
INVOCATION(asid_pool_query, world_asid_pool, HELIOS_ASID_POOL_QUERY, 0, 0, READ, 0, {0}, HELIOS_OK)
UNKNOWN_LABELS(asid_pool, world_asid_pool, 3)

INVOCATION(irq_control_issue, world_irq_control, HELIOS_IRQ_CONTROL_ISSUE, 0, 3, WRITE, 0,
           {~0ull, 0, 0}, HELIOS_ERROR_RANGE)
INVOCATION(irq_control_issue_msi, world_irq_control, HELIOS_IRQ_CONTROL_ISSUE_MSI, 0, 2, WRITE, 0,
           {~0ull, 0}, HELIOS_ERROR_RANGE)
INVOCATION(irq_control_query, world_irq_control, HELIOS_IRQ_CONTROL_QUERY, 0, 0, READ, 0, {0},
           HELIOS_OK)
UNKNOWN_LABELS(irq_control, world_irq_control, 4)

INVOCATION(irq_handler_bind, world_irq_handler, HELIOS_IRQ_HANDLER_BIND, 1, 0, WRITE, NOWHERE, {0},
           HELIOS_ERROR_CAPABILITY)
INVOCATION(irq_handler_ack, world_irq_handler, HELIOS_IRQ_HANDLER_ACK, 0, 0, WRITE, 0, {0},
           HELIOS_OK)
INVOCATION(irq_handler_unbind, world_irq_handler, HELIOS_IRQ_HANDLER_UNBIND, 0, 0, WRITE, 0, {0},
           HELIOS_ERROR_STATE)
INVOCATION(irq_handler_route, world_irq_handler, HELIOS_IRQ_HANDLER_ROUTE, 0, 1, WRITE, 0, {~0ull},
           HELIOS_ERROR_RANGE)
UNKNOWN_LABELS(irq_handler, world_irq_handler, 5)

// Off and reboot can't be obeyed here: their rights are tried without WRITE only.
INVOCATION(power_panic_test, world_power, HELIOS_POWER_PANIC_TEST, 0, 0, WRITE, 0, {0},
           HELIOS_ERROR_DISABLED)

static void try_without_write(uint32_t label) {
    for (uint64_t rights = 0; rights <= HELIOS_RIGHT_ALL; rights++) {
        if ((rights & WRITE) == 0) {
            uint64_t capability = world_copy(HELIOS_INIT_POWER, rights);
            EXPECT_REFUSAL(invoke(HELIOS_SYS_CALL, capability, helios_tag(label, 0, 0, 0), 0, 0),
                           HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAPABILITY, rights, WRITE);
            world_drop(capability);
        }
    }
}

TEST_CASE(power_off_needs_write) {
    try_without_write(HELIOS_POWER_OFF);
}

TEST_CASE(power_reboot_needs_write) {
    try_without_write(HELIOS_POWER_REBOOT);
}

static void try_tags(uint64_t (*object)(void), uint32_t label) {
    const struct world_invocation invocation = {.object = object, .label = label};
    world_try_param_counts(&invocation);
    world_try_cap_counts(&invocation);
    world_try_flags(&invocation);
}

// If one of these were obeyed, the machine would be off and the case would fail for that.
TEST_CASE(power_off_refuses_other_tags) {
    try_tags(world_power, HELIOS_POWER_OFF);
}

TEST_CASE(power_reboot_refuses_other_tags) {
    try_tags(world_power, HELIOS_POWER_REBOOT);
}

// Task. ---------------------------------------------------------------------------------------

static uint64_t world_task(void) {
    return world_make(HELIOS_TYPE_TASK, 0);
}

INVOCATION(task_configure, world_task, HELIOS_TASK_CONFIGURE, 0, 1, WRITE, 0, {16},
           HELIOS_ERROR_RANGE)
INVOCATION(task_read_registers, world_task, HELIOS_TASK_READ_REGISTERS, 0, 0, READ, 0, {0},
           HELIOS_OK)
INVOCATION(task_write_registers, world_task, HELIOS_TASK_WRITE_REGISTERS, 0,
           4 + HELIOS_STUB_REGISTERS, WRITE, 0, {0}, HELIOS_OK)
INVOCATION(task_set_tls, world_task, HELIOS_TASK_SET_TLS, 0, 1, WRITE, 0, {0}, HELIOS_OK)
INVOCATION(task_set_priority, world_task, HELIOS_TASK_SET_PRIORITY, 1, 2, WRITE, NOWHERE, {0},
           HELIOS_ERROR_CAPABILITY)
INVOCATION(task_set_affinity, world_task, HELIOS_TASK_SET_AFFINITY, 1, 1, WRITE, NOWHERE, {1},
           HELIOS_ERROR_CAPABILITY)
INVOCATION(task_suspend, world_task, HELIOS_TASK_SUSPEND, 0, 0, WRITE, 0, {0}, HELIOS_OK)
INVOCATION(task_resume, world_task, HELIOS_TASK_RESUME, 0, 0, WRITE, 0, {0}, HELIOS_ERROR_STATE)
INVOCATION(task_cancel, world_task, HELIOS_TASK_CANCEL, 0, 0, WRITE, 0, {0}, HELIOS_OK)
INVOCATION(task_query, world_task, HELIOS_TASK_QUERY, 0, 0, READ, 0, {0}, HELIOS_OK)
INVOCATION(task_bind, world_task, HELIOS_TASK_BIND, 1, 0, WRITE, NOWHERE, {0},
           HELIOS_ERROR_CAPABILITY)
INVOCATION(task_unbind, world_task, HELIOS_TASK_UNBIND, 0, 0, WRITE, 0, {0}, HELIOS_OK)
INVOCATION(task_set_step, world_task, HELIOS_TASK_SET_STEP, 0, 1, WRITE, 0, {0}, HELIOS_OK)
INVOCATION(task_set_breakpoint, world_task, HELIOS_TASK_SET_BREAKPOINT, 0, 4, WRITE, 0, {~0ull},
           HELIOS_ERROR_RANGE)
INVOCATION(task_set_name, world_task, HELIOS_TASK_SET_NAME, 0, 2, WRITE, 0, {0}, HELIOS_OK)
INVOCATION(task_list, world_task, HELIOS_TASK_LIST, 0, 1, READ, 0, {0}, HELIOS_ERROR_STATE)
INVOCATION(task_dump, world_task, HELIOS_TASK_DUMP, 0, 0, READ, 0, {0}, HELIOS_OK)
INVOCATION(task_get_tls, world_task, HELIOS_TASK_GET_TLS, 0, 0, READ, 0, {0}, HELIOS_OK)
UNKNOWN_LABELS(task, world_task, 19)

// Cases of their own, since they take a variable number.
static const struct world_invocation move_to_another = {
    world_small_cspace, HELIOS_CSPACE_MOVE, 1, 2, WRITE, NOWHERE, {0}, HELIOS_ERROR_CAPABILITY};

TEST_CASE(cspace_move_refuses_another_number_of_parameters) {
    world_try_param_counts(&move_to_another);
}

TEST_CASE(cspace_move_refuses_two_capabilities) {
    uint64_t cspace = world_small_cspace();
    EXPECT_REFUSAL(invoke(HELIOS_SYS_CALL, cspace, helios_tag(HELIOS_CSPACE_MOVE, 2, 2, 0), 1, 2),
                   HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_CAP_COUNT, 2, 0);
    world_drop(cspace);
}

static const struct world_invocation destroy_one = {
    world_small_cspace, HELIOS_CSPACE_DESTROY, 0, 1, WRITE, 0, {1}, HELIOS_OK};

TEST_CASE(cspace_destroy_refuses_capabilities) {
    world_try_cap_counts(&destroy_one);
}

// SPDX-License-Identifier: GPL-3.0-only
#include "testing/conformance/world.h"

// A task that never runs and may be anywhere: what this one needs to leave its CPU again.
static uint64_t authority;

void helios_test_begin(void) {
    authority = world_make(HELIOS_TYPE_TASK, 0);
}

void helios_test_before(size_t index) {
    uint64_t cpu = index % helios_test_bootinfo->cpu_count;
    EXPECT_OK(helios_task_set_affinity(HELIOS_INIT_TASK, authority, 1ull << cpu));
}

uint64_t world_memory(void) {
    return helios_test_bootinfo->memories[0].slot;
}

// The capability that an answer brought.
static uint64_t received(struct helios_answer answer) {
    EXPECT_OK(answer);
    return answer.status == HELIOS_OK ? helios_buffer->caps[0] : 0;
}

uint64_t world_make(uint64_t type, uint64_t size) {
    return received(helios_memory_allocate(world_memory(), type, size, 1));
}

uint64_t world_small_memory(void) {
    return world_make(HELIOS_TYPE_MEMORY, 14);
}

uint64_t world_medium_memory(void) {
    return world_make(HELIOS_TYPE_MEMORY, 20);
}

uint64_t world_small_cspace(void) {
    return world_make(HELIOS_TYPE_CSPACE, 2);
}

uint64_t world_page(void) {
    return world_make(HELIOS_TYPE_PAGE, 0);
}

uint64_t world_vspace(void) {
    return world_make(HELIOS_TYPE_VSPACE, 0);
}

uint64_t world_notification(void) {
    return world_make(HELIOS_TYPE_NOTIFICATION, 0);
}

uint64_t world_device(void) {
    const struct helios_bootinfo *info = helios_test_bootinfo;
    for (uint32_t i = 0; i < info->device_count; i++) {
        const struct helios_bootinfo_device *device = &info->devices[i];
        if (device->kind != HELIOS_BOOTINFO_CONSOLE && device->length >= 4 * WORLD_PAGE) {
            return received(helios_device_memory_split(device->slot, world_memory(), device->base,
                                                       4 * WORLD_PAGE));
        }
    }
    EXPECT_TRUE(false);
    return 0;
}

uint64_t world_asid_pool(void) {
    return received(helios_asid_control_make_pool(HELIOS_INIT_ASID_CONTROL, world_memory()));
}

// The last line whose handler can be had. What it can do differs between controllers.
static uint64_t issue_any(uint64_t *line) {
    uint64_t lines = helios_irq_control_query(HELIOS_INIT_IRQ_CONTROL).value;
    for (uint64_t i = lines; i-- > 0;) {
        struct helios_answer answer =
            helios_irq_control_issue(HELIOS_INIT_IRQ_CONTROL, i, HELIOS_IRQ_TRIGGER_LEVEL, 0);
        if (answer.status == HELIOS_OK) {
            *line = i;
            return helios_buffer->caps[0];
        }
    }
    EXPECT_TRUE(false);
    *line = 0;
    return 0;
}

uint64_t world_irq_handler(void) {
    uint64_t line;
    return issue_any(&line);
}

uint64_t world_free_line(void) {
    uint64_t line;
    world_drop(issue_any(&line));
    return line;
}

uint64_t world_power(void) {
    return world_copy(HELIOS_INIT_POWER, HELIOS_RIGHT_ALL);
}

uint64_t world_irq_control(void) {
    return world_copy(HELIOS_INIT_IRQ_CONTROL, HELIOS_RIGHT_ALL);
}

uint64_t world_asid_control(void) {
    return world_copy(HELIOS_INIT_ASID_CONTROL, HELIOS_RIGHT_ALL);
}

static uint64_t copy(uint64_t capability, uint64_t rights, uint64_t badge) {
    struct helios_answer answer =
        helios_cspace_copy(HELIOS_INIT_CSPACE, capability, HELIOS_CADDR_UNDEF, rights, badge);
    EXPECT_OK(answer);
    return answer.status == HELIOS_OK ? answer.value : 0;
}

uint64_t world_copy(uint64_t capability, uint64_t rights) {
    return copy(capability, rights, 0);
}

uint64_t world_badged(uint64_t capability, uint64_t badge) {
    return copy(capability, HELIOS_RIGHT_ALL, badge);
}

void world_drop(uint64_t capability) {
    if (capability != 0) {
        EXPECT_OK(helios_cspace_destroy(HELIOS_INIT_CSPACE, &capability, 1));
    }
}

uint64_t world_free_bytes(void) {
    return helios_memory_query(world_memory()).value;
}

uint64_t world_free_slots(void) {
    return helios_cspace_query(HELIOS_INIT_CSPACE).found;
}

static struct helios_message invoke_tag(const struct world_invocation *invocation, uint64_t object,
                                        uint64_t tag) {
    helios_buffer->caps[0] = invocation->cap;
    struct helios_message message = {
        .capability = object,
        .tag = tag,
        .params = {invocation->p[0], invocation->p[1], invocation->p[2], invocation->p[3]},
    };
    refusals_syscall(HELIOS_SYS_CALL, &message);
    return message;
}

// One less to two more than what is right.
enum { COUNTS_BELOW = 1, COUNTS_ABOVE = 2 };

void world_try_param_counts(const struct world_invocation *invocation) {
    uint64_t object = invocation->object();
    uint32_t right = invocation->params;
    for (uint32_t n = right < COUNTS_BELOW ? 0 : right - COUNTS_BELOW; n <= right + COUNTS_ABOVE;
         n++) {
        if (n != right) {
            EXPECT_REFUSAL(invoke_tag(invocation, object,
                                      helios_tag(invocation->label, invocation->caps, n, 0)),
                           HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_PARAM_COUNT, n, right);
        }
    }
    world_drop(object);
}

void world_try_cap_counts(const struct world_invocation *invocation) {
    uint64_t object = invocation->object();
    uint32_t right = invocation->caps;
    for (uint32_t n = right < COUNTS_BELOW ? 0 : right - COUNTS_BELOW; n <= right + COUNTS_ABOVE;
         n++) {
        if (n != right) {
            EXPECT_REFUSAL(invoke_tag(invocation, object,
                                      helios_tag(invocation->label, n, invocation->params, 0)),
                           HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_CAP_COUNT, n, right);
        }
    }
    world_drop(object);
}

void world_try_flags(const struct world_invocation *invocation) {
    uint64_t object = invocation->object();
    for (uint32_t bit = 0; bit < 16; bit++) {
        uint32_t flag = 1u << bit;
        if (flag != HELIOS_FLAG_DEADLINE) {
            EXPECT_REFUSAL(invoke_tag(invocation, object,
                                      helios_tag(invocation->label, invocation->caps,
                                                 invocation->params, flag)),
                           HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_FLAGS, flag, 0);
        }
    }
    world_drop(object);
}

void world_try_rights(const struct world_invocation *invocation) {
    uint64_t object = invocation->object();
    uint64_t tag = helios_tag(invocation->label, invocation->caps, invocation->params, 0);
    for (uint64_t rights = 0; rights <= HELIOS_RIGHT_ALL; rights++) {
        uint64_t capability = world_copy(object, rights);
        if ((rights & invocation->right) != 0) {
            EXPECT_EQ(helios_tag_label(invoke_tag(invocation, capability, tag).tag),
                      invocation->status);
        } else {
            EXPECT_REFUSAL(invoke_tag(invocation, capability, tag), HELIOS_ERROR_RIGHTS,
                           HELIOS_ARGUMENT_CAPABILITY, rights, invocation->right);
        }
        world_drop(capability);
    }
    world_drop(object);
}

// SPDX-License-Identifier: GPL-3.0-only
#include "testing/conformance/crowd.h"

#include <stddef.h>

#include "testing/conformance/world.h"

enum {
    CROWD_LEAST_LOG2 = 15,
    CROWD_MOST_LOG2 = 17,
    MOMENT = 200000, // ns
    MILLISECOND = 1000000,
};

uint64_t crowd_first;
uint64_t crowd_last;

static uint64_t cspace;
static unsigned crowd_log2 = CROWD_LEAST_LOG2;

// As many at once as a loop without wrappers can do.
void crowd_make(uint64_t capability) {
    crowd_first = world_copy(capability, HELIOS_RIGHT_ALL);
    cspace = world_make(HELIOS_TYPE_CSPACE, crowd_log2);
    helios_buffer->caps[0] = capability;
    for (unsigned i = 0; i < 1u << crowd_log2; i++) {
        struct helios_message message = {
            .capability = cspace,
            .tag = helios_tag(HELIOS_CSPACE_COPY, 1, 3, 0),
            .params = {HELIOS_CADDR_UNDEF, HELIOS_RIGHT_ALL, 0},
        };
        helios_syscall(HELIOS_SYS_CALL, &message);
    }
    EXPECT_EQ(helios_cspace_query(cspace).found, 0);
    crowd_last = world_copy(capability, HELIOS_RIGHT_ALL);
}

void crowd_end(void) {
    const uint64_t all[] = {cspace, crowd_first, crowd_last};
    helios_cspace_destroy(HELIOS_INIT_CSPACE, all, 3);
}

void crowd_make_actor(unsigned index, uint64_t priority) {
    actor_make(index);
    EXPECT_OK(helios_task_set_priority(actor_task(index), HELIOS_INIT_TASK, priority, priority));
}

void crowd_call(unsigned index, uint64_t object, uint32_t label, uint32_t params,
                const uint64_t p[3]) {
    const struct helios_message message = {
        .capability = object, .tag = helios_tag(label, 0, params, 0), .params = {p[0], p[1], p[2]}};
    actor_send(index, HELIOS_SYS_CALL, &message);
}

// Registers that a system call does not preserve are not known inside one.
bool crowd_is_under_way(unsigned index) {
    struct helios_answer registers = helios_task_read_registers(actor_task(index));
    bool is_whole = registers.value == (1ull << registers.more[0]) - 1;
    return !is_whole && helios_task_query(actor_task(index)).more[0] == HELIOS_TASK_READY;
}

bool crowd_interrupt(unsigned index, bool (*is_there)(void)) {
    while (!actor_is_done(index)) {
        if (crowd_is_under_way(index) && (is_there == NULL || is_there())) {
            return true;
        }
        sleep_until(clock_now() + MOMENT);
    }
    crowd_log2 += crowd_log2 < CROWD_MOST_LOG2;
    return false;
}

void crowd_finish(unsigned index) {
    const uint64_t limit = clock_now() + 50000ull * MILLISECOND;
    while (!actor_is_done(index) && clock_now() < limit) {
        sleep_until(clock_now() + MILLISECOND);
    }
}

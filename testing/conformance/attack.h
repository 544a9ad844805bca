// SPDX-License-Identifier: GPL-3.0-only
//
// Hostile programs (arch/*/attacks.S) as threads whose faults the root task receives. For the one
// file of each architecture that runs them.
#ifndef HELIOS_TESTING_CONFORMANCE_ATTACK_H
#define HELIOS_TESTING_CONFORMANCE_ATTACK_H

#include <stdint.h>

#include "testing/conformance/invoke.h"
#include "uapi/fault.h"
#include "uapi/object.h"
#include "userland/test/space.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef void attack(void *argument);

static inline uint64_t memory(void) {
    return helios_test_bootinfo->memories[0].slot;
}

// The endpoint that faults arrive at.
static inline uint64_t faults(void) {
    static uint64_t endpoint;
    if (endpoint == 0) {
        endpoint = helios_allocate(memory(), HELIOS_TYPE_ENDPOINT, 0).value;
    }
    return endpoint;
}

// A thread that will run `entry`, suspended. Returns its Task.
static inline uint64_t prepare_at(unsigned index, uint64_t priority, attack *entry,
                                  uint64_t argument) {
    EXPECT_TRUE(space_thread(helios_test_bootinfo, index, HELIOS_INIT_VSPACE, 0, priority, entry,
                             (void *)(uintptr_t)argument));
    uint64_t task = space_get(index)->task;
    EXPECT_EQ(
        helios_call_with(task, HELIOS_TASK_CONFIGURE, faults(), 1, HELIOS_TASK_FAULT_ENDPOINT, 0, 0)
            .status,
        HELIOS_OK);
    return task;
}

static inline void resume(uint64_t task) {
    EXPECT_EQ(helios_call(task, HELIOS_TASK_RESUME, 0, 0, 0).status, HELIOS_OK);
}

struct fault {
    uint32_t kind;
    uint64_t address;
    uint64_t pc;
};

static inline struct fault receive_fault(void) {
    struct helios_message message = {.capability = faults()};
    helios_syscall(HELIOS_SYS_RECV, &message);
    EXPECT_TRUE(helios_tag_flags(message.tag) & HELIOS_FLAG_FAULT);
    return (struct fault){helios_tag_label(message.tag), message.params[0], message.params[1]};
}

static inline void go_on(void) {
    struct helios_message message = {
        .capability = HELIOS_CADDR_UNDEF,
        .tag = helios_tag(HELIOS_FAULT_RETRY, 0, 0, 0),
    };
    helios_syscall(HELIOS_SYS_REPLY, &message);
}

#ifdef __cplusplus
}
#endif

#endif // HELIOS_TESTING_CONFORMANCE_ATTACK_H

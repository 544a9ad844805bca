// SPDX-License-Identifier: MIT
#include "userland/helios/ipc.h"
#include "userland/helios/objects.h"
#include "userland/test/space.h"
#include "userland/test/test.h"

// Keeps the right to answer in a slot, and uses it.
static void serve_later(void *argument) {
    struct helios_message message;
    helios_recv((uintptr_t)argument, 0, &message);
    uint64_t reply = helios_cspace_save_reply(HELIOS_INIT_CSPACE, HELIOS_CADDR_UNDEF).value;
    // Other calls could be received and answered here.
    helios_reply(reply, helios_message_of(helios_tag(HELIOS_OK, 0, 1, 0), 42, 0));
    for (;;) {
        helios_yield();
    }
}

TEST_CASE(example_reply) {
    uint64_t memory = helios_test_bootinfo->memories[0].slot;
    const uint64_t endpoint = helios_allocate(memory, HELIOS_TYPE_ENDPOINT, 0).value;
    EXPECT_TRUE(space_thread(helios_test_bootinfo, 1, HELIOS_INIT_VSPACE, 0, 10, serve_later,
                             (void *)(uintptr_t)endpoint));
    helios_task_resume(space_get(1)->task);
    EXPECT_EQ(helios_call(endpoint, 1, 0, 0, 0).value, 42);
    space_end(1);
    helios_cspace_destroy(HELIOS_INIT_CSPACE, &endpoint, 1);
}

// SPDX-License-Identifier: MIT
#include "userland/helios/ipc.h"
#include "userland/helios/objects.h"
#include "userland/test/space.h"
#include "userland/test/test.h"

// Adds the client's badge to what it says.
static void serve(void *argument) {
    uint64_t endpoint = (uintptr_t)argument;
    struct helios_message message;
    uint32_t flags = helios_recv(endpoint, 0, &message);
    while ((flags & HELIOS_FLAG_ERROR) == 0) {
        message.params[0] += message.capability; // the badge
        message.tag = helios_tag(HELIOS_OK, 0, 1, 0);
        flags = helios_reply_recv(endpoint, &message); // answers, and waits for the next one
    }
    for (;;) {
        helios_yield();
    }
}

TEST_CASE(example_endpoint) {
    uint64_t memory = helios_test_bootinfo->memories[0].slot;
    const uint64_t endpoint = helios_allocate(memory, HELIOS_TYPE_ENDPOINT, 0).value;
    EXPECT_TRUE(space_thread(helios_test_bootinfo, 0, HELIOS_INIT_VSPACE, 0, 10, serve,
                             (void *)(uintptr_t)endpoint));
    helios_task_resume(space_get(0)->task);

    uint64_t client =
        helios_cspace_copy(HELIOS_INIT_CSPACE, endpoint, HELIOS_CADDR_UNDEF, HELIOS_RIGHT_WRITE, 7)
            .value;
    struct helios_answer answer = helios_call(client, 99, 1, 5, 0);
    EXPECT_EQ(answer.status, HELIOS_OK);
    EXPECT_EQ(answer.value, 5 + 7);

    const uint64_t both[] = {client, endpoint};
    helios_cspace_destroy(HELIOS_INIT_CSPACE, both, 2); // the server is told GONE
    space_end(0);
}

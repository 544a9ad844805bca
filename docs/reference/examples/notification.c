// SPDX-License-Identifier: MIT
#include "userland/helios/objects.h"
#include "userland/test/test.h"

static void signal(uint64_t capability) {
    struct helios_message message = {.capability = capability};
    helios_syscall(HELIOS_SYS_SIGNAL, &message);
}

// Two sources, told apart by the bits of their badges.
TEST_CASE(example_notification) {
    uint64_t memory = helios_test_bootinfo->memories[0].slot;
    const uint64_t word = helios_allocate(memory, HELIOS_TYPE_NOTIFICATION, 0).value;
    uint64_t sources[2];
    for (unsigned i = 0; i < 2; i++) {
        sources[i] = helios_cspace_copy(HELIOS_INIT_CSPACE, word, HELIOS_CADDR_UNDEF,
                                        HELIOS_RIGHT_WRITE, 4u << i)
                         .value;
        signal(sources[i]);
    }
    struct helios_message wait = {.capability = word};
    helios_syscall(HELIOS_SYS_WAIT, &wait);
    EXPECT_EQ(wait.params[0], 4 | 8);

    wait = (struct helios_message){.capability = word};
    helios_syscall(HELIOS_SYS_NBWAIT, &wait);
    EXPECT_EQ(helios_tag_label(wait.tag), HELIOS_ERROR_WOULD_BLOCK);
    helios_cspace_destroy(HELIOS_INIT_CSPACE, sources, 2);
    helios_cspace_destroy(HELIOS_INIT_CSPACE, &word, 1);
}

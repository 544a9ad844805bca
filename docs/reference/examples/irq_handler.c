// SPDX-License-Identifier: MIT
#include "userland/helios/objects.h"
#include "userland/test/test.h"

// What a driver does before its first wait.
TEST_CASE(example_irq_handler) {
    uint64_t memory = helios_test_bootinfo->memories[0].slot;
    struct helios_answer issued = {.status = HELIOS_ERROR_OCCUPIED};
    for (uint64_t line = 1; line < 64 && issued.status != HELIOS_OK; line++) {
        issued = helios_irq_control_issue(HELIOS_INIT_IRQ_CONTROL, line, 0, 0);
    }
    EXPECT_EQ(issued.status, HELIOS_OK);
    uint64_t handler = helios_buffer->caps[0];
    uint64_t interrupt = helios_allocate(memory, HELIOS_TYPE_NOTIFICATION, 0).value;
    EXPECT_EQ(helios_irq_handler_bind(handler, interrupt).status, HELIOS_OK);
    EXPECT_EQ(helios_irq_handler_bind(handler, interrupt).status, HELIOS_ERROR_OCCUPIED);
    // Here: ack, wait on the notification, deal with the device, ack again.
    EXPECT_EQ(helios_irq_handler_unbind(handler).status, HELIOS_OK);
    const uint64_t both[] = {handler, interrupt};
    helios_cspace_destroy(HELIOS_INIT_CSPACE, both, 2);
}

// SPDX-License-Identifier: MIT
#include "userland/helios/objects.h"
#include "userland/test/test.h"

// The first line that nobody has.
TEST_CASE(example_irq_control) {
    uint64_t lines = helios_irq_control_query(HELIOS_INIT_IRQ_CONTROL).value;
    struct helios_answer issued = {.status = HELIOS_ERROR_OCCUPIED};
    for (uint64_t line = 1; line < lines && issued.status != HELIOS_OK; line++) {
        issued = helios_irq_control_issue(HELIOS_INIT_IRQ_CONTROL, line, 0, 0);
    }
    EXPECT_EQ(issued.status, HELIOS_OK);
    const uint64_t handler = helios_buffer->caps[0];
    EXPECT_EQ(helios_identify(handler).value, HELIOS_TYPE_IRQ_HANDLER);
    helios_cspace_destroy(HELIOS_INIT_CSPACE, &handler, 1);
}

// SPDX-License-Identifier: MIT
#include "userland/helios/objects.h"
#include "userland/test/test.h"

TEST_CASE(example_io_control) {
    struct helios_answer answer = helios_io_control_issue(HELIOS_INIT_IO_CONTROL, 0x70, 2);
    if (answer.status == HELIOS_ERROR_UNSUPPORTED) {
        return; // a machine without ports
    }
    EXPECT_EQ(answer.status, HELIOS_OK);
    const uint64_t ports = helios_buffer->caps[0];
    EXPECT_EQ(helios_identify(ports).value, HELIOS_TYPE_IO_PORT);
    helios_cspace_destroy(HELIOS_INIT_CSPACE, &ports, 1);
}

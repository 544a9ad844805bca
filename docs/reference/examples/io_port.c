// SPDX-License-Identifier: MIT
#include "userland/helios/objects.h"
#include "userland/test/test.h"

// The month that the real-time clock has: register 8.
TEST_CASE(example_io_port) {
    struct helios_answer answer = helios_io_control_issue(HELIOS_INIT_IO_CONTROL, 0x70, 2);
    if (answer.status == HELIOS_ERROR_UNSUPPORTED) {
        return; // a machine without ports
    }
    EXPECT_EQ(answer.status, HELIOS_OK);
    const uint64_t clock = helios_buffer->caps[0];
    EXPECT_EQ(helios_io_port_out8(clock, 0x70, 8).status, HELIOS_OK);
    struct helios_answer month = helios_io_port_in8(clock, 0x71);
    EXPECT_EQ(month.status, HELIOS_OK);
    EXPECT_TRUE(month.value >= 1 && month.value <= 0x12);
    EXPECT_EQ(helios_io_port_in8(clock, 0x72).status, HELIOS_ERROR_RANGE);
    helios_cspace_destroy(HELIOS_INIT_CSPACE, &clock, 1);
}

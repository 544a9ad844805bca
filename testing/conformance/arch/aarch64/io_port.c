// SPDX-License-Identifier: GPL-3.0-only
//
// IOControl of a machine without I/O ports.
#include "testing/conformance/world.h"

static uint64_t control(void) {
    return world_copy(HELIOS_INIT_IO_CONTROL, HELIOS_RIGHT_ALL);
}

INVOCATION(io_control_issue, control, HELIOS_IO_CONTROL_ISSUE, 0, 2, HELIOS_RIGHT_WRITE, 0, {0, 1},
           HELIOS_ERROR_UNSUPPORTED)
UNKNOWN_LABELS(io_control, control, 2)

TEST_CASE(io_control_issues_nothing) {
    EXPECT_REFUSED(helios_io_control_issue(HELIOS_INIT_IO_CONTROL, 0, 1), HELIOS_ERROR_UNSUPPORTED,
                   HELIOS_ARGUMENT_LABEL, HELIOS_IO_CONTROL_ISSUE, 0);
}

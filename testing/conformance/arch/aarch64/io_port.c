// SPDX-License-Identifier: GPL-3.0-only
//
// IOControl of a machine without I/O ports.
#include "testing/conformance/world.h"

TEST_CASE(io_control_issues_nothing) {
    EXPECT_REFUSED(helios_io_control_issue(HELIOS_INIT_IO_CONTROL, 0, 1), HELIOS_ERROR_UNSUPPORTED,
                   HELIOS_ARGUMENT_LABEL, HELIOS_IO_CONTROL_ISSUE, 0);
}

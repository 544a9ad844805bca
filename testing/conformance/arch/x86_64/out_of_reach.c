// SPDX-License-Identifier: GPL-3.0-only
#include "testing/conformance/out_of_reach.h"

#define ISSUE .type = HELIOS_TYPE_IO_CONTROL, .label = HELIOS_IO_CONTROL_ISSUE
#define TASK  .type = HELIOS_TYPE_TASK

const struct out_of_reach machine_out_of_reach[] = {
    {ISSUE, .error = HELIOS_ERROR_UNSUPPORTED, .argument = HELIOS_ARGUMENT_LABEL,
     .why = "there are ports"},
    {ISSUE, .error = HELIOS_ERROR_BUSY, .argument = HELIOS_ARGUMENT_CAPABILITY,
     .why = "revoking the IOControl takes the ports of the console that the cases need"},
    {TASK, .label = HELIOS_TASK_SET_STEP, .error = HELIOS_ERROR_UNSUPPORTED,
     .argument = HELIOS_ARGUMENT_LABEL, .why = "every processor can"},
    {TASK, .label = HELIOS_TASK_SET_BREAKPOINT, .error = HELIOS_ERROR_UNSUPPORTED,
     .argument = HELIOS_ARGUMENT_PARAM + 1, .why = "there are all kinds, or none at all"},
};
const size_t machine_out_of_reach_count =
    sizeof(machine_out_of_reach) / sizeof(machine_out_of_reach[0]);

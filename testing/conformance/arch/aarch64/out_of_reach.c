// SPDX-License-Identifier: GPL-3.0-only
#include "testing/conformance/out_of_reach.h"

#define ISSUE .type = HELIOS_TYPE_IO_CONTROL, .label = HELIOS_IO_CONTROL_ISSUE
#define TASK  .type = HELIOS_TYPE_TASK

const struct out_of_reach machine_out_of_reach[] = {
    {.type = HELIOS_TYPE_IO_PORT, .argument = ANY_ARGUMENT, .why = "there are no ports"},
    {ISSUE, .error = HELIOS_ERROR_RANGE, .argument = ANY_ARGUMENT, .why = "there are no ports"},
    {ISSUE, .error = HELIOS_ERROR_BUSY, .argument = ANY_ARGUMENT, .why = "there are no ports"},
    {ISSUE, .error = HELIOS_ERROR_BUFFER, .argument = ANY_ARGUMENT, .why = "there are no ports"},
    {ISSUE, .error = HELIOS_ERROR_NO_SLOT, .argument = ANY_ARGUMENT, .why = "there are no ports"},
    {ISSUE, .error = HELIOS_ERROR_OCCUPIED, .argument = ANY_ARGUMENT, .why = "there are no ports"},
    {ISSUE, .error = HELIOS_ERROR_RECEIVER, .argument = ANY_ARGUMENT, .why = "there are no ports"},
    {TASK, .label = HELIOS_TASK_SET_STEP, .error = HELIOS_ERROR_UNSUPPORTED,
     .argument = HELIOS_ARGUMENT_LABEL, .why = "every processor can"},
};
const size_t machine_out_of_reach_count =
    sizeof(machine_out_of_reach) / sizeof(machine_out_of_reach[0]);

// SPDX-License-Identifier: GPL-3.0-only
//
// Runs one guest with its console on standard input and output.
#ifndef HELIOS_BUILD_TOOLS_RUNNER_RUN_H
#define HELIOS_BUILD_TOOLS_RUNNER_RUN_H

#include "build/tools/qemu/options.h"

#ifdef __cplusplus
extern "C" {
#endif

enum run_status {
    RUN_FAILED = 1,       // QEMU failed, or the guest ended before --screenshot's line came
    RUN_BAD_USAGE = 2,    // the command line can't be done here
    RUN_TIMED_OUT = 124,  // as timeout(1) has it
    RUN_INTERRUPTED = 130 // Ctrl-C, as shells have it
};

// Runs the guest to its end. Returns the process's exit status: the guest's own (its last line
// "helios: exit status N", 0 without one), one of enum run_status, or 128 + a signal's number.
int run_guest(const struct qemu_config *config, struct qemu_options *options);

#ifdef __cplusplus
}
#endif

#endif

// SPDX-License-Identifier: GPL-3.0-only
//
// A run target brings only the firmware that it boots by default, and a QEMU without windows. Asked
// for more, the runner has Bazel run the target that brings that.
#ifndef HELIOS_BUILD_TOOLS_RUNNER_HANDOVER_H
#define HELIOS_BUILD_TOOLS_RUNNER_HANDOVER_H

#include "build/tools/qemu/options.h"

#ifdef __cplusplus
extern "C" {
#endif

// The target that has what the options ask for and this configuration lacks; NULL if it lacks
// nothing, or names no such target. Borrowed from the configuration.
const char *handover_target(const struct qemu_config *config, const struct qemu_options *options);

// Becomes `bazel run TARGET -- ARGS`. Returns only if that could not be started.
void handover(const char *target, char *const *args, struct error *err);

#ifdef __cplusplus
}
#endif

#endif

// SPDX-License-Identifier: GPL-3.0-only
//
// A run target brings only the firmware that it boots by default. Asked for another one, the runner
// has Bazel run the target that brings that.
#ifndef HELIOS_BUILD_TOOLS_RUNNER_HANDOVER_H
#define HELIOS_BUILD_TOOLS_RUNNER_HANDOVER_H

#include "build/tools/qemu/options.h"

#ifdef __cplusplus
extern "C" {
#endif

// Whether the configuration lacks the firmware but names a target that has it.
bool handover_wanted(const struct qemu_config *config, enum qemu_firmware firmware);

// Becomes `bazel run TARGET -- ARGS`. Returns only if that could not be started.
void handover(const struct qemu_config *config, enum qemu_firmware firmware, char *const *args,
              struct error *err);

#ifdef __cplusplus
}
#endif

#endif

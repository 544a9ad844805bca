// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/runner/handover.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *target_of(const struct qemu_config *config, enum qemu_firmware firmware) {
    char *key = mem_format("firmware_%s", qemu_firmware_name(firmware));
    const char *target = qemu_config_get(config, key, false);
    free(key);
    return target;
}

bool handover_wanted(const struct qemu_config *config, enum qemu_firmware firmware) {
    return !qemu_firmware_configured(config, firmware) && target_of(config, firmware) != NULL;
}

void handover(const struct qemu_config *config, enum qemu_firmware firmware, char *const *args,
              struct error *err) {
    // The workspace's own script if there is one, else what the caller has.
    const char *workspace = getenv("BUILD_WORKSPACE_DIRECTORY");
    char *script = mem_format("%s/bazel", workspace != NULL ? workspace : ".");
    bool has_script = access(script, X_OK) == 0;
    struct strings argv = {0};
    strings_add(&argv, has_script ? script : "bazel");
    strings_add(&argv, "run");
    strings_add(&argv, target_of(config, firmware));
    strings_add(&argv, "--");
    for (; *args != NULL; args++) {
        strings_add(&argv, *args);
    }
    execvp(argv.items[0], argv.items);
    error_set(err, "%s: %s", argv.items[0], strerror(errno));
    strings_free(&argv);
    free(script);
}

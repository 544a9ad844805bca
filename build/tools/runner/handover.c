// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/runner/handover.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool wants_window(const struct qemu_options *options) {
    bool screen = getenv("DISPLAY") != NULL || getenv("WAYLAND_DISPLAY") != NULL;
    return screen &&
           (options->display == QEMU_DISPLAY_WINDOW || options->display == QEMU_DISPLAY_AUTO);
}

const char *handover_target(const struct qemu_config *config, const struct qemu_options *options) {
    if (!qemu_firmware_configured(config, options->firmware)) {
        char *key = mem_format("firmware_%s", qemu_firmware_name(options->firmware));
        const char *target = qemu_config_get(config, key, false);
        free(key);
        return target;
    }
    if (wants_window(options) && qemu_config_get(config, "window", false) == NULL) {
        return qemu_config_get(config, "window_target", false);
    }
    return NULL;
}

void handover(const char *target, char *const *args, struct error *err) {
    // The workspace's own script if there is one, else what the caller has.
    const char *workspace = getenv("BUILD_WORKSPACE_DIRECTORY");
    char *script = mem_format("%s/bazel", workspace != NULL ? workspace : ".");
    bool has_script = access(script, X_OK) == 0;
    struct strings argv = {0};
    strings_add(&argv, has_script ? script : "bazel");
    strings_add(&argv, "run");
    strings_add(&argv, target);
    strings_add(&argv, "--");
    for (; *args != NULL; args++) {
        strings_add(&argv, *args);
    }
    execvp(argv.items[0], argv.items);
    error_set(err, "%s: %s", argv.items[0], strerror(errno));
    strings_free(&argv);
    free(script);
}

// SPDX-License-Identifier: GPL-3.0-only
//
// runner: boots an image in QEMU with its console in the terminal. `bazel run //:ares -- ARGS`
// starts it with the configuration file of that image as its first argument.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build/tools/runner/handover.h"
#include "build/tools/runner/run.h"

static const char help_head[] =
    "usage: bazel run //:ares [-- OPTIONS]\n"
    "Boots the image in QEMU. Ctrl-C ends it. The status is the guest's own.\n"
    "\n";
static const char help_tail[] =
    "  --display[=KIND]   show the screen: a window, or else a VNC server on loopback;\n"
    "                     KIND (window, vnc) insists on one\n"
    "  --screenshot FILE  wait for the ready line, write the screen to FILE (PNG), power off\n"
    "  --ready TEXT       what the ready line has in it\n"
    "  --gdb              stop before the first instruction and wait for a debugger\n"
    "  --help             this text\n";

static bool arguments_read(char *const *args, const struct qemu_config *config,
                           struct qemu_options *options, struct error *err) {
    if (!qemu_options_defaults(options, QEMU_OPTIONS_RUN, config, err)) {
        return false;
    }
    for (size_t i = 0; args[i] != NULL;) {
        if (!qemu_options_read(options, QEMU_OPTIONS_RUN, args, &i, err)) {
            return false;
        }
    }
    // What the caller names is relative to where the caller is, not to the runfiles.
    const char *directory = getenv("BUILD_WORKING_DIRECTORY");
    if (directory != NULL && chdir(directory) != 0) {
        return error_set(err, "%s: %s", directory, strerror(errno));
    }
    return true;
}

int main(int argc, char **argv) {
    struct error err = {0};
    struct qemu_config config = {0};
    struct qemu_options options;
    int status = RUN_BAD_USAGE;
    qemu_options_init(&options);
    if (argc < 2) {
        fputs("usage: runner CONFIG [OPTIONS]\n", stderr);
    } else if (!qemu_config_read(argv[1], &config, &err) ||
               !arguments_read(argv + 2, &config, &options, &err)) {
        fprintf(stderr, "runner: %s\nTry --help.\n", err.text);
    } else if (options.help) {
        printf("%s%s%s", help_head, qemu_options_help, help_tail);
        status = 0;
    } else if (handover_target(&config, &options) != NULL) {
        handover(handover_target(&config, &options), argv + 2, &err);
        fprintf(stderr, "runner: %s\n", err.text);
    } else {
        status = run_guest(&config, &options);
    }
    qemu_options_free(&options);
    qemu_config_free(&config);
    return status;
}

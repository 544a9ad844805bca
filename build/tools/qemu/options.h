// SPDX-License-Identifier: GPL-3.0-only
//
// How to run a guest: what `bazel run` and the test rule let people choose.
#ifndef HELIOS_BUILD_TOOLS_QEMU_OPTIONS_H
#define HELIOS_BUILD_TOOLS_QEMU_OPTIONS_H

#include "build/tools/qemu/config.h"

#ifdef __cplusplus
extern "C" {
#endif

enum qemu_firmware {
    QEMU_EDK2,
    QEMU_UBOOT,
    QEMU_MULTIBOOT,
    QEMU_BIOS,
};

enum qemu_display {
    QEMU_DISPLAY_NONE,
    QEMU_DISPLAY_AUTO, // a window if there can be one, else VNC
    QEMU_DISPLAY_WINDOW,
    QEMU_DISPLAY_VNC,
};

struct qemu_options {
    uint64_t memory_mib;
    uint64_t cpus;
    enum qemu_firmware firmware;
    bool checked;
    struct strings qemu_args; // appended to QEMU's command line
    uint64_t timeout;         // seconds; 0: none

    // The rest is the runner's; the test driver leaves it alone.
    enum qemu_display display;
    bool gdb;
    const char *screenshot; // file to write, or NULL
    const char *ready;      // overrides the configuration's
    bool help;

    // Set by the programs, not by options.
    bool screen;      // the machine has a display adapter
    bool no_reboot;   // a guest that resets the machine ends QEMU
    bool net;         // there is a network "peer", of which the other end is ours
    const char *disk; // NULL, or a file of which drive "data" is a copy that the guest may write to
};

// Which options a program has: QEMU_OPTIONS_RUN includes the others.
enum qemu_option_set {
    QEMU_OPTIONS_TEST,
    QEMU_OPTIONS_RUN,
};

void qemu_options_init(struct qemu_options *options);

// Reads one option at args[*index], as "--name value" or "--name=value", and moves *index behind
// it. Strings are borrowed from args. Errors: unknown option, missing or bad value.
bool qemu_options_read(struct qemu_options *options, enum qemu_option_set set, char *const *args,
                       size_t *index, struct error *err);

// What the configuration says: the first firmware that it has, then its "default" lines, read as
// options.
bool qemu_options_defaults(struct qemu_options *options, enum qemu_option_set set,
                           const struct qemu_config *config, struct error *err);

// Whether the configuration has the firmware.
bool qemu_firmware_configured(const struct qemu_config *config, enum qemu_firmware firmware);

// The part of --help that describes the options of QEMU_OPTIONS_TEST.
extern const char qemu_options_help[];

const char *qemu_firmware_name(enum qemu_firmware firmware);

void qemu_options_free(struct qemu_options *options);

#ifdef __cplusplus
}
#endif

#endif

// SPDX-License-Identifier: GPL-3.0-only
//
// From a configuration and options to QEMU's command line.
#ifndef HELIOS_BUILD_TOOLS_QEMU_COMMAND_H
#define HELIOS_BUILD_TOOLS_QEMU_COMMAND_H

#include "build/tools/qemu/config.h"
#include "build/tools/qemu/options.h"

#ifdef __cplusplus
extern "C" {
#endif

// File descriptors that QEMU inherits. Sockets that exist before QEMU does need no names in the
// file system, no free port numbers to guess, and no waiting until QEMU has opened them.
#define QEMU_FD_CONSOLE 3 // connected: the guest's first serial port
#define QEMU_FD_QMP     4 // connected: the QEMU machine protocol
#define QEMU_FD_GDB     5 // listening: the debugger's connection (if options->gdb)
#define QEMU_FD_NET     6 // connected: network "peer", a datagram a frame (if options->net)

// Checks that the configuration has what the chosen firmware needs.
bool qemu_command_check(const struct qemu_config *config, const struct qemu_options *options,
                        struct error *err);

// Appends the whole command line to *argv. Files that have to be written or renamed stand in
// `temp_dir`, where qemu_command_stage puts them.
void qemu_command_build(const struct qemu_config *config, const struct qemu_options *options,
                        const char *temp_dir, struct strings *argv);

// The name in temp_dir of what options->disk is copied to, for the guest to write to.
#define QEMU_DISK_COPY "data.img"

// Fills temp_dir: a writable copy of the firmware's variables, plain names for Multiboot modules,
// the copy of the disk.
bool qemu_command_stage(const struct qemu_config *config, const struct qemu_options *options,
                        const char *temp_dir, struct error *err);

#ifdef __cplusplus
}
#endif

#endif

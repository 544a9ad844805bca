// SPDX-License-Identifier: GPL-3.0-only
//
// The commands of the shell.
#ifndef HELIOS_USERLAND_APPS_SHELL_COMMANDS_H
#define HELIOS_USERLAND_APPS_SHELL_COMMANDS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// A command: its words, of which the first one is its name, and what stands behind the first.
struct command_line {
    uint32_t count;
    const char *words[16];
    const char *rest[16]; // rest[i]: what stands from word i on
};

// Runs one line. Its blanks are overwritten.
void command_run(char *line);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_APPS_SHELL_COMMANDS_H

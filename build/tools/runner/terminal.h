// SPDX-License-Identifier: GPL-3.0-only
//
// The caller's terminal while a guest uses it.
#ifndef HELIOS_BUILD_TOOLS_RUNNER_TERMINAL_H
#define HELIOS_BUILD_TOOLS_RUNNER_TERMINAL_H

#include <stdbool.h>
#include <termios.h>

#ifdef __cplusplus
extern "C" {
#endif

struct terminal {
    bool raw; // standard input is a terminal of ours, and `saved` its state before
    struct termios saved;
};

// If standard input is a terminal and we are in its foreground: every key goes to the guest as it
// is typed, without echo, Ctrl-C (byte 3) included. Output processing stays as it was.
void terminal_enter(struct terminal *terminal);

// Puts back what terminal_enter changed, and the colours that the guest may have left on.
void terminal_leave(struct terminal *terminal);

#ifdef __cplusplus
}
#endif

#endif

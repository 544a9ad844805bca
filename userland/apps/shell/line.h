// SPDX-License-Identifier: GPL-3.0-only
//
// Editing a line on a terminal: cursor keys, Home, End, Delete, Backspace, ^A ^B ^E ^F ^K ^L ^U ^W
// ^C, and the lines before by Up and Down (^P, ^N).
#ifndef HELIOS_USERLAND_APPS_SHELL_LINE_H
#define HELIOS_USERLAND_APPS_SHELL_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LINE_MOST    160u // characters
#define LINE_HISTORY 16u  // lines that are remembered

struct line {
    char text[LINE_MOST + 1]; // NUL-terminated
    uint32_t length;
    uint32_t cursor;
    const char *prompt;
    void (*write)(const char *text, size_t length); // to the terminal
    uint32_t escape;                                // how far a sequence of the terminal came
    uint32_t parameter;                             // its number
    bool had_return;                                // "\r\n" is one end
    char history[LINE_HISTORY][LINE_MOST + 1];      // the latest one last
    uint32_t history_count;
    uint32_t browsed; // how many lines back; 0: the new one
};

// Begins a line: writes the prompt.
void line_begin(struct line *line);

// One character from the terminal. Returns whether the line is complete: it stands in `text`, and
// in the history if it says anything.
bool line_key(struct line *line, char c);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_APPS_SHELL_LINE_H

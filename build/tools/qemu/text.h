// SPDX-License-Identifier: GPL-3.0-only
//
// Console output as text: firmware draws with terminal control sequences; who looks for words in it
// must not see them.
#ifndef HELIOS_BUILD_TOOLS_QEMU_TEXT_H
#define HELIOS_BUILD_TOOLS_QEMU_TEXT_H

#include "build/tools/util/util.h"

#ifdef __cplusplus
extern "C" {
#endif

enum text_state {
    TEXT_PLAIN,
    TEXT_ESCAPE,   // after ESC
    TEXT_SEQUENCE, // inside ESC [ ... (ECMA-48, section 5.4)
};

// Turns raw output into plain lines. Zero-initialise it.
struct text_filter {
    enum text_state state;
    bool line_started;
};

// Appends the text in `data` to *out: control sequences and carriage returns removed, a cursor
// movement to another place taken for the end of the line. Sequences may be cut anywhere.
void text_filter_add(struct text_filter *filter, const char *data, size_t size, struct buffer *out);

// Takes the next whole line out of `text` from *position on: returns a copy without its newline
// and moves *position behind it, or NULL if there is no whole line. Free the result.
char *text_next_line(const struct buffer *text, size_t *position);

// The N of a line "helios: exit status N", else -1.
int text_exit_status(const char *line);

#ifdef __cplusplus
}
#endif

#endif

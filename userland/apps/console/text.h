// SPDX-License-Identifier: GPL-3.0-only
//
// What a terminal shows: rows of characters and a cursor. It knows carriage return, line feed,
// backspace, tabulator and of ECMA-48's sequences those that an editor of lines needs: cursor
// up, down, right and left (ESC [ n A to D), its place (ESC [ r ; c H), and the erasing of lines
// and of the whole (ESC [ n K, ESC [ n J). All others are read over.
#ifndef HELIOS_USERLAND_APPS_CONSOLE_TEXT_H
#define HELIOS_USERLAND_APPS_CONSOLE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TEXT_COLUMNS_MOST 256u
#define TEXT_ROWS_MOST    128u
#define TEXT_PARAMETERS   2u

// A cell is a character from ' ' to '~', with this bit if it is of the log.
#define TEXT_PALE 0x80u

struct text {
    uint32_t columns;
    uint32_t rows;
    uint32_t column; // of the cursor
    uint32_t row;
    bool is_full; // the last column was written: the next character begins a row
    uint8_t state;
    uint32_t parameters[TEXT_PARAMETERS];
    uint32_t parameter_count;
    uint8_t cells[TEXT_ROWS_MOST][TEXT_COLUMNS_MOST];
};

// An empty screen. Sizes above the most, and 0, become the nearest that is possible.
void text_begin(struct text *text, uint32_t columns, uint32_t rows);

// Another size: what is lost is lost at the top and on the right, the cursor's row stays.
void text_resize(struct text *text, uint32_t columns, uint32_t rows);

// Any bytes. What can't be shown is a '?'.
void text_write(struct text *text, const void *bytes, size_t length);

// Whole lines of the log, each with its end: they stand above the row that is being written.
void text_log(struct text *text, const void *bytes, size_t length);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_APPS_CONSOLE_TEXT_H

// SPDX-License-Identifier: GPL-3.0-only
#include "userland/apps/console/text.h"

#include <string.h>

enum {
    ESCAPE = 0x1b,
    DELETE = 0x7f,
    TABULATOR = 8, // columns
    PARAMETER_MOST = 9999,
    STATE_TEXT = 0,
    STATE_ESCAPE,
    STATE_SEQUENCE,
};

static uint32_t least(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

static uint32_t size_of(uint32_t wanted, uint32_t most) {
    return wanted == 0 ? 1 : least(wanted, most);
}

static void clear(struct text *text, uint32_t row, uint32_t from, uint32_t to) {
    memset(&text->cells[row][from], ' ', to - from);
}

void text_begin(struct text *text, uint32_t columns, uint32_t rows) {
    memset(text, 0, sizeof *text);
    memset(text->cells, ' ', sizeof text->cells);
    text->columns = size_of(columns, TEXT_COLUMNS_MOST);
    text->rows = size_of(rows, TEXT_ROWS_MOST);
}

static void scroll(struct text *text, uint32_t count) {
    memmove(text->cells[0], text->cells[count], (text->rows - count) * sizeof text->cells[0]);
    for (uint32_t row = text->rows - count; row < text->rows; row++) {
        clear(text, row, 0, TEXT_COLUMNS_MOST);
    }
}

void text_resize(struct text *text, uint32_t columns, uint32_t rows) {
    columns = size_of(columns, TEXT_COLUMNS_MOST);
    rows = size_of(rows, TEXT_ROWS_MOST);
    if (text->row >= rows) {
        scroll(text, text->row - rows + 1);
        text->row = rows - 1;
    }
    for (uint32_t row = 0; row < TEXT_ROWS_MOST; row++) {
        clear(text, row, row < rows ? columns : 0, TEXT_COLUMNS_MOST);
    }
    text->columns = columns;
    text->rows = rows;
    text->column = least(text->column, columns - 1);
    text->is_full = false;
}

static void next_row(struct text *text) {
    text->is_full = false;
    if (text->row + 1 < text->rows) {
        text->row++;
    } else {
        scroll(text, 1);
    }
}

static void put(struct text *text, uint8_t cell) {
    if (text->is_full) {
        text->column = 0;
        next_row(text);
    }
    text->cells[text->row][text->column] = cell;
    if (text->column + 1 < text->columns) {
        text->column++;
    } else {
        text->is_full = true;
    }
}

static void move(struct text *text, uint32_t row, uint32_t column) {
    text->row = least(row, text->rows - 1);
    text->column = least(column, text->columns - 1);
    text->is_full = false;
}

// 0: from the cursor on; 1: up to it; 2: all.
static void erase_row(struct text *text, uint32_t how) {
    uint32_t from = how == 0 ? text->column : 0;
    uint32_t to = how == 1 ? text->column + 1 : text->columns;
    if (how <= 2) {
        clear(text, text->row, from, to);
    }
}

static void erase_screen(struct text *text, uint32_t how) {
    uint32_t from = how == 0 ? text->row + 1 : 0;
    uint32_t to = how == 1 ? text->row : text->rows;
    for (uint32_t row = from; row < to && how <= 2; row++) {
        clear(text, row, 0, text->columns);
    }
    erase_row(text, how);
}

// A parameter that is missing or 0 is 1, where it is a distance or a place.
static uint32_t one(const struct text *text, uint32_t index) {
    return text->parameters[index] == 0 ? 1 : text->parameters[index];
}

static void sequence(struct text *text, uint8_t final) {
    uint32_t distance = one(text, 0);
    switch (final) {
    case 'A':
        move(text, text->row - least(distance, text->row), text->column);
        break;
    case 'B':
        move(text, text->row + distance, text->column);
        break;
    case 'C':
        move(text, text->row, text->column + distance);
        break;
    case 'D':
        move(text, text->row, text->column - least(distance, text->column));
        break;
    case 'H':
        move(text, distance - 1, one(text, 1) - 1);
        break;
    case 'J':
        erase_screen(text, text->parameters[0]);
        break;
    case 'K':
        erase_row(text, text->parameters[0]);
        break;
    default:
        break;
    }
}

static void parameter(struct text *text, uint8_t byte) {
    if (byte == ';') {
        text->parameter_count += text->parameter_count < TEXT_PARAMETERS ? 1 : 0;
    } else if (text->parameter_count < TEXT_PARAMETERS && byte >= '0' && byte <= '9') {
        uint32_t *value = &text->parameters[text->parameter_count];
        *value = least(*value * 10 + (uint32_t)(byte - '0'), PARAMETER_MOST);
    }
}

// ECMA-48 section 5.4: parameters and intermediate bytes, then one from '@' to '~'.
static void read_sequence(struct text *text, uint8_t byte) {
    if (byte >= '@' && byte <= '~') {
        text->state = STATE_TEXT;
        sequence(text, byte);
    } else if (byte >= ' ' && byte < '@') {
        parameter(text, byte);
    } else {
        text->state = byte == ESCAPE ? STATE_ESCAPE : STATE_TEXT;
    }
}

static void begin_sequence(struct text *text, uint8_t byte) {
    text->state = byte == '[' ? STATE_SEQUENCE : byte == ESCAPE ? STATE_ESCAPE : STATE_TEXT;
    memset(text->parameters, 0, sizeof text->parameters);
    text->parameter_count = 0;
}

static void control(struct text *text, uint8_t byte) {
    switch (byte) {
    case '\r':
        move(text, text->row, 0);
        break;
    case '\n':
        next_row(text);
        break;
    case '\b':
        move(text, text->row, text->column - least(1, text->column));
        break;
    case '\t':
        move(text, text->row, (text->column / TABULATOR + 1) * TABULATOR);
        break;
    case ESCAPE:
        text->state = STATE_ESCAPE;
        break;
    default:
        break;
    }
}

void text_write(struct text *text, const void *bytes, size_t length) {
    const uint8_t *at = bytes;
    for (size_t i = 0; i < length; i++) {
        uint8_t byte = at[i];
        if (text->state == STATE_ESCAPE) {
            begin_sequence(text, byte);
        } else if (text->state == STATE_SEQUENCE) {
            read_sequence(text, byte);
        } else if (byte < ' ') {
            control(text, byte);
        } else if (byte != DELETE) {
            put(text, byte < DELETE ? byte : '?');
        }
    }
}

void text_log(struct text *text, const void *bytes, size_t length) {
    uint8_t row[TEXT_COLUMNS_MOST];
    const uint8_t *at = bytes;
    uint32_t column = text->column;
    bool is_full = text->is_full;
    memcpy(row, text->cells[text->row], sizeof row);
    clear(text, text->row, 0, text->columns);
    move(text, text->row, 0);
    for (size_t i = 0; i < length; i++) {
        if (at[i] == '\n') {
            text->column = 0;
            next_row(text);
        } else if (at[i] == '\t') {
            put(text, ' ' | TEXT_PALE);
        } else {
            bool is_shown = at[i] >= ' ' && at[i] < DELETE;
            put(text, (uint8_t)((is_shown ? at[i] : '?') | TEXT_PALE));
        }
    }
    memcpy(text->cells[text->row], row, sizeof row);
    text->column = column;
    text->is_full = is_full;
}

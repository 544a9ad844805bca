// SPDX-License-Identifier: GPL-3.0-only
//
// Sequences: ECMA-48, as xterm sends them: ESC [ A to D, H, F, and ESC [ n ~.
#include "userland/apps/shell/line.h"

#include <string.h>

#include "toolchains/freestanding/format.h"

#define CONTROL(c) ((c) & 0x1f)

enum {
    ESCAPE = 0x1b,
    DELETE = 0x7f,
    NO_ESCAPE = 0,
    AFTER_ESCAPE,
    AFTER_BRACKET,
    NUMBER_DELETE = 3, // of ESC [ n ~
    NUMBER_MOST = 999,
};

static void put(const struct line *line, const char *text) {
    line->write(text, strlen(text));
}

// Writes all of the line anew, and puts the cursor where it is.
static void redraw(const struct line *line) {
    char back[16];
    put(line, "\r");
    put(line, line->prompt);
    line->write(line->text, line->length);
    put(line, "\x1b[K");
    if (line->cursor < line->length) {
        format_text(back, sizeof back, "\x1b[%uD", line->length - line->cursor);
        put(line, back);
    }
}

void line_begin(struct line *line) {
    line->length = 0;
    line->cursor = 0;
    line->browsed = 0;
    line->escape = NO_ESCAPE;
    line->text[0] = '\0';
    put(line, line->prompt);
}

static void insert(struct line *line, char c) {
    if (line->length == LINE_MOST) {
        return;
    }
    memmove(line->text + line->cursor + 1, line->text + line->cursor,
            line->length - line->cursor + 1);
    line->text[line->cursor++] = c;
    line->length++;
    if (line->cursor == line->length) {
        line->write(&c, 1);
    } else {
        redraw(line);
    }
}

// Takes out the characters from `first` to the cursor, or from the cursor to `first`.
static void cut(struct line *line, uint32_t first) {
    uint32_t from = first < line->cursor ? first : line->cursor;
    uint32_t to = first < line->cursor ? line->cursor : first;
    if (to > line->length || from == to) {
        return;
    }
    memmove(line->text + from, line->text + to, line->length - to + 1);
    line->length -= to - from;
    line->cursor = from;
    redraw(line);
}

static uint32_t word_start(const struct line *line) {
    uint32_t at = line->cursor;
    while (at > 0 && line->text[at - 1] == ' ') {
        at--;
    }
    while (at > 0 && line->text[at - 1] != ' ') {
        at--;
    }
    return at;
}

static void move(struct line *line, uint32_t cursor) {
    if (cursor <= line->length && cursor != line->cursor) {
        line->cursor = cursor;
        redraw(line);
    }
}

static void browse(struct line *line, bool back) {
    if (back ? line->browsed == line->history_count : line->browsed == 0) {
        return;
    }
    line->browsed += back ? 1 : -1u;
    const char *from = line->browsed == 0 ? "" : line->history[line->history_count - line->browsed];
    line->length = (uint32_t)strlen(from);
    line->cursor = line->length;
    memcpy(line->text, from, line->length + 1);
    redraw(line);
}

static void remember(struct line *line) {
    bool is_same =
        line->history_count > 0 && strcmp(line->history[line->history_count - 1], line->text) == 0;
    if (line->length == 0 || is_same) {
        return;
    }
    if (line->history_count == LINE_HISTORY) {
        memmove(line->history[0], line->history[1], sizeof line->history - sizeof line->history[0]);
        line->history_count--;
    }
    memcpy(line->history[line->history_count++], line->text, line->length + 1);
}

static void end_of_sequence(struct line *line, char c) {
    switch (c) {
    case 'A':
        browse(line, true);
        break;
    case 'B':
        browse(line, false);
        break;
    case 'C':
        move(line, line->cursor + 1);
        break;
    case 'D':
        move(line, line->cursor - 1);
        break;
    case 'H':
        move(line, 0);
        break;
    case 'F':
        move(line, line->length);
        break;
    case '~':
        if (line->parameter == NUMBER_DELETE) {
            cut(line, line->cursor + 1);
        }
        break;
    default:
        break;
    }
}

static void sequence(struct line *line, char c) {
    if (line->escape == AFTER_ESCAPE) {
        line->escape = c == '[' || c == 'O' ? AFTER_BRACKET : NO_ESCAPE;
        line->parameter = 0;
        return;
    }
    if (c >= '0' && c <= '9') {
        line->parameter = line->parameter * 10 + (uint32_t)(c - '0');
        line->parameter = line->parameter > NUMBER_MOST ? NUMBER_MOST : line->parameter;
        return;
    }
    line->escape = NO_ESCAPE;
    end_of_sequence(line, c);
}

static void control(struct line *line, char c) {
    switch (c) {
    case ESCAPE:
        line->escape = AFTER_ESCAPE;
        break;
    case '\b':
    case DELETE:
        cut(line, line->cursor - (line->cursor > 0 ? 1 : 0));
        break;
    case CONTROL('A'):
        move(line, 0);
        break;
    case CONTROL('B'):
        move(line, line->cursor - 1);
        break;
    case CONTROL('C'):
        put(line, "\r\n");
        line_begin(line);
        break;
    case CONTROL('E'):
        move(line, line->length);
        break;
    case CONTROL('F'):
        move(line, line->cursor + 1);
        break;
    case CONTROL('K'):
        cut(line, line->length);
        break;
    case CONTROL('L'):
        put(line, "\x1b[H\x1b[2J");
        redraw(line);
        break;
    case CONTROL('N'):
        browse(line, false);
        break;
    case CONTROL('P'):
        browse(line, true);
        break;
    case CONTROL('U'):
        cut(line, 0);
        break;
    case CONTROL('W'):
        cut(line, word_start(line));
        break;
    default:
        break;
    }
}

bool line_key(struct line *line, char c) {
    bool after_return = line->had_return;
    line->had_return = c == '\r';
    if (line->escape != NO_ESCAPE) {
        sequence(line, c);
        return false;
    }
    if (c == '\r' || (c == '\n' && !after_return)) {
        put(line, "\r\n");
        remember(line);
        return true;
    }
    if (c >= ' ' && c < DELETE) {
        insert(line, c);
    } else if (c != '\n') {
        control(line, c);
    }
    return false;
}

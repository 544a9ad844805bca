// SPDX-License-Identifier: GPL-3.0-only
#include "userland/apps/slides/keys.h"

enum {
    MAX_NUMBER = 9999,
    CONTROL_C = 3,
    ESCAPE = 0x1b,
    DELETE = 0x7f,
};

// Key codes (Linux' input-event-codes.h).
enum {
    CODE_ESCAPE = 1,
    CODE_1 = 2,
    CODE_9 = 10,
    CODE_0 = 11,
    CODE_BACKSPACE = 14,
    CODE_Q = 16,
    CODE_P = 25,
    CODE_RETURN = 28,
    CODE_F = 33,
    CODE_L = 38,
    CODE_N = 49,
    CODE_BLANK = 57,
    CODE_PAD_RETURN = 96,
    CODE_HOME = 102,
    CODE_UP = 103,
    CODE_PAGE_UP = 104,
    CODE_LEFT = 105,
    CODE_RIGHT = 106,
    CODE_END = 107,
    CODE_DOWN = 108,
    CODE_PAGE_DOWN = 109,
};

static struct turn turned(struct turn_reader *reader, enum turn_kind kind) {
    *reader = (struct turn_reader){0};
    return (struct turn){.kind = kind};
}

static struct turn digit(struct turn_reader *reader, uint32_t value) {
    reader->number = reader->number * 10 + value;
    if (reader->number > MAX_NUMBER) {
        reader->number = MAX_NUMBER;
    }
    return (struct turn){.kind = TURN_NONE};
}

static struct turn finish(struct turn_reader *reader) {
    struct turn turn = {reader->number == 0 ? TURN_NONE : TURN_TO, reader->number};
    *reader = (struct turn_reader){0};
    return turn;
}

// What follows ESC: '[' or 'O', then a letter, or a digit and '~'.
static struct turn escape(struct turn_reader *reader, char c) {
    if (reader->escape == 1) {
        reader->escape = c == '[' || c == 'O' ? 2 : 0;
        return (struct turn){.kind = TURN_NONE};
    }
    if (c >= '0' && c <= '9') {
        reader->final = (uint8_t)c;
        return (struct turn){.kind = TURN_NONE};
    }
    char key = (char)(c == '~' ? reader->final : c);
    switch (key) {
    case 'A': // up
    case 'D': // left
    case '5': // page up
        return turned(reader, TURN_PREVIOUS);
    case 'B': // down
    case 'C': // right
    case '6': // page down
        return turned(reader, TURN_NEXT);
    case 'H':
    case '1':
    case '7':
        return turned(reader, TURN_FIRST);
    case 'F':
    case '4':
    case '8':
        return turned(reader, TURN_LAST);
    default:
        return turned(reader, TURN_NONE);
    }
}

struct turn turn_character(struct turn_reader *reader, char c) {
    if (reader->escape != 0) {
        return escape(reader, c);
    }
    if (c >= '0' && c <= '9') {
        return digit(reader, (uint32_t)(c - '0'));
    }
    switch (c) {
    case ESCAPE:
        *reader = (struct turn_reader){.escape = 1};
        return (struct turn){.kind = TURN_NONE};
    case 'n':
    case ' ':
        return turned(reader, TURN_NEXT);
    case 'p':
    case '\b':
    case DELETE:
        return turned(reader, TURN_PREVIOUS);
    case 'f':
        return turned(reader, TURN_FIRST);
    case 'l':
        return turned(reader, TURN_LAST);
    case '\r':
        return finish(reader);
    case 'q':
    case CONTROL_C:
        return turned(reader, TURN_QUIT);
    default:
        return turned(reader, TURN_NONE);
    }
}

struct turn turn_key(struct turn_reader *reader, uint32_t code) {
    if (code >= CODE_1 && code <= CODE_9) {
        return digit(reader, code - CODE_1 + 1);
    }
    switch (code) {
    case CODE_0:
        return digit(reader, 0);
    case CODE_RETURN:
    case CODE_PAD_RETURN:
        return finish(reader);
    case CODE_N:
    case CODE_BLANK:
    case CODE_RIGHT:
    case CODE_DOWN:
    case CODE_PAGE_DOWN:
        return turned(reader, TURN_NEXT);
    case CODE_P:
    case CODE_BACKSPACE:
    case CODE_LEFT:
    case CODE_UP:
    case CODE_PAGE_UP:
        return turned(reader, TURN_PREVIOUS);
    case CODE_F:
    case CODE_HOME:
        return turned(reader, TURN_FIRST);
    case CODE_L:
    case CODE_END:
        return turned(reader, TURN_LAST);
    case CODE_Q:
    case CODE_ESCAPE:
        return turned(reader, TURN_QUIT);
    default:
        return (struct turn){.kind = TURN_NONE}; // shift and the like do not end a number
    }
}

uint32_t turn_apply(struct turn turn, uint32_t current, uint32_t count) {
    switch (turn.kind) {
    case TURN_NEXT:
        return current < count ? current + 1 : count;
    case TURN_PREVIOUS:
        return current > 1 ? current - 1 : 1;
    case TURN_FIRST:
        return 1;
    case TURN_LAST:
        return count;
    case TURN_TO:
        return turn.number < 1 ? 1 : turn.number < count ? turn.number : count;
    default:
        return current;
    }
}

// SPDX-License-Identifier: GPL-3.0-only
#include "userland/apps/console/keymap.h"

#define CONTROL(c) ((char)((c) & 0x1f))

// Key codes (linux/input-event-codes.h).
enum {
    CODE_LEFT_CONTROL = 29,
    CODE_LEFT_SHIFT = 42,
    CODE_RIGHT_SHIFT = 54,
    CODE_CAPITALS = 58,
    CODE_PAD_RETURN = 96,
    CODE_RIGHT_CONTROL = 97,
    CODE_PAD_DIVIDE = 98,
    CODE_HOME = 102,
    CODE_UP = 103,
    CODE_LEFT = 105,
    CODE_RIGHT = 106,
    CODE_END = 107,
    CODE_DOWN = 108,
    CODE_DELETE = 111,
    RELEASED = 0,
    PRESSED = 1,
};

// By code, from 0 on; '\0': no character.
static const char plain[] =
    "\0\0331234567890-=\x7f\tqwertyuiop[]\r\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
static const char shifted[] =
    "\0\033!@#$%^&*()_+\x7f\tQWERTYUIOP{}\r\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 ";

_Static_assert(sizeof plain == CODE_CAPITALS + 1 && sizeof shifted == sizeof plain,
               "one character a key, and the end");

static bool modifier(struct keymap *keymap, uint32_t code, int32_t value) {
    bool is_down = value != RELEASED;
    switch (code) {
    case CODE_LEFT_SHIFT:
        keymap->left_shift = is_down;
        return true;
    case CODE_RIGHT_SHIFT:
        keymap->right_shift = is_down;
        return true;
    case CODE_LEFT_CONTROL:
        keymap->left_control = is_down;
        return true;
    case CODE_RIGHT_CONTROL:
        keymap->right_control = is_down;
        return true;
    case CODE_CAPITALS:
        keymap->capitals ^= value == PRESSED;
        return true;
    default:
        return false;
    }
}

// What xterm sends.
static const char *sequence(uint32_t code) {
    switch (code) {
    case CODE_UP:
        return "\033[A";
    case CODE_DOWN:
        return "\033[B";
    case CODE_RIGHT:
        return "\033[C";
    case CODE_LEFT:
        return "\033[D";
    case CODE_HOME:
        return "\033[H";
    case CODE_END:
        return "\033[F";
    case CODE_DELETE:
        return "\033[3~";
    case CODE_PAD_RETURN:
        return "\r";
    case CODE_PAD_DIVIDE:
        return "/";
    default:
        return "";
    }
}

uint32_t keymap_event(struct keymap *keymap, uint32_t code, int32_t value, char out[KEYMAP_MOST]) {
    if (modifier(keymap, code, value) || value == RELEASED) {
        return 0;
    }
    if (code >= sizeof plain - 1) {
        const char *text = sequence(code);
        uint32_t count = 0;
        for (; text[count] != '\0'; count++) {
            out[count] = text[count];
        }
        return count;
    }
    bool is_letter = plain[code] >= 'a' && plain[code] <= 'z';
    bool is_shifted =
        (keymap->left_shift || keymap->right_shift) != (keymap->capitals && is_letter);
    const char *layout = is_shifted ? shifted : plain;
    char c = layout[code];
    bool has_control = keymap->left_control || keymap->right_control;
    if (has_control && c >= '@' && c < 0x7f) {
        c = CONTROL(c);
    }
    out[0] = c;
    return c != '\0' ? 1 : 0;
}

// SPDX-License-Identifier: GPL-3.0-only
//
// What turns the slides: characters from a terminal, and key codes of a keyboard.
#ifndef HELIOS_USERLAND_APPS_SLIDES_KEYS_H
#define HELIOS_USERLAND_APPS_SLIDES_KEYS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum turn_kind {
    TURN_NONE,
    TURN_NEXT,
    TURN_PREVIOUS,
    TURN_FIRST,
    TURN_LAST,
    TURN_TO,   // the slide with that number
    TURN_QUIT, // back to where we came from
};

struct turn {
    enum turn_kind kind;
    uint32_t number; // of TURN_TO, from 1
};

// Reads one key after the other; zero-initialise it. Digits make a number that return ends.
struct turn_reader {
    uint32_t number;
    uint8_t escape; // how much of a terminal's escape sequence has come
    uint8_t final;  // the digit in it
};

// A character from a terminal: n, blank, cursor right or down, page down: the next slide;
// p, backspace, left, up, page up: the previous one; f, home: the first; l, end: the last; digits
// and return: that one; q, Ctrl-C: enough. The sequences are those of ECMA-48 and of the VT220.
struct turn turn_character(struct turn_reader *reader, char c);

// A key that was pressed, by the codes of Linux' input-event-codes.h, which virtio-input uses too
// (VIRTIO 1.2 section 5.8): the same keys.
struct turn turn_key(struct turn_reader *reader, uint32_t code);

// The slide to show after `turn` at slide `current` of `count`, both from 1.
uint32_t turn_apply(struct turn turn, uint32_t current, uint32_t count);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_APPS_SLIDES_KEYS_H

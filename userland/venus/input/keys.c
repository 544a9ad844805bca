// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/input/keys.h"

enum {
    EXTENDED = 0xe0,
    PAUSE = 0xe1, // begins the one key that has no release of its own
    RELEASE = 0xf0,
    RELEASED = 0x80, // bit of set 1
    KEY_PAUSE = 119,
    LAST_SAME = 0x58, // set 1 and the codes are the same up to here (F12)
    PAUSE_REST_SET1 = 5,
    PAUSE_REST_SET2 = 7,
    SET2_F7 = 0x83,
    SET2_KEYS = 0x80,
};

// Codes without a key, between them: 0x54 is what Alt+SysRq sends, 0x55 nobody's.
static uint16_t plain_code(uint8_t code) {
    if (code == 0x54) {
        return 99;
    }
    if (code == 0x55) {
        return 0;
    }
    return code <= LAST_SAME ? code : 0;
}

// Keys behind 0xe0. The shifts that some keyboards put around them are no keys.
static uint16_t extended_code(uint8_t code) {
    static const uint8_t codes[0x80] = {
        [0x1c] = 96,  // keypad enter
        [0x1d] = 97,  // right control
        [0x35] = 98,  // keypad /
        [0x37] = 99,  // print screen
        [0x38] = 100, // right alt
        [0x47] = 102, // home
        [0x48] = 103, // up
        [0x49] = 104, // page up
        [0x4b] = 105, // left
        [0x4d] = 106, // right
        [0x4f] = 107, // end
        [0x50] = 108, // down
        [0x51] = 109, // page down
        [0x52] = 110, // insert
        [0x53] = 111, // delete
        [0x5b] = 125, // left meta
        [0x5c] = 126, // right meta
        [0x5d] = 127, // menu
        [0x5e] = 116, // power
        [0x5f] = 142, // sleep
        [0x63] = 143, // wake up
    };
    return codes[code & 0x7f];
}

struct key_event key_decode_set1(struct key_decoder *decoder, uint8_t byte) {
    struct key_event event = {0};
    if (decoder->skip > 0) {
        decoder->skip--;
        return event;
    }
    if (byte == PAUSE) {
        decoder->skip = PAUSE_REST_SET1;
        return (struct key_event){KEY_PAUSE, true};
    }
    if (byte == EXTENDED) {
        decoder->is_extended = true;
        return event;
    }
    uint8_t code = byte & 0x7f;
    event.code = decoder->is_extended ? extended_code(code) : plain_code(code);
    event.is_pressed = (byte & RELEASED) == 0;
    decoder->is_extended = false;
    return event;
}

// What a PC's controller makes of a byte of set 2.
static const uint8_t translation[SET2_KEYS] = {
    0xff, 0x43, 0x41, 0x3f, 0x3d, 0x3b, 0x3c, 0x58, 0x64, 0x44, 0x42, 0x40, 0x3e, 0x0f, 0x29, 0x59,
    0x65, 0x38, 0x2a, 0x70, 0x1d, 0x10, 0x02, 0x5a, 0x66, 0x71, 0x2c, 0x1f, 0x1e, 0x11, 0x03, 0x5b,
    0x67, 0x2e, 0x2d, 0x20, 0x12, 0x05, 0x04, 0x5c, 0x68, 0x39, 0x2f, 0x21, 0x14, 0x13, 0x06, 0x5d,
    0x69, 0x31, 0x30, 0x23, 0x22, 0x15, 0x07, 0x5e, 0x6a, 0x72, 0x32, 0x24, 0x16, 0x08, 0x09, 0x5f,
    0x6b, 0x33, 0x25, 0x17, 0x18, 0x0b, 0x0a, 0x60, 0x6c, 0x34, 0x35, 0x26, 0x27, 0x19, 0x0c, 0x61,
    0x6d, 0x73, 0x28, 0x74, 0x1a, 0x0d, 0x62, 0x6e, 0x3a, 0x36, 0x1c, 0x1b, 0x75, 0x2b, 0x63, 0x76,
    0x55, 0x56, 0x77, 0x78, 0x79, 0x7a, 0x0e, 0x7b, 0x7c, 0x4f, 0x7d, 0x4b, 0x47, 0x7e, 0x7f, 0x6f,
    0x52, 0x53, 0x50, 0x4c, 0x4d, 0x48, 0x01, 0x45, 0x57, 0x4e, 0x51, 0x4a, 0x37, 0x49, 0x46, 0x54,
};

static uint8_t translate(uint8_t byte) {
    if (byte == SET2_F7) {
        return 0x41;
    }
    return byte < SET2_KEYS ? translation[byte] & 0x7f : 0x7f;
}

struct key_event key_decode_set2(struct key_decoder *decoder, uint8_t byte) {
    struct key_event event = {0};
    if (decoder->skip > 0) {
        decoder->skip--;
        return event;
    }
    switch (byte) {
    case PAUSE:
        decoder->skip = PAUSE_REST_SET2;
        return (struct key_event){KEY_PAUSE, true};
    case EXTENDED:
        decoder->is_extended = true;
        return event;
    case RELEASE:
        decoder->is_release = true;
        return event;
    default:
        break;
    }
    uint8_t code = translate(byte);
    event.code = decoder->is_extended ? extended_code(code) : plain_code(code);
    event.is_pressed = !decoder->is_release;
    decoder->is_extended = false;
    decoder->is_release = false;
    return event;
}

// SPDX-License-Identifier: GPL-3.0-only
//
// From what keyboards say to key codes: those of Linux's input-event-codes.h, which virtio-input
// uses as they are (VIRTIO 1.2, section 5.8) and which PC keyboards' first scan codes began as.
//
// Source: IBM Personal System/2 Hardware Interface Technical Reference, "Keyboard and Auxiliary
// Device Controller" (the translation) and "Keyboards (101- and 102-Key)" (the sets).
#ifndef HELIOS_USERLAND_VENUS_INPUT_KEYS_H
#define HELIOS_USERLAND_VENUS_INPUT_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Where a decoder is in a sequence of bytes; zero-initialise it.
struct key_decoder {
    bool is_extended; // after 0xe0
    bool is_release;  // set 2: after 0xf0
    uint8_t skip;     // bytes of the Pause key that are still to come
};

struct key_event {
    uint16_t code; // 0: nothing yet, or no key
    bool is_pressed;
};

// The next byte of a keyboard that speaks set 1, which is what a PC's controller makes of all.
struct key_event key_decode_set1(struct key_decoder *decoder, uint8_t byte);

// The same of set 2, which is what keyboards speak.
struct key_event key_decode_set2(struct key_decoder *decoder, uint8_t byte);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_VENUS_INPUT_KEYS_H

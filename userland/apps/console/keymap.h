// SPDX-License-Identifier: GPL-3.0-only
//
// Keys of a keyboard as a terminal's characters, by the layout of the United States.
#ifndef HELIOS_USERLAND_APPS_CONSOLE_KEYMAP_H
#define HELIOS_USERLAND_APPS_CONSOLE_KEYMAP_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KEYMAP_MOST 4u // characters of one key

// Which of the keys that say what others mean are down. All zero: none.
struct keymap {
    bool left_shift;
    bool right_shift;
    bool left_control;
    bool right_control;
    bool capitals; // caps lock
};

// A key's event, by the codes of linux/input-event-codes.h: value 0 is up, 1 down, 2 down again.
// Returns how many characters it means, and puts them to `out`.
uint32_t keymap_event(struct keymap *keymap, uint32_t code, int32_t value, char out[KEYMAP_MOST]);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_APPS_CONSOLE_KEYMAP_H

// SPDX-License-Identifier: GPL-3.0-only
//
// What all drivers of input devices offer (userland/interfaces/input.ipc).
#ifndef HELIOS_USERLAND_VENUS_INPUT_EVENTS_H
#define HELIOS_USERLAND_VENUS_INPUT_EVENTS_H

#include "userland/interfaces/input.h"
#include "userland/venus/driver/driver.h"

#ifdef __cplusplus
extern "C" {
#endif

#define EVENTS_KEPT 256 // that nobody has read yet; the oldest are lost

struct events {
    struct driver *driver;
    struct input_info info;
    void (*interrupted)(struct events *events); // takes what the device has, by events_add
    struct input_event kept[EVENTS_KEPT];
    uint32_t head;    // events ever added
    uint32_t tail;    // events ever read, or lost
    uint64_t reader;  // Reply of who waits; 0: nobody
    uint64_t watcher; // Notification that is kept; 0: nobody
};

void events_add(struct events *events, uint16_t type, uint16_t code, int32_t value);

// Offers it by this name, and serves.
void events_serve(struct events *events, const char *name) __attribute__((noreturn));

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_VENUS_INPUT_EVENTS_H

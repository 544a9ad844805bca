// SPDX-License-Identifier: GPL-3.0-only
//
// The driver of a PC's keyboard.
#include <string.h>

#include "userland/venus/input/events.h"
#include "userland/venus/input/i8042.h"
#include "userland/venus/input/keys.h"

enum { INTERRUPT = 1, EVENT_SYNC = 0, EVENT_KEY = 1, MOST_BYTES = 64, KEYS = 256 };

static struct {
    struct driver driver;
    struct driver_interrupt interrupt;
    const struct venus_registers *registers;
    struct key_decoder decoder;
    bool is_down[KEYS];
    struct events events;
} self;

static void add_key(struct events *events, const struct key_event *key) {
    bool is_repeated = key->is_pressed && self.is_down[key->code % KEYS];
    self.is_down[key->code % KEYS] = key->is_pressed;
    events_add(events, EVENT_KEY, key->code, is_repeated ? 2 : key->is_pressed);
    events_add(events, EVENT_SYNC, 0, 0);
}

static void interrupted(struct events *events) {
    uint8_t byte;
    for (unsigned i = 0; i < MOST_BYTES && i8042_read(self.registers, &byte); i++) {
        struct key_event key = key_decode_set1(&self.decoder, byte);
        if (key.code != 0) {
            add_key(events, &key);
        }
    }
    driver_ack(&self.interrupt);
}

int main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    struct driver *driver = &self.driver;
    driver_begin(driver, "ps2");
    self.registers = driver_range(driver, 0);
    self.interrupt = driver_interrupt(driver, 0, INTERRUPT, false);
    driver_ack(&self.interrupt);
    if (!i8042_open(self.registers)) {
        driver_fail(driver, "there is no keyboard controller");
    }
    self.events.driver = driver;
    self.events.interrupted = interrupted;
    self.events.info = (struct input_info){.features = INPUT_FEATURE_KEYS, .name = "PS/2 keyboard"};
    events_serve(&self.events, "keyboard");
}

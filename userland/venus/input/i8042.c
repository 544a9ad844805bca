// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/input/i8042.h"

enum {
    DATA = 0,
    STATUS = 4,           // read
    COMMAND = 4,          // write
    STATUS_OUTPUT = 0x01, // there is a byte for us
    STATUS_INPUT = 0x02,  // it has not yet taken ours
    STATUS_MOUSE = 0x20,
    READ_CONFIG = 0x20,
    WRITE_CONFIG = 0x60,
    DISABLE_MOUSE = 0xa7,
    DISABLE_KEYBOARD = 0xad,
    ENABLE_KEYBOARD = 0xae,
    CONFIG_INTERRUPT = 0x01,
    CONFIG_MOUSE_INTERRUPT = 0x02,
    CONFIG_KEYBOARD_OFF = 0x10,
    CONFIG_TRANSLATE = 0x40,
    KEYBOARD_ENABLE = 0xf4, // to the keyboard: scan
    // A controller takes microseconds; one that is not ready after so many reads never will be.
    READS = 100000,
    MOST_OLD_BYTES = 64,
};

static bool wait_for(const struct venus_registers *registers, uint8_t mask, uint8_t wanted) {
    for (unsigned i = 0; i < READS; i++) {
        if ((venus_read8(registers, STATUS) & mask) == wanted) {
            return true;
        }
    }
    return false;
}

static bool order(const struct venus_registers *registers, uint64_t port, uint8_t byte) {
    if (!wait_for(registers, STATUS_INPUT, 0)) {
        return false;
    }
    venus_write8(registers, port, byte);
    return true;
}

static void forget_old(const struct venus_registers *registers) {
    for (unsigned i = 0; i < MOST_OLD_BYTES; i++) {
        if ((venus_read8(registers, STATUS) & STATUS_OUTPUT) == 0) {
            return;
        }
        (void)venus_read8(registers, DATA);
    }
}

bool i8042_open(const struct venus_registers *registers) {
    if (venus_read8(registers, STATUS) == 0xff || !order(registers, COMMAND, DISABLE_KEYBOARD) ||
        !order(registers, COMMAND, DISABLE_MOUSE)) {
        return false;
    }
    forget_old(registers);
    if (!order(registers, COMMAND, READ_CONFIG) ||
        !wait_for(registers, STATUS_OUTPUT, STATUS_OUTPUT)) {
        return false;
    }
    uint32_t config = venus_read8(registers, DATA);
    config |= CONFIG_INTERRUPT | CONFIG_TRANSLATE;
    config &= ~(uint32_t)(CONFIG_MOUSE_INTERRUPT | CONFIG_KEYBOARD_OFF);
    bool is_set =
        order(registers, COMMAND, WRITE_CONFIG) && order(registers, DATA, (uint8_t)config) &&
        order(registers, COMMAND, ENABLE_KEYBOARD) && order(registers, DATA, KEYBOARD_ENABLE);
    return is_set;
}

bool i8042_read(const struct venus_registers *registers, uint8_t *byte) {
    for (unsigned i = 0; i < MOST_OLD_BYTES; i++) {
        uint8_t status = venus_read8(registers, STATUS);
        if ((status & STATUS_OUTPUT) == 0) {
            return false;
        }
        *byte = venus_read8(registers, DATA);
        if ((status & STATUS_MOUSE) == 0) {
            return true;
        }
    }
    return false;
}

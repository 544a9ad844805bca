// SPDX-License-Identifier: GPL-3.0-only
//
// A PC's keyboard controller (IBM Personal System/2 Hardware Interface Technical Reference,
// "Keyboard and Auxiliary Device Controller"). It is set to translate, so that whatever keyboard
// there is speaks set 1.
#ifndef HELIOS_USERLAND_VENUS_INPUT_I8042_H
#define HELIOS_USERLAND_VENUS_INPUT_I8042_H

#include <stdbool.h>
#include <stdint.h>

#include "userland/venus/hardware/registers.h"

#ifdef __cplusplus
extern "C" {
#endif

// `registers` are ports 0x60 to 0x64. False if there is no controller.
bool i8042_open(const struct venus_registers *registers);

// The next byte of the keyboard; false if there is none. Those of a mouse are thrown away.
bool i8042_read(const struct venus_registers *registers, uint8_t *byte);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_VENUS_INPUT_I8042_H

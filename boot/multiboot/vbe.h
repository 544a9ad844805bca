// SPDX-License-Identifier: GPL-3.0-only
//
// What a display's BIOS says about its modes (VESA BIOS Extension Core Functions 3.0), without
// asking it: boot/multiboot/video.c does that.
#ifndef HELIOS_BOOT_MULTIBOOT_VBE_H
#define HELIOS_BOOT_MULTIBOOT_VBE_H

#include "boot/protocol/protocol.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

#define VBE_MODE_INFO_SIZE 256u

// A mode information block (section 4.4) as a framebuffer. `version` is the BIOS', 0x300 for 3.0.
// false: not a mode with a linear framebuffer and direct colour, or one that makes no sense.
bool vbe_read_mode(const uint8_t *info, uint16_t version, struct helios_boot_framebuffer *mode);

// Whether `candidate` suits better than `best` (width 0: none yet) for somebody who wants this
// size: the size itself, else the largest one that is not larger, and of two of one size the one
// with 32 bits.
bool vbe_is_better(const struct helios_boot_framebuffer *candidate,
                   const struct helios_boot_framebuffer *best, uint32_t width, uint32_t height);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_BOOT_MULTIBOOT_VBE_H

// SPDX-License-Identifier: GPL-3.0-only
//
// QEMU's fw_cfg device, through which a guest tells its ramfb what to show (QEMU,
// docs/specs/fw_cfg and hw/display/ramfb).
#ifndef HELIOS_USERLAND_VENUS_DISPLAY_FWCFG_H
#define HELIOS_USERLAND_VENUS_DISPLAY_FWCFG_H

#include <stdbool.h>
#include <stdint.h>

#include "userland/venus/hardware/registers.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FWCFG_DMA_BYTES 4096 // memory that it needs

struct fwcfg {
    struct venus_registers registers;
    bool is_ports; // x86: ports, in another order
    struct venus_dma dma;
};

// False if it is not there, or has no DMA.
bool fwcfg_open(const struct fwcfg *fwcfg);

// Finds a file of this name.
bool fwcfg_find(const struct fwcfg *fwcfg, const char *name, uint16_t *selector, uint32_t *size);

// Writes a file from its beginning. False if the device refuses, or does not answer.
bool fwcfg_write(const struct fwcfg *fwcfg, uint16_t selector, const void *bytes, uint32_t length);

// Shows `memory` by ramfb, lines of `width` pixels of 4 bytes (blue, green, red, nothing).
bool ramfb_set_mode(const struct fwcfg *fwcfg, uint32_t width, uint32_t height,
                    const struct venus_dma *memory);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_VENUS_DISPLAY_FWCFG_H

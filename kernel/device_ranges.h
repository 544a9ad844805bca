// SPDX-License-Identifier: GPL-3.0-only
//
// Which physical addresses are devices that the root task may have: what the boot block names, less
// memory and less what the kernel itself runs on.
#ifndef HELIOS_KERNEL_DEVICE_RANGES_H
#define HELIOS_KERNEL_DEVICE_RANGES_H

#include <stdint.h>

#include "boot/protocol/protocol.h"
#include "uapi/bootinfo.h"

#ifdef __cplusplus
extern "C" {
#endif

// Fills `devices` (with room for HELIOS_BOOTINFO_DEVICES) in everything but `slot`; page aligned,
// none of them overlapping another, memory, or an interrupt controller. What comes first wins: the
// console, the framebuffer, PCI configuration, windows, other devices, tables. Returns their
// number; what does not fit is left out.
uint32_t device_ranges(const struct helios_boot *boot, struct helios_bootinfo_device *devices);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_DEVICE_RANGES_H

// SPDX-License-Identifier: GPL-3.0-only
//
// Finding the devices of this machine, and handing them to their drivers.
#ifndef HELIOS_USERLAND_MERCURY_DEVICES_H
#define HELIOS_USERLAND_MERCURY_DEVICES_H

#include "userland/helios/syscall.h"
#include "userland/mercury/dev.h"
#include "userland/mercury/process.h"

#ifdef __cplusplus
extern "C" {
#endif

// Each finds what its part of the machine has.
void dev_find_legacy(void);
void dev_find_tree(void);
void dev_find_pci(void);

// The device tree, if dev_find_tree has found one that makes sense; else NULL.
const void *dev_tree(void);

// What firmware knows of a device that nobody could ask it: the framebuffer's width, height, bytes
// of a line, bits of a pixel, and the masks of red, green and blue. Others: nothing is written.
void dev_arguments(const struct dev *dev, char *text, size_t size);

// A driver starts, or is gone: registers answer and the device may reach memory, or not. When it
// goes, nothing of it may run any more, and its memory must not be given out before; never, if
// dev_disable returns false: the device does not stop, which has been said.
void dev_enable(struct dev *dev);
bool dev_disable(struct dev *dev);

// An interrupt for whoever drives it: value is an IRQHandler in any free slot. The device knows
// where to send a message.
struct helios_answer dev_interrupt(struct dev *dev, uint32_t index);

// Reads the manifests of all drivers in the boot file system, and starts the best one for each
// device.
void drivers_begin(void);

// The device that the driver of this name drives, or would if it had not ended; -1: there is none.
int32_t drivers_device(const char *name);

// Starts the driver of a device anew; with a file, that one from now on. Returns the process; NULL:
// the file is no driver of it, or can't be started: then the old one is.
struct proc *drivers_replace(uint32_t index, const char *file);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_MERCURY_DEVICES_H

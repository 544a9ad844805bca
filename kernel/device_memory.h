// SPDX-License-Identifier: GPL-3.0-only
//
// The DeviceMemory object: a range of physical addresses that is not memory. It makes Pages whose
// descriptors are small objects of the Memory that pays for them, and smaller DeviceMemory; all of
// them go with it.
#ifndef HELIOS_KERNEL_DEVICE_MEMORY_H
#define HELIOS_KERNEL_DEVICE_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/frame.h"
#include "kernel/syscall.h"

#ifdef __cplusplus
extern "C" {
#endif

struct device_memory {
    struct object object; // its lock guards the lists
    uint64_t base;
    uint64_t length;
    struct device_memory *parent; // NULL: none, or it has gone
    struct ring_node siblings;    // in parent->children (kernel/list.h)
    struct ring_node children;    // head: what was split off
    struct ring_node pages;       // head: struct device_page
};

// A Page of a device: a descriptor of its own, in a small object of the Memory that pays for it
// (its owner), with the DeviceMemory as frame.content.
struct device_page {
    struct frame frame; // first
    struct ring_node siblings;
};

// Boot: a DeviceMemory in zeroed memory of the kernel's own.
void device_memory_init(struct device_memory *device, uint64_t base, uint64_t length);

struct task *device_memory_invoke(struct task *current, const struct slot_view *slot,
                                  const struct syscall *call);

// The reaper's: what was made from it dies, a piece in each step.
bool device_memory_reap(struct object *object);

// memory_release_object's: leaves the DeviceMemory that it was split off from; and what a device's
// Page is made of goes back to who paid.
void device_memory_leave(struct object *object);
void device_page_release(struct frame *page);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_DEVICE_MEMORY_H

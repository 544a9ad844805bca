// SPDX-License-Identifier: GPL-3.0-only
#include "userland/mercury/dev.h"

#include <stdarg.h>

#include "toolchains/freestanding/format.h"

struct dev devs[DEV_COUNT];
uint32_t dev_count;
uint32_t dev_left_out;

struct dev *dev_add(enum dev_bus bus, const char *format, ...) {
    if (dev_count == DEV_COUNT) {
        dev_left_out++;
        return NULL;
    }
    struct dev *dev = &devs[dev_count++];
    va_list arguments;
    va_start(arguments, format);
    format_text_v(dev->name, sizeof dev->name, format, arguments);
    va_end(arguments);
    dev->bus = bus;
    dev->driver = -1;
    return dev;
}

void dev_add_range(struct dev *dev, enum dev_range_kind kind, uint32_t index, uint64_t base,
                   uint64_t length) {
    if (dev->range_count < DEV_RANGES && length != 0 && length <= UINT64_MAX - base) {
        dev->ranges[dev->range_count++] = (struct dev_range){kind, index, base, length};
    }
}

void dev_add_line(struct dev *dev, uint32_t line, uint32_t trigger) {
    if (dev->line_count < DEV_LINES) {
        dev->lines[dev->line_count++] = (struct dev_line){line, trigger};
    }
}

bool dev_quiet(struct dev *dev, void (*wait)(uint64_t nanoseconds)) {
    bool is_pci = dev->bus == DEV_PCI;
    if (is_pci) {
        pci_quiet(&dev->function);
    }
    if (dev->virtio.transport != NULL && virtio_reset(&dev->virtio) == VIRTIO_OK) {
        return true;
    }
    if (is_pci) {
        pci_reset(&dev->function, wait);
    }
    // Without bus mastering a function of PCI begins no write, reset or not.
    return is_pci || dev->virtio.transport == NULL;
}

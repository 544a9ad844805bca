// SPDX-License-Identifier: GPL-3.0-only
#include "userland/mercury/devices.h"

#include <stdarg.h>

#include "toolchains/freestanding/format.h"
#include "uapi/object.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/mercury/mercury.h"
#include "userland/mercury/resources.h"

struct dev devs[DEV_COUNT];
uint32_t dev_count;

struct dev *dev_add(enum dev_bus bus, const char *format, ...) {
    if (dev_count == DEV_COUNT) {
        say("there are more than %u devices; the others are left out", DEV_COUNT);
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

void dev_enable(struct dev *dev) {
    if (dev->bus == DEV_PCI) {
        pci_set_command(&dev->function, PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER,
                        0);
    }
}

// It must not reach memory any more: that will be somebody else's.
void dev_disable(struct dev *dev) {
    if (dev->bus != DEV_PCI) {
        return;
    }
    pci_set_command(&dev->function, 0, PCI_COMMAND_MASTER);
    if (dev->has_msix) {
        pci_msix_enable(&dev->function, &dev->msix, false);
    }
}

// The table of MSI-X, mapped here: a driver never says where messages go.
static bool map_table(struct dev *dev) {
    uint64_t length = (uint64_t)dev->msix.entries * 16;
    for (uint32_t i = 0; i < dev->range_count && dev->msix_table.length == 0; i++) {
        const struct dev_range *range = &dev->ranges[i];
        if (range->kind != DEV_MEMORY || range->index != dev->msix.bar ||
            dev->msix.offset + length > range->length) {
            continue;
        }
        volatile void *table = resources_map(range->base + dev->msix.offset, length);
        if (table != NULL) {
            dev->msix_table = venus_mmio(table, length);
        }
    }
    return dev->msix_table.length != 0;
}

static struct helios_answer message_interrupt(struct dev *dev, uint32_t index) {
    struct helios_answer answer = {.status = HELIOS_ERROR_UNSUPPORTED};
    if (dev->has_msix && !map_table(dev)) {
        return answer;
    }
    answer = helios_irq_control_issue_msi(resources.irq_control, dev->function.address, 0);
    if (answer.status != HELIOS_OK) {
        return answer;
    }
    uint64_t handler = helios_buffer->caps[0];
    uint64_t address = answer.value;
    uint32_t data = (uint32_t)answer.more[0];
    if (dev->has_msix) {
        pci_msix_set(&dev->msix_table, index, address, data);
        pci_msix_enable(&dev->function, &dev->msix, true);
    } else {
        pci_msi_enable(&dev->function, address, data);
    }
    answer.value = handler;
    return answer;
}

struct helios_answer dev_interrupt(struct dev *dev, uint32_t index) {
    struct helios_answer answer = {.status = HELIOS_ERROR_RANGE};
    if (resources.irq_control == 0) {
        answer.status = HELIOS_ERROR_UNSUPPORTED;
        return answer;
    }
    if (index < dev->messages) {
        answer = message_interrupt(dev, index);
        if (answer.status == HELIOS_OK) {
            return answer; // else the machine has no messages, or none left
        }
    }
    if (index >= dev->line_count) {
        return answer;
    }
    if (dev->bus == DEV_PCI) {
        pci_use_line(&dev->function);
    }
    answer = helios_irq_control_issue(resources.irq_control, dev->lines[index].line,
                                      dev->lines[index].trigger, 0);
    answer.value = helios_buffer->caps[0];
    return answer;
}

// SPDX-License-Identifier: GPL-3.0-only
#include "userland/mercury/devices.h"

#include "userland/helios/clock.h"
#include "userland/helios/objects.h"
#include "userland/mercury/mercury.h"
#include "userland/mercury/resources.h"

// A part of a BAR, mapped here for good; of length 0: it can't be.
static struct venus_registers map_part(const struct dev *dev, uint32_t bar, uint64_t offset,
                                       uint64_t length) {
    struct venus_registers none = {.length = 0};
    for (uint32_t i = 0; i < dev->range_count; i++) {
        const struct dev_range *range = &dev->ranges[i];
        if (range->kind == DEV_MEMORY && range->index == bar && offset <= range->length &&
            length <= range->length - offset) {
            volatile void *part = resources_map(range->base + offset, length);
            return part != NULL ? venus_mmio(part, length) : none;
        }
    }
    return none;
}

// Finds what a virtio device is reset by.
static void find_reset(struct dev *dev) {
    struct virtio_place place;
    if (dev->virtio.transport != NULL || !virtio_find_common(&dev->function, dev->bars, &place)) {
        return;
    }
    struct venus_registers common = map_part(dev, place.bar, place.offset, place.length);
    if (common.length != 0) {
        virtio_open_common(&dev->virtio, &common);
    }
}

void dev_enable(struct dev *dev) {
    if (dev->bus == DEV_PCI) {
        pci_set_command(&dev->function, PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER,
                        0);
        find_reset(dev);
    }
}

static void wait(uint64_t nanoseconds) {
    helios_sleep_until(helios_after(nanoseconds));
}

bool dev_disable(struct dev *dev) {
    bool is_quiet = dev_quiet(dev, wait);
    if (!is_quiet) {
        say("%s: it does not stop; the memory of its driver stays unused", dev->name);
    }
    return is_quiet;
}

// The table of MSI-X, mapped here: a driver never says where messages go.
static bool map_table(struct dev *dev) {
    if (dev->msix_table.length == 0) {
        dev->msix_table =
            map_part(dev, dev->msix.bar, dev->msix.offset, (uint64_t)dev->msix.entries * 16);
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

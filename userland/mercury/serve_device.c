// SPDX-License-Identifier: GPL-3.0-only
//
// userland/interfaces/device.ipc: a driver and its device; and the list of all devices.
#include <string.h>

#include "toolchains/freestanding/format.h"
#include "uapi/object.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/interfaces/device.h"
#include "userland/mercury/devices.h"
#include "userland/mercury/mercury.h"
#include "userland/mercury/resources.h"
#include "userland/mercury/serve.h"

enum {
    CONFIG_COMMAND = 0x04,
    CONFIG_STATUS = 0x06,
    CONFIG_INTERRUPT_LINE = 0x3c,
    CONFIG_HEADER = 0x40,
};

// The device of whoever asks; NULL: he has none.
static struct dev *dev_of(const struct helios_request *request) {
    const struct proc *proc = proc_of_badge(request->badge);
    return proc != NULL && proc->device >= 0 ? &devs[proc->device] : NULL;
}

static void fill_info(const struct dev *dev, struct device_info *info) {
    memset(info, 0, sizeof *info);
    info->bus = (enum device_bus)dev->bus;
    info->vendor = dev->identity.vendor;
    info->device = dev->identity.device;
    info->class_code = dev->identity.class_code;
    info->subsystem = dev->subsystem;
    info->revision = dev->revision;
    info->ranges = dev->range_count;
    info->interrupts = dev->messages != 0 ? dev->messages : dev->line_count;
    info->flags = dev->flags;
    info->clock_hz = dev->clock_hz;
    memcpy(info->name, dev->name, sizeof dev->name);
    const char *text = dev->identity.compatible;
    size_t room = sizeof info->compatible - 1;
    size_t most = dev->identity.compatible_length;
    if (text != NULL) {
        memcpy(info->compatible, text, strnlen(text, most < room ? most : room));
    }
}

static void fill_extent(const struct dev_range *range, struct device_extent *extent) {
    extent->kind = (enum device_range_kind)range->kind;
    extent->index = range->index;
    extent->base = range->base;
    extent->length = range->length;
}

static enum helios_error describe(void *context, const struct helios_request *request,
                                  struct device_info *result) {
    (void)context;
    const struct dev *dev = dev_of(request);
    if (dev == NULL) {
        return HELIOS_ERROR_STATE;
    }
    fill_info(dev, result);
    return HELIOS_OK;
}

static enum helios_error get_range(void *context, const struct helios_request *request,
                                   uint32_t index, struct device_extent *result) {
    (void)context;
    const struct dev *dev = dev_of(request);
    if (dev == NULL || index >= dev->range_count) {
        return dev == NULL ? HELIOS_ERROR_STATE : HELIOS_ERROR_RANGE;
    }
    fill_extent(&dev->ranges[index], result);
    return HELIOS_OK;
}

// The console's device goes to a driver: from here on it prints what stands in the journal.
static void console_goes(const struct dev *dev) {
    if (dev->is_console) {
        journal_console_goes();
    }
}

static enum helios_error get_memory(void *context, const struct helios_request *request,
                                    uint32_t index, struct device_extent *result,
                                    uint64_t *memory) {
    enum helios_error status = get_range(context, request, index, result);
    if (status != HELIOS_OK || result->kind != DEVICE_RANGE_KIND_MEMORY) {
        return status != HELIOS_OK ? status : HELIOS_ERROR_TYPE;
    }
    const struct proc *proc = proc_of_badge(request->badge);
    struct helios_answer answer =
        resources_device_memory(result->base, result->length, proc->process.memory);
    if (answer.status == HELIOS_OK) {
        *memory = answer.value;
        drop_later(answer.value);
        console_goes(&devs[proc->device]);
    }
    return answer.status;
}

static enum helios_error get_ports(void *context, const struct helios_request *request,
                                   uint32_t index, struct device_extent *result, uint64_t *ports) {
    enum helios_error status = get_range(context, request, index, result);
    if (status != HELIOS_OK || result->kind != DEVICE_RANGE_KIND_PORTS) {
        return status != HELIOS_OK ? status : HELIOS_ERROR_TYPE;
    }
    if (resources.io_control == 0) {
        return HELIOS_ERROR_UNSUPPORTED;
    }
    console_goes(dev_of(request));
    struct helios_answer answer =
        helios_io_control_issue(resources.io_control, result->base, result->length);
    if (answer.status == HELIOS_OK) {
        *ports = helios_buffer->caps[0];
        drop_later(*ports);
    }
    return answer.status;
}

static enum helios_error interrupt(void *context, const struct helios_request *request,
                                   uint32_t index, uint32_t *result, uint64_t *handler) {
    (void)context;
    struct dev *dev = dev_of(request);
    if (dev == NULL) {
        return HELIOS_ERROR_STATE;
    }
    struct helios_answer answer = dev_interrupt(dev, index);
    if (answer.status == HELIOS_OK) {
        *result = index;
        *handler = answer.value;
        drop_later(answer.value);
    }
    return answer.status;
}

static bool is_config(const struct dev *dev, uint32_t offset, uint32_t width) {
    return dev != NULL && dev->bus == DEV_PCI && (width == 1 || width == 2 || width == 4) &&
           offset < PCI_CONFIG_BYTES && offset % width == 0;
}

static enum helios_error config_read(void *context, const struct helios_request *request,
                                     uint32_t offset, uint32_t width, uint32_t *result) {
    (void)context;
    const struct dev *dev = dev_of(request);
    if (!is_config(dev, offset, width)) {
        return HELIOS_ERROR_RANGE;
    }
    *result = pci_read(&dev->function, offset, width);
    return HELIOS_OK;
}

// Whether [offset, offset + width) touches the capability of messages.
static bool is_message_capability(const struct dev *dev, uint32_t offset, uint32_t width) {
    static const struct {
        uint8_t id;
        uint32_t length;
    } kinds[] = {{PCI_CAPABILITY_MSI, 24}, {PCI_CAPABILITY_MSIX, 12}};
    for (uint32_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        uint32_t at = pci_find_capability(&dev->function, kinds[i].id, 0);
        if (at != 0 && offset < at + kinds[i].length && at < offset + width) {
            return true;
        }
    }
    return false;
}

// The header says who answers at which addresses; that is Mercury's.
static enum helios_error config_write(void *context, const struct helios_request *request,
                                      uint32_t offset, uint32_t width, uint32_t value) {
    (void)context;
    const struct dev *dev = dev_of(request);
    if (!is_config(dev, offset, width)) {
        return HELIOS_ERROR_RANGE;
    }
    if (offset < CONFIG_HEADER || is_message_capability(dev, offset, width)) {
        return HELIOS_ERROR_RIGHTS;
    }
    pci_write(&dev->function, offset, width, value);
    return HELIOS_OK;
}

static enum helios_error count(void *context, const struct helios_request *request,
                               uint32_t *result) {
    (void)context;
    (void)request;
    *result = dev_count;
    return HELIOS_OK;
}

static enum helios_error get(void *context, const struct helios_request *request, uint32_t index,
                             struct device_summary *result) {
    (void)context;
    (void)request;
    if (index >= dev_count) {
        return HELIOS_ERROR_RANGE;
    }
    memset(result, 0, sizeof *result);
    fill_info(&devs[index], &result->info);
    const struct proc *proc = proc_find(devs[index].process);
    if (proc != NULL) {
        memcpy(result->driver, proc->program.name, sizeof proc->program.name);
        result->driver_state = (uint32_t)proc->state;
    }
    return HELIOS_OK;
}

static const struct device_ops device_ops = {
    .describe = describe,
    .range = get_range,
    .memory = get_memory,
    .ports = get_ports,
    .interrupt = interrupt,
    .config_read = config_read,
    .config_write = config_write,
};

static const struct device_manager_ops manager_ops = {.count = count, .get = get};

bool serve_device(struct helios_message *message) {
    return device_dispatch(&device_ops, NULL, message);
}

bool serve_devices(struct helios_message *message) {
    return device_manager_dispatch(&manager_ops, NULL, message);
}

// SPDX-License-Identifier: GPL-3.0-only
//
// Registers, interrupts and memory of a driver's device.
#include <string.h>

#include "userland/helios/clock.h"
#include "userland/helios/error.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/venus/driver/driver.h"

#define MOST_REGISTERS (4ull << 20) // bytes that are mapped of a range

static uint32_t read_ports(void *context, uint64_t offset, unsigned bytes) {
    const struct driver_ports *ports = context;
    uint64_t port = ports->first + offset;
    struct helios_answer answer = bytes == 1   ? helios_io_port_in8(ports->capability, port)
                                  : bytes == 2 ? helios_io_port_in16(ports->capability, port)
                                               : helios_io_port_in32(ports->capability, port);
    return answer.status == HELIOS_OK ? (uint32_t)answer.value : ~0u >> (32 - 8 * bytes);
}

static void write_ports(void *context, uint64_t offset, unsigned bytes, uint32_t value) {
    const struct driver_ports *ports = context;
    uint64_t port = ports->first + offset;
    if (bytes == 1) {
        helios_io_port_out8(ports->capability, port, value);
    } else if (bytes == 2) {
        helios_io_port_out16(ports->capability, port, value);
    } else {
        helios_io_port_out32(ports->capability, port, value);
    }
}

static void take_ports(struct driver *driver, uint32_t index) {
    struct device_extent extent;
    struct driver_ports *ports = &driver->ports[index];
    enum helios_error status = device_ports(driver->device, index, &extent, &ports->capability);
    if (status != HELIOS_OK) {
        driver_fail(driver, "can't have its ports: %s", device_strerror(status));
    }
    ports->first = extent.base;
    driver->ranges[index] = (struct venus_registers){
        .read = read_ports,
        .write = write_ports,
        .context = ports,
        .length = extent.length,
    };
}

static void map_registers(const struct driver *driver, uint64_t memory, uint64_t physical,
                          uint64_t address, uint64_t bytes) {
    for (uint64_t done = 0; done < bytes; done += HELIOS_PAGE_BYTES) {
        struct helios_answer answer = helios_device_memory_allocate(
            memory, helios_environment.memories[0], physical + done, 0);
        if (answer.status == HELIOS_OK) {
            uint64_t page = helios_buffer->caps[0];
            answer = helios_vm_map(page, address + done, HELIOS_MAP_WRITE | HELIOS_MAP_DEVICE);
            helios_drop(page);
        }
        if (answer.status != HELIOS_OK) {
            driver_fail(driver, "can't map its registers: %s", helios_strerror(answer.status));
        }
    }
}

static void take_memory(struct driver *driver, uint32_t index) {
    struct device_extent extent;
    uint64_t memory;
    enum helios_error status = device_memory(driver->device, index, &extent, &memory);
    if (status != HELIOS_OK) {
        driver_fail(driver, "can't have its registers: %s", device_strerror(status));
    }
    struct helios_answer place = helios_device_memory_query(memory);
    uint64_t offset = extent.base - place.value;
    uint64_t bytes = place.more[0] < MOST_REGISTERS ? place.more[0] : MOST_REGISTERS;
    if (place.status != HELIOS_OK || offset >= bytes) {
        driver_fail(driver, "was given registers that are not its device's");
    }
    uint64_t address = helios_vm_reserve(bytes, HELIOS_PAGE_BYTES);
    if (address == 0) {
        driver_fail(driver, "has no room for its registers");
    }
    map_registers(driver, memory, place.value, address, bytes);
    uint64_t length = extent.length < bytes - offset ? extent.length : bytes - offset;
    driver->ranges[index] = venus_mmio((volatile void *)(uintptr_t)(address + offset), length);
}

const struct venus_registers *driver_range(struct driver *driver, uint32_t index) {
    struct device_extent extent;
    if (index >= DRIVER_RANGES || index >= driver->info.ranges) {
        driver_fail(driver, "its device has no range %u of registers", index);
    }
    if (driver->ranges[index].length != 0) {
        return &driver->ranges[index];
    }
    enum helios_error status = device_range(driver->device, index, &extent);
    if (status != HELIOS_OK) {
        driver_fail(driver, "can't ask for its registers: %s", device_strerror(status));
    }
    if (extent.kind == DEVICE_RANGE_KIND_PORTS) {
        take_ports(driver, index);
    } else {
        take_memory(driver, index);
    }
    return &driver->ranges[index];
}

bool driver_find_bar(const struct driver *driver, uint32_t bar, uint32_t *index) {
    for (uint32_t i = 0; i < driver->info.ranges && i < DRIVER_RANGES; i++) {
        struct device_extent extent;
        if (device_range(driver->device, i, &extent) == HELIOS_OK && extent.index == bar) {
            *index = i;
            return true;
        }
    }
    return false;
}

static uint32_t read_config(void *context, uint32_t function, uint32_t offset, unsigned bytes) {
    (void)function;
    const struct driver *driver = context;
    uint32_t value;
    return device_config_read(driver->device, offset, bytes, &value) == HELIOS_OK
               ? value
               : ~0u >> (32 - 8 * bytes);
}

static void write_config(void *context, uint32_t function, uint32_t offset, unsigned bytes,
                         uint32_t value) {
    (void)function;
    const struct driver *driver = context;
    device_config_write(driver->device, offset, bytes, value);
}

struct pci_function driver_function(struct driver *driver) {
    driver->config =
        (struct pci_access){.read = read_config, .write = write_config, .context = driver};
    return (struct pci_function){&driver->config, 0};
}

struct driver_interrupt driver_interrupt(struct driver *driver, uint32_t index, uint64_t bit,
                                         bool alone) {
    struct driver_interrupt interrupt = {.notification = driver->notification};
    uint32_t is_message = 0;
    enum helios_error status =
        device_interrupt(driver->device, index, &is_message, &interrupt.handler);
    if (status != HELIOS_OK) {
        driver_fail(driver, "can't have its interrupt: %s", device_strerror(status));
    }
    if (alone) {
        interrupt.notification = helios_make(HELIOS_TYPE_NOTIFICATION, 0).value;
    }
    // A capability without a badge would signal no bit.
    struct helios_answer badged = helios_copy(interrupt.notification, HELIOS_RIGHT_ALL, bit);
    struct helios_answer bound = badged.status == HELIOS_OK
                                     ? helios_irq_handler_bind(interrupt.handler, badged.value)
                                     : badged;
    if (bound.status != HELIOS_OK) {
        driver_fail(driver, "can't bind its interrupt: %s", helios_strerror(bound.status));
    }
    // A line has no address.
    struct helios_answer route = helios_irq_handler_route(interrupt.handler, 0);
    interrupt.is_message = route.status == HELIOS_OK && route.value != 0;
    return interrupt;
}

void driver_ack(const struct driver_interrupt *interrupt) {
    helios_irq_handler_ack(interrupt->handler);
}

bool driver_wait(const struct driver_interrupt *interrupt) {
    helios_buffer->deadline = helios_now() + DRIVER_PATIENCE_NS;
    return helios_wait(interrupt->notification, HELIOS_FLAG_DEADLINE).status == HELIOS_OK;
}

struct venus_dma driver_dma(const struct driver *driver, uint64_t bytes) {
    struct helios_dma dma;
    struct helios_answer made = helios_dma_new(bytes, &dma);
    if (made.status != HELIOS_OK) {
        driver_fail(driver, "has no memory for its device: %s", helios_strerror(made.status));
    }
    return (struct venus_dma){dma.address, dma.physical, dma.bytes};
}

// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/driver/virtio.h"

static struct venus_registers map_bar(void *context, uint32_t bar) {
    struct driver *driver = context;
    uint32_t index;
    if (!driver_find_bar(driver, bar, &index)) {
        return (struct venus_registers){0};
    }
    return *driver_range(driver, index);
}

static enum virtio_error open_device(struct driver_virtio *self) {
    if (self->driver.info.bus != DEVICE_BUS_PCI) {
        return virtio_open_mmio(&self->device, driver_range(&self->driver, 0));
    }
    struct pci_function function = driver_function(&self->driver);
    return virtio_open_pci(&self->device, &function, map_bar, &self->driver);
}

void driver_virtio_check(const struct driver_virtio *self, enum virtio_error error) {
    if (error != VIRTIO_OK) {
        driver_fail(&self->driver, "%s %s", self->driver.info.name, virtio_error_text(error));
    }
}

void driver_virtio_begin(struct driver_virtio *self, const char *name, enum virtio_type type,
                         uint64_t bit) {
    driver_begin(&self->driver, name);
    driver_virtio_check(self, open_device(self));
    if (self->device.type != type) {
        driver_virtio_check(self, VIRTIO_WRONG_TYPE);
    }
    // Whatever it did for who used it before, it does not interrupt for that any more.
    driver_virtio_check(self, virtio_reset(&self->device));
    self->interrupt = driver_interrupt(&self->driver, 0, bit == 0 ? 1 : bit, bit == 0);
    self->vector = self->interrupt.is_message ? 0 : VIRTIO_NO_INTERRUPT;
    driver_ack(&self->interrupt);
}

void driver_virtio_ack(const struct driver_virtio *self) {
    if (!self->interrupt.is_message) {
        virtio_interrupt(&self->device);
    }
    driver_ack(&self->interrupt);
}

bool driver_virtio_wait(void *context) {
    const struct driver_virtio *self = context;
    if (!driver_wait(&self->interrupt)) {
        return false;
    }
    driver_virtio_ack(self);
    return true;
}

// SPDX-License-Identifier: MIT
//
// The driver of QEMU's PCI device for teaching (QEMU, docs/specs/edu): it computes factorials,
// copies memory into and out of a page of its own, and interrupts when it has done so.
#include <string.h>

#include "driver/edu.h"
#include "userland/venus/driver/driver.h"

enum { // registers, of 32 bits
    IDENTITY = 0x00,
    FACTORIAL = 0x08,
    STATUS = 0x20,
    PENDING = 0x24,
    ACKNOWLEDGE = 0x64,
    DMA_FROM = 0x80,
    DMA_TO = 0x88,
    DMA_BYTES = 0x90,
    DMA_COMMAND = 0x98,
};

enum {
    VERSION_MASK = 0xffff, // of IDENTITY; above it stand the version's numbers
    VERSION = 0x00ed,
    STATUS_INTERRUPTS = 0x80, // when a factorial is there
    PENDING_FACTORIAL = 0x001,
    PENDING_DMA = 0x100,
    DMA_RUN = 1,
    DMA_OUT = 2, // of the device
    DMA_INTERRUPTS = 4,
    OWN_MEMORY = 0x40000, // where the device has its page
    MOST = 256,           // bytes that we let it copy
    TRIES = 16,
};

static struct {
    struct driver driver;
    const struct venus_registers *registers;
    struct driver_interrupt interrupt;
    struct venus_dma buffer;
} self;

// Waits until the device says that it has done this. A device that never does ends its driver, and
// Mercury starts another one.
static void wait_for(uint32_t done) {
    for (unsigned i = 0; i < TRIES && driver_wait(&self.interrupt); i++) {
        uint32_t pending = venus_read32(self.registers, PENDING);
        venus_write32(self.registers, ACKNOWLEDGE, pending);
        driver_ack(&self.interrupt);
        if ((pending & done) != 0) {
            return;
        }
    }
    driver_fail(&self.driver, "the device does not answer");
}

static enum helios_error factorial(void *context, const struct helios_request *request, uint32_t n,
                                   uint32_t *result) {
    (void)context;
    (void)request;
    venus_write32(self.registers, STATUS, STATUS_INTERRUPTS);
    venus_write32(self.registers, FACTORIAL, n);
    wait_for(PENDING_FACTORIAL);
    *result = venus_read32(self.registers, FACTORIAL);
    return HELIOS_OK;
}

static void copy(uint64_t from, uint64_t to, uint32_t bytes, uint32_t direction) {
    venus_write32(self.registers, DMA_FROM, (uint32_t)from);
    venus_write32(self.registers, DMA_TO, (uint32_t)to);
    venus_write32(self.registers, DMA_BYTES, bytes);
    venus_write32(self.registers, DMA_COMMAND, DMA_RUN | DMA_INTERRUPTS | direction);
    wait_for(PENDING_DMA);
}

static enum helios_error carry(void *context, const struct helios_request *request,
                               const void *data, uint32_t data_length, uint8_t result[MOST],
                               uint32_t *result_length) {
    (void)context;
    (void)request;
    if (data_length == 0) {
        return HELIOS_ERROR_RANGE; // the device would not know what to do
    }
    memcpy(self.buffer.address, data, data_length);
    copy(self.buffer.physical, OWN_MEMORY, data_length, 0);
    memset(self.buffer.address, 0, MOST);
    copy(OWN_MEMORY, self.buffer.physical, data_length, DMA_OUT);
    memcpy(result, self.buffer.address, data_length);
    *result_length = data_length;
    return HELIOS_OK;
}

static bool dispatch(void *context, struct helios_message *message) {
    static const struct edu_ops ops = {.factorial = factorial, .carry = carry};
    return edu_dispatch(&ops, context, message);
}

int main(void) {
    struct driver *driver = &self.driver;
    driver_begin(driver, "edu");
    self.registers = driver_range(driver, 0);
    uint32_t identity = venus_read32(self.registers, IDENTITY);
    if ((identity & VERSION_MASK) != VERSION) {
        driver_fail(driver, "%s is something else: %x", driver->info.name, identity);
    }
    self.buffer = driver_dma(driver, MOST);
    if (self.buffer.physical + self.buffer.length > 1ull << 32) {
        driver_fail(driver, "its memory is where the device does not reach");
    }
    self.interrupt = driver_interrupt(driver, 0, 1, true);
    venus_write32(self.registers, ACKNOWLEDGE, ~0u); // what another driver has left
    driver_ack(&self.interrupt);
    driver_say(driver, "%s, version %u.%u", driver->info.name, identity >> 24,
               identity >> 16 & 0xff);
    driver_offer(driver, EDU_ID, EDU_VERSION, "edu");
    driver_serve(driver, dispatch, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-only
//
// virtio devices, version 1 and later ("modern"), over PCI and over memory-mapped registers: the
// way from reset to running, and what is common to all types. A device that does not do what the
// specification says is refused with the reason.
//
// Source: VIRTIO 1.2, sections 2.1 to 2.5, 3.1, 4.1 (PCI) and 4.2 (MMIO).
#ifndef HELIOS_USERLAND_VENUS_VIRTIO_DEVICE_H
#define HELIOS_USERLAND_VENUS_VIRTIO_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "userland/venus/pci/pci.h"
#include "userland/venus/virtio/queue.h"

#ifdef __cplusplus
extern "C" {
#endif

enum virtio_type {
    VIRTIO_NETWORK = 1,
    VIRTIO_BLOCK = 2,
    VIRTIO_ENTROPY = 4,
    VIRTIO_GPU = 16,
    VIRTIO_INPUT = 18,
};

#define VIRTIO_F_VERSION_1 (1ull << 32)

enum virtio_error {
    VIRTIO_OK,
    VIRTIO_NO_DEVICE,      // no virtio device of version 1 there
    VIRTIO_WRONG_TYPE,     // another type
    VIRTIO_BAD_STRUCTURES, // its structures don't lie inside its BARs
    VIRTIO_NO_RESET,       // its status does not become 0
    VIRTIO_NO_VERSION_1,   // it does not offer VIRTIO_F_VERSION_1
    VIRTIO_NO_FEATURES,    // it does not offer what was required, or not all together
    VIRTIO_NO_QUEUE,       // it does not have this queue
    VIRTIO_NO_VECTOR,      // it has no room for this interrupt vector
    VIRTIO_UNSTEADY,       // its configuration changes all the time
};

#define VIRTIO_NO_INTERRUPT 0xffff // vector

struct virtio_device;

// A transport.
struct virtio_transport {
    uint8_t (*status)(const struct virtio_device *device);
    void (*set_status)(const struct virtio_device *device, uint8_t status);
    uint64_t (*features)(const struct virtio_device *device);
    void (*set_features)(const struct virtio_device *device, uint64_t features);
    uint16_t (*queue_max)(const struct virtio_device *device, uint16_t index); // 0: no such queue
    enum virtio_error (*start_queue)(struct virtio_device *device, uint16_t index,
                                     const struct virtio_queue *queue, uint16_t vector);
    void (*notify)(const struct virtio_device *device, uint16_t index);
    uint32_t (*generation)(const struct virtio_device *device);
    uint8_t (*interrupt)(const struct virtio_device *device);
};

#define VIRTIO_QUEUES 4 // that we use of a device

struct virtio_device {
    const struct virtio_transport *transport;
    struct venus_registers common; // MMIO: all registers
    struct venus_registers notify;
    struct venus_registers isr;
    struct venus_registers config; // of the type
    uint64_t features;             // that were agreed on
    uint64_t notify_at[VIRTIO_QUEUES];
    uint32_t notify_multiplier;
    uint32_t type;
};

// Finds the device behind a function of PCI. `map` gives the registers of a BAR, or ones of length
// 0; what it returns has to stay.
enum virtio_error virtio_open_pci(struct virtio_device *device, const struct pci_function *function,
                                  struct venus_registers (*map)(void *context, uint32_t bar),
                                  void *context);

// Where in its BARs a function has the registers that a device is reset by.
struct virtio_place {
    uint32_t bar;
    uint64_t offset;
    uint64_t length;
};

// false: it is no virtio device, or they don't lie inside a BAR of memory.
bool virtio_find_common(const struct pci_function *function, const struct pci_bar bars[PCI_BARS],
                        struct virtio_place *place);

// A device of which nothing but these registers is known: for virtio_reset, and nothing else.
void virtio_open_common(struct virtio_device *device, const struct venus_registers *common);

// Finds the device in a range of registers.
enum virtio_error virtio_open_mmio(struct virtio_device *device,
                                   const struct venus_registers *registers);

// Resets it and agrees on features: all of `required` and what it offers of `wanted`. Next: queues,
// then virtio_run.
enum virtio_error virtio_begin(struct virtio_device *device, uint64_t required, uint64_t wanted);

// Gives it a queue of as many descriptors as it takes, up to `most` (a power of two). `vector` is
// the entry of MSI-X that it interrupts by, VIRTIO_NO_INTERRUPT without MSI-X.
enum virtio_error virtio_start_queue(struct virtio_device *device, uint16_t index, uint16_t most,
                                     uint16_t vector, const struct venus_dma *memory,
                                     struct virtio_queue *queue);

// Lets it run.
void virtio_run(struct virtio_device *device);

// Stops it: it touches no memory any more.
enum virtio_error virtio_reset(struct virtio_device *device);

// Tells it that something was added to a queue, if it wants to know.
void virtio_notify(const struct virtio_device *device, uint16_t index,
                   const struct virtio_queue *queue);

// Why it interrupted by its line, which is quiet from then on.
enum virtio_interrupt {
    VIRTIO_INTERRUPT_QUEUE = 1,
    VIRTIO_INTERRUPT_CONFIG = 2,
};
uint8_t virtio_interrupt(const struct virtio_device *device);

// Reads of its configuration so that all of it belongs together. Numbers are little endian, each
// read in one piece: widths[i] bytes (1, 2, 4, or 8 as twice 4) to values[i], from `offset` on
// without gaps. VIRTIO_UNSTEADY if it changes each time.
enum virtio_error virtio_read_config(const struct virtio_device *device, uint64_t offset,
                                     const uint8_t *widths, uint64_t *values, unsigned count);

// Whether it asks to be reset (status DEVICE_NEEDS_RESET).
bool virtio_needs_reset(const struct virtio_device *device);

// For messages: "offers no VIRTIO_F_VERSION_1".
const char *virtio_error_text(enum virtio_error error);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_VENUS_VIRTIO_DEVICE_H

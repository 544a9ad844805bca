// SPDX-License-Identifier: GPL-3.0-only
//
// Functions of PCI that say anything, or something else each time: whatever is found of them lies
// in their BARs and in no address twice around, and looking comes to an end.
#include <stdlib.h>
#include <string.h>

#include "userland/mercury/find.h"

namespace {

enum { LAST_BUS = 3, CONFIG = 4096, HEADERS = 256, REGISTERS = 0x4000 };

// Functions as the tests of virtio have them, some bytes of theirs changed, and then what the reads
// differ from that by. The bits of a register that can be written are those that are set MASKS
// behind it.
enum { FUNCTIONS = 2, MASKS = 128 };

struct Input {
    uint8_t config[FUNCTIONS][HEADERS];
    const uint8_t *data;
    size_t size;
};

void Expect(bool holds) {
    if (!holds) {
        abort();
    }
}

void Take(struct Input *input, uint8_t *to, size_t most) {
    size_t size = input->size < most ? input->size : most;
    memcpy(to, input->data, size);
    input->data += size;
    input->size -= size;
}

void Put(uint8_t *config, uint32_t at, uint32_t value) {
    memcpy(config + at, &value, sizeof value);
}

// A block device with MSI-X in BAR 1 and its structures in BAR 4.
void PutBlock(uint8_t *config) {
    Put(config, 0x00, 0x10421af4);
    Put(config, 0x04, 0x00100006);
    Put(config, 0x08, 0x01800001);
    Put(config, 0x14, 0x40000000);
    Put(config, 0x20, 0x4000400c);
    Put(config, 0x34, 0x40);
    Put(config, 0x40, 0x00014c11); // MSI-X
    Put(config, 0x44, 1);
    Put(config, 0x4c, 0x01105c09); // common
    Put(config, 0x50, 4);
    Put(config, 0x58, 56);
    Put(config, 0x5c, 0x02147009); // notification
    Put(config, 0x60, 4);
    Put(config, 0x64, 0x3000);
    Put(config, 0x68, 0x1000);
    Put(config, 0x6c, 4);
    Put(config, 0x70, 0x03100009); // interrupt status
    Put(config, 0x74, 4);
    Put(config, 0x78, 0x1000);
    Put(config, 0x7c, 0x1000);
    Put(config, MASKS + 0x04, 0xffff);
    Put(config, MASKS + 0x14, 0xfffff000);
    Put(config, MASKS + 0x20, 0xffffc000);
    Put(config, MASKS + 0x24, 0xffffffff);
}

void Begin(struct Input *input, uint8_t *config) {
    uint8_t count = 0;
    PutBlock(config);
    Take(input, &count, 1);
    for (uint32_t i = 0; i < count % 32u; i++) {
        uint8_t change[2] = {};
        Take(input, change, sizeof change);
        config[change[0]] = change[1];
    }
}

// The space of a function; NULL: there is none. One is on bus 0, the other on bus 1.
uint8_t *Find(struct Input *input, uint32_t address, uint32_t offset, unsigned width) {
    Expect((width == 1 || width == 2 || width == 4) && offset + width <= CONFIG);
    bool is_there = (address == 0 || address == PCI_ADDRESS(1, 0, 0)) && offset + width <= HEADERS;
    return is_there ? input->config[address >> 8] : nullptr;
}

uint32_t Read(void *context, uint32_t address, uint32_t offset, unsigned width) {
    struct Input *input = static_cast<struct Input *>(context);
    const uint8_t *config = Find(input, address, offset, width);
    uint8_t change[4] = {};
    uint32_t value = 0;
    if (config == nullptr) {
        return ~0u >> (32 - 8 * width);
    }
    Take(input, change, width);
    for (unsigned i = 0; i < width; i++) {
        value |= static_cast<uint32_t>(config[offset + i] ^ change[i]) << 8 * i;
    }
    return value;
}

void Write(void *context, uint32_t address, uint32_t offset, unsigned width, uint32_t value) {
    uint8_t *config = Find(static_cast<struct Input *>(context), address, offset, width);
    for (unsigned i = 0; config != nullptr && i < width && offset + i < MASKS; i++) {
        uint8_t mask = config[offset + i + MASKS];
        config[offset + i] =
            static_cast<uint8_t>((config[offset + i] & ~mask) | (value >> 8 * i & mask));
    }
}

void Wait(uint64_t nanoseconds) {
    Expect(nanoseconds <= 200000000);
}

uint8_t registers[REGISTERS];

struct venus_registers Map(void *, uint32_t bar) {
    Expect(bar < PCI_BARS);
    return venus_mmio(registers, sizeof registers);
}

void LookAt(struct dev *dev) {
    Expect(memchr(dev->name, 0, sizeof dev->name) != nullptr);
    Expect(dev->range_count <= DEV_RANGES && dev->line_count <= DEV_LINES);
    for (uint32_t i = 0; i < dev->range_count; i++) {
        const struct dev_range &range = dev->ranges[i];
        Expect(range.length != 0 && range.base + range.length > range.base);
    }
    Expect(dev->messages <= PCI_MSIX_ENTRIES);
    if (dev->has_msix) {
        const struct pci_bar &bar = dev->bars[dev->msix.bar];
        Expect(!bar.is_io && dev->msix.offset < bar.length &&
               bar.length - dev->msix.offset >= uint64_t{dev->msix.entries} * 16);
    }
    struct virtio_place place;
    if (virtio_find_common(&dev->function, dev->bars, &place)) {
        const struct pci_bar &bar = dev->bars[place.bar];
        Expect(!bar.is_io && place.offset <= bar.length &&
               place.length <= bar.length - place.offset);
    }
    struct virtio_device device = {};
    if (virtio_open_pci(&device, &dev->function, Map, nullptr) == VIRTIO_OK) {
        Expect(device.common.length != 0);
        virtio_reset(&device);
    }
    pci_msi_enable(&dev->function, 0xfee00000, 1);
    pci_use_line(&dev->function);
    Expect(dev_quiet(dev, Wait));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct helios_bootinfo info;
    struct Input input = {{}, data, size};
    const struct pci_access access = {Read, Write, &input, 0, LAST_BUS};
    const struct find_bridge bridge = {&access, &info, nullptr, 0x30000000, 0};
    for (uint8_t(&config)[HEADERS] : input.config) {
        Begin(&input, config);
    }
    info.device_count = 1;
    info.devices[0] = {};
    info.devices[0].kind = HELIOS_BOOTINFO_PCI_MEMORY;
    info.devices[0].bus_base = info.devices[0].base = 0x40000000;
    info.devices[0].length = 0x40000000;
    memset(registers, 0, sizeof registers);
    memset(devs, 0, sizeof devs);
    dev_count = 0;
    dev_left_out = 0;
    find_pci(&bridge);
    for (uint32_t i = 0; i < dev_count; i++) {
        LookAt(&devs[i]);
    }
    return 0;
}

// SPDX-License-Identifier: GPL-3.0-only
//
// For tests: functions of PCI, with as much of a configuration space as is asked for.
#ifndef HELIOS_USERLAND_VENUS_TESTING_FAKE_PCI_H
#define HELIOS_USERLAND_VENUS_TESTING_FAKE_PCI_H

#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "userland/venus/pci/header.h"
#include "userland/venus/pci/pci.h"

// A function that behaves as its masks say: a bit of a mask can be written.
struct FakeFunction {
    uint8_t bytes[256] = {};
    uint8_t mask[256] = {};
    std::function<void(FakeFunction &, uint32_t offset)> written; // behind each write

    void Put(uint32_t at, uint32_t value, unsigned width) {
        memcpy(&bytes[at], &value, width);
    }
    void Bar(uint32_t index, uint32_t value, uint32_t writable) {
        Put(PCI_HEADER_BAR + 4 * index, value, 4);
        memcpy(&mask[PCI_HEADER_BAR + 4 * index], &writable, 4);
    }
    uint32_t Get(uint32_t at, unsigned width) const {
        uint32_t value = 0;
        memcpy(&value, &bytes[at], width);
        return value;
    }
    // A list of capabilities: {offset, id} each, in this order.
    void Capabilities(const std::vector<std::pair<uint8_t, uint8_t>> &list) {
        Put(PCI_HEADER_STATUS, PCI_STATUS_CAPABILITIES, 2);
        uint32_t link = PCI_HEADER_CAPABILITIES;
        for (auto [offset, id] : list) {
            bytes[link] = offset;
            bytes[offset] = id;
            link = offset + 1u;
        }
        bytes[link] = 0;
    }
};

// The buses of a segment: functions by their addresses, counted from the first bus.
class FakePci {
  public:
    FakeFunction &Add(uint32_t address, uint32_t id = 0x10001234) {
        FakeFunction &function = functions_[address];
        function.Put(PCI_HEADER_ID, id, 4);
        memset(&function.mask[PCI_HEADER_COMMAND], 0xff, 2);
        return function;
    }
    FakeFunction &Bridge(uint32_t address, uint8_t secondary) {
        FakeFunction &bridge = Add(address);
        bridge.bytes[PCI_HEADER_TYPE] = PCI_HEADER_BRIDGE;
        bridge.bytes[PCI_HEADER_SECONDARY] = secondary;
        return bridge;
    }
    struct pci_function At(uint32_t address) {
        return {&access_, address};
    }

  protected:
    static uint32_t Read(void *context, uint32_t address, uint32_t offset, unsigned width) {
        FakePci *self = static_cast<FakePci *>(context);
        auto found = self->functions_.find(address);
        if (found == self->functions_.end() || offset + width > 256) {
            return ~0u >> (32 - 8 * width);
        }
        return found->second.Get(offset, width);
    }
    static void Write(void *context, uint32_t address, uint32_t offset, unsigned width,
                      uint32_t value) {
        FakePci *self = static_cast<FakePci *>(context);
        auto found = self->functions_.find(address);
        if (found == self->functions_.end() || offset + width > 256) {
            return;
        }
        FakeFunction &function = found->second;
        for (unsigned i = 0; i < width; i++) {
            uint8_t mask = function.mask[offset + i];
            uint8_t &byte = function.bytes[offset + i];
            byte = static_cast<uint8_t>((byte & ~mask) | (value >> 8 * i & mask));
        }
        if (function.written) {
            function.written(function, offset);
        }
    }

    std::map<uint32_t, FakeFunction> functions_;
    struct pci_access access_ = {Read, Write, this, 0, 255};
};

#endif // HELIOS_USERLAND_VENUS_TESTING_FAKE_PCI_H

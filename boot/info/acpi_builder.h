// SPDX-License-Identifier: GPL-3.0-only
//
// For tests: builds ACPI tables in pretended physical memory. Every table is an allocation of
// exactly its size, so that the address sanitizer sees any read beyond its end.
#ifndef HELIOS_BOOT_INFO_ACPI_BUILDER_H
#define HELIOS_BOOT_INFO_ACPI_BUILDER_H

#include "boot/info/acpi.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

// Little-endian bytes, appended.
class Bytes {
  public:
    Bytes &U8(uint64_t value) {
        return Put(value, 1);
    }
    Bytes &U16(uint64_t value) {
        return Put(value, 2);
    }
    Bytes &U32(uint64_t value) {
        return Put(value, 4);
    }
    Bytes &U64(uint64_t value) {
        return Put(value, 8);
    }
    Bytes &Text(const std::string &text) {
        bytes_.insert(bytes_.end(), text.begin(), text.end());
        return *this;
    }
    Bytes &Zero(size_t count) {
        bytes_.resize(bytes_.size() + count);
        return *this;
    }
    Bytes &Append(const Bytes &other) {
        bytes_.insert(bytes_.end(), other.bytes_.begin(), other.bytes_.end());
        return *this;
    }
    Bytes &Gas(uint8_t space, uint8_t width, uint8_t access, uint64_t address) {
        return U8(space).U8(width).U8(0).U8(access).U64(address);
    }
    const std::vector<uint8_t> &data() const {
        return bytes_;
    }
    size_t size() const {
        return bytes_.size();
    }

  private:
    Bytes &Put(uint64_t value, int size) {
        for (int i = 0; i < size; i++) {
            bytes_.push_back(static_cast<uint8_t>(value >> (8 * i)));
        }
        return *this;
    }

    std::vector<uint8_t> bytes_;
};

class AcpiBuilder {
  public:
    // Put raw bytes at an address of their own; returns it.
    uint64_t Place(const std::vector<uint8_t> &bytes) {
        uint64_t address = next_;
        next_ += 0x100000;
        Replace(address, bytes);
        return address;
    }
    void Replace(uint64_t address, const std::vector<uint8_t> &bytes) {
        Region region;
        region.size = bytes.size();
        region.bytes = std::make_unique<uint8_t[]>(bytes.size());
        std::copy(bytes.begin(), bytes.end(), region.bytes.get());
        regions_[address] = std::move(region);
    }

    // A table with header and right checksum, linked from the root table.
    uint64_t Table(const std::string &signature, const Bytes &body, uint8_t revision = 1) {
        uint64_t address = Loose(signature, body, revision);
        linked_.push_back(address);
        return address;
    }
    // The same, but not linked (the DSDT).
    uint64_t Loose(const std::string &signature, const Bytes &body, uint8_t revision = 1) {
        return Place(Whole(signature, body, revision));
    }
    static std::vector<uint8_t> Whole(const std::string &signature, const Bytes &body,
                                      uint8_t revision = 1) {
        Bytes bytes;
        bytes.Text(signature).U32(36 + body.size()).U8(revision).U8(0);
        bytes.Text("HELIOSTESTTBL1").U32(1).Text("TEST").U32(1);
        bytes.Append(body);
        std::vector<uint8_t> data = bytes.data();
        Fix(&data, 9);
        return data;
    }
    // Make the sum of all bytes zero by changing the one at `offset`.
    static void Fix(std::vector<uint8_t> *data, size_t offset) {
        uint8_t sum = 0;
        (*data)[offset] = 0;
        for (uint8_t byte : *data) {
            sum = static_cast<uint8_t>(sum + byte);
        }
        (*data)[offset] = static_cast<uint8_t>(-sum);
    }

    void Link(uint64_t address) {
        linked_.push_back(address);
    }

    // Write RSDP and root table; returns the RSDP's address.
    uint64_t Finish(bool xsdt = true) {
        Bytes body;
        for (uint64_t table : linked_) {
            xsdt ? body.U64(table) : body.U32(table);
        }
        root_ = Loose(xsdt ? "XSDT" : "RSDT", body);
        return Place(Rsdp(xsdt ? 0 : root_, xsdt ? root_ : 0, xsdt ? 2 : 0));
    }
    static std::vector<uint8_t> Rsdp(uint64_t rsdt, uint64_t xsdt, uint8_t revision) {
        Bytes bytes;
        bytes.Text("RSD PTR ").U8(0).Text("HELIOS").U8(revision).U32(rsdt);
        std::vector<uint8_t> first = bytes.data();
        Fix(&first, 8);
        if (revision < 2) {
            return first;
        }
        Bytes rest;
        for (uint8_t byte : first) {
            rest.U8(byte);
        }
        rest.U32(36).U64(xsdt).U8(0).Zero(3);
        std::vector<uint8_t> whole = rest.data();
        Fix(&whole, 32);
        return whole;
    }

    uint64_t root() const {
        return root_;
    }
    std::vector<uint8_t> At(uint64_t address) const {
        const Region &region = regions_.at(address);
        return {region.bytes.get(), region.bytes.get() + region.size};
    }
    acpi_memory memory() {
        return {Map, this};
    }

  private:
    struct Region {
        std::unique_ptr<uint8_t[]> bytes;
        size_t size = 0;
    };

    static const void *Map(void *context, uint64_t address, size_t length) {
        auto *self = static_cast<AcpiBuilder *>(context);
        auto found = self->regions_.upper_bound(address);
        if (found == self->regions_.begin()) {
            return nullptr;
        }
        --found;
        const uint64_t offset = address - found->first;
        const Region &region = found->second;
        if (offset > region.size || length > region.size - offset) {
            return nullptr;
        }
        return region.bytes.get() + offset;
    }

    std::map<uint64_t, Region> regions_;
    std::vector<uint64_t> linked_;
    uint64_t next_ = 0x10000000;
    uint64_t root_ = 0;
};

// Entries of the MADT.
namespace madt {

inline Bytes Header(uint32_t lapic = 0xfee00000, uint32_t flags = 1) {
    return Bytes().U32(lapic).U32(flags);
}
inline Bytes Lapic(uint8_t uid, uint8_t id, uint32_t flags = 1) {
    return Bytes().U8(0).U8(8).U8(uid).U8(id).U32(flags);
}
inline Bytes X2apic(uint32_t uid, uint32_t id, uint32_t flags = 1) {
    return Bytes().U8(9).U8(16).U16(0).U32(id).U32(flags).U32(uid);
}
inline Bytes Ioapic(uint8_t id, uint32_t base, uint32_t first) {
    return Bytes().U8(1).U8(12).U8(id).U8(0).U32(base).U32(first);
}
inline Bytes Override(uint8_t source, uint32_t gsi, uint16_t flags) {
    return Bytes().U8(2).U8(10).U8(0).U8(source).U32(gsi).U16(flags);
}
inline Bytes LapicAddress(uint64_t base) {
    return Bytes().U8(5).U8(12).U16(0).U64(base);
}
inline Bytes Gicc(uint32_t uid, uint64_t mpidr, uint64_t base, uint64_t redistributor,
                  uint32_t flags = 1) {
    Bytes bytes = Bytes().U8(11).U8(80).U16(0).U32(uid).U32(uid).U32(flags).U32(0).U32(23).U64(0);
    return bytes.U64(base).U64(0).U64(0).U32(25).U64(redistributor).U64(mpidr).U32(0);
}
inline Bytes Gicd(uint64_t base, uint8_t version) {
    return Bytes().U8(12).U8(24).U16(0).U32(0).U64(base).U32(0).U8(version).Zero(3);
}
inline Bytes GicMsi(uint64_t base, uint32_t flags, uint16_t count, uint16_t first) {
    return Bytes().U8(13).U8(24).U16(0).U32(0).U64(base).U32(flags).U16(count).U16(first);
}
inline Bytes Gicr(uint64_t base, uint32_t length) {
    return Bytes().U8(14).U8(16).U16(0).U64(base).U32(length);
}
inline Bytes Its(uint32_t id, uint64_t base) {
    return Bytes().U8(15).U8(20).U16(0).U32(id).U64(base).U32(0);
}
inline Bytes Rintc(uint64_t hart, uint32_t uid, uint32_t external, uint64_t imsic = 0,
                   uint32_t imsic_size = 0, uint32_t flags = 1) {
    Bytes bytes = Bytes().U8(24).U8(36).U8(1).U8(0).U32(flags).U64(hart).U32(uid).U32(external);
    return bytes.U64(imsic).U32(imsic_size);
}
inline Bytes Imsic(uint16_t ids, uint8_t guest_bits, uint8_t hart_bits) {
    Bytes bytes = Bytes().U8(25).U8(16).U8(1).U8(0).U32(0).U16(ids).U16(ids);
    return bytes.U8(guest_bits).U8(hart_bits).U8(0).U8(24);
}
inline Bytes Aplic(uint8_t id, uint16_t idcs, uint16_t sources, uint32_t gsi, uint64_t base,
                   uint32_t size) {
    Bytes bytes = Bytes().U8(26).U8(36).U8(1).U8(id).U32(0).U64(0).U16(idcs).U16(sources);
    return bytes.U32(gsi).U64(base).U32(size);
}
inline Bytes Plic(uint8_t id, uint16_t sources, uint32_t size, uint64_t base, uint32_t gsi) {
    Bytes bytes = Bytes().U8(27).U8(36).U8(1).U8(id).U64(0).U16(sources).U16(7).U32(0);
    return bytes.U32(size).U64(base).U32(gsi);
}

} // namespace madt

#endif // HELIOS_BOOT_INFO_ACPI_BUILDER_H

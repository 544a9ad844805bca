// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/device_ranges.h"

#include <cstring>
#include <vector>

#include "gtest/gtest.h"

namespace {

constexpr uint64_t kBase = 0x10000000;
constexpr uint64_t kPage = 0x1000;

class DeviceRanges : public ::testing::Test {
  protected:
    // A record of one of the block's arrays.
    template <typename T> void Add(helios_boot_array *array, const T &record) {
        if (array->count == 0) {
            *array = {end_, 0, sizeof(T), 0};
            end_ += static_cast<uint32_t>(kRecords * sizeof(T));
        }
        ASSERT_LT(array->count, kRecords);
        memcpy(block_.data() + array->offset + array->count * sizeof(T), &record, sizeof(T));
        array->count++;
    }

    void AddWindow(uint64_t base, uint64_t length, uint32_t kind = HELIOS_WINDOW_DEVICE,
                   uint64_t bus = 0) {
        Add(&boot_->windows, helios_boot_window{kind, 0, base, length, bus});
    }

    void AddMemory(uint64_t base, uint64_t length, uint32_t kind) {
        Add(&boot_->memory, helios_boot_memory{base, length, kind, 0});
    }

    std::vector<helios_bootinfo_device> Ranges() {
        std::vector<helios_bootinfo_device> devices(HELIOS_BOOTINFO_DEVICES);
        devices.resize(device_ranges(boot_, devices.data()));
        return devices;
    }

    static constexpr uint32_t kRecords = HELIOS_BOOTINFO_DEVICES + 4;
    std::vector<uint8_t> block_ = std::vector<uint8_t>(65536);
    helios_boot *boot_ = reinterpret_cast<helios_boot *>(block_.data());
    uint32_t end_ = static_cast<uint32_t>((sizeof(helios_boot) + 63) / 64 * 64);
};

void ExpectRange(const helios_bootinfo_device &device, uint32_t kind, uint64_t base,
                 uint64_t length) {
    EXPECT_EQ(device.kind, kind);
    EXPECT_EQ(device.base, base);
    EXPECT_EQ(device.length, length);
}

TEST_F(DeviceRanges, WhatIsNotNamedIsNoDevice) {
    EXPECT_TRUE(Ranges().empty());
}

TEST_F(DeviceRanges, RegistersAreWholePages) {
    AddWindow(kBase + 0x100, kPage);
    auto devices = Ranges();
    ASSERT_EQ(devices.size(), 1u);
    ExpectRange(devices[0], HELIOS_BOOTINFO_DEVICE, kBase, 2 * kPage);
}

TEST_F(DeviceRanges, MemoryIsCutOut) {
    AddWindow(kBase, 5 * kPage);
    AddMemory(kBase + 2 * kPage, kPage, HELIOS_MEM_FREE);
    auto devices = Ranges();
    ASSERT_EQ(devices.size(), 2u);
    ExpectRange(devices[0], HELIOS_BOOTINFO_DEVICE, kBase, 2 * kPage);
    ExpectRange(devices[1], HELIOS_BOOTINFO_DEVICE, kBase + 3 * kPage, 2 * kPage);
}

TEST_F(DeviceRanges, WhatTheKernelAndFirmwareKeepIsCutOut) {
    AddWindow(kBase, 6 * kPage);
    AddMemory(kBase, kPage, HELIOS_MEM_KERNEL);
    AddMemory(kBase + kPage, kPage, HELIOS_MEM_PAGE_TABLE);
    AddMemory(kBase + 2 * kPage, kPage, HELIOS_MEM_BOOT_INFO);
    AddMemory(kBase + 3 * kPage, kPage, HELIOS_MEM_MODULE);
    AddMemory(kBase + 4 * kPage, kPage, HELIOS_MEM_FIRMWARE);
    auto devices = Ranges();
    ASSERT_EQ(devices.size(), 1u);
    ExpectRange(devices[0], HELIOS_BOOTINFO_DEVICE, kBase + 5 * kPage, kPage);
}

TEST_F(DeviceRanges, FramebufferInMemoryIsNotHandedOut) {
    AddMemory(kBase, 16 * kPage, HELIOS_MEM_FREE);
    boot_->framebuffer.base = kBase + kPage;
    boot_->framebuffer.length = 4 * kPage;
    EXPECT_TRUE(Ranges().empty());
}

TEST_F(DeviceRanges, InterruptControllersAreTheKernels) {
    AddWindow(kBase, 8 * kPage);
    helios_boot_intc without_length = {};
    without_length.base = kBase + kPage;
    helios_boot_intc two = {};
    two.base = kBase + 3 * kPage;
    two.length = kPage;
    two.base2 = kBase + 5 * kPage;
    two.length2 = 3 * kPage;
    Add(&boot_->intcs, without_length);
    Add(&boot_->intcs, two);
    auto devices = Ranges();
    ASSERT_EQ(devices.size(), 3u);
    ExpectRange(devices[0], HELIOS_BOOTINFO_DEVICE, kBase, kPage);
    ExpectRange(devices[1], HELIOS_BOOTINFO_DEVICE, kBase + 2 * kPage, kPage);
    ExpectRange(devices[2], HELIOS_BOOTINFO_DEVICE, kBase + 4 * kPage, kPage);
}

TEST_F(DeviceRanges, IommuIsTheKernels) {
    AddWindow(kBase, 2 * kPage);
    helios_boot_iommu iommu = {};
    iommu.base = kBase;
    iommu.length = kPage;
    Add(&boot_->iommus, iommu);
    auto devices = Ranges();
    ASSERT_EQ(devices.size(), 1u);
    ExpectRange(devices[0], HELIOS_BOOTINFO_DEVICE, kBase + kPage, kPage);
}

TEST_F(DeviceRanges, ConsoleInsideAWindowIsTheConsole) {
    AddWindow(kBase, 3 * kPage);
    boot_->console.kind = HELIOS_CONSOLE_PL011;
    boot_->console.base = kBase + kPage;
    boot_->console.length = 0x100;
    auto devices = Ranges();
    ASSERT_EQ(devices.size(), 3u);
    ExpectRange(devices[0], HELIOS_BOOTINFO_CONSOLE, kBase + kPage, kPage);
    ExpectRange(devices[1], HELIOS_BOOTINFO_DEVICE, kBase, kPage);
    ExpectRange(devices[2], HELIOS_BOOTINFO_DEVICE, kBase + 2 * kPage, kPage);
}

TEST_F(DeviceRanges, BusAddressIsThatOfThePiece) {
    AddWindow(kBase, 4 * kPage, HELIOS_WINDOW_PCI_MEM32, 0x80000000);
    AddMemory(kBase, kPage, HELIOS_MEM_FREE);
    auto devices = Ranges();
    ASSERT_EQ(devices.size(), 1u);
    ExpectRange(devices[0], HELIOS_BOOTINFO_PCI_MEMORY, kBase + kPage, 3 * kPage);
    EXPECT_EQ(devices[0].bus_base, 0x80000000 + kPage);
}

TEST_F(DeviceRanges, PciConfigurationHasAMegabyteForEachBus) {
    Add(&boot_->pcis, helios_boot_pci{0xe0000000, 1, 2, 5});
    auto devices = Ranges();
    ASSERT_EQ(devices.size(), 1u);
    ExpectRange(devices[0], HELIOS_BOOTINFO_PCI_CONFIG, 0xe0000000, 4 << 20);
    EXPECT_EQ(devices[0].segment, 1u);
    EXPECT_EQ(devices[0].first_bus, 2u);
    EXPECT_EQ(devices[0].last_bus, 5u);
}

TEST_F(DeviceRanges, TablesOfFirmwareCanBeRead) {
    AddMemory(kBase, 2 * kPage, HELIOS_MEM_ACPI);
    AddMemory(kBase + 8 * kPage, kPage, HELIOS_MEM_MODULE);
    boot_->device_tree = {kBase + 8 * kPage, 0x800};
    auto devices = Ranges();
    ASSERT_EQ(devices.size(), 2u);
    ExpectRange(devices[0], HELIOS_BOOTINFO_TABLES, kBase, 2 * kPage);
    ExpectRange(devices[1], HELIOS_BOOTINFO_TABLES, kBase + 8 * kPage, kPage);
}

TEST_F(DeviceRanges, LengthThatWrapsIsNoDevice) {
    AddWindow(~0ull - kPage, 4 * kPage);
    AddWindow(kBase, ~0ull);
    EXPECT_TRUE(Ranges().empty());
}

TEST_F(DeviceRanges, UnknownWindowIsNoDevice) {
    AddWindow(kBase, kPage, 0);
    AddWindow(kBase, kPage, HELIOS_WINDOW_DEVICE + 1);
    EXPECT_TRUE(Ranges().empty());
}

TEST_F(DeviceRanges, WhatDoesNotFitIsLeftOut) {
    for (uint64_t i = 0; i < HELIOS_BOOTINFO_DEVICES + 2; i++) {
        AddWindow(kBase + 2 * i * kPage, kPage);
    }
    EXPECT_EQ(Ranges().size(), size_t{HELIOS_BOOTINFO_DEVICES});
}

} // namespace

// SPDX-License-Identifier: GPL-3.0-only
#include <gtest/gtest.h>

#include <memory>

#include "boot/info/devicetree_builder.h"
#include "userland/mercury/find.h"
#include "userland/venus/testing/fake_pci.h"

namespace {

class MercuryPci : public testing::Test, public FakePci {
  protected:
    MercuryPci() {
        memset(devs, 0, sizeof devs);
        dev_count = 0;
        dev_left_out = 0;
    }
    void Window(uint64_t bus_base, uint64_t length, uint64_t base, uint32_t segment = 0) {
        struct helios_bootinfo_device &window = info_->devices[info_->device_count++];
        window.kind = HELIOS_BOOTINFO_PCI_MEMORY;
        window.bus_base = bus_base;
        window.length = length;
        window.base = base;
        window.segment = segment;
    }
    void Find(const void *tree = nullptr) {
        struct find_bridge bridge = {&access_, info_.get(), tree, 0x30000000, segment_};
        find_pci(&bridge);
    }
    FakeFunction &Multi(uint32_t address) {
        FakeFunction &function = Add(address);
        function.bytes[PCI_HEADER_TYPE] = PCI_HEADER_TYPE_SEVERAL;
        return function;
    }

    std::unique_ptr<struct helios_bootinfo> info_ = std::make_unique<struct helios_bootinfo>();
    uint32_t segment_ = 0;
};

TEST_F(MercuryPci, every_function_but_bridges_is_a_device) {
    Multi(PCI_ADDRESS(0, 1, 0));
    Add(PCI_ADDRESS(0, 1, 7), 0x10421af4).Put(PCI_HEADER_CLASS, 0x01800002, 4);
    Bridge(PCI_ADDRESS(0, 2, 0), 1);
    Add(PCI_ADDRESS(1, 31, 0)).Put(PCI_HEADER_SUBSYSTEM, 0x11001af4, 4);
    Find();
    ASSERT_EQ(dev_count, 3u);
    EXPECT_STREQ(devs[0].name, "pci:00:01.0");
    EXPECT_STREQ(devs[1].name, "pci:00:01.7");
    EXPECT_STREQ(devs[2].name, "pci:01:1f.0");
    EXPECT_TRUE(devs[1].identity.is_pci);
    EXPECT_EQ(devs[1].identity.vendor, 0x1af4u);
    EXPECT_EQ(devs[1].identity.device, 0x1042u);
    EXPECT_EQ(devs[1].identity.class_code, 0x018000u);
    EXPECT_EQ(devs[1].revision, 2u);
    EXPECT_EQ(devs[2].subsystem, 0x11001af4u);
}

TEST_F(MercuryPci, a_segment_may_begin_with_any_bus) {
    Add(PCI_ADDRESS(0, 3, 0)); // the fake counts from the first one, as ECAM does
    access_.first_bus = 0x40;
    access_.last_bus = 0x41;
    Find();
    ASSERT_EQ(dev_count, 1u);
    EXPECT_STREQ(devs[0].name, "pci:40:03.0");
}

TEST_F(MercuryPci, more_functions_than_devices_are_counted) {
    for (uint32_t device = 0; device < 9; device++) {
        Multi(PCI_ADDRESS(0, device, 0));
        for (uint32_t function = 1; function < 8; function++) {
            Add(PCI_ADDRESS(0, device, function));
        }
    }
    Find();
    EXPECT_EQ(dev_count, DEV_COUNT);
    EXPECT_EQ(dev_left_out, 8u);
}

TEST_F(MercuryPci, bars_are_where_the_cpu_finds_them) {
    Window(0x40000000, 0x10000000, 0x140000000);
    FakeFunction &function = Add(0);
    function.Bar(0, 0x40010000, 0xfffff000);
    function.Bar(1, 0xc001, 0xffffffe0);
    function.Bar(2, 0x4fff0000, 0xffff0000); // the last 64 KiB of the window
    Find();
    ASSERT_EQ(devs[0].range_count, 3u);
    EXPECT_EQ(devs[0].ranges[0].base, 0x140010000u);
    EXPECT_EQ(devs[0].ranges[0].length, 0x1000u);
    EXPECT_EQ(devs[0].ranges[1].kind, DEV_PORTS);
    EXPECT_EQ(devs[0].ranges[1].base, 0xc000u);
    EXPECT_EQ(devs[0].ranges[2].index, 2u);
    EXPECT_EQ(devs[0].ranges[2].base, 0x14fff0000u);
}

// What lies there may be another device's.
TEST_F(MercuryPci, bars_outside_all_windows_of_their_bridge_are_no_ranges) {
    Window(0x40000000, 0x10000000, 0x40000000);
    Window(0x60000000, 0x10000000, 0x60000000, 1);
    FakeFunction &function = Add(0);
    function.Bar(0, 0x09000000, 0xfffff000);
    function.Bar(1, 0x50000000, 0xffff0000); // right behind it
    function.Bar(2, 0x40000000, 0xe0000000); // begins there, and is larger
    function.Bar(3, 0x60000000, 0xffff0000); // another bridge's
    Find();
    EXPECT_EQ(devs[0].range_count, 0u);
}

TEST_F(MercuryPci, without_any_window_buses_and_the_cpu_count_alike) {
    Add(0).Bar(0, 0xfebc0000, 0xfffe0000);
    Find();
    ASSERT_EQ(devs[0].range_count, 1u);
    EXPECT_EQ(devs[0].ranges[0].base, 0xfebc0000u);
}

TEST_F(MercuryPci, windows_that_wrap_are_none) {
    Window(~0ull - 0xfff, 0x2000, 0x1000);
    Window(0x1000, 0x2000, ~0ull - 0xfff);
    Window(0x40000000, 0, 0x40000000);
    Add(0).Bar(0, 0, 0xfffff000);
    Find();
    EXPECT_EQ(devs[0].range_count, 0u);
    EXPECT_EQ(devs[0].bars[0].address, 0u);
}

TEST_F(MercuryPci, unassigned_bars_get_what_firmware_has_left) {
    Window(0x40000000, 0x100000, 0x40000000);
    Window(0x8000000000, 0x1000000, 0x8000000000);
    FakeFunction &used = Add(PCI_ADDRESS(0, 1, 0));
    used.Bar(0, 0x40020000, 0xffff0000);
    FakeFunction &function = Add(PCI_ADDRESS(0, 2, 0));
    function.Bar(0, 0, 0xfffff000);
    function.Bar(1, 1, 0xffffffe0); // ports stay as they are
    function.Bar(2, 4, 0xff800000); // 8 MiB of 64 bits: too large for the first window
    function.Bar(3, 0, 0xffffffff);
    function.Bar(4, 0, 0xffc00000); // 4 MiB of 32 bits: nowhere
    Find();
    EXPECT_EQ(function.Get(PCI_HEADER_BAR, 4), 0x40030000u);
    EXPECT_EQ(function.Get(PCI_HEADER_BAR + 4, 4), 1u);
    EXPECT_EQ(function.Get(PCI_HEADER_BAR + 8, 4), 4u);
    EXPECT_EQ(function.Get(PCI_HEADER_BAR + 12, 4), 0x80u);
    EXPECT_EQ(function.Get(PCI_HEADER_BAR + 16, 4), 0u);
    ASSERT_EQ(devs[1].range_count, 2u);
    EXPECT_EQ(devs[1].ranges[0].base, 0x40030000u);
    EXPECT_EQ(devs[1].ranges[1].base, 0x8000000000u);
    EXPECT_EQ(devs[1].ranges[1].index, 2u);
}

TEST_F(MercuryPci, address_zero_is_not_given_away) {
    Window(0, 0x10000, 0x10000000);
    FakeFunction &function = Add(0);
    function.Bar(0, 0, 0xfffff000);
    function.Bar(1, 0, 0xfffff000);
    Find();
    EXPECT_EQ(function.Get(PCI_HEADER_BAR, 4), 0x1000u);
    EXPECT_EQ(function.Get(PCI_HEADER_BAR + 4, 4), 0x2000u);
    EXPECT_EQ(devs[0].ranges[0].base, 0x10001000u);
}

TEST_F(MercuryPci, nothing_is_assigned_behind_a_bridge) {
    Window(0x40000000, 0x100000, 0x40000000);
    Bridge(PCI_ADDRESS(0, 1, 0), 1);
    FakeFunction &function = Add(PCI_ADDRESS(1, 0, 0));
    function.Bar(0, 0, 0xfffff000);
    Find();
    EXPECT_EQ(function.Get(PCI_HEADER_BAR, 4), 0u);
    EXPECT_EQ(devs[0].range_count, 0u);
}

TEST_F(MercuryPci, bogus_bars_are_none) {
    Window(0x40000000, 0x100000, 0x40000000);
    FakeFunction &function = Add(0);
    function.Bar(0, 0, 0x00f0f000);          // no power of two
    function.Bar(1, 0x40000000, 0);          // nothing can be written: no length
    function.Bar(5, 0x40000004, 0xfffff000); // the lower half of nothing
    Find();
    ASSERT_EQ(devs[0].range_count, 1u);
    EXPECT_EQ(devs[0].ranges[0].index, 5u);
    EXPECT_EQ(devs[0].ranges[0].length, 0x1000u);
}

TEST_F(MercuryPci, messages_are_those_of_msix_else_one_of_msi) {
    Window(0x40000000, 0x100000, 0x40000000);
    FakeFunction &function = Add(0);
    function.Capabilities({{0x40, PCI_CAPABILITY_MSI}, {0x60, PCI_CAPABILITY_MSIX}});
    function.Put(0x62, 7, 2);
    function.Put(0x64, 0x801, 4);
    function.Bar(1, 0x40000000, 0xfffff000);
    FakeFunction &outside = Add(PCI_ADDRESS(0, 1, 0));
    outside = function;
    outside.Put(0x64, 0xf91, 4); // its table does not end in the BAR
    FakeFunction &missing = Add(PCI_ADDRESS(0, 2, 0));
    missing = function;
    missing.Put(0x64, 6, 4);    // no BAR
    missing.bytes[0x41] = 0x40; // and its list goes in circles
    FakeFunction &circle = Add(PCI_ADDRESS(0, 3, 0));
    circle.Capabilities({{0x40, 1}});
    circle.bytes[0x41] = 0x40;
    Find();
    ASSERT_EQ(dev_count, 4u);
    EXPECT_TRUE(devs[0].has_msix);
    EXPECT_EQ(devs[0].messages, 8u);
    EXPECT_FALSE(devs[1].has_msix);
    EXPECT_EQ(devs[1].messages, 1u);
    EXPECT_FALSE(devs[2].has_msix);
    EXPECT_EQ(devs[2].messages, 1u);
    EXPECT_EQ(devs[3].messages, 0u);
}

TEST_F(MercuryPci, a_pin_is_wired_as_the_tree_says) {
    Bridge(PCI_ADDRESS(0, 2, 0), 1);
    Add(PCI_ADDRESS(1, 1, 0)).bytes[PCI_HEADER_PIN] = 1;
    Add(PCI_ADDRESS(0, 3, 0)).bytes[PCI_HEADER_PIN] = 5; // there is no such pin
    Add(PCI_ADDRESS(0, 4, 0)).bytes[PCI_HEADER_PIN] = 1; // the map has no such device
    TreeBuilder tree;
    tree.Bus(2, 2);
    tree.Begin("plic").Text("compatible", "riscv,plic0").Cells("#interrupt-cells", {1});
    tree.Cells("#address-cells", {0}).Cells("phandle", {7}).End();
    tree.Begin("pci@30000000").Text("compatible", "pci-host-ecam-generic");
    tree.Cells("reg", {0, 0x30000000, 0, 0x10000000});
    tree.Cells("interrupt-map-mask", {0xf800, 0, 0, 7});
    tree.Cells("interrupt-map", {0x1000, 0, 0, 2, 7, 33}).End().Finish();
    Find(tree.fdt());
    ASSERT_EQ(dev_count, 3u);
    EXPECT_EQ(devs[0].line_count, 0u);
    EXPECT_EQ(devs[1].line_count, 0u);
    ASSERT_EQ(devs[2].line_count, 1u);
    EXPECT_EQ(devs[2].lines[0].line, 33u); // INTA of device 1 is INTB at the bridge
}

} // namespace

// SPDX-License-Identifier: GPL-3.0-only
#include <gtest/gtest.h>

#include <random>

#include "boot/info/devicetree.h"
#include "boot/info/devicetree_builder.h"
#include "uapi/object.h"
#include "userland/mercury/find.h"

namespace {

// The registers of every transport.
uint32_t transport[64];
uint64_t mapped;

struct venus_registers Map(uint64_t base, uint64_t length) {
    mapped = base;
    return venus_mmio(transport, length < sizeof transport ? length : sizeof transport);
}

struct venus_registers Unreachable(uint64_t, uint64_t) {
    return {};
}

class MercuryTree : public testing::Test {
  protected:
    MercuryTree() {
        memset(devs, 0, sizeof devs);
        dev_count = 0;
        dev_left_out = 0;
        memset(transport, 0, sizeof transport);
        transport[0] = 0x74726976;
        transport[1] = 2;
        transport[2] = 2;
        transport[3] = 0x554d4551;
        mapped = 0;
        tree.Bus(2, 2).Cells("interrupt-parent", {1});
        tree.Begin("gic").Text("compatible", "arm,gic-v3").Cells("phandle", {1});
        tree.Cells("#interrupt-cells", {3}).Cells("#address-cells", {0});
        tree.Flag("interrupt-controller").Cells("reg", {0, 0x8000000, 0, 0x10000}).End();
    }
    TreeBuilder &Device(const std::string &name, const std::string &compatible, uint32_t base,
                        uint32_t length = 0x1000) {
        tree.Begin(name).Text("compatible", compatible);
        return tree.Cells("reg", {0, base, 0, length});
    }
    void Find(find_map *map = Map) {
        tree.Finish();
        find_tree(tree.fdt(), map);
    }
    // The bridge's node, but for what interrupt-map says.
    void Bridge(std::initializer_list<uint32_t> mask) {
        Device("pci@30000000", "pci-host-ecam-generic", 0x30000000, 0x1000000);
        if (mask.size() != 0) {
            tree.Cells("interrupt-map-mask", mask);
        }
    }
    bool Line(uint32_t device, uint32_t pin) {
        struct find_bridge bridge = {nullptr, nullptr, tree.fdt(), 0x30000000, 0};
        return find_pci_line(&bridge, device, pin, &line);
    }

    TreeBuilder tree;
    struct dev_line line = {};
};

TEST_F(MercuryTree, a_node_with_registers_is_a_device) {
    Device("rtc@9010000", "arm,pl031", 0x9010000).Cells("interrupts", {0, 2, 4}).End();
    Find();
    ASSERT_EQ(dev_count, 1u);
    EXPECT_STREQ(devs[0].name, "dt:rtc@9010000");
    EXPECT_EQ(devs[0].bus, DEV_TREE);
    EXPECT_STREQ(devs[0].identity.compatible, "arm,pl031");
    EXPECT_EQ(devs[0].identity.compatible_length, sizeof "arm,pl031");
    ASSERT_EQ(devs[0].range_count, 1u);
    EXPECT_EQ(devs[0].ranges[0].base, 0x9010000u);
    ASSERT_EQ(devs[0].line_count, 1u);
    EXPECT_EQ(devs[0].lines[0].line, 34u);
    EXPECT_EQ(devs[0].lines[0].trigger, static_cast<uint32_t>(HELIOS_IRQ_TRIGGER_LEVEL));
}

TEST_F(MercuryTree, other_nodes_are_none) {
    tree.Begin("no-registers").Text("compatible", "a").End();
    tree.Begin("not-compatible").Cells("reg", {0, 0x1000, 0, 0x1000}).End();
    Device("disabled", "a", 0x1000).Text("status", "disabled").End();
    Device("memory", "a", 0x1000).Text("device_type", "memory").End();
    Device("empty", "a", 0x1000, 0).End();
    tree.Begin("cut").Text("compatible", "a").Cells("reg", {0, 0x1000, 0}).End();
    tree.Begin("wraps").Text("compatible", "a").Cells("reg", {~0u, ~0u, 0, 2}).End();
    tree.Begin("bus").Bus(1, 1); // nothing of it is to be reached
    tree.Begin("behind").Text("compatible", "a").Cells("reg", {0, 0x1000}).End().End();
    tree.Begin("wide").Bus(3, 2).Flag("ranges");
    tree.Begin("below").Text("compatible", "a").Cells("reg", {0, 0, 0x1000, 0, 1}).End().End();
    Find();
    EXPECT_EQ(dev_count, 0u);
}

TEST_F(MercuryTree, what_is_behind_a_bus_is_translated) {
    tree.Begin("soc").Bus(1, 1).Cells("ranges", {0x1000, 0, 0x80001000, 0x1000});
    tree.Begin("a").Text("compatible", "a").Cells("reg", {0x1800, 0x100, 0x1900, 0x1000}).End();
    tree.Begin("b").Text("compatible", "b").Cells("reg", {0x2000, 0x100}).End().End();
    Find();
    ASSERT_EQ(dev_count, 1u);
    ASSERT_EQ(devs[0].range_count, 1u); // the second one leaves the bus's window
    EXPECT_EQ(devs[0].ranges[0].base, 0x80001800u);
}

TEST_F(MercuryTree, interrupts_of_unknown_controllers_or_cut_off_are_none) {
    Device("a", "a", 0x1000).Cells("interrupts", {0, 2}).End();
    Device("b", "b", 0x2000).Cells("interrupts", {0, 988, 4}).End();
    Device("c", "c", 0x3000).Cells("interrupts-extended", {9, 1}).End();
    Device("d", "d", 0x4000).Cells("interrupts", {1, 5, 8, 0, 6, 1, 0, 7, 1}).End();
    Find();
    ASSERT_EQ(dev_count, 4u);
    EXPECT_EQ(devs[0].line_count, 0u);
    EXPECT_EQ(devs[1].line_count, 0u);
    EXPECT_EQ(devs[2].line_count, 0u);
    ASSERT_EQ(devs[3].line_count, DEV_LINES);
    EXPECT_EQ(devs[3].lines[0].line, 21u);
    EXPECT_EQ(devs[3].lines[0].trigger,
              static_cast<uint32_t>(HELIOS_IRQ_TRIGGER_LEVEL | HELIOS_IRQ_ACTIVE_LOW));
    EXPECT_EQ(devs[3].lines[1].trigger, 0u);
}

TEST_F(MercuryTree, transports_of_virtio_are_looked_behind) {
    Device("virtio@a000000", "virtio,mmio", 0xa000000, 0x200).Cells("interrupts", {0, 16, 1});
    tree.End();
    Find();
    ASSERT_EQ(dev_count, 1u);
    EXPECT_EQ(mapped, 0xa000000u);
    EXPECT_EQ(devs[0].bus, DEV_VIRTIO_MMIO);
    EXPECT_TRUE(devs[0].identity.is_virtio);
    EXPECT_EQ(devs[0].identity.device, 2u);
    EXPECT_EQ(devs[0].identity.vendor, 0x554d4551u);
    EXPECT_NE(devs[0].virtio.transport, nullptr); // it is reset through that
    EXPECT_EQ(devs[0].lines[0].line, 48u);
}

TEST_F(MercuryTree, empty_and_unreachable_transports_are_no_devices) {
    Device("first", "virtio,mmio", 0xa000000, 0x200).End();
    Device("short", "virtio,mmio", 0xa000200, 8).End();
    transport[2] = 0;
    Find();
    EXPECT_EQ(dev_count, 0u);
    transport[2] = 2;
    find_tree(tree.fdt(), Unreachable);
    EXPECT_EQ(dev_count, 0u);
    transport[0] = 0;
    find_tree(tree.fdt(), Map);
    EXPECT_EQ(dev_count, 0u);
    transport[0] = 0x74726976;
    find_tree(tree.fdt(), Map);
    ASSERT_EQ(dev_count, 1u);
    EXPECT_STREQ(devs[0].name, "dt:first");
}

TEST_F(MercuryTree, the_consoles_node_names_it_and_is_no_second_device) {
    struct dev *console = dev_add(DEV_LEGACY, "legacy:console");
    console->is_console = true;
    dev_add_range(console, DEV_MEMORY, 0, 0x9000000, 0x1000);
    Device("pl011@9000000", "arm,pl011", 0x9000000).End();
    Find();
    EXPECT_EQ(dev_count, 1u);
    EXPECT_STREQ(devs[0].identity.compatible, "arm,pl011");
}

TEST_F(MercuryTree, a_map_of_interrupts_is_read_through_its_mask) {
    Bridge({0x1800, 0, 0, 7});
    tree.Cells("interrupt-map", {0, 0, 0, 1, 1, 0, 3, 4, 0x800, 0, 0, 1, 1, 0, 4, 1}).End();
    tree.Finish();
    ASSERT_TRUE(Line(0, 1));
    EXPECT_EQ(line.line, 35u);
    EXPECT_EQ(line.trigger, static_cast<uint32_t>(HELIOS_IRQ_TRIGGER_LEVEL));
    ASSERT_TRUE(Line(4, 1)); // only two bits of the device's number count
    EXPECT_EQ(line.line, 35u);
    ASSERT_TRUE(Line(5, 1));
    EXPECT_EQ(line.line, 36u);
    EXPECT_EQ(line.trigger, 0u);
    EXPECT_FALSE(Line(0, 2));
    EXPECT_FALSE(Line(2, 1));
}

TEST_F(MercuryTree, the_mask_may_leave_out_devices_or_pins) {
    Bridge({0, 0, 0, 0});
    tree.Cells("interrupt-map", {0x800, 0, 0, 3, 1, 0, 3, 4}).End().Finish();
    EXPECT_TRUE(Line(17, 2));
    EXPECT_EQ(line.line, 35u);
}

TEST_F(MercuryTree, all_cells_of_an_address_are_compared) {
    Bridge({0xf800, 0xff, 0xff, 7});
    tree.Cells("interrupt-map",
               {0, 1, 0, 1, 1, 0, 3, 4, 0, 0, 1, 1, 1, 0, 4, 4, 0, 0x100, 0x100, 1, 1, 0, 5, 4})
        .End()
        .Finish();
    ASSERT_TRUE(Line(0, 1));
    EXPECT_EQ(line.line, 37u);
}

TEST_F(MercuryTree, without_a_mask_all_has_to_fit) {
    Bridge({});
    tree.Cells("interrupt-map", {0x800, 0, 0, 1, 1, 0, 3, 4}).End().Finish();
    EXPECT_TRUE(Line(1, 1));
    EXPECT_FALSE(Line(0, 1));
}

TEST_F(MercuryTree, a_map_that_makes_no_sense_ends_where_it_does) {
    Bridge({0xf800, 0, 0, 7});
    tree.Cells("interrupt-map", {0, 0, 0, 1, 1, 0, 3, 4, 0x800, 0, 0, 1, 9, 0, 4, 4}).End();
    tree.Finish();
    EXPECT_TRUE(Line(0, 1));
    EXPECT_FALSE(Line(1, 1)); // nobody is called 9
}

TEST_F(MercuryTree, a_map_that_is_cut_off_is_not_read_beyond) {
    Bridge({0xf800, 0, 0, 7});
    tree.Cells("interrupt-map", {0, 0, 0, 1, 1, 0, 3}).End().Finish();
    EXPECT_FALSE(Line(0, 1));
}

TEST_F(MercuryTree, another_bridge_has_another_map) {
    Device("pci@40000000", "pci-host-ecam-generic", 0x40000000);
    tree.Cells("interrupt-map-mask", {0, 0, 0, 0});
    tree.Cells("interrupt-map", {0, 0, 0, 1, 1, 0, 3, 4}).End().Finish();
    EXPECT_FALSE(Line(0, 1));
    struct find_bridge none = {nullptr, nullptr, nullptr, 0x40000000, 0};
    EXPECT_FALSE(find_pci_line(&none, 0, 1, &line));
}

// Each length and each spoiled bit is either refused, or walked without harm.
TEST_F(MercuryTree, blobs_that_are_cut_or_spoiled_do_no_harm) {
    Device("rtc@9010000", "arm,pl031", 0x9010000).Cells("interrupts", {0, 2, 4}).End();
    Device("virtio@a000000", "virtio,mmio", 0xa000000, 0x200).End();
    Bridge({0xf800, 0, 0, 7});
    tree.Cells("interrupt-map", {0, 0, 0, 1, 1, 0, 3, 4}).End().Finish();
    const uint8_t *bytes = static_cast<const uint8_t *>(tree.fdt());
    const std::vector<uint8_t> whole(bytes, bytes + tree.size());
    std::mt19937 random(1);
    size_t walked = 0;
    for (size_t i = 0; i < whole.size() * 4; i++) {
        std::vector<uint8_t> spoiled = whole;
        if (i < whole.size()) {
            spoiled.resize(i);
        } else {
            spoiled[random() % spoiled.size()] ^= static_cast<uint8_t>(1u << random() % 8);
        }
        tree.Replace(spoiled);
        struct boot_failure failure;
        size_t size = 0;
        if (devicetree_size(tree.fdt(), spoiled.size(), &size, &failure) != BOOT_OK) {
            continue;
        }
        walked++;
        dev_count = 0;
        memset(devs, 0, sizeof devs);
        find_tree(tree.fdt(), Map);
        Line(0, 1);
        ASSERT_LE(dev_count, 4u);
    }
    EXPECT_GT(walked, 0u);
}

} // namespace

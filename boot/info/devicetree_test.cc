// SPDX-License-Identifier: GPL-3.0-only
//
// The tree as a whole: validity, CPUs, memory, /chosen.
#include "boot/info/devicetree.h"
#include "boot/info/devicetree_builder.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace {

// A machine with some of everything, for the tests that break it.
void BuildMachine(TreeBuilder *tree) {
    tree->Bus(2, 2).Cells("interrupt-parent", {1});
    tree->Begin("chosen").Text("stdout-path", "/soc/serial@1000:115200").Text("bootargs", "a=1 b");
    tree->Cells("rng-seed", {1, 2, 3, 4}).Cells("boot-hartid", {1}).End();
    tree->Begin("cpus").Bus(1, 0).Cells("timebase-frequency", {10000000});
    for (uint32_t cpu = 0; cpu < 2; cpu++) {
        tree->Begin("cpu@" + std::to_string(cpu)).Text("device_type", "cpu").Cells("reg", {cpu});
        tree->Text("riscv,isa", "rv64imafdc_sstc").Cells("phandle", {10 + cpu});
        tree->Begin("interrupt-controller").Text("compatible", "riscv,cpu-intc");
        tree->Cells("#interrupt-cells", {1}).Cells("phandle", {20 + cpu}).End().End();
    }
    tree->End();
    tree->Begin("memory@80000000").Text("device_type", "memory");
    tree->Cells("reg", {0, 0x80000000, 0, 0x8000000}).End();
    tree->Begin("reserved-memory").Bus(2, 2).Flag("ranges");
    tree->Begin("mmode@80000000").Cells("reg", {0, 0x80000000, 0, 0x80000}).Flag("no-map");
    tree->End().End();
    tree->Begin("soc").Bus(1, 1).Cells("ranges", {0, 0, 0x10000000, 0x10000000});
    tree->Begin("serial@1000").Text("compatible", "ns16550a").Cells("reg", {0x1000, 0x100});
    tree->Cells("interrupts", {10}).End();
    tree->Begin("plic@c000").Text("compatible", "riscv,plic0").Cells("reg", {0xc000, 0x600000});
    tree->Cells("interrupts-extended", {20, 11, 20, 9, 21, 11, 21, 9});
    tree->Cells("#interrupt-cells", {1}).Cells("phandle", {1}).Cells("riscv,ndev", {95}).End();
    tree->Begin("pci@20000").Text("compatible", "pci-host-ecam-generic").Bus(3, 2);
    tree->Cells("reg", {0x2000000, 0x1000000});
    tree->Cells("ranges", {0x2000000, 0, 0x3000000, 0x3000000, 0, 0x1000000}).End();
    tree->Begin("other@4000").Cells("reg", {0x4000, 0x1000}).End();
    tree->End().Finish();
}

class DeviceTree : public testing::Test {
  protected:
    boot_error Read(const TreeBuilder &tree, helios_arch arch = HELIOS_ARCH_RISCV64) {
        *info_ = {};
        info_->boot.arch = arch;
        return devicetree_read(tree.fdt(), tree.size(), info_.get(), &failure_);
    }

    std::unique_ptr<boot_info> info_ = std::make_unique<boot_info>();
    boot_failure failure_ = {};
};

TEST_F(DeviceTree, WholeMachineIsReadWithoutAWarning) {
    TreeBuilder tree;
    BuildMachine(&tree);
    ASSERT_EQ(Read(tree), BOOT_OK);
    EXPECT_EQ(info_->warning_count, 0u) << info_->warnings[0].what;
    ASSERT_EQ(info_->cpu_count, 2u);
    EXPECT_EQ(info_->cpus[1].hardware_id, 1u);
    EXPECT_EQ(info_->cpus[1].firmware_uid, 11u);
    EXPECT_EQ(info_->cpus[1].intc_id, 21u);
    EXPECT_EQ(info_->cpus[1].isa, uint64_t{HELIOS_RISCV_ISA_FD | HELIOS_RISCV_ISA_SSTC});
    EXPECT_EQ(info_->cpus[0].flags, uint32_t{HELIOS_CPU_BOOT});
    EXPECT_EQ(info_->boot.timer.frequency_hz, 10000000u);
    EXPECT_EQ(info_->boot.cpu_start, uint32_t{HELIOS_CPU_START_SBI_HSM});
    EXPECT_EQ(info_->boot.power.kind, uint32_t{HELIOS_POWER_SBI});
    EXPECT_EQ(info_->boot.console.base, 0x10001000u);
    EXPECT_EQ(info_->boot.console.irq, 10u);
    EXPECT_EQ(info_->context_count, 2u);
    EXPECT_EQ(info_->pci_count, 1u);
    EXPECT_EQ(info_->window_count, 2u);
}

TEST_F(DeviceTree, SizeIsTheTreesOwn) {
    TreeBuilder tree;
    BuildMachine(&tree);
    size_t size = 0;
    EXPECT_EQ(devicetree_size(tree.fdt(), tree.size(), &size, &failure_), BOOT_OK);
    EXPECT_EQ(size, tree.size());
    EXPECT_EQ(devicetree_size(tree.fdt(), SIZE_MAX, &size, &failure_), BOOT_OK);
    EXPECT_EQ(size, tree.size());
}

TEST_F(DeviceTree, NoTreeOrAnUnalignedOneIsAnError) {
    TreeBuilder tree;
    BuildMachine(&tree);
    size_t size = 0;
    EXPECT_EQ(devicetree_size(nullptr, 100, &size, &failure_), BOOT_DEVICE_TREE_INVALID);
    const char *moved = static_cast<const char *>(tree.fdt()) + 4;
    EXPECT_EQ(devicetree_size(moved, tree.size() - 4, &size, &failure_), BOOT_DEVICE_TREE_INVALID);
}

TEST_F(DeviceTree, TreeCutOffAnywhereIsAnError) {
    TreeBuilder tree;
    BuildMachine(&tree);
    const std::vector<uint8_t> whole = tree.bytes();
    for (size_t size = 0; size < whole.size(); size++) {
        tree.Replace({whole.begin(), whole.begin() + static_cast<long>(size)});
        EXPECT_EQ(Read(tree), BOOT_DEVICE_TREE_INVALID) << size;
        EXPECT_NE(failure_.found, 0u);
    }
}

TEST_F(DeviceTree, HeaderFieldsAreChecked) {
    TreeBuilder tree;
    BuildMachine(&tree);
    const std::vector<uint8_t> whole = tree.bytes();
    for (size_t field : {0, 4, 8, 12}) { // magic, total size, offsets of structure and strings
        std::vector<uint8_t> bad = whole;
        bad[field] = 0x7f;
        tree.Replace(bad);
        EXPECT_EQ(Read(tree), BOOT_DEVICE_TREE_INVALID) << field;
    }
}

// Every byte changed in several ways: whatever comes out, nothing is read outside the tree (the
// sanitizer watches) and nothing loops.
TEST_F(DeviceTree, TreeWithAnyByteChangedIsReadSafely) {
    TreeBuilder tree;
    BuildMachine(&tree);
    const std::vector<uint8_t> whole = tree.bytes();
    auto map = std::make_unique<memmap>();
    for (size_t at = 0; at < whole.size(); at++) {
        for (uint8_t flip : {0x01, 0x80, 0xff}) {
            std::vector<uint8_t> bad = whole;
            bad[at] ^= flip;
            tree.Replace(bad);
            *map = {};
            Read(tree, HELIOS_ARCH_RISCV64);
            Read(tree, HELIOS_ARCH_AARCH64);
            devicetree_read_memory(tree.fdt(), tree.size(), map.get(), &failure_);
            size_t length = 0;
            devicetree_bootargs(tree.fdt(), tree.size(), &length);
        }
    }
}

TEST_F(DeviceTree, TreeWithoutCpusIsAnError) {
    TreeBuilder tree;
    tree.Begin("cpus").Bus(1, 0).End().Finish();
    EXPECT_EQ(Read(tree), BOOT_NO_CPU);
}

TEST_F(DeviceTree, TreeNestedTooDeeplyIsAnError) {
    TreeBuilder tree;
    for (int depth = 0; depth < 200; depth++) {
        tree.Begin("n");
    }
    for (int depth = 0; depth < 200; depth++) {
        tree.End();
    }
    EXPECT_EQ(Read(tree.Finish()), BOOT_DEVICE_TREE_DEPTH);
}

TEST_F(DeviceTree, CpusThatCannotBeUsedAreLeftOut) {
    TreeBuilder tree;
    tree.Begin("cpus").Bus(2, 0);
    tree.Begin("cpu@0").Text("device_type", "cpu").Cells("reg", {0, 0}).Text("status", "disabled");
    tree.End();
    tree.Begin("cpu@1").Text("device_type", "cpu").Cells("reg", {0, 1});
    tree.Text("mmu-type", "riscv,none").End();
    tree.Begin("cpu@2").Text("device_type", "cpu").Cells("reg", {1, 2}).Text("status", "okay");
    tree.End();
    tree.Begin("cpu@3").Text("device_type", "cpu").Cells("reg", {3}).End(); // too short
    tree.Begin("cpu@4").Text("device_type", "cpu").End();                   // nothing at all
    tree.Begin("cpu-map").End();
    tree.End().Finish();
    ASSERT_EQ(Read(tree), BOOT_OK);
    ASSERT_EQ(info_->cpu_count, 1u);
    EXPECT_EQ(info_->cpus[0].hardware_id, 0x100000002u);
    EXPECT_EQ(info_->warning_count, 2u);
    EXPECT_STREQ(info_->warnings[0].what, "cpu@3");
    EXPECT_STREQ(info_->warnings[0].field, "reg");
}

TEST_F(DeviceTree, ListOfExtensionsWinsOverTheString) {
    TreeBuilder tree;
    tree.Begin("cpus").Bus(1, 0).Begin("cpu@0").Text("device_type", "cpu").Cells("reg", {0});
    tree.Text("riscv,isa", "rv64gcv").Raw("riscv,isa-extensions", "i\0f\0d\0sstc", 11);
    tree.Cells("timebase-frequency", {5, 6}).End().End().Finish();
    ASSERT_EQ(Read(tree), BOOT_OK);
    EXPECT_EQ(info_->cpus[0].isa, uint64_t{HELIOS_RISCV_ISA_FD | HELIOS_RISCV_ISA_SSTC});
    EXPECT_EQ(info_->boot.timer.frequency_hz, 0x500000006u) << "of the CPU, as cpus has none";
}

TEST_F(DeviceTree, ChosenProperties) {
    TreeBuilder tree;
    BuildMachine(&tree);
    size_t length = 0;
    const char *args = devicetree_bootargs(tree.fdt(), tree.size(), &length);
    ASSERT_NE(args, nullptr);
    EXPECT_EQ(std::string(args, length), "a=1 b");
    EXPECT_NE(devicetree_rng_seed(tree.fdt(), tree.size(), &length), nullptr);
    EXPECT_EQ(length, 16u);
    uint64_t hart = 0;
    EXPECT_TRUE(devicetree_boot_hart(tree.fdt(), tree.size(), &hart));
    EXPECT_EQ(hart, 1u);
}

TEST_F(DeviceTree, ChosenPropertiesThatAreNotThereOrMalformed) {
    TreeBuilder tree;
    tree.Begin("chosen").Raw("bootargs", "abc", 3).Flag("rng-seed").Raw("boot-hartid", "123456", 6);
    tree.End().Finish();
    size_t length = 0;
    uint64_t hart = 0;
    EXPECT_EQ(devicetree_bootargs(tree.fdt(), tree.size(), &length), nullptr);
    EXPECT_EQ(devicetree_rng_seed(tree.fdt(), tree.size(), &length), nullptr);
    EXPECT_FALSE(devicetree_boot_hart(tree.fdt(), tree.size(), &hart));
    TreeBuilder empty;
    empty.Finish();
    EXPECT_EQ(devicetree_bootargs(empty.fdt(), empty.size(), &length), nullptr);
    EXPECT_FALSE(devicetree_boot_hart(empty.fdt(), empty.size(), &hart));
}

class DeviceTreeMemory : public testing::Test {
  protected:
    boot_error Read(const TreeBuilder &tree) {
        return devicetree_read_memory(tree.fdt(), tree.size(), map_.get(), &failure_);
    }
    uint32_t KindAt(uint64_t address) const {
        const helios_boot_memory *range = memmap_find(map_.get(), address);
        return range == nullptr ? 0 : range->kind;
    }

    std::unique_ptr<memmap> map_ = std::make_unique<memmap>();
    boot_failure failure_ = {};
};

TEST_F(DeviceTreeMemory, MemoryAndReservations) {
    TreeBuilder tree({{0x81000000, 0x1000}});
    tree.Bus(2, 2);
    tree.Begin("memory@80000000").Text("device_type", "memory");
    tree.Cells("reg", {0, 0x80000000, 0, 0x8000000, 0x100, 0, 0x10, 0}).End();
    tree.Begin("reserved-memory").Bus(2, 2).Flag("ranges");
    tree.Begin("a@80000000").Cells("reg", {0, 0x80000000, 0, 0x80000}).Flag("no-map").End();
    tree.Begin("b@80100000").Cells("reg", {0, 0x80100000, 0, 0x1000}).End();
    tree.Begin("dynamic").Cells("size", {0, 0x1000}).End();
    tree.End().Finish();
    ASSERT_EQ(Read(tree), BOOT_OK);
    EXPECT_EQ(KindAt(0x80000000), uint32_t{HELIOS_MEM_RESERVED});
    EXPECT_EQ(KindAt(0x80080000), uint32_t{HELIOS_MEM_FREE});
    EXPECT_EQ(KindAt(0x80100000), uint32_t{HELIOS_MEM_FIRMWARE});
    EXPECT_EQ(KindAt(0x81000000), uint32_t{HELIOS_MEM_FIRMWARE});
    EXPECT_EQ(KindAt(0x10000000000), uint32_t{HELIOS_MEM_FREE});
    EXPECT_EQ(memmap_top(map_.get()), 0x11000000000u);
}

TEST_F(DeviceTreeMemory, DisabledMemoryIsLeftOut) {
    TreeBuilder tree;
    tree.Bus(1, 1).Begin("memory@0").Text("device_type", "memory").Cells("reg", {0, 0x100000});
    tree.Text("status", "disabled").End().Finish();
    ASSERT_EQ(Read(tree), BOOT_OK);
    EXPECT_EQ(map_->count, 0u);
}

TEST_F(DeviceTreeMemory, MemoryThatWrapsAroundIsNoMemory) {
    TreeBuilder tree;
    tree.Bus(2, 2).Begin("memory@0").Text("device_type", "memory");
    tree.Cells("reg", {0xffffffff, 0xfffff000, 1, 0}).End().Finish();
    ASSERT_EQ(Read(tree), BOOT_OK);
    EXPECT_EQ(map_->count, 0u);
}

TEST_F(DeviceTreeMemory, TooManyRangesAreAnError) {
    TreeBuilder tree;
    tree.Bus(1, 1);
    for (uint32_t i = 0; i < MEMMAP_CAPACITY + 1; i++) {
        tree.Begin("memory@" + std::to_string(i)).Text("device_type", "memory");
        tree.Cells("reg", {i * 0x2000, 0x1000}).End();
    }
    EXPECT_EQ(Read(tree.Finish()), BOOT_MEMORY_MAP_FULL);
}

} // namespace

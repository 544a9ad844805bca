// SPDX-License-Identifier: GPL-3.0-only
//
// Single nodes: interrupt controllers, timer, PSCI, console, PCI, IOMMUs, windows, buses.
#include "boot/info/devicetree.h"
#include "boot/info/devicetree_builder.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

namespace {

class DeviceTreeDevice : public testing::Test {
  protected:
    // Start a tree with two CPUs; RISC-V ones have local interrupt controllers 20 and 21.
    static void Start(TreeBuilder *tree) {
        tree->Bus(2, 2).Begin("cpus").Bus(1, 0);
        for (uint32_t cpu = 0; cpu < 2; cpu++) {
            tree->Begin("cpu@" + std::to_string(cpu)).Text("device_type", "cpu");
            tree->Cells("reg", {cpu}).Begin("intc").Text("compatible", "riscv,cpu-intc");
            tree->Cells("#interrupt-cells", {1}).Cells("phandle", {20 + cpu}).End().End();
        }
        tree->End();
    }
    void Read(TreeBuilder *tree, helios_arch arch = HELIOS_ARCH_AARCH64) {
        tree->Finish();
        *info_ = {};
        info_->boot.arch = arch;
        ASSERT_EQ(devicetree_read(tree->fdt(), tree->size(), info_.get(), &failure_), BOOT_OK);
    }
    void ExpectWarning(const char *node, const char *property) {
        ASSERT_GE(info_->warning_count, 1u);
        EXPECT_EQ(info_->warnings[0].error, BOOT_DEVICE_TREE_PROPERTY);
        EXPECT_STREQ(info_->warnings[0].what, node);
        EXPECT_STREQ(info_->warnings[0].field, property);
    }
    static void AddGic(TreeBuilder *tree, const std::string &compatible = "arm,cortex-a15-gic") {
        tree->Begin("intc").Text("compatible", compatible).Cells("#interrupt-cells", {3});
        tree->Cells("phandle", {1});
        tree->Cells("reg", {0, 0x8000000, 0, 0x10000, 0, 0x8010000, 0, 0x10000}).End();
    }

    std::unique_ptr<boot_info> info_ = std::make_unique<boot_info>();
    boot_failure failure_ = {};
};

TEST_F(DeviceTreeDevice, GicV2WithMsiFrame) {
    TreeBuilder tree;
    Start(&tree);
    tree.Begin("intc@8000000").Text("compatible", "arm,gic-400").Cells("#interrupt-cells", {3});
    tree.Cells("reg", {0, 0x8000000, 0, 0x1000, 0, 0x8010000, 0, 0x2000}).Bus(2, 2);
    tree.Flag("ranges").Cells("phandle", {1});
    tree.Begin("v2m@8020000").Text("compatible", "arm,gic-v2m-frame");
    tree.Cells("reg", {0, 0x8020000, 0, 0x1000});
    tree.Cells("arm,msi-base-spi", {80}).Cells("arm,msi-num-spis", {64}).End().End();
    Read(&tree);
    ASSERT_EQ(info_->intc_count, 2u);
    EXPECT_EQ(info_->intcs[0].kind, uint32_t{HELIOS_INTC_GICV2});
    EXPECT_EQ(info_->intcs[0].id, 1u);
    EXPECT_EQ(info_->intcs[0].base2, 0x8010000u);
    EXPECT_EQ(info_->intcs[0].length2, 0x2000u);
    EXPECT_EQ(info_->intcs[1].kind, uint32_t{HELIOS_INTC_GICV2M});
    EXPECT_EQ(info_->intcs[1].base, 0x8020000u);
    EXPECT_EQ(info_->intcs[1].first, 80u);
    EXPECT_EQ(info_->intcs[1].count, 64u);
    EXPECT_EQ(info_->window_count, 0u) << "controllers are no device windows";
}

TEST_F(DeviceTreeDevice, GicV3WithTwoRedistributorRangesAndIts) {
    TreeBuilder tree;
    Start(&tree);
    tree.Begin("intc@8000000").Text("compatible", "arm,gic-v3").Cells("#interrupt-cells", {3});
    tree.Cells("reg", {0, 0x8000000, 0, 0x10000, 0, 0x80a0000, 0, 0xf60000, 0x40, 0, 0, 0x4000000});
    tree.Cells("#redistributor-regions", {2}).Bus(2, 2).Flag("ranges");
    tree.Begin("its@8080000").Text("compatible", "arm,gic-v3-its").Cells("phandle", {7});
    tree.Cells("reg", {0, 0x8080000, 0, 0x20000}).End().End();
    Read(&tree);
    ASSERT_EQ(info_->intc_count, 3u);
    EXPECT_EQ(info_->intcs[0].kind, uint32_t{HELIOS_INTC_GICV3});
    EXPECT_EQ(info_->intcs[0].length2, 0xf60000u);
    EXPECT_EQ(info_->intcs[1].kind, uint32_t{HELIOS_INTC_GICV3_REDIST});
    EXPECT_EQ(info_->intcs[1].base, 0x4000000000u);
    EXPECT_EQ(info_->intcs[2].kind, uint32_t{HELIOS_INTC_GIC_ITS});
    EXPECT_EQ(info_->intcs[2].id, 7u);
}

TEST_F(DeviceTreeDevice, GicWithoutItsSecondRangeIsAWarning) {
    for (const char *compatible : {"arm,gic-v3", "arm,gic-400"}) {
        TreeBuilder tree;
        Start(&tree);
        tree.Begin("intc").Text("compatible", compatible);
        tree.Cells("reg", {0, 0x8000000, 0, 0x10000}).End();
        Read(&tree);
        ExpectWarning("intc", "reg");
        EXPECT_EQ(info_->intc_count, 0u);
    }
}

TEST_F(DeviceTreeDevice, PlicContextsCountAllPairs) {
    TreeBuilder tree;
    Start(&tree);
    tree.Begin("plic").Text("compatible", "sifive,plic-1.0.0").Cells("riscv,ndev", {95});
    tree.Cells("reg", {0, 0xc000000, 0, 0x600000}).Cells("phandle", {1});
    tree.Cells("interrupts-extended", {20, 11, 20, 9, 99, 9, 21, 0xffffffff, 21, 9}).End();
    Read(&tree, HELIOS_ARCH_RISCV64);
    ASSERT_EQ(info_->intc_count, 1u);
    EXPECT_EQ(info_->intcs[0].kind, uint32_t{HELIOS_INTC_PLIC});
    EXPECT_EQ(info_->intcs[0].count, 95u);
    ASSERT_EQ(info_->context_count, 2u) << "controller 99 belongs to no CPU";
    EXPECT_EQ(info_->contexts[0].cpu, 0u);
    EXPECT_EQ(info_->contexts[0].context, 1u);
    EXPECT_EQ(info_->contexts[1].cpu, 1u);
    EXPECT_EQ(info_->contexts[1].context, 4u);
}

TEST_F(DeviceTreeDevice, PlicThatServesNoSModeIsAWarning) {
    TreeBuilder tree;
    Start(&tree);
    tree.Begin("plic").Text("compatible", "riscv,plic0").Cells("reg", {0, 1, 0, 1});
    tree.Cells("interrupts-extended", {20, 11}).End();
    Read(&tree, HELIOS_ARCH_RISCV64);
    ExpectWarning("plic", "interrupts-extended");
    EXPECT_EQ(info_->intc_count, 0u);
}

TEST_F(DeviceTreeDevice, OnlyTheSModeAplicAndImsicCount) {
    TreeBuilder tree;
    Start(&tree);
    for (uint32_t mode : {11, 9}) {
        tree.Begin("imsics@" + std::to_string(mode)).Text("compatible", "riscv,imsics");
        tree.Cells("reg", {0, 0x20000000 + mode * 0x1000000, 0, 0x4000}).Cells("phandle", {mode});
        tree.Cells("interrupts-extended", {20, mode, 21, mode}).Cells("riscv,num-ids", {255});
        tree.Cells("riscv,guest-index-bits", {1}).End();
        tree.Begin("aplic@" + std::to_string(mode)).Text("compatible", "riscv,aplic");
        tree.Cells("reg", {0, 0xc000000 + mode, 0, 0x8000}).Cells("msi-parent", {mode});
        tree.Cells("riscv,num-sources", {96}).End();
    }
    Read(&tree, HELIOS_ARCH_RISCV64);
    ASSERT_EQ(info_->intc_count, 2u);
    EXPECT_EQ(info_->intcs[0].kind, uint32_t{HELIOS_INTC_IMSIC});
    EXPECT_EQ(info_->intcs[0].base, 0x29000000u);
    EXPECT_EQ(info_->intcs[0].count, 255u);
    EXPECT_EQ(info_->intcs[0].guest_bits, 1u);
    EXPECT_EQ(info_->intcs[0].hart_bits, 1u) << "two files: one bit, as the binding says";
    EXPECT_EQ(info_->intcs[1].kind, uint32_t{HELIOS_INTC_APLIC});
    EXPECT_EQ(info_->intcs[1].base, 0xc000009u);
    EXPECT_EQ(info_->intcs[1].flags, 1u);
    EXPECT_EQ(info_->context_count, 2u);
}

TEST_F(DeviceTreeDevice, AplicWithWiresHasContexts) {
    TreeBuilder tree;
    Start(&tree);
    tree.Begin("aplic").Text("compatible", "riscv,aplic").Cells("reg", {0, 0xd000000, 0, 0x8000});
    tree.Cells("interrupts-extended", {20, 9, 21, 9}).Cells("riscv,num-sources", {96}).End();
    Read(&tree, HELIOS_ARCH_RISCV64);
    ASSERT_EQ(info_->intc_count, 1u);
    EXPECT_EQ(info_->intcs[0].flags, 0u);
    EXPECT_EQ(info_->intcs[0].count, 96u);
    ASSERT_EQ(info_->context_count, 2u);
    EXPECT_EQ(info_->contexts[1].context, 1u);
}

TEST_F(DeviceTreeDevice, VirtualTimerIsTheThirdInterrupt) {
    TreeBuilder tree;
    Start(&tree);
    AddGic(&tree);
    tree.Begin("timer").Text("compatible", "arm,armv8-timer").Cells("interrupt-parent", {1});
    tree.Cells("interrupts", {1, 13, 4, 1, 14, 4, 1, 11, 8, 1, 10, 4}).End();
    Read(&tree);
    EXPECT_EQ(info_->boot.timer.irq, 27u);
    EXPECT_EQ(info_->boot.timer.irq_flags, uint32_t{HELIOS_IRQ_LEVEL | HELIOS_IRQ_LOW});
}

TEST_F(DeviceTreeDevice, TimerWithTooFewOrUnknownInterruptsIsAWarning) {
    TreeBuilder few;
    Start(&few);
    AddGic(&few);
    few.Begin("timer").Text("compatible", "arm,armv8-timer").Cells("interrupt-parent", {1});
    few.Cells("interrupts", {1, 13, 4, 1, 14, 4}).End();
    Read(&few);
    ExpectWarning("timer", "interrupts");
    TreeBuilder orphan;
    Start(&orphan);
    orphan.Begin("timer").Text("compatible", "arm,armv8-timer").Cells("interrupts", {1, 2, 3});
    orphan.End();
    Read(&orphan);
    ExpectWarning("timer", "interrupts");
}

TEST_F(DeviceTreeDevice, PsciConduits) {
    const std::pair<const char *, uint32_t> cases[] = {
        {"hvc", HELIOS_CPU_START_PSCI_HVC},
        {"smc", HELIOS_CPU_START_PSCI_SMC},
        {"xyz", HELIOS_CPU_START_NONE},
    };
    for (const auto &[method, wanted] : cases) {
        TreeBuilder tree;
        Start(&tree);
        tree.Begin("psci").Raw("compatible", "arm,psci-1.0\0arm,psci-0.2", 26);
        tree.Text("method", method).End();
        Read(&tree);
        EXPECT_EQ(info_->boot.cpu_start, wanted);
        EXPECT_EQ(info_->boot.power.kind,
                  uint32_t{wanted != 0 ? HELIOS_POWER_PSCI : HELIOS_POWER_NONE});
        EXPECT_EQ(info_->warning_count, wanted != 0 ? 0u : 1u);
    }
}

// A serial port on a bus that moves addresses up by 0x40000000.
void AddSerial(TreeBuilder *tree, const std::string &name, const std::string &compatible,
               uint32_t base) {
    tree->Begin(name).Text("compatible", compatible).Cells("reg", {base, 0x1000});
}

class DeviceTreeConsole : public DeviceTreeDevice {
  protected:
    static void StartSoc(TreeBuilder *tree) {
        Start(tree);
        AddGic(tree, "arm,gic-v3");
        tree->Begin("soc").Bus(1, 1).Cells("ranges", {0, 0, 0x40000000, 0x10000000});
        tree->Cells("interrupt-parent", {1});
    }
    const helios_boot_console &console() const {
        return info_->boot.console;
    }
};

TEST_F(DeviceTreeConsole, Pl011WithASharedInterrupt) {
    TreeBuilder tree;
    StartSoc(&tree);
    AddSerial(&tree, "pl011@9000", "arm,pl011", 0x9000);
    tree.Cells("interrupts", {0, 1, 4}).End().End();
    Read(&tree);
    EXPECT_EQ(console().kind, uint32_t{HELIOS_CONSOLE_PL011});
    EXPECT_EQ(console().base, 0x40009000u);
    EXPECT_EQ(console().irq, 33u) << "shared interrupts begin at INTID 32";
    EXPECT_EQ(console().irq_valid, 1u);
    EXPECT_EQ(info_->window_count, 0u) << "the console is no device window";
}

TEST_F(DeviceTreeConsole, StdoutPathChoosesAndTheOtherIsADevice) {
    for (const char *path : {"/soc/second@2000", "serial1:115200n8"}) {
        TreeBuilder tree;
        StartSoc(&tree);
        AddSerial(&tree, "first@1000", "ns16550a", 0x1000);
        tree.End();
        AddSerial(&tree, "second@2000", "ns16550a", 0x2000);
        tree.Cells("reg-shift", {2}).Cells("reg-io-width", {4}).Cells("clock-frequency", {1843200});
        tree.End().End();
        tree.Begin("aliases").Text("serial1", "/soc/second@2000").End();
        tree.Begin("chosen").Text("stdout-path", path).End();
        Read(&tree);
        EXPECT_EQ(console().kind, uint32_t{HELIOS_CONSOLE_16550_MMIO}) << path;
        EXPECT_EQ(console().base, 0x40002000u);
        EXPECT_EQ(console().reg_shift, 2u);
        EXPECT_EQ(console().io_width, 4u);
        EXPECT_EQ(console().clock_hz, 1843200u);
        EXPECT_EQ(console().irq_valid, 0u);
        ASSERT_EQ(info_->window_count, 1u);
        EXPECT_EQ(info_->windows[0].base, 0x40001000u);
    }
}

TEST_F(DeviceTreeConsole, WithoutStdoutPathTheFirstUsableOneIsTaken) {
    TreeBuilder tree;
    StartSoc(&tree);
    AddSerial(&tree, "a@1000", "ns16550a", 0x1000);
    tree.Text("status", "disabled").End();
    AddSerial(&tree, "b@2000", "ns16550a", 0x2000);
    tree.End();
    AddSerial(&tree, "c@3000", "ns16550a", 0x3000);
    tree.End().End();
    Read(&tree);
    EXPECT_EQ(console().base, 0x40002000u);
}

TEST_F(DeviceTreeConsole, ImpossibleRegisterLayoutIsAWarning) {
    TreeBuilder tree;
    StartSoc(&tree);
    AddSerial(&tree, "a@1000", "ns16550a", 0x1000);
    tree.Cells("reg-io-width", {3}).End().End();
    Read(&tree);
    ExpectWarning("a@1000", "reg");
    EXPECT_EQ(console().kind, uint32_t{HELIOS_CONSOLE_NONE});
}

TEST_F(DeviceTreeConsole, OnRiscvTheFirmwareConsoleServesWhereThereIsNoDevice) {
    TreeBuilder tree;
    Start(&tree);
    Read(&tree, HELIOS_ARCH_RISCV64);
    EXPECT_EQ(console().kind, uint32_t{HELIOS_CONSOLE_SBI});
}

TEST_F(DeviceTreeConsole, InterruptsExtendedNamesItsController) {
    TreeBuilder tree;
    StartSoc(&tree);
    AddSerial(&tree, "a@1000", "ns16550a", 0x1000);
    tree.Cells("interrupts-extended", {1, 0, 5, 1}).End().End();
    Read(&tree);
    EXPECT_EQ(console().irq, 37u);
}

TEST_F(DeviceTreeConsole, InterruptOutOfTheControllersRangeIsNone) {
    TreeBuilder tree;
    StartSoc(&tree);
    AddSerial(&tree, "a@1000", "ns16550a", 0x1000);
    tree.Cells("interrupts", {0, 988, 4}).End().End();
    Read(&tree);
    EXPECT_EQ(console().irq_valid, 0u);
}

TEST_F(DeviceTreeDevice, PciHostBridge) {
    TreeBuilder tree;
    Start(&tree);
    tree.Begin("pcie").Text("compatible", "pci-host-ecam-generic").Bus(3, 2);
    tree.Cells("reg", {0x40, 0x10000000, 0, 0x10000000}).Cells("bus-range", {0, 0xff});
    tree.Cells("linux,pci-domain", {3});
    tree.Cells("ranges", {0x1000000, 0,    0,          0,    0x3eff0000, 0,    0x10000, //
                          0x2000000, 0,    0x10000000, 0,    0x10000000, 0,    0x2eff0000,
                          0x3000000, 0x80, 0,          0x80, 0,          0x80, 0});
    tree.End();
    Read(&tree);
    ASSERT_EQ(info_->pci_count, 1u);
    EXPECT_EQ(info_->pcis[0].ecam_base, 0x4010000000u);
    EXPECT_EQ(info_->pcis[0].segment, 3u);
    EXPECT_EQ(info_->pcis[0].last_bus, 255u);
    ASSERT_EQ(info_->window_count, 3u);
    EXPECT_EQ(info_->windows[0].kind, uint32_t{HELIOS_WINDOW_PCI_IO});
    EXPECT_EQ(info_->windows[0].base, 0x3eff0000u);
    EXPECT_EQ(info_->windows[0].pci_base, 0u);
    EXPECT_EQ(info_->windows[1].kind, uint32_t{HELIOS_WINDOW_PCI_MEM32});
    EXPECT_EQ(info_->windows[1].length, 0x2eff0000u);
    EXPECT_EQ(info_->windows[2].kind, uint32_t{HELIOS_WINDOW_PCI_MEM64});
    EXPECT_EQ(info_->windows[2].base, 0x8000000000u);
    EXPECT_EQ(info_->windows[2].segment, 3u);
}

TEST_F(DeviceTreeDevice, PciWithoutBusRangeHasAsManyBusesAsFit) {
    TreeBuilder tree;
    Start(&tree);
    tree.Begin("pcie").Text("compatible", "pci-host-ecam-generic").Bus(3, 2);
    tree.Cells("reg", {0, 0x10000000, 0, 0x1000000});
    tree.Cells("ranges", {0x2000000, 0, 0, 0, 0x20000000, 0, 0x1000000}).End();
    Read(&tree);
    EXPECT_EQ(info_->pcis[0].last_bus, 15u);
}

TEST_F(DeviceTreeDevice, MalformedPciIsAWarning) {
    struct Case {
        std::initializer_list<uint32_t> reg, buses, ranges;
        const char *property;
        uint32_t bridges;
    };
    const Case cases[] = {
        {{0, 0x10000000, 0, 0x1000}, {0, 0}, {}, "reg", 0},
        {{0, 0x10000000}, {0, 0}, {}, "reg", 0},
        {{0, 0x10000000, 0, 0x1000000}, {0, 16}, {}, "bus-range", 0},
        {{0, 0x10000000, 0, 0x1000000}, {9, 8}, {}, "bus-range", 0},
        {{0, 0x10000000, 0, 0x1000000}, {0, 15}, {1, 2, 3}, "ranges", 1},
    };
    for (const Case &test : cases) {
        TreeBuilder tree;
        Start(&tree);
        tree.Begin("pcie").Text("compatible", "pci-host-ecam-generic").Bus(3, 2);
        tree.Cells("reg", test.reg).Cells("bus-range", test.buses).Cells("ranges", test.ranges);
        tree.End();
        Read(&tree);
        ExpectWarning("pcie", test.property);
        EXPECT_EQ(info_->pci_count, test.bridges);
        EXPECT_EQ(info_->window_count, 0u);
    }
}

TEST_F(DeviceTreeDevice, Iommus) {
    TreeBuilder tree;
    Start(&tree);
    tree.Begin("smmuv3").Text("compatible", "arm,smmu-v3").Cells("reg", {0, 0x9050000, 0, 0x20000});
    tree.End();
    tree.Begin("iommu").Text("compatible", "riscv,iommu").Cells("reg", {0, 0x3010000, 0, 0x1000});
    tree.End();
    tree.Begin("pcie").Text("compatible", "pci-host-ecam-generic").Bus(3, 2);
    tree.Cells("reg", {0, 0x10000000, 0, 0x1000000});
    tree.Cells("ranges", {0x2000000, 0, 0, 0, 0x20000000, 0, 0x1000000});
    tree.Begin("virtio@8").Text("compatible", "virtio,pci-iommu").Cells("reg", {0x800, 0, 0, 0, 0});
    tree.End().End();
    Read(&tree);
    ASSERT_EQ(info_->iommu_count, 3u);
    EXPECT_EQ(info_->iommus[0].kind, uint32_t{HELIOS_IOMMU_SMMUV3});
    EXPECT_EQ(info_->iommus[0].length, 0x20000u);
    EXPECT_EQ(info_->iommus[1].kind, uint32_t{HELIOS_IOMMU_RISCV});
    EXPECT_EQ(info_->iommus[2].kind, uint32_t{HELIOS_IOMMU_VIRTIO});
    EXPECT_EQ(info_->iommus[2].base, 0u);
}

TEST_F(DeviceTreeDevice, NeighbouringDevicesAreOneWindow) {
    TreeBuilder tree;
    Start(&tree);
    for (uint32_t slot : {3, 1, 2, 0}) {
        tree.Begin("virtio@" + std::to_string(slot)).Text("compatible", "virtio,mmio");
        tree.Cells("reg", {0, 0xa000000 + slot * 0x200, 0, 0x200}).End();
    }
    Read(&tree);
    ASSERT_EQ(info_->window_count, 1u);
    EXPECT_EQ(info_->windows[0].kind, uint32_t{HELIOS_WINDOW_DEVICE});
    EXPECT_EQ(info_->windows[0].length, 0x800u);
}

TEST_F(DeviceTreeDevice, DevicesBehindBusesAreTranslatedThroughEachOfThem) {
    TreeBuilder tree;
    Start(&tree);
    tree.Begin("outer").Bus(1, 1).Cells("ranges", {0x1000, 0x10, 0x2000, 0x10000});
    tree.Begin("inner").Bus(1, 1).Flag("ranges");
    tree.Begin("device").Cells("reg", {0x3000, 0x100}).End();
    tree.End().End();
    Read(&tree);
    ASSERT_EQ(info_->window_count, 1u);
    EXPECT_EQ(info_->windows[0].base, 0x1000004000u);
}

TEST_F(DeviceTreeDevice, WhatTheCpuCannotReachIsNoWindow) {
    TreeBuilder tree;
    Start(&tree);
    tree.Begin("i2c").Bus(1, 0).Begin("sensor@48").Cells("reg", {0x48}).End().End();
    tree.Begin("bus").Bus(1, 1).Cells("ranges", {0x1000, 0, 0x2000, 0x1000});
    tree.Begin("below").Cells("reg", {0xf00, 0x100}).End();
    tree.Begin("across").Cells("reg", {0x1f00, 0x101}).End();
    tree.Begin("off").Cells("reg", {0x1000, 0x10}).Text("status", "disabled").End();
    tree.Begin("empty").Cells("reg", {0x1000, 0}).End().End();
    tree.Begin("odd").Raw("reg", "12345", 5).End();
    tree.Begin("wraps").Cells("reg", {0xffffffff, 0xffffff00, 0, 0x1000}).End();
    tree.Begin("memory@0").Text("device_type", "memory").Cells("reg", {0, 0, 0, 0x1000}).End();
    Read(&tree);
    EXPECT_EQ(info_->window_count, 0u);
}

TEST_F(DeviceTreeDevice, DisabledBusTakesItsDevicesWithIt) {
    TreeBuilder tree;
    Start(&tree);
    tree.Begin("bus").Bus(1, 1).Flag("ranges").Text("status", "disabled");
    tree.Begin("device").Cells("reg", {0x1000, 0x10}).End().End();
    Read(&tree);
    EXPECT_EQ(info_->window_count, 0u);
}

} // namespace

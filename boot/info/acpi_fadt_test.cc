// SPDX-License-Identifier: GPL-3.0-only
#include "boot/info/acpi_builder.h"
#include "boot/info/acpi_table.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace {

// The fields of the FADT that matter, at their offsets.
struct Fadt {
    uint32_t dsdt = 0;
    uint32_t pm1a = 0x604, pm1b = 0;
    uint16_t x86_flags = 0;
    uint32_t flags = 0;
    Bytes reset = Bytes().Gas(1, 8, 1, 0xcf9);
    uint8_t reset_value = 6;
    uint16_t arm_flags = 0;
    uint64_t x_dsdt = 0;
    Bytes x_pm1a = Bytes().Gas(0, 0, 0, 0);
    Bytes x_pm1b = Bytes().Gas(0, 0, 0, 0);
    Bytes sleep_control = Bytes().Gas(0, 0, 0, 0);

    Bytes Body() const {
        Bytes body;
        body.U32(0).U32(dsdt).Zero(20).U32(pm1a).U32(pm1b).Zero(17).U8(2).Zero(19);
        body.U16(x86_flags).U8(0).U32(flags).Append(reset).U8(reset_value).U16(arm_flags);
        body.Zero(9).U64(x_dsdt).Zero(24).Append(x_pm1a).Append(x_pm1b).Zero(48);
        return body.Append(sleep_control).Zero(20);
    }
};

Bytes S5(const Bytes &elements, uint8_t count) {
    return Bytes()
        .U8(0x08)
        .Text("_S5_")
        .U8(0x12)
        .U8(3 + elements.size())
        .U8(count)
        .Append(elements);
}

Bytes Memory32(uint32_t low, uint32_t high, uint32_t translation, uint32_t length, uint8_t type = 0,
               uint8_t flags = 0x0c) {
    Bytes bytes = Bytes().U8(0x87).U16(23).U8(type).U8(flags).U8(1).U32(0).U32(low).U32(high);
    return bytes.U32(translation).U32(length);
}

Bytes Memory64(uint64_t low, uint64_t high, uint64_t translation, uint64_t length,
               uint8_t type = 0) {
    Bytes bytes = Bytes().U8(0x8a).U16(43).U8(type).U8(0x0c).U8(1).U64(0).U64(low).U64(high);
    return bytes.U64(translation).U64(length);
}

class FadtTest : public testing::Test {
  protected:
    void Read(Fadt fadt, const Bytes &aml, helios_arch arch = HELIOS_ARCH_X86_64,
              const Bytes *ssdt = nullptr, const Bytes &overrides = Bytes(), uint8_t revision = 6) {
        AcpiBuilder builder;
        const uint64_t dsdt = builder.Loose("DSDT", aml);
        fadt.dsdt = fadt.dsdt == 0 && fadt.x_dsdt == 0 ? static_cast<uint32_t>(dsdt) : fadt.dsdt;
        fadt.x_dsdt = fadt.x_dsdt == 1 ? dsdt : fadt.x_dsdt;
        builder.Table("FACP", fadt.Body(), revision);
        builder.Table("APIC", madt::Header().Append(madt::Lapic(0, 0)).Append(overrides));
        if (ssdt != nullptr) {
            builder.Table("SSDT", Bytes());
            builder.Table("SSDT", *ssdt);
        }
        *info_ = {};
        info_->boot.arch = arch;
        acpi_memory memory = builder.memory();
        ASSERT_EQ(acpi_read(&memory, builder.Finish(), info_.get(), nullptr), BOOT_OK);
    }
    const helios_boot_power &power() const {
        return info_->boot.power;
    }

    std::unique_ptr<boot_info> info_ = std::make_unique<boot_info>();
};

TEST_F(FadtTest, PowerOffComesFromPm1AndS5) {
    Fadt fadt;
    fadt.pm1b = 0x704;
    Read(fadt, S5(Bytes().U8(0x0a).U8(5).U8(0x0a).U8(3).U8(0).U8(0), 4));
    EXPECT_EQ(power().kind, uint32_t{HELIOS_POWER_ACPI});
    EXPECT_EQ(power().off.address, 0x604u);
    EXPECT_EQ(power().off.space, 1u);
    EXPECT_EQ(power().off.width, 16u);
    EXPECT_EQ(power().off.value, 5u << 10 | 1u << 13);
    EXPECT_EQ(power().off_b.address, 0x704u);
    EXPECT_EQ(power().off_b.value, 3u << 10 | 1u << 13);
    EXPECT_EQ(power().reset.address, 0u) << "no RESET_REG_SUP";
}

TEST_F(FadtTest, ExtendedPm1BlockWins) {
    Fadt fadt;
    fadt.x_pm1a = Bytes().Gas(0, 32, 3, 0xfed80804);
    Read(fadt, S5(Bytes().U8(0).U8(0), 2));
    EXPECT_EQ(power().off.address, 0xfed80804u);
    EXPECT_EQ(power().off.space, 0u);
    EXPECT_EQ(power().off.width, 32u);
    EXPECT_EQ(power().off.value, 1u << 13);
    EXPECT_EQ(power().off_b.address, 0u);
}

TEST_F(FadtTest, ExtendedDsdtAddressWins) {
    Fadt fadt;
    fadt.dsdt = 0x1000;
    fadt.x_dsdt = 1; // the real one
    Read(fadt, S5(Bytes().U8(1), 1));
    EXPECT_EQ(power().off.value, 1u << 10 | 1u << 13);
    EXPECT_EQ(info_->warning_count, 0u);
}

TEST_F(FadtTest, ResetRegister) {
    Fadt fadt;
    fadt.flags = 1u << 10;
    Read(fadt, Bytes());
    EXPECT_EQ(power().kind, uint32_t{HELIOS_POWER_ACPI});
    EXPECT_EQ(power().reset.address, 0xcf9u);
    EXPECT_EQ(power().reset.space, 1u);
    EXPECT_EQ(power().reset.value, 6u);
    EXPECT_EQ(power().off.address, 0u) << "no _S5_, no power-off";
}

TEST_F(FadtTest, ResetRegisterInPciConfigurationSpaceIsNotUsed) {
    Fadt fadt;
    fadt.flags = 1u << 10;
    fadt.reset = Bytes().Gas(2, 8, 1, 0xcf9);
    Read(fadt, Bytes());
    EXPECT_EQ(power().reset.address, 0u);
    EXPECT_EQ(power().kind, uint32_t{HELIOS_POWER_NONE});
}

TEST_F(FadtTest, HardwareReducedMachineUsesSleepControl) {
    Fadt fadt;
    fadt.flags = 1u << 20;
    fadt.sleep_control = Bytes().Gas(0, 8, 1, 0x9080000);
    Read(fadt, S5(Bytes().U8(0x0a).U8(5), 1));
    EXPECT_EQ(power().off.address, 0x9080000u);
    EXPECT_EQ(power().off.space, 0u);
    EXPECT_EQ(power().off.value, 5u << 2 | 1u << 5);
    EXPECT_EQ(power().off_b.address, 0u);
}

TEST_F(FadtTest, PsciConduitComesFromTheArmFlags) {
    Fadt fadt;
    fadt.arm_flags = 1;
    Read(fadt, Bytes(), HELIOS_ARCH_AARCH64);
    EXPECT_EQ(power().kind, uint32_t{HELIOS_POWER_PSCI});
    EXPECT_EQ(info_->boot.cpu_start, uint32_t{HELIOS_CPU_START_PSCI_SMC});
    fadt.arm_flags = 3;
    Read(fadt, Bytes(), HELIOS_ARCH_AARCH64);
    EXPECT_EQ(info_->boot.cpu_start, uint32_t{HELIOS_CPU_START_PSCI_HVC});
    fadt.arm_flags = 0;
    Read(fadt, Bytes(), HELIOS_ARCH_AARCH64);
    EXPECT_EQ(info_->boot.cpu_start, uint32_t{HELIOS_CPU_START_NONE});
}

TEST_F(FadtTest, Com1IsAssumedOnlyWhereThereAreLegacyDevices) {
    Fadt fadt;
    Read(fadt, Bytes());
    EXPECT_EQ(info_->boot.console.kind, uint32_t{HELIOS_CONSOLE_NONE});
    Read(fadt, Bytes(), HELIOS_ARCH_AARCH64, nullptr, Bytes(), 1);
    EXPECT_EQ(info_->boot.console.kind, uint32_t{HELIOS_CONSOLE_NONE});
    fadt.x86_flags = 1;
    Read(fadt, Bytes());
    EXPECT_EQ(info_->boot.console.kind, uint32_t{HELIOS_CONSOLE_16550_PORT});
    EXPECT_EQ(info_->boot.console.base, 0x3f8u);
    EXPECT_EQ(info_->boot.console.irq, 4u);
    fadt.x86_flags = 0;
    Read(fadt, Bytes(), HELIOS_ARCH_X86_64, nullptr, madt::Override(4, 20, 0), 1);
    EXPECT_EQ(info_->boot.console.irq, 20u) << "an override moves the line";
}

TEST_F(FadtTest, S5MayStandInAnSsdt) {
    const Bytes ssdt = Bytes().Text("....").Append(S5(Bytes().U8(0x0a).U8(6), 1));
    Read(Fadt(), Bytes().Text("no sleep here"), HELIOS_ARCH_X86_64, &ssdt);
    EXPECT_EQ(power().off.value, 6u << 10 | 1u << 13);
}

TEST_F(FadtTest, MissingDsdtIsAWarningAndKeepsTheRest) {
    Fadt fadt;
    fadt.dsdt = 0x1234;
    fadt.flags = 1u << 10;
    Read(fadt, Bytes());
    ASSERT_EQ(info_->warning_count, 1u);
    EXPECT_STREQ(info_->warnings[0].what, "DSDT");
    EXPECT_EQ(power().reset.address, 0xcf9u);
}

class Aml : public testing::Test {
  protected:
    bool Find(const Bytes &body) {
        bytes_ = AcpiBuilder::Whole("DSDT", body);
        exact_ = std::make_unique<uint8_t[]>(bytes_.size());
        std::copy(bytes_.begin(), bytes_.end(), exact_.get());
        const acpi_table table = {exact_.get(), bytes_.size(), 0, "DSDT"};
        return acpi_find_s5(&table, &a_, &b_);
    }
    const std::vector<helios_boot_window> Windows(const Bytes &body) {
        bytes_ = AcpiBuilder::Whole("DSDT", body);
        const acpi_table table = {bytes_.data(), bytes_.size(), 0, "DSDT"};
        acpi_read_windows(&table, info_.get());
        return {info_->windows, info_->windows + info_->window_count};
    }

    std::vector<uint8_t> bytes_;
    std::unique_ptr<uint8_t[]> exact_;
    std::unique_ptr<boot_info> info_ = std::make_unique<boot_info>();
    uint8_t a_ = 99, b_ = 99;
};

TEST_F(Aml, S5WithEveryFormOfConstant) {
    EXPECT_TRUE(Find(S5(Bytes().U8(0x0b).U16(7).U8(0x0c).U32(4), 2)));
    EXPECT_EQ(a_, 7);
    EXPECT_EQ(b_, 4);
    EXPECT_TRUE(Find(S5(Bytes().U8(0x00).U8(0x01), 2)));
    EXPECT_EQ(a_, 0);
    EXPECT_EQ(b_, 1);
}

TEST_F(Aml, S5WithOneElementIsForBothRegisters) {
    EXPECT_TRUE(Find(S5(Bytes().U8(0x0a).U8(5), 1)));
    EXPECT_EQ(a_, 5);
    EXPECT_EQ(b_, 5);
}

TEST_F(Aml, S5UnderTheRootPrefix) {
    Bytes aml = Bytes().U8(0x08).U8('\\').Text("_S5_").U8(0x12).U8(4).U8(1).U8(0x0a).U8(3);
    EXPECT_TRUE(Find(aml));
    EXPECT_EQ(a_, 3);
}

TEST_F(Aml, S5WithALongPackageLength) {
    Bytes aml = Bytes().U8(0x08).Text("_S5_").U8(0x12).U8(0x46).U8(0).U8(1).U8(0x0a).U8(3);
    EXPECT_TRUE(Find(aml));
    EXPECT_EQ(a_, 3);
}

TEST_F(Aml, NameThatOnlyLooksLikeS5IsPassedOver) {
    EXPECT_FALSE(Find(Bytes().Text("X_S5_").U8(0x12).U8(4).U8(1).U8(0x0a).U8(3)));
    EXPECT_FALSE(Find(Bytes().U8(0x08).Text("_S5_").U8(0x0a).U8(3)));
    EXPECT_FALSE(Find(Bytes().U8(0x08).Text("_S5_").U8(0x12).U8(2).U8(0)));
    EXPECT_FALSE(Find(Bytes().U8(0x08).Text("_S5_").U8(0x12).U8(4).U8(1).U8(0x70).U8(3)));
    EXPECT_TRUE(Find(Bytes().Text("_S5_ ").Append(S5(Bytes().U8(1), 1)))) << "the search goes on";
}

TEST_F(Aml, S5CutOffAnywhereIsNotFound) {
    const Bytes whole = S5(Bytes().U8(0x0c).U32(5).U8(0x0c).U32(5), 2);
    EXPECT_TRUE(Find(whole));
    for (size_t size = 0; size < whole.size(); size++) {
        Bytes cut;
        for (size_t i = 0; i < size; i++) {
            cut.U8(whole.data()[i]);
        }
        EXPECT_FALSE(Find(cut)) << size;
    }
}

TEST_F(Aml, MemoryWindowsOfHostBridges) {
    Bytes aml = Bytes().Text("junk").Append(Memory32(0xc0000000, 0xfebfffff, 0, 0x3ec00000));
    aml.Append(Memory64(0x8000000000, 0xffffffffff, 0, 0x8000000000));
    const auto windows = Windows(aml);
    ASSERT_EQ(windows.size(), 2u);
    EXPECT_EQ(windows[0].kind, uint32_t{HELIOS_WINDOW_PCI_MEM32});
    EXPECT_EQ(windows[0].base, 0xc0000000u);
    EXPECT_EQ(windows[0].length, 0x3ec00000u);
    EXPECT_EQ(windows[1].kind, uint32_t{HELIOS_WINDOW_PCI_MEM64});
    EXPECT_EQ(windows[1].base, 0x8000000000u);
}

TEST_F(Aml, PortsThatAreReachedThroughMemory) {
    const auto windows = Windows(Memory32(0, 0xffff, 0x3eff0000, 0x10000, 1));
    ASSERT_EQ(windows.size(), 1u);
    EXPECT_EQ(windows[0].kind, uint32_t{HELIOS_WINDOW_PCI_IO});
    EXPECT_EQ(windows[0].base, 0x3eff0000u);
    EXPECT_EQ(windows[0].pci_base, 0u);
}

TEST_F(Aml, DescriptorsThatAreNoWindowsArePassedOver) {
    Bytes aml;
    aml.Append(Memory32(0, 0xffff, 0, 0x10000, 1));                       // the CPU's own ports
    aml.Append(Memory32(0xc0000000, 0xcfffffff, 0, 0x10000000, 0, 0x0d)); // a consumer
    aml.Append(Memory32(0xc0000000, 0xcfffffff, 0, 0x10000000, 0, 0x00)); // not fixed
    aml.Append(Memory32(0xc0000000, 0xcfffffff, 0, 0x20000000));          // length doesn't match
    aml.Append(Memory32(0xc0000000, 0xbfffffff, 0, 0));                   // to be filled in
    aml.Append(Memory32(0xfed40000, 0xfed44fff, 0, 0x5000));              // a single device
    aml.Append(Memory32(0xc0000800, 0xcfffffff, 0, 0xffff800));           // unaligned
    aml.Append(Memory32(0, 7, 0, 8, 2));                                  // bus numbers
    aml.Append(Memory64(UINT64_MAX - 0xffff, UINT64_MAX, 0x100000, 0x10000));
    EXPECT_EQ(Windows(aml).size(), 0u);
}

Bytes Fixed(uint32_t base, uint32_t length, uint8_t writable = 1) {
    return Bytes().U8(0x86).U16(9).U8(writable).U32(base).U32(length);
}

TEST_F(FadtTest, FixedMemoryIsADeviceButNotOnAPc) {
    const Bytes aml = Fixed(0xa000000, 0x200).Append(Fixed(0xa000200, 0x200));
    Read(Fadt(), aml, HELIOS_ARCH_AARCH64);
    ASSERT_EQ(info_->window_count, 1u);
    EXPECT_EQ(info_->windows[0].kind, uint32_t{HELIOS_WINDOW_DEVICE});
    EXPECT_EQ(info_->windows[0].base, 0xa000000u);
    EXPECT_EQ(info_->windows[0].length, 0x400u);
    Read(Fadt(), aml, HELIOS_ARCH_X86_64);
    EXPECT_EQ(info_->window_count, 0u);
}

TEST_F(FadtTest, FixedMemoryThatMakesNoSenseOrIsAControllerIsNoDevice) {
    Bytes aml = Fixed(0xa000000, 0x200, 2).Append(Fixed(0xfffff000, 0x1000));
    aml.Append(Fixed(0x1000, 0x20000000)).Append(Fixed(0x2000, 0)).Append(Fixed(0x8000800, 1));
    aml.U8(0x86).U16(9).U8(1); // cut off
    Read(Fadt(), aml, HELIOS_ARCH_AARCH64, nullptr, madt::Gicd(0x8000000, 2));
    EXPECT_EQ(info_->window_count, 0u);
}

TEST_F(Aml, WindowFoundTwiceIsAddedOnce) {
    const Bytes window = Memory32(0xc0000000, 0xcfffffff, 0, 0x10000000);
    EXPECT_EQ(Windows(Bytes().Append(window).Append(window)).size(), 1u);
}

} // namespace

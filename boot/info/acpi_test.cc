// SPDX-License-Identifier: GPL-3.0-only
#include "boot/info/acpi.h"
#include "boot/info/acpi_builder.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

// A machine with every table that is read, each filled in so that its reader has work to do.
struct Machine {
    AcpiBuilder builder;
    std::vector<std::pair<std::string, uint64_t>> tables;

    void Add(const std::string &signature, const Bytes &body) {
        tables.emplace_back(signature, builder.Table(signature, body, 5));
    }

    Machine() {
        Bytes aml = Bytes().U8(0x08).Text("_S5_").U8(0x12).U8(6).U8(4).U8(0x0a).U8(5).U8(0).U8(0);
        aml.U8(0x87).U16(23).U8(0).U8(0xc).U8(1).U32(0).U32(0xc0000000).U32(0xcfffffff).U32(0);
        aml.U32(0x10000000);
        const uint64_t dsdt = builder.Loose("DSDT", aml);
        tables.emplace_back("DSDT", dsdt);
        Bytes fadt;
        fadt.U32(0).U32(dsdt).Zero(20).U32(0x604).U32(0).Zero(41).U16(1).U8(0).U32(1u << 10);
        fadt.Gas(1, 8, 1, 0xcf9).U8(6).U16(0).Zero(116);
        Add("FACP", fadt);
        Bytes madt = madt::Header();
        for (uint8_t cpu = 0; cpu < 4; cpu++) {
            madt.Append(madt::Lapic(cpu, cpu));
        }
        madt.Append(madt::Ioapic(0, 0xfec00000, 0)).Append(madt::Override(0, 2, 0));
        madt.Append(madt::Gicd(0x8000000, 3)).Append(madt::Gicc(0, 0, 0, 1 << 20));
        madt.Append(madt::Rintc(0, 0, 1, 0x28000000, 0x1000)).Append(madt::Imsic(255, 0, 0));
        madt.Append(madt::Plic(0, 96, 0x600000, 0xc000000, 0));
        Add("APIC", madt);
        Add("MCFG", Bytes().Zero(8).U64(0xb0000000).U16(0).U8(0).U8(255).U32(0));
        Bytes spcr;
        spcr.U8(3).Zero(3).Gas(0, 32, 3, 0x9000000).U8(8).U8(0).U32(33).Zero(22);
        Add("SPCR", spcr);
        Add("GTDT", Bytes().Zero(28).U32(27).U32(2).Zero(24));
        Bytes isa = Bytes().U16(0).U16(20).U16(1).U16(12).Text("rv64gc_sstc").U8(0);
        Bytes hart = Bytes().U16(0xffff).U16(16).U16(1).U16(1).U32(0).U32(56);
        Add("RHCT", Bytes().U32(0).U64(10000000).U32(2).U32(56).Append(isa).Append(hart));
        Bytes drhd = Bytes().U16(0).U16(16).U8(1).U8(0).U16(0).U64(0xfed90000);
        Add("DMAR", Bytes().U8(38).U8(1).Zero(10).Append(drhd));
        Bytes ivhd = Bytes().U8(0x10).U8(0).U16(24).U16(2).U16(0x40).U64(0xfed80000).U16(0).Zero(6);
        Add("IVRS", Bytes().U32(0).Zero(8).Append(ivhd));
        Bytes smmu = Bytes().U8(4).U16(68).U8(4).Zero(12).U64(0x9050000).Zero(44);
        Add("IORT", Bytes().U32(1).U32(48).U32(0).Append(smmu));
        Bytes viot = Bytes().U8(3).U8(0).U16(16).U16(0).U16(8).Zero(8);
        Add("VIOT", Bytes().U16(1).U16(48).Zero(8).Append(viot));
        Add("SSDT", Bytes().Text("nothing in here"));
    }

    boot_error Read(boot_info *info, boot_failure *failure, uint64_t rsdp,
                    helios_arch arch = HELIOS_ARCH_X86_64) {
        *info = {};
        info->boot.arch = arch;
        acpi_memory memory = builder.memory();
        return acpi_read(&memory, rsdp, info, failure);
    }
};

class Acpi : public testing::Test {
  protected:
    boot_error Read(uint64_t rsdp) {
        return machine_.Read(info_.get(), &failure_, rsdp);
    }

    Machine machine_;
    std::unique_ptr<boot_info> info_ = std::make_unique<boot_info>();
    boot_failure failure_ = {};
};

TEST_F(Acpi, WholeMachineIsReadWithoutAWarning) {
    const uint64_t rsdp = machine_.builder.Finish();
    for (helios_arch arch : {HELIOS_ARCH_X86_64, HELIOS_ARCH_AARCH64, HELIOS_ARCH_RISCV64}) {
        ASSERT_EQ(machine_.Read(info_.get(), &failure_, rsdp, arch), BOOT_OK);
        EXPECT_EQ(info_->warning_count, 0u) << info_->warnings[0].what;
        EXPECT_EQ(info_->boot.acpi_rsdp, rsdp);
        EXPECT_EQ(info_->cpu_count, 4u);
        EXPECT_EQ(info_->pci_count, 1u);
        EXPECT_EQ(info_->window_count, 1u);
        EXPECT_EQ(info_->iommu_count, 4u);
        EXPECT_EQ(info_->boot.console.base, 0x9000000u);
        EXPECT_EQ(info_->boot.timer.irq, 27u);
        EXPECT_EQ(info_->boot.timer.frequency_hz, 10000000u);
    }
}

TEST_F(Acpi, OldRootTableOfThirtyTwoBitAddressesWorks) {
    ASSERT_EQ(Read(machine_.builder.Finish(false)), BOOT_OK);
    EXPECT_EQ(info_->cpu_count, 4u);
    EXPECT_EQ(info_->warning_count, 0u);
}

TEST_F(Acpi, RsdpIsCheckedByteByByte) {
    const uint64_t rsdp = machine_.builder.Finish();
    const std::vector<uint8_t> good = machine_.builder.At(rsdp);
    acpi_memory memory = machine_.builder.memory();
    EXPECT_EQ(acpi_check_rsdp(&memory, rsdp, &failure_), BOOT_OK);
    for (size_t at = 0; at < good.size(); at++) {
        std::vector<uint8_t> bad = good;
        bad[at] ^= 0x40;
        machine_.builder.Replace(rsdp, bad);
        EXPECT_NE(acpi_check_rsdp(&memory, rsdp, &failure_), BOOT_OK) << at;
        EXPECT_NE(Read(rsdp), BOOT_OK) << at;
    }
}

TEST_F(Acpi, RsdpCutOffAnywhereIsAnError) {
    const uint64_t rsdp = machine_.builder.Finish();
    const std::vector<uint8_t> good = machine_.builder.At(rsdp);
    for (size_t size = 0; size < good.size(); size++) {
        machine_.builder.Replace(rsdp, {good.begin(), good.begin() + static_cast<long>(size)});
        EXPECT_EQ(Read(rsdp), BOOT_ACPI_ADDRESS) << size;
    }
}

TEST_F(Acpi, RsdpWithAShortLengthIsAnError) {
    const uint64_t rsdp = machine_.builder.Finish();
    std::vector<uint8_t> bad = machine_.builder.At(rsdp);
    bad[20] = 35;
    AcpiBuilder::Fix(&bad, 32);
    machine_.builder.Replace(rsdp, bad);
    EXPECT_EQ(Read(rsdp), BOOT_ACPI_LENGTH);
    EXPECT_EQ(failure_.found, 35u);
    EXPECT_EQ(failure_.wanted, 36u);
}

TEST_F(Acpi, NowhereIsAnError) {
    for (uint64_t address : {uint64_t{0}, uint64_t{0x1234}, UINT64_MAX, UINT64_MAX - 10}) {
        EXPECT_EQ(Read(address), BOOT_ACPI_ADDRESS);
    }
}

TEST_F(Acpi, RootTableNowhereIsAnError) {
    machine_.builder.Finish();
    EXPECT_EQ(Read(machine_.builder.Place(AcpiBuilder::Rsdp(0, UINT64_MAX - 3, 2))),
              BOOT_ACPI_ADDRESS);
    EXPECT_STREQ(failure_.what, "XSDT");
    EXPECT_EQ(Read(machine_.builder.Place(AcpiBuilder::Rsdp(0, 0, 2))), BOOT_ACPI_ADDRESS);
    EXPECT_STREQ(failure_.what, "RSDT");
}

TEST_F(Acpi, RootTableWithAnotherSignatureIsAnError) {
    const uint64_t wrong = machine_.builder.Loose("XSDX", Bytes());
    EXPECT_EQ(Read(machine_.builder.Place(AcpiBuilder::Rsdp(0, wrong, 2))), BOOT_ACPI_SIGNATURE);
    EXPECT_EQ(failure_.found, 0x58445358u);
    EXPECT_EQ(failure_.wanted, 0x54445358u);
}

TEST_F(Acpi, MachineWithoutMadtIsAnError) {
    AcpiBuilder builder;
    builder.Table("MCFG", Bytes().Zero(8));
    acpi_memory memory = builder.memory();
    EXPECT_EQ(acpi_read(&memory, builder.Finish(), info_.get(), &failure_), BOOT_ACPI_MISSING);
    EXPECT_STREQ(failure_.what, "MADT");
}

TEST_F(Acpi, RootEntriesThatPointNowhereArePassedOver) {
    machine_.builder.Link(0);
    machine_.builder.Link(0xdead0000);
    machine_.builder.Link(UINT64_MAX - 1);
    EXPECT_EQ(Read(machine_.builder.Finish()), BOOT_OK);
    EXPECT_EQ(info_->warning_count, 0u);
}

// Each table with a broken checksum, an impossible length, or partly outside memory: the MADT is an
// error, any other a warning that names it.
TEST_F(Acpi, BrokenTablesAreNamed) {
    const uint64_t rsdp = machine_.builder.Finish();
    for (const auto &[signature, address] : machine_.tables) {
        const std::vector<uint8_t> good = machine_.builder.At(address);
        std::vector<uint8_t> sum = good;
        sum[10] ^= 1;
        std::vector<uint8_t> shorter = good;
        shorter[4] = 35;
        shorter[5] = 0;
        std::vector<uint8_t> longer = good;
        longer[7] = 0x7f;
        std::vector<uint8_t> outside(good.begin(), good.end() - 1);
        const std::vector<std::pair<std::vector<uint8_t>, boot_error>> cases = {
            {sum, BOOT_ACPI_CHECKSUM},
            {shorter, BOOT_ACPI_LENGTH},
            {longer, BOOT_ACPI_LENGTH},
            {outside, BOOT_ACPI_ADDRESS},
        };
        for (const auto &[bytes, wanted] : cases) {
            machine_.builder.Replace(address, bytes);
            boot_error error = Read(rsdp);
            if (signature == "APIC") {
                EXPECT_EQ(error, wanted);
                EXPECT_STREQ(failure_.what, "MADT");
                continue;
            }
            EXPECT_EQ(error, BOOT_OK) << signature;
            ASSERT_EQ(info_->warning_count, 1u) << signature;
            EXPECT_EQ(info_->warnings[0].error, wanted) << signature;
            EXPECT_EQ(std::string(info_->warnings[0].what),
                      signature == "FACP" ? "FADT" : signature);
        }
        machine_.builder.Replace(address, good);
    }
}

// Every table at every shorter length, with a checksum that fits: never a crash, never a read
// beyond the end (the sanitizer watches), and only the MADT may keep the machine from booting.
TEST_F(Acpi, TablesOfEveryLengthAreReadSafely) {
    const uint64_t rsdp = machine_.builder.Finish();
    for (const auto &[signature, address] : machine_.tables) {
        const std::vector<uint8_t> good = machine_.builder.At(address);
        for (size_t size = 36; size < good.size(); size++) {
            std::vector<uint8_t> cut(good.begin(), good.begin() + static_cast<long>(size));
            cut[4] = static_cast<uint8_t>(size);
            cut[5] = static_cast<uint8_t>(size >> 8);
            AcpiBuilder::Fix(&cut, 9);
            machine_.builder.Replace(address, cut);
            for (helios_arch arch :
                 {HELIOS_ARCH_X86_64, HELIOS_ARCH_AARCH64, HELIOS_ARCH_RISCV64}) {
                boot_error error = machine_.Read(info_.get(), &failure_, rsdp, arch);
                if (signature != "APIC") {
                    EXPECT_EQ(error, BOOT_OK) << signature << " " << size;
                }
            }
        }
        machine_.builder.Replace(address, good);
    }
}

// Every byte of every table set to a few bad values, with a checksum that fits.
TEST_F(Acpi, TablesWithAnyByteChangedAreReadSafely) {
    const uint64_t rsdp = machine_.builder.Finish();
    for (const auto &[signature, address] : machine_.tables) {
        const std::vector<uint8_t> good = machine_.builder.At(address);
        for (size_t at = 36; at < good.size(); at++) {
            for (uint8_t value : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
                std::vector<uint8_t> bad = good;
                bad[at] = value;
                AcpiBuilder::Fix(&bad, 9);
                machine_.builder.Replace(address, bad);
                boot_error error = machine_.Read(info_.get(), &failure_, rsdp, HELIOS_ARCH_RISCV64);
                if (signature != "APIC") {
                    EXPECT_EQ(error, BOOT_OK) << signature << " " << at;
                }
            }
        }
        machine_.builder.Replace(address, good);
    }
}

} // namespace

// SPDX-License-Identifier: GPL-3.0-only
//
// The small tables: MCFG, SPCR, GTDT, RHCT, and those of IOMMUs.
#include "boot/info/acpi_builder.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace {

class AcpiMisc : public testing::Test {
  protected:
    // Read a machine of two CPUs with one more table.
    void Read(const std::string &signature, const Bytes &body,
              helios_arch arch = HELIOS_ARCH_AARCH64) {
        AcpiBuilder builder;
        Bytes cpus = arch == HELIOS_ARCH_RISCV64
                         ? madt::Rintc(0, 10, 0).Append(madt::Rintc(1, 11, 0))
                         : madt::Lapic(0, 0).Append(madt::Lapic(1, 1));
        builder.Table("APIC", madt::Header().Append(cpus));
        builder.Table("FACP", Bytes().U32(0).U32(builder.Loose("DSDT", aml_)).Zero(200), 6);
        builder.Table(signature, body);
        *info_ = {};
        info_->boot.arch = arch;
        acpi_memory memory = builder.memory();
        ASSERT_EQ(acpi_read(&memory, builder.Finish(), info_.get(), nullptr), BOOT_OK);
    }
    void ExpectOneWarning(boot_error error, const char *what) {
        ASSERT_EQ(info_->warning_count, 1u);
        EXPECT_EQ(info_->warnings[0].error, error);
        EXPECT_STREQ(info_->warnings[0].what, what);
    }
    const helios_boot_console &console() const {
        return info_->boot.console;
    }

    Bytes aml_;
    std::unique_ptr<boot_info> info_ = std::make_unique<boot_info>();
};

Bytes Ecam(uint64_t base, uint16_t segment, uint8_t first, uint8_t last) {
    return Bytes().U64(base).U16(segment).U8(first).U8(last).U32(0);
}

TEST_F(AcpiMisc, McfgListsSegments) {
    Read("MCFG",
         Bytes().Zero(8).Append(Ecam(0xe0000000, 0, 0, 255)).Append(Ecam(1ull << 40, 1, 2, 3)));
    ASSERT_EQ(info_->pci_count, 2u);
    EXPECT_EQ(info_->pcis[0].ecam_base, 0xe0000000u);
    EXPECT_EQ(info_->pcis[0].last_bus, 255u);
    EXPECT_EQ(info_->pcis[1].segment, 1u);
    EXPECT_EQ(info_->pcis[1].first_bus, 2u);
    EXPECT_EQ(info_->warning_count, 0u);
}

TEST_F(AcpiMisc, ConfigurationSpaceIsNoWindowWhateverAmlSays) {
    aml_.U8(0x87).U16(23).U8(0).U8(0xc).U8(1).U32(0).U32(0xe0000000).U32(0xefffffff).U32(0);
    aml_.U32(0x10000000);
    Read("MCFG", Bytes().Zero(8).Append(Ecam(0xe0000000, 0, 0, 255)));
    EXPECT_EQ(info_->window_count, 0u);
    Read("MCFG", Bytes().Zero(8).Append(Ecam(0xd0000000, 0, 0, 255)));
    EXPECT_EQ(info_->window_count, 1u);
}

TEST_F(AcpiMisc, McfgSaysWhereBusZeroWouldBe) {
    Read("MCFG", Bytes().Zero(8).Append(Ecam(0xe0000000, 1, 0x40, 0x7f)));
    ASSERT_EQ(info_->pci_count, 1u);
    EXPECT_EQ(info_->pcis[0].first_bus, 0x40u);
    EXPECT_EQ(info_->pcis[0].ecam_base, 0xe4000000u);
}

TEST_F(AcpiMisc, McfgWithImpossibleValuesIsAWarning) {
    Read("MCFG", Bytes().Zero(8).Append(Ecam(0xfffffffffff00000, 0, 1, 2)));
    ExpectOneWarning(BOOT_ACPI_VALUE, "MCFG");
    Read("MCFG", Bytes().Zero(8).Append(Ecam(0xe0000000, 0, 9, 8)));
    ExpectOneWarning(BOOT_ACPI_VALUE, "MCFG");
    Read("MCFG", Bytes().Zero(8).Append(Ecam(0, 0, 0, 8)));
    ExpectOneWarning(BOOT_ACPI_VALUE, "MCFG");
    EXPECT_EQ(info_->pci_count, 0u);
    Read("MCFG", Bytes().Zero(8).Append(Ecam(1, 0, 0, 8)).U8(0));
    ExpectOneWarning(BOOT_ACPI_LENGTH, "MCFG");
    EXPECT_EQ(info_->pci_count, 1u) << "what came before stays";
}

Bytes Spcr(uint8_t type, const Bytes &gas, uint8_t irq_type, uint8_t irq, uint32_t gsi) {
    return Bytes().U8(type).Zero(3).Append(gas).U8(irq_type).U8(irq).U32(gsi).Zero(22);
}

TEST_F(AcpiMisc, SpcrPl011) {
    Read("SPCR", Spcr(3, Bytes().Gas(0, 32, 3, 0x9000000), 8, 0, 33));
    EXPECT_EQ(console().kind, uint32_t{HELIOS_CONSOLE_PL011});
    EXPECT_EQ(console().base, 0x9000000u);
    EXPECT_EQ(console().length, 0x1000u);
    EXPECT_EQ(console().irq, 33u);
    EXPECT_EQ(console().irq_valid, 1u);
    EXPECT_EQ(console().io_width, 4u);
}

TEST_F(AcpiMisc, SpcrSbsaUartsAreSpokenToLikeAPl011) {
    for (uint8_t type : {13, 14}) {
        Read("SPCR", Spcr(type, Bytes().Gas(0, 32, 3, 0x9000000), 8, 0, 33));
        EXPECT_EQ(console().kind, uint32_t{HELIOS_CONSOLE_PL011});
    }
}

TEST_F(AcpiMisc, Spcr16550AtAPort) {
    Read("SPCR", Spcr(0, Bytes().Gas(1, 8, 1, 0x2f8), 1, 3, 0), HELIOS_ARCH_X86_64);
    EXPECT_EQ(console().kind, uint32_t{HELIOS_CONSOLE_16550_PORT});
    EXPECT_EQ(console().base, 0x2f8u);
    EXPECT_EQ(console().irq, 3u) << "8259 only: the ISA line";
    Read("SPCR", Spcr(0, Bytes().Gas(1, 8, 1, 0x2f8), 3, 3, 19), HELIOS_ARCH_X86_64);
    EXPECT_EQ(console().irq, 19u) << "an I/O APIC as well: the GSI";
}

TEST_F(AcpiMisc, Spcr16550InMemory) {
    Read("SPCR", Spcr(0, Bytes().Gas(0, 32, 1, 0x10000000), 16, 0, 10));
    EXPECT_EQ(console().kind, uint32_t{HELIOS_CONSOLE_16550_MMIO});
    EXPECT_EQ(console().reg_shift, 0u);
    EXPECT_EQ(console().io_width, 1u);
    Read("SPCR", Spcr(18, Bytes().Gas(0, 32, 3, 0x10000000), 16, 0, 10));
    EXPECT_EQ(console().reg_shift, 2u);
    EXPECT_EQ(console().io_width, 4u);
}

TEST_F(AcpiMisc, SpcrSbi) {
    Read("SPCR", Spcr(21, Bytes().Gas(0, 0, 0, 0), 0, 0, 0));
    EXPECT_EQ(console().kind, uint32_t{HELIOS_CONSOLE_SBI});
}

TEST_F(AcpiMisc, SpcrOfAnUnknownKindOrWithoutAnAddressIsNoConsole) {
    Read("SPCR", Spcr(77, Bytes().Gas(0, 32, 3, 0x9000000), 8, 0, 33));
    EXPECT_EQ(console().kind, uint32_t{HELIOS_CONSOLE_NONE});
    Read("SPCR", Spcr(3, Bytes().Gas(0, 32, 3, 0), 8, 0, 33));
    EXPECT_EQ(console().kind, uint32_t{HELIOS_CONSOLE_NONE});
}

TEST_F(AcpiMisc, SpcrWithoutAnInterrupt) {
    Read("SPCR", Spcr(3, Bytes().Gas(0, 32, 3, 0x9000000), 0, 5, 33));
    EXPECT_EQ(console().irq_valid, 0u);
    EXPECT_EQ(console().irq, 0u);
}

TEST_F(AcpiMisc, GtdtNamesTheVirtualTimer) {
    Read("GTDT", Bytes().Zero(28).U32(27).U32(0).Zero(24));
    EXPECT_EQ(info_->boot.timer.irq, 27u);
    EXPECT_EQ(info_->boot.timer.irq_flags, uint32_t{HELIOS_IRQ_LEVEL});
    Read("GTDT", Bytes().Zero(28).U32(26).U32(3).Zero(24));
    EXPECT_EQ(info_->boot.timer.irq, 26u);
    EXPECT_EQ(info_->boot.timer.irq_flags, uint32_t{HELIOS_IRQ_LOW});
}

TEST_F(AcpiMisc, GtdtWithATimerThatIsNotPrivateIsAWarning) {
    for (uint32_t irq : {0u, 15u, 32u, 0xffffffffu}) {
        Read("GTDT", Bytes().Zero(28).U32(irq).U32(0).Zero(24));
        ExpectOneWarning(BOOT_ACPI_VALUE, "GTDT");
        EXPECT_EQ(info_->boot.timer.irq, 0u);
    }
}

Bytes IsaNode(const std::string &isa) {
    return Bytes().U16(0).U16(8 + isa.size() + 1).U16(1).U16(isa.size() + 1).Text(isa).U8(0);
}

Bytes HartNode(uint32_t uid, uint32_t offset) {
    return Bytes().U16(0xffff).U16(16).U16(1).U16(1).U32(uid).U32(offset);
}

Bytes Rhct(uint32_t nodes) {
    return Bytes().U32(0).U64(10000000).U32(nodes).U32(56);
}

TEST_F(AcpiMisc, RhctGivesTimebaseAndIsaOfEachHart) {
    const Bytes plain = IsaNode("rv64imafdc");
    const Bytes rich = IsaNode("rv64imafdcv_sstc_svpbmt");
    const auto second = static_cast<uint32_t>(56 + plain.size());
    Bytes rhct = Rhct(4).Append(plain).Append(rich);
    rhct.Append(HartNode(10, 56)).Append(HartNode(11, second));
    Read("RHCT", rhct, HELIOS_ARCH_RISCV64);
    EXPECT_EQ(info_->warning_count, 0u);
    EXPECT_EQ(info_->boot.timer.frequency_hz, 10000000u);
    EXPECT_EQ(info_->cpus[0].isa, uint64_t{HELIOS_RISCV_ISA_FD});
    EXPECT_EQ(info_->cpus[1].isa, uint64_t{HELIOS_RISCV_ISA_FD | HELIOS_RISCV_ISA_V |
                                           HELIOS_RISCV_ISA_SSTC | HELIOS_RISCV_ISA_SVPBMT});
}

TEST_F(AcpiMisc, RhctHartThatPointsOutsideHasNoIsa) {
    for (uint32_t offset : {0u, 40u, 55u, 57u, 0xffffu, 0xffffffffu}) {
        Read("RHCT", Rhct(2).Append(IsaNode("rv64gc")).Append(HartNode(10, offset)),
             HELIOS_ARCH_RISCV64);
        EXPECT_EQ(info_->cpus[0].isa, 0u) << offset;
    }
}

TEST_F(AcpiMisc, RhctNodeThatLeavesTheTableIsAWarning) {
    Read("RHCT", Rhct(1).U16(0).U16(100).U16(1), HELIOS_ARCH_RISCV64);
    ExpectOneWarning(BOOT_ACPI_LENGTH, "RHCT");
}

TEST_F(AcpiMisc, DmarListsRemappingUnits) {
    Bytes dmar = Bytes().U8(38).U8(1).Zero(10);
    dmar.Append(Bytes().U16(0).U16(16).U8(1).U8(1).U16(7).U64(0xfed90000));
    dmar.Append(Bytes().U16(1).U16(24).Zero(20)); // reserved memory region: not an IOMMU
    Read("DMAR", dmar);
    ASSERT_EQ(info_->iommu_count, 1u);
    EXPECT_EQ(info_->iommus[0].kind, uint32_t{HELIOS_IOMMU_VTD});
    EXPECT_EQ(info_->iommus[0].segment, 7u);
    EXPECT_EQ(info_->iommus[0].base, 0xfed90000u);
    EXPECT_EQ(info_->iommus[0].length, 0x2000u);
}

TEST_F(AcpiMisc, IvrsListsEachIommuOnce) {
    Bytes ivrs = Bytes().U32(0).Zero(8);
    for (uint8_t type : {0x10, 0x11, 0x40}) {
        ivrs.Append(Bytes().U8(type).U8(0).U16(24).U16(2).U16(64).U64(0xfed80000).U16(1).Zero(6));
    }
    Read("IVRS", ivrs);
    ASSERT_EQ(info_->iommu_count, 1u);
    EXPECT_EQ(info_->iommus[0].kind, uint32_t{HELIOS_IOMMU_AMD});
    EXPECT_EQ(info_->iommus[0].base, 0xfed80000u);
    EXPECT_EQ(info_->iommus[0].segment, 1u);
}

TEST_F(AcpiMisc, IortListsSmmus) {
    Bytes its = Bytes().U8(0).U16(24).U8(1).Zero(20);
    Bytes smmu = Bytes().U8(4).U16(68).U8(4).Zero(12).U64(0x9050000).Zero(44);
    Read("IORT", Bytes().U32(2).U32(48).U32(0).Append(its).Append(smmu));
    ASSERT_EQ(info_->iommu_count, 1u);
    EXPECT_EQ(info_->iommus[0].kind, uint32_t{HELIOS_IOMMU_SMMUV3});
    EXPECT_EQ(info_->iommus[0].base, 0x9050000u);
}

TEST_F(AcpiMisc, ViotListsVirtioIommus) {
    Bytes viot = Bytes().U16(2).U16(48).Zero(8);
    viot.Append(Bytes().U8(3).U8(0).U16(16).U16(0).U16(8).Zero(8));
    viot.Append(Bytes().U8(4).U8(0).U16(16).Zero(4).U64(0xa000000));
    Read("VIOT", viot);
    ASSERT_EQ(info_->iommu_count, 2u);
    EXPECT_EQ(info_->iommus[0].kind, uint32_t{HELIOS_IOMMU_VIRTIO});
    EXPECT_EQ(info_->iommus[0].base, 0u) << "a PCI function: no address of its own";
    EXPECT_EQ(info_->iommus[1].base, 0xa000000u);
}

} // namespace

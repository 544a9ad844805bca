// SPDX-License-Identifier: GPL-3.0-only
#include "boot/info/acpi.h"
#include "boot/info/acpi_builder.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

namespace {

class Madt : public testing::Test {
  protected:
    boot_error Read(helios_arch arch, const Bytes &entries, uint64_t boot_id = 0) {
        AcpiBuilder builder;
        builder.Table("APIC", madt::Header(lapic_, flags_).Append(entries), 5);
        info_->boot.arch = arch;
        info_->boot_hardware_id = boot_id;
        acpi_memory memory = builder.memory();
        return acpi_read(&memory, builder.Finish(), info_.get(), &failure_);
    }
    const helios_boot_intc *Intc(uint32_t kind, int index = 0) const {
        for (uint32_t i = 0; i < info_->intc_count; i++) {
            if (info_->intcs[i].kind == kind && index-- == 0) {
                return &info_->intcs[i];
            }
        }
        return nullptr;
    }

    uint32_t lapic_ = 0xfee00000;
    uint32_t flags_ = 1;
    std::unique_ptr<boot_info> info_ = std::make_unique<boot_info>();
    boot_failure failure_ = {};
};

TEST_F(Madt, LocalApicsBecomeCpus) {
    Bytes entries = madt::Lapic(7, 0).Append(madt::Lapic(8, 2)).Append(madt::X2apic(9, 300));
    ASSERT_EQ(Read(HELIOS_ARCH_X86_64, entries, 2), BOOT_OK);
    ASSERT_EQ(info_->cpu_count, 3u);
    EXPECT_EQ(info_->cpus[0].hardware_id, 0u);
    EXPECT_EQ(info_->cpus[0].firmware_uid, 7u);
    EXPECT_EQ(info_->cpus[1].flags, uint32_t{HELIOS_CPU_BOOT});
    EXPECT_EQ(info_->cpus[2].hardware_id, 300u);
    EXPECT_EQ(info_->cpus[2].firmware_uid, 9u);
    EXPECT_EQ(info_->boot.cpu_start, uint32_t{HELIOS_CPU_START_INIT_SIPI});
}

TEST_F(Madt, CpusThatAreNotEnabledAreLeftOut) {
    Bytes entries = madt::Lapic(0, 0).Append(madt::Lapic(1, 1, 0)).Append(madt::Lapic(2, 2, 2));
    entries.Append(madt::Lapic(3, 255)).Append(madt::X2apic(4, 0xffffffff));
    entries.Append(madt::X2apic(5, 5, 0));
    ASSERT_EQ(Read(HELIOS_ARCH_X86_64, entries), BOOT_OK);
    EXPECT_EQ(info_->cpu_count, 1u);
}

TEST_F(Madt, OneCpuDescribedAsBothKindsCountsOnce) {
    ASSERT_EQ(Read(HELIOS_ARCH_X86_64, madt::Lapic(0, 0).Append(madt::X2apic(0, 0))), BOOT_OK);
    EXPECT_EQ(info_->cpu_count, 1u);
}

TEST_F(Madt, SixtyFiveCpusBootAsSixtyFour) {
    Bytes entries;
    for (uint8_t id = 0; id < 65; id++) {
        entries.Append(madt::Lapic(id, id));
    }
    ASSERT_EQ(Read(HELIOS_ARCH_X86_64, entries), BOOT_OK);
    EXPECT_EQ(info_->cpu_count, 64u);
    EXPECT_EQ(info_->cpus_ignored, 1u);
}

TEST_F(Madt, NoCpuAtAllIsAnError) {
    EXPECT_EQ(Read(HELIOS_ARCH_X86_64, madt::Lapic(0, 0, 0)), BOOT_NO_CPU);
}

TEST_F(Madt, IoApicsAndOverrides) {
    Bytes entries = madt::Lapic(0, 0).Append(madt::Ioapic(3, 0xfec00000, 24));
    entries.Append(madt::Override(0, 2, 0)).Append(madt::Override(9, 9, 0xd));
    entries.Append(madt::Override(10, 10, 0xf));
    ASSERT_EQ(Read(HELIOS_ARCH_X86_64, entries), BOOT_OK);
    const helios_boot_intc *ioapic = Intc(HELIOS_INTC_IOAPIC);
    ASSERT_NE(ioapic, nullptr);
    EXPECT_EQ(ioapic->base, 0xfec00000u);
    EXPECT_EQ(ioapic->id, 3u);
    EXPECT_EQ(ioapic->first, 24u);
    ASSERT_EQ(info_->override_count, 3u);
    EXPECT_EQ(info_->overrides[0].gsi, 2u);
    EXPECT_EQ(info_->overrides[0].flags, 0u);
    EXPECT_EQ(info_->overrides[1].flags, uint32_t{HELIOS_IRQ_LEVEL});
    EXPECT_EQ(info_->overrides[2].flags, uint32_t{HELIOS_IRQ_LEVEL | HELIOS_IRQ_LOW});
}

TEST_F(Madt, LocalApicStandsWhereTheHeaderSays) {
    lapic_ = 0xfed00000;
    ASSERT_EQ(Read(HELIOS_ARCH_X86_64, madt::Lapic(0, 0)), BOOT_OK);
    EXPECT_EQ(Intc(HELIOS_INTC_LAPIC)->base, 0xfed00000u);
    EXPECT_NE(Intc(HELIOS_INTC_PIC), nullptr);
}

TEST_F(Madt, LocalApicAddressOverrideWins) {
    flags_ = 0;
    Bytes entries = madt::Lapic(0, 0).Append(madt::LapicAddress(0x1fee00000));
    ASSERT_EQ(Read(HELIOS_ARCH_X86_64, entries), BOOT_OK);
    EXPECT_EQ(Intc(HELIOS_INTC_LAPIC)->base, 0x1fee00000u);
    EXPECT_EQ(Intc(HELIOS_INTC_PIC), nullptr) << "no PCAT_COMPAT, no 8259";
}

TEST_F(Madt, GicV2WithMsiFrame) {
    Bytes entries = madt::Gicd(0x8000000, 2).Append(madt::Gicc(0, 0, 0x8010000, 0));
    entries.Append(madt::Gicc(1, 1, 0x8010000, 0)).Append(madt::GicMsi(0x8020000, 1, 64, 80));
    ASSERT_EQ(Read(HELIOS_ARCH_AARCH64, entries, 1), BOOT_OK);
    const helios_boot_intc *gic = Intc(HELIOS_INTC_GICV2);
    ASSERT_NE(gic, nullptr);
    EXPECT_EQ(gic->base, 0x8000000u);
    EXPECT_EQ(gic->base2, 0x8010000u);
    EXPECT_EQ(gic->length2, 0x2000u);
    const helios_boot_intc *frame = Intc(HELIOS_INTC_GICV2M);
    ASSERT_NE(frame, nullptr);
    EXPECT_EQ(frame->first, 80u);
    EXPECT_EQ(frame->count, 64u);
    EXPECT_EQ(info_->cpu_count, 2u);
    EXPECT_EQ(info_->cpus[1].flags, uint32_t{HELIOS_CPU_BOOT});
    EXPECT_EQ(Intc(HELIOS_INTC_LAPIC), nullptr);
}

TEST_F(Madt, MsiFrameWithoutNumbersLeavesThemToItsRegister) {
    Bytes entries = madt::Gicd(1, 2).Append(madt::Gicc(0, 0, 2, 0));
    ASSERT_EQ(Read(HELIOS_ARCH_AARCH64, entries.Append(madt::GicMsi(0x8020000, 0, 64, 80))),
              BOOT_OK);
    EXPECT_EQ(Intc(HELIOS_INTC_GICV2M)->count, 0u);
}

TEST_F(Madt, GicV3WithRedistributorRangesAndIts) {
    Bytes entries = madt::Gicc(0, 0, 0, 0).Append(madt::Gicc(1, 0x100, 0, 0));
    entries.Append(madt::Gicr(0x80a0000, 0xf60000)).Append(madt::Gicr(0x4000000000, 0x4000000));
    entries.Append(madt::Gicd(0x8000000, 3)).Append(madt::Its(0, 0x8080000));
    ASSERT_EQ(Read(HELIOS_ARCH_AARCH64, entries, 0x100), BOOT_OK);
    const helios_boot_intc *gic = Intc(HELIOS_INTC_GICV3);
    ASSERT_NE(gic, nullptr);
    EXPECT_EQ(gic->length, 0x10000u);
    EXPECT_EQ(gic->base2, 0x80a0000u);
    EXPECT_EQ(gic->length2, 0xf60000u);
    const helios_boot_intc *more = Intc(HELIOS_INTC_GICV3_REDIST);
    ASSERT_NE(more, nullptr);
    EXPECT_EQ(more->base, 0x4000000000u);
    EXPECT_EQ(Intc(HELIOS_INTC_GIC_ITS)->base, 0x8080000u);
    EXPECT_EQ(info_->cpus[1].hardware_id, 0x100u);
}

TEST_F(Madt, GicV3RedistributorsFromTheCpus) {
    Bytes entries = madt::Gicd(0x8000000, 4);
    for (uint32_t cpu = 0; cpu < 3; cpu++) {
        entries.Append(madt::Gicc(cpu, cpu, 0, 0x80a0000 + 0x20000 * cpu));
    }
    ASSERT_EQ(Read(HELIOS_ARCH_AARCH64, entries), BOOT_OK);
    EXPECT_EQ(Intc(HELIOS_INTC_GICV3)->base2, 0x80a0000u);
    EXPECT_EQ(Intc(HELIOS_INTC_GICV3)->length2, 0x20000u);
    ASSERT_NE(Intc(HELIOS_INTC_GICV3_REDIST, 1), nullptr);
    EXPECT_EQ(Intc(HELIOS_INTC_GICV3_REDIST, 1)->base, 0x80e0000u);
}

TEST_F(Madt, GicOfUnstatedVersionIsWhatItsStructuresShow) {
    ASSERT_EQ(Read(HELIOS_ARCH_AARCH64, madt::Gicd(1, 0).Append(madt::Gicc(0, 0, 2, 0))), BOOT_OK);
    EXPECT_NE(Intc(HELIOS_INTC_GICV2), nullptr);
    *info_ = {};
    Bytes v3 = madt::Gicd(1, 0).Append(madt::Gicc(0, 0, 0, 0)).Append(madt::Gicr(3, 4));
    ASSERT_EQ(Read(HELIOS_ARCH_AARCH64, v3), BOOT_OK);
    EXPECT_NE(Intc(HELIOS_INTC_GICV3), nullptr);
}

TEST_F(Madt, PlicContextsBelongToHarts) {
    Bytes entries = madt::Rintc(5, 0, 1).Append(madt::Rintc(6, 1, 3));
    entries.Append(madt::Plic(0, 96, 0x600000, 0xc000000, 10));
    ASSERT_EQ(Read(HELIOS_ARCH_RISCV64, entries, 6), BOOT_OK);
    const helios_boot_intc *plic = Intc(HELIOS_INTC_PLIC);
    ASSERT_NE(plic, nullptr);
    EXPECT_EQ(plic->base, 0xc000000u);
    EXPECT_EQ(plic->length, 0x600000u);
    EXPECT_EQ(plic->count, 96u);
    EXPECT_EQ(plic->first, 10u);
    ASSERT_EQ(info_->context_count, 2u);
    EXPECT_EQ(info_->contexts[1].cpu, 1u);
    EXPECT_EQ(info_->contexts[1].context, 3u);
    EXPECT_EQ(info_->boot.cpu_start, uint32_t{HELIOS_CPU_START_SBI_HSM});
    EXPECT_EQ(info_->boot.power.kind, uint32_t{HELIOS_POWER_SBI});
}

TEST_F(Madt, HartIsWiredToTheControllerWithItsIdOnly) {
    Bytes entries = madt::Rintc(0, 0, 1).Append(madt::Rintc(1, 1, 1u << 24 | 1));
    entries.Append(madt::Plic(0, 96, 0x600000, 0xc000000, 0));
    entries.Append(madt::Plic(1, 96, 0x600000, 0xd000000, 96));
    ASSERT_EQ(Read(HELIOS_ARCH_RISCV64, entries), BOOT_OK);
    ASSERT_EQ(info_->context_count, 2u);
    EXPECT_EQ(info_->contexts[0].intc, 0u);
    EXPECT_EQ(info_->contexts[0].cpu, 0u);
    EXPECT_EQ(info_->contexts[1].intc, 1u);
    EXPECT_EQ(info_->contexts[1].cpu, 1u);
}

TEST_F(Madt, AplicWithDirectDeliveryHasContexts) {
    Bytes entries = madt::Rintc(0, 0, 0).Append(madt::Rintc(1, 1, 1));
    entries.Append(madt::Aplic(0, 2, 96, 0, 0xd000000, 0x8000));
    ASSERT_EQ(Read(HELIOS_ARCH_RISCV64, entries), BOOT_OK);
    EXPECT_EQ(Intc(HELIOS_INTC_APLIC)->flags, 0u);
    ASSERT_EQ(info_->context_count, 2u);
    EXPECT_EQ(info_->contexts[1].context, 1u);
}

TEST_F(Madt, ImsicFilesOfNeighbouringHartsAreOneRange) {
    Bytes entries;
    for (uint32_t hart = 0; hart < 4; hart++) {
        entries.Append(madt::Rintc(hart, hart, hart, 0x28000000 + hart * 0x4000, 0x4000));
    }
    entries.Append(madt::Imsic(255, 2, 2)).Append(madt::Aplic(0, 0, 96, 0, 0xd000000, 0x8000));
    ASSERT_EQ(Read(HELIOS_ARCH_RISCV64, entries), BOOT_OK);
    const helios_boot_intc *imsic = Intc(HELIOS_INTC_IMSIC);
    ASSERT_NE(imsic, nullptr);
    EXPECT_EQ(imsic->base, 0x28000000u);
    EXPECT_EQ(imsic->length, 0x10000u);
    EXPECT_EQ(imsic->count, 255u);
    EXPECT_EQ(imsic->guest_bits, 2u);
    EXPECT_EQ(imsic->hart_bits, 2u);
    EXPECT_EQ(Intc(HELIOS_INTC_IMSIC, 1), nullptr);
    EXPECT_EQ(Intc(HELIOS_INTC_APLIC)->flags, 1u) << "no IDC: delivers by MSI";
    ASSERT_EQ(info_->context_count, 4u);
    EXPECT_EQ(info_->contexts[3].context, 3u);
}

TEST_F(Madt, ImsicFilesOfTwoSocketsAreTwoRanges) {
    Bytes entries = madt::Imsic(255, 0, 1);
    entries.Append(madt::Rintc(0, 0, 0, 0x28000000, 0x1000));
    entries.Append(madt::Rintc(1, 1, 0, 0x29000000, 0x1000));
    ASSERT_EQ(Read(HELIOS_ARCH_RISCV64, entries), BOOT_OK);
    ASSERT_NE(Intc(HELIOS_INTC_IMSIC, 1), nullptr);
    ASSERT_EQ(info_->context_count, 2u);
    EXPECT_EQ(info_->contexts[1].intc, 1u);
    EXPECT_EQ(info_->contexts[1].context, 0u);
}

TEST_F(Madt, UnknownStructuresArePassedOver) {
    Bytes entries = Bytes().U8(200).U8(5).Zero(3).Append(madt::Lapic(0, 0));
    EXPECT_EQ(Read(HELIOS_ARCH_X86_64, entries), BOOT_OK);
    EXPECT_EQ(info_->cpu_count, 1u);
}

TEST_F(Madt, StructureOfLengthZeroIsAnErrorAndNoLoop) {
    EXPECT_EQ(Read(HELIOS_ARCH_X86_64, madt::Lapic(0, 0).U8(200).U8(0)), BOOT_ACPI_LENGTH);
    EXPECT_STREQ(failure_.what, "MADT");
}

TEST_F(Madt, StructureThatLeavesTheTableIsAnError) {
    EXPECT_EQ(Read(HELIOS_ARCH_X86_64, madt::Lapic(0, 0).U8(0).U8(8).U8(0)), BOOT_ACPI_LENGTH);
    EXPECT_EQ(Read(HELIOS_ARCH_X86_64, madt::Lapic(0, 0).U8(0)), BOOT_ACPI_LENGTH);
}

TEST_F(Madt, EveryKnownStructureCutShortIsAnError) {
    const std::vector<Bytes> structures = {
        madt::Lapic(0, 0),         madt::X2apic(0, 0),
        madt::Ioapic(0, 0, 0),     madt::Override(0, 0, 0),
        madt::LapicAddress(1),     madt::Gicc(0, 0, 0, 0),
        madt::Gicd(0, 2),          madt::GicMsi(0, 0, 0, 0),
        madt::Gicr(0, 0),          madt::Its(0, 0),
        madt::Rintc(0, 0, 0),      madt::Imsic(0, 0, 0),
        madt::Plic(0, 0, 0, 0, 0), madt::Aplic(0, 0, 0, 0, 0, 0),
    };
    for (const Bytes &structure : structures) {
        const uint8_t type = structure.data()[0];
        const size_t least = type == 11 ? 76 : structure.size();
        for (size_t length = 0; length < least; length++) {
            Bytes cut = madt::Lapic(0, 0);
            for (size_t i = 0; i < length; i++) {
                cut.U8(i == 1 ? length : structure.data()[i]);
            }
            *info_ = {};
            boot_error error = Read(HELIOS_ARCH_X86_64, cut);
            EXPECT_EQ(error, length == 0 ? BOOT_OK : BOOT_ACPI_LENGTH)
                << "type " << int{type} << " length " << length;
        }
    }
}

} // namespace

// SPDX-License-Identifier: GPL-3.0-only
#include "boot/info/acpi_builder.h"
#include "boot/info/devicetree_builder.h"
#include "boot/info/hardware.h"

#include <gtest/gtest.h>

#include <memory>

namespace {

class Hardware : public testing::Test {
  protected:
    Hardware() {
        tree_.Begin("cpus").Bus(1, 0).Begin("cpu@9").Text("device_type", "cpu").Cells("reg", {9});
        tree_.End().End().Finish();
        acpi_.Table("APIC", madt::Header().Append(madt::Gicc(0, 5, 0, 0)));
        broken_.Table("APIC", madt::Header().Append(madt::Gicc(0, 5, 0, 0)).U8(0).U8(0));
    }
    boot_error Read(AcpiBuilder *acpi, bool tree) {
        boot_hardware hardware = {};
        if (acpi != nullptr) {
            hardware.acpi_memory = acpi->memory();
            hardware.rsdp = acpi->Finish();
        }
        if (tree) {
            hardware.device_tree = tree_.fdt();
            hardware.device_tree_size = tree_.size();
        }
        *info_ = {};
        info_->boot.arch = HELIOS_ARCH_AARCH64;
        info_->boot.smbios = 77;
        return boot_hardware_read(&hardware, info_.get(), &failure_);
    }

    TreeBuilder tree_;
    AcpiBuilder acpi_, broken_;
    std::unique_ptr<boot_info> info_ = std::make_unique<boot_info>();
    boot_failure failure_ = {};
};

TEST_F(Hardware, NeitherIsAnError) {
    EXPECT_EQ(Read(nullptr, false), BOOT_NO_HARDWARE_DESCRIPTION);
}

TEST_F(Hardware, AcpiIsPreferred) {
    EXPECT_EQ(Read(&acpi_, true), BOOT_OK);
    ASSERT_EQ(info_->cpu_count, 1u);
    EXPECT_EQ(info_->cpus[0].hardware_id, 5u);
}

TEST_F(Hardware, TreeAloneServes) {
    EXPECT_EQ(Read(nullptr, true), BOOT_OK);
    EXPECT_EQ(info_->cpus[0].hardware_id, 9u);
}

TEST_F(Hardware, TreeServesWhereAcpiIsBrokenAndNothingOfItRemains) {
    EXPECT_EQ(Read(&broken_, true), BOOT_OK);
    ASSERT_EQ(info_->cpu_count, 1u);
    EXPECT_EQ(info_->cpus[0].hardware_id, 9u);
    EXPECT_EQ(info_->boot.acpi_rsdp, 0u);
    EXPECT_EQ(info_->boot.smbios, 77u) << "what the loader had set stays";
    ASSERT_GE(info_->warning_count, 1u);
    EXPECT_STREQ(info_->warnings[0].what, "MADT");
}

TEST_F(Hardware, BrokenAcpiAloneIsItsError) {
    EXPECT_EQ(Read(&broken_, false), BOOT_ACPI_LENGTH);
    EXPECT_STREQ(failure_.what, "MADT");
    EXPECT_EQ(info_->cpu_count, 0u);
}

} // namespace

// SPDX-License-Identifier: GPL-3.0-only
#include "boot/info/info.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace {

class BootInfo : public testing::Test {
  protected:
    void AddCpu(uint64_t id) {
        helios_boot_cpu cpu = {};
        cpu.hardware_id = id;
        boot_info_add_cpu(info_.get(), &cpu);
    }
    // Least information with which boot_info_check is content.
    void MakeComplete() {
        info_->boot_hardware_id = 7;
        AddCpu(3);
        AddCpu(7);
        helios_boot_intc intc = {};
        intc.kind = HELIOS_INTC_LAPIC;
        boot_info_add_intc(info_.get(), &intc);
        info_->boot.timer.frequency_hz = 1000;
        memmap_add(&info_->memory, 0x1000, 0x1000, HELIOS_MEM_FREE, nullptr);
    }

    std::unique_ptr<boot_info> info_ = std::make_unique<boot_info>();
    boot_failure failure_ = {};
};

TEST_F(BootInfo, BootCpuGetsItsFlagAndNobodyElse) {
    info_->boot_hardware_id = 2;
    helios_boot_cpu cpu = {};
    cpu.flags = HELIOS_CPU_BOOT;
    for (cpu.hardware_id = 0; cpu.hardware_id < 4; cpu.hardware_id++) {
        EXPECT_TRUE(boot_info_add_cpu(info_.get(), &cpu));
    }
    for (uint32_t i = 0; i < 4; i++) {
        EXPECT_EQ(info_->cpus[i].flags, i == 2 ? HELIOS_CPU_BOOT : 0u);
    }
}

TEST_F(BootInfo, CpuDescribedTwiceCountsOnce) {
    AddCpu(5);
    AddCpu(5);
    EXPECT_EQ(info_->cpu_count, 1u);
}

TEST_F(BootInfo, CpusBeyondTheCapacityAreCountedAndReportedOnce) {
    for (uint64_t id = 0; id < 512; id++) {
        AddCpu(id);
    }
    EXPECT_EQ(info_->cpu_count, uint32_t{BOOT_INFO_CPUS});
    EXPECT_EQ(info_->cpus_ignored, 512u - BOOT_INFO_CPUS);
    ASSERT_EQ(info_->warning_count, 1u);
    EXPECT_EQ(info_->warnings[0].error, BOOT_TOO_MANY);
    EXPECT_EQ(info_->warnings[0].found, 512u);
    EXPECT_EQ(info_->warnings[0].wanted, uint64_t{BOOT_INFO_CPUS});
}

TEST_F(BootInfo, BootCpuBeyondTheCapacityTakesTheLastPlace) {
    info_->boot_hardware_id = 200;
    for (uint64_t id = 0; id < 256; id++) {
        AddCpu(id);
    }
    EXPECT_EQ(info_->cpus[BOOT_INFO_CPUS - 1].hardware_id, 200u);
    EXPECT_EQ(info_->cpus[BOOT_INFO_CPUS - 1].flags, uint32_t{HELIOS_CPU_BOOT});
    EXPECT_EQ(info_->cpu_count, uint32_t{BOOT_INFO_CPUS});
}

// Fill one array far beyond its capacity; what follows it in the struct must survive.
template <typename Record>
void Overfill(boot_info *info, bool (*add)(boot_info *, const Record *), uint32_t capacity,
              const uint32_t *count) {
    Record record;
    std::memset(&record, 0xff, sizeof(record));
    for (uint32_t i = 0; i < capacity; i++) {
        EXPECT_TRUE(add(info, &record));
    }
    auto before = std::make_unique<boot_info>(*info);
    EXPECT_FALSE(add(info, &record));
    EXPECT_FALSE(add(info, &record));
    EXPECT_EQ(*count, capacity);
    ASSERT_EQ(info->warning_count, before->warning_count + 1);
    EXPECT_EQ(info->warnings[before->warning_count].found, capacity + 2);
    info->warning_count = before->warning_count;
    std::memcpy(info->warnings, before->warnings, sizeof(info->warnings));
    EXPECT_EQ(std::memcmp(info, before.get(), sizeof(*info)), 0);
}

TEST_F(BootInfo, FullArraysRefuseMoreAndLeaveEverythingElseAlone) {
    boot_info *info = info_.get();
    Overfill(info, boot_info_add_intc, BOOT_INFO_INTCS, &info->intc_count);
    Overfill(info, boot_info_add_context, BOOT_INFO_CONTEXTS, &info->context_count);
    Overfill(info, boot_info_add_override, BOOT_INFO_OVERRIDES, &info->override_count);
    Overfill(info, boot_info_add_iommu, BOOT_INFO_IOMMUS, &info->iommu_count);
    Overfill(info, boot_info_add_pci, BOOT_INFO_PCIS, &info->pci_count);
    Overfill(info, boot_info_add_window, BOOT_INFO_WINDOWS, &info->window_count);
}

TEST_F(BootInfo, DevicesThatTouchAreOneWindow) {
    for (uint64_t slot : {3, 1, 2, 0}) {
        EXPECT_TRUE(boot_info_add_device(info_.get(), 0x1000 + slot * 0x200, 0x200));
    }
    EXPECT_TRUE(boot_info_add_device(info_.get(), 0x4000, 0));
    ASSERT_EQ(info_->window_count, 1u);
    EXPECT_EQ(info_->windows[0].kind, uint32_t{HELIOS_WINDOW_DEVICE});
    EXPECT_EQ(info_->windows[0].base, 0x1000u);
    EXPECT_EQ(info_->windows[0].length, 0x800u);
    EXPECT_TRUE(boot_info_add_device(info_.get(), 0x9000, 0x1000));
    EXPECT_EQ(info_->window_count, 2u);
}

TEST_F(BootInfo, WindowsThatOverlapARangeAreDropped) {
    const helios_boot_window bridge = {HELIOS_WINDOW_PCI_MEM32, 0, 0x5000, 0x1000, 0x5000};
    boot_info_add_device(info_.get(), 0x1000, 0x1000);
    boot_info_add_window(info_.get(), &bridge);
    boot_info_add_device(info_.get(), 0x8000, 0x1000);
    EXPECT_EQ(boot_info_drop_windows(info_.get(), HELIOS_WINDOW_DEVICE, 0x2000, 0x6000), 0u)
        << "neighbours, and one of another kind";
    EXPECT_EQ(boot_info_drop_windows(info_.get(), HELIOS_WINDOW_DEVICE, 0x1fff, 1), 1u);
    EXPECT_EQ(boot_info_drop_windows(info_.get(), 0, 0x5fff, 0x10000), 2u);
    EXPECT_EQ(info_->window_count, 0u);
}

TEST_F(BootInfo, CheckDropsWindowsOverMemory) {
    MakeComplete();
    boot_info_add_device(info_.get(), 0x1800, 0x100);
    boot_info_add_device(info_.get(), 0x2000, 0x100);
    EXPECT_EQ(boot_info_check(info_.get(), &failure_), BOOT_OK);
    ASSERT_EQ(info_->window_count, 1u);
    EXPECT_EQ(info_->windows[0].base, 0x2000u);
    EXPECT_EQ(info_->warning_count, 1u);
}

TEST_F(BootInfo, ThirdModuleIsRefused) {
    EXPECT_TRUE(boot_info_add_module(info_.get(), "init", 0x1000, 1));
    EXPECT_TRUE(boot_info_add_module(info_.get(), "bootfs", 0x2000, 2));
    EXPECT_FALSE(boot_info_add_module(info_.get(), "more", 0x3000, 3));
    EXPECT_STREQ(info_->modules[1].name, "bootfs");
}

TEST_F(BootInfo, LongModuleNameIsCutAndTerminated) {
    boot_info_add_module(info_.get(), std::string(100, 'x').c_str(), 0, 0);
    EXPECT_EQ(std::string(info_->modules[0].name), std::string(31, 'x'));
}

TEST_F(BootInfo, WarningsBeyondTheirCapacityAreCounted) {
    for (int i = 0; i < 20; i++) {
        boot_info_warn(info_.get(), BOOT_ACPI_CHECKSUM, "SPCR", nullptr, 1, 0, 0);
    }
    EXPECT_EQ(info_->warning_count, uint32_t{BOOT_INFO_WARNINGS});
    EXPECT_EQ(info_->warnings_lost, 20u - BOOT_INFO_WARNINGS);
}

TEST_F(BootInfo, CommandLineIsTrimmed) {
    const char text[] = " \ta=1 b\r\n\0";
    EXPECT_EQ(boot_info_set_command_line(info_.get(), text, sizeof(text), &failure_), BOOT_OK);
    EXPECT_STREQ(info_->command_line, "a=1 b");
    EXPECT_EQ(boot_info_set_command_line(info_.get(), "c", 1, &failure_), BOOT_OK);
    EXPECT_STREQ(info_->command_line, "c");
    EXPECT_EQ(boot_info_set_command_line(info_.get(), " ", 1, &failure_), BOOT_OK);
    EXPECT_STREQ(info_->command_line, "");
}

TEST_F(BootInfo, CommandLineOfTheLimitFitsAndOneMoreDoesNot) {
    std::string line(BOOT_INFO_COMMAND_LINE - 1, 'x');
    EXPECT_EQ(boot_info_set_command_line(info_.get(), line.data(), line.size(), &failure_),
              BOOT_OK);
    EXPECT_EQ(info_->command_line, line);
    line += 'y';
    EXPECT_EQ(boot_info_set_command_line(info_.get(), line.data(), line.size(), &failure_),
              BOOT_COMMAND_LINE_TOO_LONG);
    EXPECT_EQ(failure_.found, line.size());
}

TEST_F(BootInfo, CommandLineWithAControlCharacterIsAnError) {
    for (const char *bad : {"a\x01z", "a\nb", "a\x1b[31m"}) {
        EXPECT_EQ(boot_info_set_command_line(info_.get(), bad, std::strlen(bad), &failure_),
                  BOOT_COMMAND_LINE_SYNTAX);
    }
    EXPECT_EQ(boot_info_set_command_line(info_.get(), "a\0b", 3, &failure_),
              BOOT_COMMAND_LINE_SYNTAX);
}

TEST_F(BootInfo, CommandLineThatContradictsItselfIsAnError) {
    EXPECT_EQ(boot_info_set_command_line(info_.get(), "a=1 a=2", 7, &failure_),
              BOOT_COMMAND_LINE_CONFLICT);
    EXPECT_EQ(boot_info_set_command_line(info_.get(), "a=\"1", 4, &failure_),
              BOOT_COMMAND_LINE_SYNTAX);
}

TEST_F(BootInfo, CheckFindsTheBootCpu) {
    MakeComplete();
    EXPECT_EQ(boot_info_check(info_.get(), &failure_), BOOT_OK);
    EXPECT_EQ(info_->boot.boot_cpu, 1u);
}

TEST_F(BootInfo, CheckNamesWhatIsMissing) {
    MakeComplete();
    const boot_info complete = *info_;
    info_->cpu_count = 0;
    EXPECT_EQ(boot_info_check(info_.get(), &failure_), BOOT_NO_CPU);
    *info_ = complete;
    info_->cpu_count = 1;
    EXPECT_EQ(boot_info_check(info_.get(), &failure_), BOOT_NO_BOOT_CPU);
    EXPECT_EQ(failure_.found, 7u);
    *info_ = complete;
    info_->intc_count = 0;
    EXPECT_EQ(boot_info_check(info_.get(), &failure_), BOOT_NO_INTC);
    *info_ = complete;
    info_->boot.timer.frequency_hz = 0;
    EXPECT_EQ(boot_info_check(info_.get(), &failure_), BOOT_NO_TIMER);
    *info_ = complete;
    info_->memory.ranges[0].kind = HELIOS_MEM_RESERVED;
    EXPECT_EQ(boot_info_check(info_.get(), &failure_), BOOT_MEMORY_TOO_SMALL);
}

template <typename Record>
const Record *At(const void *block, const helios_boot_array &array, uint32_t index) {
    EXPECT_LT(index, array.count);
    EXPECT_EQ(array.stride, sizeof(Record));
    EXPECT_EQ(array.offset % 8, 0u);
    return reinterpret_cast<const Record *>(static_cast<const char *>(block) + array.offset +
                                            index * array.stride);
}

TEST_F(BootInfo, BlockHoldsEverything) {
    MakeComplete();
    info_->boot.arch = HELIOS_ARCH_RISCV64;
    boot_info_add_module(info_.get(), "init", 0x5000, 99);
    helios_boot_window window = {HELIOS_WINDOW_PCI_IO, 1, 2, 3, 4};
    boot_info_add_window(info_.get(), &window);
    boot_info_set_command_line(info_.get(), "abc", 3, nullptr);
    const size_t size = boot_info_size(info_.get(), 0);
    std::vector<uint64_t> block(size / 8 + 1, ~0ull);
    ASSERT_EQ(boot_info_write(info_.get(), block.data(), size, &failure_), BOOT_OK);
    EXPECT_EQ(block[size / 8], ~0ull) << "wrote beyond the block";

    const auto *boot = reinterpret_cast<const helios_boot *>(block.data());
    EXPECT_EQ(boot->magic, HELIOS_BOOT_MAGIC);
    EXPECT_EQ(boot->version, uint32_t{HELIOS_BOOT_VERSION});
    EXPECT_EQ(boot->size, size);
    EXPECT_EQ(boot->arch, uint32_t{HELIOS_ARCH_RISCV64});
    EXPECT_EQ(boot->cpus.count, 2u);
    EXPECT_EQ(At<helios_boot_cpu>(boot, boot->cpus, 1)->hardware_id, 7u);
    EXPECT_EQ(At<helios_boot_memory>(boot, boot->memory, 0)->base, 0x1000u);
    EXPECT_EQ(At<helios_boot_module>(boot, boot->modules, 0)->length, 99u);
    EXPECT_EQ(At<helios_boot_intc>(boot, boot->intcs, 0)->kind, uint32_t{HELIOS_INTC_LAPIC});
    EXPECT_EQ(At<helios_boot_window>(boot, boot->windows, 0)->pci_base, 4u);
    EXPECT_STREQ(At<char>(boot, boot->command_line, 0), "abc");
    EXPECT_EQ(boot->command_line.count, 4u);
    EXPECT_EQ(boot->iommus.count, 0u);
}

TEST_F(BootInfo, SpareRangesLeaveRoomForTheMapToGrow) {
    MakeComplete();
    const size_t size = boot_info_size(info_.get(), 2);
    memmap_add(&info_->memory, 0x9000, 0x1000, HELIOS_MEM_FREE, nullptr);
    memmap_add(&info_->memory, 0xb000, 0x1000, HELIOS_MEM_FREE, nullptr);
    std::vector<uint64_t> block(size / 8);
    EXPECT_EQ(boot_info_write(info_.get(), block.data(), size, &failure_), BOOT_OK);
    memmap_add(&info_->memory, 0xd000, 0x1000, HELIOS_MEM_FREE, nullptr);
    EXPECT_EQ(boot_info_write(info_.get(), block.data(), size, &failure_), BOOT_BLOCK_TOO_SMALL);
    EXPECT_EQ(failure_.found, size);
    EXPECT_EQ(failure_.wanted, size + sizeof(helios_boot_memory));
}

} // namespace

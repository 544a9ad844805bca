// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/percpu.h"

#include "arch/host/host.h"
#include "kernel/physmem.h"
#include "gtest/gtest.h"

namespace {

class PerCpu : public ::testing::Test {
  protected:
    void SetUp() override {
        host_reset();
        physmem_reset();
        boot_ = host_boot_create("", 1);
        // Three CPUs, with records behind the block's own.
        auto *cpus = reinterpret_cast<helios_boot_cpu *>(reinterpret_cast<uint8_t *>(boot_) + 2048);
        for (uint32_t i = 0; i < 3; i++) {
            cpus[i] = {};
            cpus[i].hardware_id = 0x100 + i;
        }
        cpus[1].flags = HELIOS_CPU_BOOT;
        boot_->cpus = {2048, 3, sizeof(helios_boot_cpu), 0};
        boot_->boot_cpu = 1;
    }
    helios_boot *boot_;
};

TEST_F(PerCpu, EveryCpuOfTheBlockIsListed) {
    physmem_add(HOST_FREE, 16 * 4096);
    percpu *boot_cpu = percpu_init(boot_);
    ASSERT_NE(boot_cpu, nullptr);
    ASSERT_EQ(percpu_count(), 3u);
    for (uint32_t i = 0; i < 3; i++) {
        EXPECT_EQ(percpu_get(i)->index, i);
        EXPECT_EQ(percpu_get(i)->hardware_id, 0x100 + i);
        EXPECT_EQ(percpu_get(i)->self, percpu_get(i));
        EXPECT_EQ(percpu_get(i)->current, nullptr);
    }
    EXPECT_EQ(boot_cpu, percpu_get(1));
}

TEST_F(PerCpu, NoMemoryIsSaid) {
    EXPECT_EQ(percpu_init(boot_), nullptr);
}

} // namespace

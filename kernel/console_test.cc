// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/console.h"

#include <string>

#include "arch/host/host.h"
#include "kernel/physmem.h"
#include "gtest/gtest.h"

namespace {

class Console : public ::testing::Test {
  protected:
    void SetUp() override {
        host_reset();
        physmem_reset();
        physmem_add(HOST_FREE, 16 * 4096);
        boot_ = host_boot_create("", 1);
    }
    helios_boot *boot_;
};

TEST_F(Console, LineFeedsGetCarriageReturns) {
    console_init(boot_);
    console_write("a\nb\n", 4);
    EXPECT_STREQ(host_output(), "a\r\nb\r\n");
}

TEST_F(Console, TextMayHoldAnyByte) {
    console_init(boot_);
    console_write("a\0b", 3);
    EXPECT_EQ(std::string(host_output(), 3), std::string("a\0b", 3));
}

TEST_F(Console, LongLinesAreCutOff) {
    console_init(boot_);
    console_printf("%300s", "x");
    EXPECT_EQ(std::string(host_output()).size(), 255u);
}

TEST_F(Console, WithoutADeviceTheFirmwarePrints) {
    boot_->console.kind = HELIOS_CONSOLE_NONE;
    console_init(boot_);
    console_write("hello", 5);
    EXPECT_STREQ(host_output(), "hello");
}

TEST_F(Console, DeviceInMemoryIsMappedAndDriven) {
    boot_->console = {};
    boot_->console.kind = HELIOS_CONSOLE_PL011;
    boot_->console.base = 0x9000000;
    boot_->console.length = 0x1000;
    boot_->console.io_width = 4;
    console_init(boot_);
    console_write("x", 1);
    EXPECT_EQ(host_last_write.space, DEVICE_MEMORY);
    EXPECT_EQ(host_last_write.value, static_cast<uint64_t>('x'));
    EXPECT_GE(host_last_write.address, ARCH_KERNEL_WINDOW);
    EXPECT_STREQ(host_output(), "");
}

TEST_F(Console, WithoutMemoryToMapADeviceTheFirmwarePrints) {
    physmem_reset();
    boot_->console.kind = HELIOS_CONSOLE_PL011;
    boot_->console.length = 0x1000;
    console_init(boot_);
    console_write("hello", 5);
    EXPECT_STREQ(host_output(), "hello");
}

} // namespace

// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/console.h"

#include <cstddef>
#include <string>

#include "arch/host/host.h"
#include "kernel/frame.h"
#include "kernel/physmem.h"
#include "uapi/bootinfo.h"
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

// Handing the device over. ---------------------------------------------------------------------

class ConsoleClaim : public Console {
  protected:
    void SetUp() override {
        Console::SetUp(); // with the device at ports 0x3f8 to 0x3ff
        console_init(boot_);
        ASSERT_TRUE(console_ring_init());
        auto *bytes = reinterpret_cast<uint8_t *>(console_ring_page()) - offsetof(frame, object);
        ring_ = static_cast<helios_console_ring *>(
            arch_direct(frame_physical(reinterpret_cast<frame *>(bytes))));
    }

    helios_console_ring *ring_;
};

TEST_F(ConsoleClaim, TextOfAClaimedConsoleGoesToTheRing) {
    console_write("a", 1);
    console_claim(DEVICE_PORT, 0x3f8, 8);
    console_write("b\nc", 3);
    EXPECT_STREQ(host_output(), "a");
    EXPECT_EQ(ring_->head, 3u);
    EXPECT_EQ(std::string(ring_->data, 3), "b\nc");
}

TEST_F(ConsoleClaim, WhoeverHasOneOfItsPortsHasClaimedIt) {
    const struct {
        device_space space;
        uint64_t base;
        uint64_t length;
        bool claims;
    } pieces[] = {
        {DEVICE_PORT, 0x3f0, 8, false},   {DEVICE_PORT, 0x3f0, 9, true},
        {DEVICE_PORT, 0x3ff, 1, true},    {DEVICE_PORT, 0x400, 8, false},
        {DEVICE_PORT, 0, 0x10000, true},  {DEVICE_PORT, 0x3fb, 0, false},
        {DEVICE_MEMORY, 0x3f8, 8, false},
    };
    for (const auto &piece : pieces) {
        uint64_t before = ring_->head;
        console_claim(piece.space, piece.base, piece.length);
        console_write("x", 1);
        EXPECT_EQ(ring_->head - before, piece.claims ? 1u : 0u) << piece.base;
        console_take_back();
    }
}

TEST_F(ConsoleClaim, RingKeepsTheLastBytes) {
    console_claim(DEVICE_PORT, 0x3f8, 8);
    console_write(std::string(HELIOS_CONSOLE_RING, 'a').c_str(), HELIOS_CONSOLE_RING);
    console_write("bcd", 3);
    EXPECT_EQ(ring_->head, uint64_t{HELIOS_CONSOLE_RING} + 3);
    EXPECT_EQ(std::string(ring_->data, 4), "bcda");
}

TEST_F(ConsoleClaim, ClaimantMayWriteAnythingIntoTheRing) {
    console_claim(DEVICE_PORT, 0x3f8, 8);
    ring_->head = ~0ull;
    console_write("xy", 2);
    EXPECT_EQ(ring_->head, 1u);
    EXPECT_EQ(ring_->data[0], 'y');
}

TEST_F(ConsoleClaim, DeviceThatIsTakenBackPrints) {
    console_claim(DEVICE_PORT, 0x3f8, 8);
    console_take_back();
    console_write("a", 1);
    EXPECT_STREQ(host_output(), "a");
    EXPECT_EQ(ring_->head, 0u);
}

TEST_F(Console, WithoutARingNobodyCanClaimIt) {
    console_init(boot_);
    console_claim(DEVICE_PORT, 0x3f8, 8);
    console_write("a", 1);
    EXPECT_STREQ(host_output(), "a");
}

} // namespace

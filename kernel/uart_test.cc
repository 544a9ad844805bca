// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/uart.h"

#include <vector>

#include "arch/host/host.h"
#include "gtest/gtest.h"

namespace {

struct Write {
    uintptr_t address;
    unsigned width;
    uint64_t value;

    bool operator==(const Write &other) const {
        return address == other.address && width == other.width && value == other.value;
    }
};

std::vector<Write> writes;
unsigned busy_polls; // status reads until the device takes a character
uint64_t status_when_ready;
uint64_t status_when_busy;

uint64_t Read(device_space, uintptr_t, unsigned) {
    if (busy_polls > 0) {
        busy_polls--;
        return status_when_busy;
    }
    return status_when_ready;
}

void Record(device_space, uintptr_t address, unsigned width, uint64_t value) {
    writes.push_back({address, width, value});
}

class Uart : public ::testing::Test {
  protected:
    void SetUp() override {
        host_reset();
        host_device_read = Read;
        host_device_write = Record;
        writes.clear();
        busy_polls = 0;
    }
};

class Ns16550 : public Uart {
  protected:
    void SetUp() override {
        Uart::SetUp();
        status_when_ready = 0x20;
        status_when_busy = 0;
    }
    uart uart_ = {UART_16550, DEVICE_MEMORY, 0x1000, 2, 4, false};
};

TEST_F(Ns16550, WaitsForRoom) {
    busy_polls = 3;
    uart_put(&uart_, 'A');
    EXPECT_EQ(writes, (std::vector<Write>{{0x1000, 4, 'A'}}));
    EXPECT_EQ(busy_polls, 0u);
}

TEST_F(Ns16550, DeviceThatIsNeverReadyIsWaitedForOnce) {
    busy_polls = ~0u;
    uart_put(&uart_, 'A');
    EXPECT_TRUE(uart_.dead);
    unsigned polls = busy_polls;
    uart_put(&uart_, 'B');
    EXPECT_EQ(busy_polls, polls - 1);
    EXPECT_TRUE(writes.empty());
}

TEST_F(Ns16550, DeviceThatComesBackIsUsedAgain) {
    busy_polls = ~0u;
    uart_put(&uart_, 'A');
    busy_polls = 0;
    uart_put(&uart_, 'B');
    EXPECT_FALSE(uart_.dead);
    busy_polls = 3;
    uart_put(&uart_, 'C');
    EXPECT_EQ(writes, (std::vector<Write>{{0x1000, 4, 'B'}, {0x1000, 4, 'C'}}));
}

TEST_F(Ns16550, RegistersAreShiftedAndSpeedIsKept) {
    uart_init(&uart_, 0);
    EXPECT_EQ(writes,
              (std::vector<Write>{{0x1004, 4, 0}, {0x100c, 4, 3}, {0x1008, 4, 1}, {0x1010, 4, 3}}));
}

TEST_F(Ns16550, SpeedIsSetWhereTheClockIsKnown) {
    uart_init(&uart_, 1843200);
    ASSERT_EQ(writes.size(), 7u);
    EXPECT_EQ(writes[1], (Write{0x100c, 4, 0x83}));
    EXPECT_EQ(writes[2], (Write{0x1000, 4, 1}));
    EXPECT_EQ(writes[3], (Write{0x1004, 4, 0}));
}

class Pl011 : public Uart {
  protected:
    void SetUp() override {
        Uart::SetUp();
        status_when_ready = 0x90;
        status_when_busy = 0x20;
    }
    uart uart_ = {UART_PL011, DEVICE_MEMORY, 0x9000000, 0, 4, false};
};

TEST_F(Pl011, WaitsWhileTheFifoIsFull) {
    busy_polls = 2;
    uart_put(&uart_, 'Z');
    EXPECT_EQ(writes, (std::vector<Write>{{0x9000000, 4, 'Z'}}));
}

TEST_F(Pl011, IsSwitchedOn) {
    uart_init(&uart_, 0);
    EXPECT_EQ(writes,
              (std::vector<Write>{{0x9000038, 4, 0}, {0x900002c, 4, 0x70}, {0x9000030, 4, 0x301}}));
}

TEST_F(Pl011, SpeedHasAFractionOfSixtyFourths) {
    uart_init(&uart_, 24000000);
    // 24 MHz / (16 * 115200) = 13.02: 13 and 1/64.
    ASSERT_EQ(writes.size(), 5u);
    EXPECT_EQ(writes[1], (Write{0x9000024, 4, 13}));
    EXPECT_EQ(writes[2], (Write{0x9000028, 4, 1}));
}

TEST_F(Uart, NoDeviceMeansNoAccess) {
    uart none = {};
    uart_init(&none, 0);
    uart_put(&none, 'A');
    EXPECT_TRUE(writes.empty());
}

} // namespace

// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/serial/uart.h"

#include <deque>
#include <string>

#include "gtest/gtest.h"

namespace {

// A port with a FIFO of 16 bytes each way.
struct Port {
    bool is_pl011;
    std::deque<uint8_t> in;
    std::string out;
    size_t room = 16;
    uint32_t enabled = 0;
    uint32_t cleared = 0;
    uint32_t scratch = 0;
    uint32_t divisor[2] = {};
    uint32_t other[0x1000] = {};

    uint32_t Pop() {
        if (in.empty()) {
            return 0;
        }
        uint8_t byte = in.front();
        in.pop_front();
        return byte;
    }
    void Push(uint32_t value) {
        out.push_back(static_cast<char>(value));
        room -= room > 0;
    }
    uint32_t Read16550(uint64_t at) {
        switch (at) {
        case 0:
            return Pop();
        case 5:
            return (in.empty() ? 0u : 1u) | (room == 16 ? 0x20u : 0);
        case 7:
            return scratch;
        default:
            return other[at];
        }
    }
    uint32_t ReadPl011(uint64_t at) {
        switch (at) {
        case 0:
            return Pop();
        case 0x18:
            return (in.empty() ? 0x10u : 0) | (room == 0 ? 0x20u : 0);
        case 0x40:
            return enabled;
        case 0xfe0:
            return 0x11;
        case 0xfe4:
            return 0x10;
        default:
            return other[at];
        }
    }
    static uint32_t Read(void *context, uint64_t at, unsigned) {
        Port *port = static_cast<Port *>(context);
        return port->is_pl011 ? port->ReadPl011(at) : port->Read16550(at);
    }
    static void Write(void *context, uint64_t at, unsigned, uint32_t value) {
        Port *port = static_cast<Port *>(context);
        if (!port->is_pl011 && at < 2 && (port->other[3] & 0x80) != 0) {
            port->divisor[at] = value;
            return;
        }
        port->other[at] = value;
        if (at == 0) {
            port->Push(value);
        } else if (at == (port->is_pl011 ? 0x38 : 1)) {
            port->enabled = value;
        } else if (at == 0x44) {
            port->cleared = value;
        } else if (at == 7) {
            port->scratch = value;
        }
    }
};

class Uart : public testing::TestWithParam<bool> {
  protected:
    void SetUp() override {
        port_.is_pl011 = GetParam();
        uart_.kind = GetParam() ? UART_PL011 : UART_16550;
        uart_.io_width = GetParam() ? 4 : 1;
        uart_.registers = {Port::Read, Port::Write, &port_, 0, GetParam() ? 0x1000u : 8u};
        ASSERT_TRUE(uart_open(&uart_));
    }
    size_t Send(const std::string &text) {
        return uart_send(&uart_, reinterpret_cast<const uint8_t *>(text.data()), text.size());
    }
    Port port_ = {};
    struct uart uart_ = {};
};

TEST_P(Uart, InterruptsForWhatComesFromTheBeginning) {
    EXPECT_EQ(port_.enabled, GetParam() ? 0x50u : 1u);
}

TEST_P(Uart, SendsAsMuchAsThereIsRoomFor) {
    EXPECT_EQ(Send("0123456789abcdefgh"), 16u);
    EXPECT_EQ(port_.out, "0123456789abcdef");
    EXPECT_EQ(Send("g"), 0u);
    port_.room = 16;
    EXPECT_EQ(Send("gh"), 2u);
}

TEST_P(Uart, ReceivesWhatHasComeAndNotMore) {
    port_.in = {'a', 'b', 'c'};
    uint8_t bytes[2];
    EXPECT_TRUE(uart_event(&uart_).is_readable);
    EXPECT_EQ(uart_receive(&uart_, bytes, 2), 2u);
    EXPECT_EQ(bytes[1], 'b');
    EXPECT_EQ(uart_receive(&uart_, bytes, 2), 1u);
    EXPECT_EQ(uart_receive(&uart_, bytes, 2), 0u);
    EXPECT_FALSE(uart_event(&uart_).is_readable);
}

// The divisor of the speed: of the 16550 a number of 16 clocks, of the PL011 that in 64ths.
TEST_P(Uart, GoesAsFastAsItIsTold) {
    uart_.clock_hz = 24000000;
    const struct uart_line line = {115200, 8, 1, UART_PARITY_NONE};
    ASSERT_TRUE(uart_set_line(&uart_, &line));
    if (GetParam()) {
        EXPECT_EQ(port_.other[0x24], 13u); // 24 MHz / 16 / 115200 = 13 + 1.3 / 64
        EXPECT_EQ(port_.other[0x28], 1u);
        EXPECT_EQ(port_.other[0x2c], 0x70u);
        EXPECT_EQ(port_.other[0x30] & 0x301, 0x301u);
    } else {
        EXPECT_EQ(port_.divisor[0], 13u);
        EXPECT_EQ(port_.divisor[1], 0u);
        EXPECT_EQ(port_.other[3], 3u);
    }
    EXPECT_EQ(port_.enabled, GetParam() ? 0x50u : 1u); // as before
}

TEST_P(Uart, HasBitsAsItIsTold) {
    const struct uart_line lines[] = {
        {0, 7, 1, UART_PARITY_EVEN}, {0, 8, 2, UART_PARITY_ODD}, {0, 5, 1, UART_PARITY_NONE}};
    const uint32_t of_16550[] = {0x1a, 0x0f, 0x00};
    const uint32_t of_pl011[] = {0x56, 0x7a, 0x10};
    for (unsigned i = 0; i < 3; i++) {
        ASSERT_TRUE(uart_set_line(&uart_, &lines[i]));
        EXPECT_EQ(port_.other[GetParam() ? 0x2c : 3], GetParam() ? of_pl011[i] : of_16550[i]);
    }
    EXPECT_EQ(port_.divisor[0], 0u);
    EXPECT_EQ(port_.other[0x24], 0u);
}

TEST_P(Uart, RefusesWhatItCantDo) {
    uart_.clock_hz = 1843200;
    const uint32_t before = port_.other[GetParam() ? 0x2c : 3];
    const struct uart_line lines[] = {
        {0, 4, 1, UART_PARITY_NONE},      {0, 9, 1, UART_PARITY_NONE},
        {0, 8, 0, UART_PARITY_NONE},      {0, 8, 3, UART_PARITY_NONE},
        {200000, 8, 1, UART_PARITY_NONE}, // faster than its clock
        {1, 8, 1, UART_PARITY_NONE},      // slower than its divisor
        {~0u, 8, 1, UART_PARITY_NONE},
    };
    for (const auto &line : lines) {
        EXPECT_FALSE(uart_set_line(&uart_, &line)) << line.baud << " " << int{line.data_bits};
        EXPECT_EQ(port_.other[GetParam() ? 0x2c : 3], before);
    }
    uart_.clock_hz = 0;
    const struct uart_line unknown = {9600, 8, 1, UART_PARITY_NONE};
    EXPECT_FALSE(uart_set_line(&uart_, &unknown));
}

TEST_P(Uart, TellsOfRoomOnlyWhileAskedTo) {
    EXPECT_FALSE(uart_event(&uart_).is_writable);
    uart_want_room(&uart_, true);
    EXPECT_EQ(port_.enabled, GetParam() ? 0x70u : 3u);
    EXPECT_TRUE(uart_event(&uart_).is_writable);
    port_.room = 0;
    EXPECT_FALSE(uart_event(&uart_).is_writable);
    uart_want_room(&uart_, false);
    EXPECT_EQ(port_.enabled, GetParam() ? 0x50u : 1u);
}

INSTANTIATE_TEST_SUITE_P(Kinds, Uart, testing::Bool(), [](const auto &test_info) {
    return test_info.param ? "Pl011" : "Ns16550";
});

TEST(UartOpen, PlaceWhereNobodyAnswersIsNoPort) {
    struct uart uart = {};
    uart.io_width = 1;
    for (enum uart_kind kind : {UART_16550, UART_PL011}) {
        uart.kind = kind;
        EXPECT_FALSE(uart_open(&uart));
    }
}

TEST(UartOpen, RegistersMayStandApart) {
    Port port = {};
    struct uart uart = {UART_16550,
                        {[](void *context, uint64_t at, unsigned bytes) {
                             EXPECT_EQ(bytes, 4u);
                             return Port::Read(context, at / 4, 1);
                         },
                         [](void *context, uint64_t at, unsigned, uint32_t value) {
                             Port::Write(context, at / 4, 1, value);
                         },
                         &port, 0, 32},
                        2,
                        4,
                        0,
                        false};
    EXPECT_TRUE(uart_open(&uart));
    EXPECT_EQ(port.enabled, 1u);
}

} // namespace

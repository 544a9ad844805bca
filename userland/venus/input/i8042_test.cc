// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/input/i8042.h"

#include <deque>
#include <utility>

#include "gtest/gtest.h"

namespace {

struct Controller {
    std::deque<std::pair<uint8_t, bool>> out; // byte, whether a mouse's
    uint8_t config = 0x30;
    uint8_t command = 0;
    uint8_t sent = 0; // to the keyboard
    bool is_stuck = false;

    struct venus_registers Registers() {
        return {[](void *context, uint64_t at, unsigned) {
                    Controller *self = static_cast<Controller *>(context);
                    if (at == 4) {
                        return (self->out.empty() ? 0u : 1u) |
                               (!self->out.empty() && self->out.front().second ? 0x20u : 0u) |
                               (self->is_stuck ? 2u : 0u);
                    }
                    uint32_t byte = self->out.empty() ? 0 : self->out.front().first;
                    if (!self->out.empty()) {
                        self->out.pop_front();
                    }
                    return byte;
                },
                [](void *context, uint64_t at, unsigned, uint32_t value) {
                    Controller *self = static_cast<Controller *>(context);
                    uint8_t byte = static_cast<uint8_t>(value);
                    if (at == 4) {
                        self->command = byte;
                        if (byte == 0x20) {
                            self->out.push_back({self->config, false});
                        }
                    } else if (self->command == 0x60) {
                        self->config = byte;
                        self->command = 0;
                    } else {
                        self->sent = byte;
                    }
                },
                this, 0, 5};
    }
};

TEST(I8042, TranslatesAndInterruptsForTheKeyboardOnly) {
    Controller controller;
    controller.config = 0x32;
    controller.out = {{0x99, false}}; // of the time before
    struct venus_registers registers = controller.Registers();
    ASSERT_TRUE(i8042_open(&registers));
    EXPECT_EQ(controller.config, 0x61);
    EXPECT_EQ(controller.sent, 0xf4);
    EXPECT_TRUE(controller.out.empty());
}

TEST(I8042, BytesOfAMouseAreThrownAway) {
    Controller controller;
    struct venus_registers registers = controller.Registers();
    controller.out = {{1, true}, {2, true}, {0x1e, false}, {3, true}};
    uint8_t byte;
    ASSERT_TRUE(i8042_read(&registers, &byte));
    EXPECT_EQ(byte, 0x1e);
    EXPECT_FALSE(i8042_read(&registers, &byte));
}

TEST(I8042, PlaceWithoutAControllerIsNone) {
    struct venus_registers registers = {};
    EXPECT_FALSE(i8042_open(&registers));
    Controller controller;
    controller.is_stuck = true;
    registers = controller.Registers();
    EXPECT_FALSE(i8042_open(&registers));
}

} // namespace

// SPDX-License-Identifier: GPL-3.0-only
#include "userland/apps/console/keymap.h"

#include <gtest/gtest.h>

#include <string>

namespace {

class Keymap : public ::testing::Test {
  protected:
    std::string event(uint32_t code, int32_t value) {
        char out[KEYMAP_MOST];
        uint32_t count = keymap_event(&keymap, code, value, out);
        EXPECT_LE(count, KEYMAP_MOST);
        return {out, count};
    }

    // Pressed and let go.
    std::string key(uint32_t code) {
        std::string text = event(code, 1);
        EXPECT_EQ(event(code, 0), "");
        return text;
    }

    struct keymap keymap{};
};

TEST_F(Keymap, keys_are_characters) {
    EXPECT_EQ(key(35) + key(18) + key(38) + key(25), "help");
    EXPECT_EQ(key(2) + key(11) + key(12) + key(57), "10- ");
    EXPECT_EQ(key(28), "\r");
    EXPECT_EQ(key(14), "\x7f");
    EXPECT_EQ(key(1), "\x1b");
}

TEST_F(Keymap, a_key_that_is_held_comes_again) {
    EXPECT_EQ(event(30, 1) + event(30, 2) + event(30, 2), "aaa");
}

TEST_F(Keymap, shift_counts_while_it_is_down) {
    for (uint32_t shift : {42u, 54u}) {
        EXPECT_EQ(event(shift, 1), "");
        EXPECT_EQ(key(30) + key(2) + key(40), "A!\"");
        EXPECT_EQ(event(shift, 0), "");
        EXPECT_EQ(key(30) + key(2) + key(40), "a1'");
    }
}

TEST_F(Keymap, caps_lock_is_for_letters) {
    key(58);
    EXPECT_EQ(key(30) + key(2), "A1");
    event(42, 1);
    EXPECT_EQ(key(30) + key(2), "a!");
    event(42, 0);
    key(58);
    EXPECT_EQ(key(30), "a");
}

TEST_F(Keymap, control_makes_control_characters) {
    event(29, 1);
    EXPECT_EQ(key(46) + key(38), "\x03\x0c");
    EXPECT_EQ(key(2), "1");
    EXPECT_EQ(key(14), "\x7f");
    event(29, 0);
    EXPECT_EQ(key(46), "c");
}

TEST_F(Keymap, cursor_keys_are_sequences) {
    EXPECT_EQ(key(103) + key(108) + key(106) + key(105), "\x1b[A\x1b[B\x1b[C\x1b[D");
    EXPECT_EQ(key(102) + key(107) + key(111), "\x1b[H\x1b[F\x1b[3~");
}

TEST_F(Keymap, any_key_may_come) {
    for (uint32_t code = 0; code < 70000; code++) {
        event(code, 1);
        event(code, -1);
    }
    event(UINT32_MAX, 1);
}

} // namespace

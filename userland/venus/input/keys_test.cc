// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/input/keys.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace {

using Decode = struct key_event (*)(struct key_decoder *, uint8_t);

// "+30 -30": what came out of these bytes.
std::string Keys(Decode decode, const std::vector<uint8_t> &bytes) {
    struct key_decoder decoder = {};
    std::string text;
    for (uint8_t byte : bytes) {
        struct key_event event = decode(&decoder, byte);
        if (event.code != 0) {
            text += (text.empty() ? "" : " ") + std::string(event.is_pressed ? "+" : "-") +
                    std::to_string(event.code);
        }
    }
    return text;
}

TEST(Keys, LettersOfBothSets) {
    EXPECT_EQ(Keys(key_decode_set1, {0x1e, 0x9e}), "+30 -30");       // A
    EXPECT_EQ(Keys(key_decode_set2, {0x1c, 0xf0, 0x1c}), "+30 -30"); // A
    EXPECT_EQ(Keys(key_decode_set1, {0x31, 0xb1}), "+49 -49");       // N
    EXPECT_EQ(Keys(key_decode_set2, {0x31, 0xf0, 0x31}), "+49 -49"); // N
}

TEST(Keys, FunctionKeys) {
    EXPECT_EQ(Keys(key_decode_set1, {0x3b, 0x44, 0x57, 0x58}), "+59 +68 +87 +88");
    EXPECT_EQ(Keys(key_decode_set2, {0x05, 0x09, 0x78, 0x07, 0x83}), "+59 +68 +87 +88 +65");
}

TEST(Keys, CursorKeysAreNotThoseOfTheKeypad) {
    EXPECT_EQ(Keys(key_decode_set1, {0xe0, 0x4d, 0xe0, 0xcd, 0x4d}), "+106 -106 +77");
    EXPECT_EQ(Keys(key_decode_set2, {0xe0, 0x74, 0xe0, 0xf0, 0x74, 0x74}), "+106 -106 +77");
}

TEST(Keys, ShiftsAroundExtendedKeysAreNoKeys) {
    EXPECT_EQ(Keys(key_decode_set1, {0xe0, 0x2a, 0xe0, 0x47, 0xe0, 0xc7, 0xe0, 0xaa}), "+102 -102");
    EXPECT_EQ(Keys(key_decode_set2, {0xe0, 0x12, 0xe0, 0x6c, 0xe0, 0xf0, 0x6c}), "+102 -102");
}

TEST(Keys, PauseIsOneKey) {
    EXPECT_EQ(Keys(key_decode_set1, {0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5, 0x1e}), "+119 +30");
    EXPECT_EQ(Keys(key_decode_set2, {0xe1, 0x14, 0x77, 0xe1, 0xf0, 0x14, 0xf0, 0x77, 0x1c}),
              "+119 +30");
}

TEST(Keys, WhatIsNoKeyIsLeftOut) {
    EXPECT_EQ(Keys(key_decode_set1, {0x00, 0x55, 0x7f, 0xff, 0xe0, 0x01}), "");
    EXPECT_EQ(Keys(key_decode_set2, {0x00, 0xaa, 0xfa, 0xfe, 0xff, 0xe0, 0x01}), "");
}

TEST(Keys, BothSetsAgreeOnEveryKey) {
    // The translation is a bijection where there are keys: each code comes out of one byte.
    for (unsigned code = 1; code <= 0x58; code++) {
        if (code == 0x54 || code == 0x55) {
            continue;
        }
        unsigned found = 0;
        for (unsigned byte = 1; byte < 0x80; byte++) {
            struct key_decoder decoder = {};
            found += key_decode_set2(&decoder, static_cast<uint8_t>(byte)).code == code;
        }
        EXPECT_EQ(found, 1u) << code;
    }
}

} // namespace

// SPDX-License-Identifier: MIT
#include <cstring>
#include <vector>

#include <gtest/gtest.h>

#include "userland/helios/clock.h"
#include "userland/helios/random.h"
#include "userland/helios/ranges.h"
#include "userland/helios/startup.h"

namespace {

class Ranges : public testing::Test {
  protected:
    Ranges() {
        helios_ranges_add(&ranges, nodes, 8);
    }

    uint64_t take(uint64_t size, uint64_t alignment = 1, uint64_t gap = 0) {
        uint64_t address = 0;
        return helios_ranges_take(&ranges, size, alignment, gap, &address) ? address : 0;
    }

    helios_range nodes[8] = {};
    helios_ranges ranges = {0x1000, 0x2000, nullptr, nullptr, 0};
};

TEST_F(Ranges, PartsLieOneBehindTheOther) {
    EXPECT_EQ(take(0x100), 0x1000u);
    EXPECT_EQ(take(0x100), 0x1100u);
    EXPECT_EQ(take(0xe00), 0x1200u);
    EXPECT_EQ(take(1), 0u);
}

TEST_F(Ranges, WhatIsGivenBackIsTakenAgain) {
    take(0x100);
    uint64_t middle = take(0x100);
    take(0x100);
    EXPECT_EQ(helios_ranges_give(&ranges, middle), 0x100u);
    EXPECT_EQ(helios_ranges_give(&ranges, middle), 0u);
    EXPECT_EQ(take(0x101), 0x1300u);
    EXPECT_EQ(take(0x100), middle);
}

TEST_F(Ranges, GapsLieOnBothSides) {
    EXPECT_EQ(take(0x100, 1, 0x10), 0x1010u);
    EXPECT_EQ(take(0x100, 1, 0x10), 0x1120u);
    EXPECT_EQ(take(0xdc0, 1, 0x10), 0x1230u);
    helios_ranges_give(&ranges, 0x1230);
    EXPECT_EQ(take(0xdc1, 1, 0x10), 0u);
}

TEST_F(Ranges, AlignmentIsKept) {
    take(1);
    EXPECT_EQ(take(0x10, 0x400), 0x1400u);
    EXPECT_EQ(take(0x10, 0x1000), 0u);
}

TEST_F(Ranges, ExactPlacesDoNotOverlap) {
    EXPECT_TRUE(helios_ranges_take_at(&ranges, 0x1800, 0x100));
    EXPECT_FALSE(helios_ranges_take_at(&ranges, 0x17ff, 2));
    EXPECT_FALSE(helios_ranges_take_at(&ranges, 0x18ff, 1));
    EXPECT_FALSE(helios_ranges_take_at(&ranges, 0x1700, 0x300));
    EXPECT_TRUE(helios_ranges_take_at(&ranges, 0x1900, 0x700));
    EXPECT_FALSE(helios_ranges_take_at(&ranges, 0xfff, 1));
    EXPECT_FALSE(helios_ranges_take_at(&ranges, 0x1fff, 2));
    EXPECT_FALSE(helios_ranges_take_at(&ranges, 0x1000, 0));
}

TEST_F(Ranges, WithoutANodeNothingIsTaken) {
    for (int i = 0; i < 8; i++) {
        EXPECT_NE(take(1), 0u);
    }
    EXPECT_EQ(take(1), 0u);
    helios_ranges_give(&ranges, 0x1003);
    EXPECT_EQ(take(1), 0x1003u);
}

TEST_F(Ranges, SizesThatWrapAreRefused) {
    EXPECT_EQ(take(~0ull), 0u);
    EXPECT_EQ(take(0x10, 1, ~0ull), 0u);
    EXPECT_EQ(take(0x10, 1ull << 63), 0u);
    EXPECT_EQ(take(0), 0u);
}

TEST_F(Ranges, AnAddressIsFoundInsideItsPart) {
    take(0x100);
    EXPECT_EQ(helios_ranges_find(&ranges, 0x10ff)->base, 0x1000u);
    EXPECT_EQ(helios_ranges_find(&ranges, 0x1100), nullptr);
    EXPECT_FALSE(helios_ranges_is_free(&ranges, 0x10ff, 1));
    EXPECT_FALSE(helios_ranges_is_free(&ranges, 0x0fff, 2));
}

// RFC 8439, section 2.3.2, has another layout of counter and nonce: block 0 of a zero key is the
// same (appendix A.1, test vector 1).
TEST(ChaCha20, GivesTheBlockOfTheStandard) {
    const uint8_t key[32] = {};
    uint8_t block[64];
    helios_chacha20(key, 0, block);
    const uint8_t expected[] = {0x76, 0xb8, 0xe0, 0xad, 0xa0, 0xf1, 0x3d, 0x90,
                                0x40, 0x5d, 0x6a, 0xe5, 0x53, 0x86, 0xbd, 0x28};
    EXPECT_EQ(memcmp(block, expected, sizeof(expected)), 0);
}

TEST(Clock, TicksBecomeNanosecondsWithoutOverflow) {
    EXPECT_EQ(helios_ticks_to_ns(62500000, 62500000), HELIOS_SECOND);
    EXPECT_EQ(helios_ticks_to_ns(3, 1000000), 3000u);
    EXPECT_EQ(helios_ticks_to_ns(4000000000ull * 31536000, 4000000000ull),
              31536000ull * HELIOS_SECOND);
}

// A startup block of two arguments and one capability.
class Startup : public testing::Test {
  protected:
    struct Block {
        struct helios_startup head;
        struct helios_startup_capability capability;
        uint64_t arguments[3];
        char text[16];
    };

    Startup() {
        block.head.magic = HELIOS_STARTUP_MAGIC;
        block.head.version = HELIOS_STARTUP_VERSION;
        block.head.size = sizeof(block);
        block.head.argument_count = 2;
        block.head.arguments = offsetof(Block, arguments);
        block.head.capability_count = 1;
        block.head.capabilities = offsetof(Block, capability);
        strcpy(block.capability.name, "disk");
        block.capability.slot = 17;
        block.arguments[0] = address + offsetof(Block, text);
        block.arguments[1] = address + offsetof(Block, text) + 2;
        strcpy(block.text, "a");
    }

    bool valid(uint64_t bytes = sizeof(Block)) {
        return helios_startup_valid(&block.head, bytes, address) != 0;
    }

    const uint64_t address = 0x10000;
    Block block = {};
};

TEST_F(Startup, ABlockThatAgreesWithItselfIsValid) {
    EXPECT_TRUE(valid());
    EXPECT_EQ(helios_startup_cap(&block.head, "disk"), 17u);
    EXPECT_EQ(helios_startup_cap(&block.head, "dis"), 0u);
    EXPECT_EQ(helios_startup_cap(&block.head, "disk2"), 0u);
}

TEST_F(Startup, WhatReachesOutsideIsNot) {
    EXPECT_FALSE(valid(sizeof(Block) - 1));
    EXPECT_FALSE(valid(8));
    block.head.capability_count = 3;
    EXPECT_FALSE(valid());
    block.head.capability_count = 0xffffffff;
    EXPECT_FALSE(valid());
}

TEST_F(Startup, ArgumentsLieInside) {
    block.arguments[0] = address + sizeof(Block);
    EXPECT_FALSE(valid());
    block.arguments[0] = address - 1;
    EXPECT_FALSE(valid());
    block.arguments[0] = address + offsetof(Block, text);
    memset(block.text, 'x', sizeof(block.text));
    EXPECT_FALSE(valid());
}

TEST_F(Startup, TheListOfArgumentsEnds) {
    block.arguments[2] = 1;
    EXPECT_FALSE(valid());
    block.head.argument_count = 0xffffffff;
    EXPECT_FALSE(valid());
    block.head.argument_count = 2;
    block.head.arguments += 1;
    EXPECT_FALSE(valid());
}

TEST_F(Startup, NamesEnd) {
    memset(block.capability.name, 'x', sizeof(block.capability.name));
    EXPECT_FALSE(valid());
    block.capability.name[39] = '\0';
    memset(block.head.name, 'x', sizeof(block.head.name));
    EXPECT_FALSE(valid());
}

TEST_F(Startup, OtherVersionsAreNot) {
    block.head.version++;
    EXPECT_FALSE(valid());
    block.head.version--;
    block.head.magic++;
    EXPECT_FALSE(valid());
}

} // namespace

// SPDX-License-Identifier: GPL-3.0-only
#include "arch/aarch64/irq_map.h"

#include <gtest/gtest.h>

#include "arch/include/interrupt.h"

namespace {

constexpr irq_map_frame kFrame = {0x8020040, 80, 64};

irq_map with_frames() {
    irq_map map = {};
    irq_map_init(&map, 288);
    EXPECT_TRUE(irq_map_add_frame(&map, &kFrame));
    irq_map_frame second = {0x8030040, 200, 8};
    EXPECT_TRUE(irq_map_add_frame(&map, &second));
    return map;
}

irq_map with_lpis() {
    irq_map map = {};
    irq_map_init(&map, 288);
    map.lpis = 1024;
    return map;
}

TEST(IrqMap, CountsLinesAndMessages) {
    irq_map frames = with_frames();
    EXPECT_EQ(irq_map_end(&frames), 288u + 64 + 8);
    irq_map lpis = with_lpis();
    EXPECT_EQ(irq_map_end(&lpis), 288u + 1024);
}

TEST(IrqMap, HasEveryNumberOnce) {
    for (const irq_map &map : {with_frames(), with_lpis()}) {
        for (uint32_t irq = map.lines; irq < irq_map_end(&map); irq++) {
            EXPECT_EQ(irq_map_irq(&map, irq_map_intid(&map, irq)), irq);
        }
        for (uint32_t irq = 0; irq < map.lines; irq++) {
            if (irq_map_is_line(&map, irq)) {
                EXPECT_EQ(irq_map_intid(&map, irq), irq);
                EXPECT_EQ(irq_map_irq(&map, irq), irq);
            }
        }
    }
}

TEST(IrqMap, KeepsWhatIsPrivateToACpu) {
    irq_map map = with_lpis();
    for (uint32_t irq = 0; irq < 32; irq++) {
        EXPECT_FALSE(irq_map_is_line(&map, irq));
        EXPECT_EQ(irq_map_irq(&map, irq), ARCH_IRQ_NONE);
    }
    EXPECT_TRUE(irq_map_is_line(&map, 32));
}

TEST(IrqMap, KeepsTheLinesOfFrames) {
    irq_map map = with_frames();
    EXPECT_TRUE(irq_map_is_line(&map, 79));
    EXPECT_FALSE(irq_map_is_line(&map, 80));
    EXPECT_FALSE(irq_map_is_line(&map, 143));
    EXPECT_TRUE(irq_map_is_line(&map, 144));
    EXPECT_FALSE(irq_map_is_line(&map, 288));
}

TEST(IrqMap, FindsTheFrameOfAMessage) {
    irq_map map = with_frames();
    uint32_t intid = 0;
    ASSERT_NE(irq_map_frame_of(&map, 288 + 65, &intid), nullptr);
    EXPECT_EQ(irq_map_frame_of(&map, 288 + 65, &intid)->address, 0x8030040u);
    EXPECT_EQ(intid, 201u);
    EXPECT_EQ(irq_map_frame_of(&map, 288 + 72, &intid), nullptr);
    EXPECT_EQ(irq_map_frame_of(&map, 80, &intid), nullptr);
}

TEST(IrqMap, HasNoNumberForAnUnknownLpi) {
    irq_map map = with_lpis();
    EXPECT_EQ(irq_map_irq(&map, 8192), 288u);
    EXPECT_EQ(irq_map_irq(&map, 8192 + 1024), ARCH_IRQ_NONE);
    EXPECT_EQ(irq_map_irq(&map, 0xffffffff), ARCH_IRQ_NONE);
    EXPECT_EQ(irq_map_irq(&map, 1023), ARCH_IRQ_NONE);
}

TEST(IrqMap, RefusesAFrameThatIsNotOfLines) {
    irq_map map = {};
    irq_map_init(&map, 288);
    for (const irq_map_frame &bad : {irq_map_frame{0, 16, 8}, irq_map_frame{0, 280, 9},
                                     irq_map_frame{0, 0xffffffff, 2}, irq_map_frame{0, 64, 0}}) {
        EXPECT_FALSE(irq_map_add_frame(&map, &bad)) << bad.first;
    }
    EXPECT_EQ(map.frame_count, 0u);
}

TEST(IrqMap, RefusesAFrameThatSharesLinesWithAnother) {
    irq_map map = with_frames();
    irq_map_frame overlapping = {0x8030040, 143, 2};
    EXPECT_FALSE(irq_map_add_frame(&map, &overlapping));
    EXPECT_EQ(irq_map_irq(&map, 143), 288u + 63);
    EXPECT_EQ(irq_map_irq(&map, 144), 144u);
}

TEST(IrqMap, RefusesOneFrameTooMany) {
    irq_map map = {};
    irq_map_init(&map, 288);
    for (uint32_t i = 0; i < IRQ_MAP_FRAMES; i++) {
        irq_map_frame frame = {0, 32 + 8 * i, 8};
        EXPECT_TRUE(irq_map_add_frame(&map, &frame));
    }
    irq_map_frame one_more = {0, 200, 8};
    EXPECT_FALSE(irq_map_add_frame(&map, &one_more));
}

} // namespace

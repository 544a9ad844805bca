// SPDX-License-Identifier: GPL-3.0-only
#include "boot/multiboot/vbe.h"

#include <gtest/gtest.h>

#include <vector>

namespace {

// The fields of a mode information block, as a typical BIOS fills them.
struct Mode {
    uint16_t attributes = 0x9b, pitch = 4096, width = 1024, height = 768, linear_pitch = 4096;
    uint8_t bits = 32, model = 6;
    uint32_t base = 0xfd000000;
    uint8_t red_position = 16, blue_position = 0, size = 8;

    std::vector<uint8_t> Bytes() const {
        std::vector<uint8_t> info(VBE_MODE_INFO_SIZE);
        auto put = [&info](size_t at, uint32_t value, int count) {
            for (int i = 0; i < count; i++) {
                info[at + static_cast<size_t>(i)] = static_cast<uint8_t>(value >> (8 * i));
            }
        };
        put(0, attributes, 2);
        put(16, pitch, 2);
        put(18, width, 2);
        put(20, height, 2);
        put(25, bits, 1);
        put(27, model, 1);
        put(40, base, 4);
        put(50, linear_pitch, 2);
        for (size_t at : {31, 54}) {
            put(at, size, 1);
            put(at + 1, red_position, 1);
            put(at + 2, size, 1);
            put(at + 3, 8, 1);
            put(at + 4, size, 1);
            put(at + 5, blue_position, 1);
        }
        return info;
    }
};

bool Read(const Mode &mode, helios_boot_framebuffer *result, uint16_t version = 0x300) {
    return vbe_read_mode(mode.Bytes().data(), version, result);
}

TEST(Vbe, ModeIsRead) {
    helios_boot_framebuffer mode;
    ASSERT_TRUE(Read(Mode(), &mode));
    EXPECT_EQ(mode.base, 0xfd000000u);
    EXPECT_EQ(mode.length, 4096u * 768);
    EXPECT_EQ(mode.width, 1024u);
    EXPECT_EQ(mode.height, 768u);
    EXPECT_EQ(mode.pitch, 4096u);
    EXPECT_EQ(mode.format, uint32_t{HELIOS_FB_XRGB8888});
    EXPECT_EQ(mode.green_mask, 0xff00u);
}

TEST(Vbe, OrderOfColours) {
    Mode swapped;
    swapped.red_position = 0;
    swapped.blue_position = 16;
    helios_boot_framebuffer mode;
    ASSERT_TRUE(Read(swapped, &mode));
    EXPECT_EQ(mode.format, uint32_t{HELIOS_FB_XBGR8888});
    swapped.size = 5;
    ASSERT_TRUE(Read(swapped, &mode));
    EXPECT_EQ(mode.format, uint32_t{HELIOS_FB_OTHER});
    EXPECT_EQ(mode.blue_mask, 0x1f0000u);
}

TEST(Vbe, PitchOfTheLinearFramebufferCountsFromVersionThreeOn) {
    Mode differs;
    differs.linear_pitch = 8192;
    helios_boot_framebuffer mode;
    ASSERT_TRUE(Read(differs, &mode));
    EXPECT_EQ(mode.pitch, 8192u);
    ASSERT_TRUE(Read(differs, &mode, 0x200));
    EXPECT_EQ(mode.pitch, 4096u);
    differs.linear_pitch = 0;
    ASSERT_TRUE(Read(differs, &mode));
    EXPECT_EQ(mode.pitch, 4096u) << "not filled in";
}

TEST(Vbe, ModesThatCannotBeUsedAreRefused) {
    helios_boot_framebuffer mode;
    auto refused = [&mode](auto change) {
        Mode bad;
        change(&bad);
        return !Read(bad, &mode);
    };
    EXPECT_TRUE(refused([](Mode *m) { m->attributes = 0x1b; })) << "no linear framebuffer";
    EXPECT_TRUE(refused([](Mode *m) { m->attributes = 0x8b; })) << "text";
    EXPECT_TRUE(refused([](Mode *m) { m->attributes = 0x9a; })) << "not supported";
    EXPECT_TRUE(refused([](Mode *m) { m->model = 3; }));
    EXPECT_TRUE(refused([](Mode *m) { m->bits = 8; }));
    EXPECT_TRUE(refused([](Mode *m) { m->base = 0; }));
    EXPECT_TRUE(refused([](Mode *m) { m->width = 0; }));
    EXPECT_TRUE(refused([](Mode *m) { m->height = 0; }));
    EXPECT_TRUE(refused([](Mode *m) { m->size = 0; }));
    EXPECT_TRUE(refused([](Mode *m) { m->red_position = 25; }));
    EXPECT_TRUE(refused([](Mode *m) { m->pitch = m->linear_pitch = 4095; }));
}

helios_boot_framebuffer Size(uint32_t width, uint32_t height, uint32_t bits = 32) {
    helios_boot_framebuffer mode = {};
    mode.width = width;
    mode.height = height;
    mode.bits_per_pixel = bits;
    return mode;
}

TEST(Vbe, LargestModeThatIsNotTooLargeIsBest) {
    const helios_boot_framebuffer none = {};
    const helios_boot_framebuffer small = Size(640, 480), wanted = Size(1280, 800);
    const helios_boot_framebuffer wide = Size(1920, 480), large = Size(1600, 1200);
    EXPECT_TRUE(vbe_is_better(&small, &none, 1280, 800));
    EXPECT_TRUE(vbe_is_better(&wanted, &small, 1280, 800));
    EXPECT_FALSE(vbe_is_better(&small, &wanted, 1280, 800));
    EXPECT_FALSE(vbe_is_better(&large, &none, 1280, 800));
    EXPECT_FALSE(vbe_is_better(&wide, &none, 1280, 800));
}

TEST(Vbe, OfTwoOfOneSizeTheDeeperIsBest) {
    const helios_boot_framebuffer deep = Size(640, 480), shallow = Size(640, 480, 16);
    EXPECT_TRUE(vbe_is_better(&deep, &shallow, 1280, 800));
    EXPECT_FALSE(vbe_is_better(&shallow, &deep, 1280, 800));
    EXPECT_FALSE(vbe_is_better(&deep, &deep, 1280, 800));
}

} // namespace

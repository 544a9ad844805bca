// SPDX-License-Identifier: GPL-3.0-only
#include "userland/apps/slides/surface.h"

#include <gtest/gtest.h>

#include <vector>

namespace {

// A surface with a word more in each line than it has pixels, which must stay as it is.
struct Screen {
    Screen(uint32_t width, uint32_t height) : words((width + 1) * height, 0x55555555) {
        surface = {
            reinterpret_cast<uint8_t *>(words.data()), width, height, 4 * (width + 1), 16, 8, 0};
    }
    uint32_t At(uint32_t x, uint32_t y) const {
        return words[y * (surface.width + 1) + x];
    }
    bool EdgesAreUntouched() const {
        for (uint32_t y = 0; y < surface.height; y++) {
            if (At(surface.width, y) != 0x55555555) {
                return false;
            }
        }
        return true;
    }
    std::vector<uint32_t> words;
    struct surface surface;
};

TEST(Surface, KnowsWhatIsOne) {
    Screen screen(4, 3);
    size_t size = screen.words.size() * 4;
    EXPECT_TRUE(surface_is_valid(&screen.surface, size));
    EXPECT_FALSE(surface_is_valid(&screen.surface, size - 1));
    struct surface wrong = screen.surface;
    wrong.pitch = 12;
    EXPECT_FALSE(surface_is_valid(&wrong, size));
    wrong.pitch = 17;
    EXPECT_FALSE(surface_is_valid(&wrong, 1000));
    wrong = screen.surface;
    wrong.height = 0;
    EXPECT_FALSE(surface_is_valid(&wrong, size));
    wrong = screen.surface;
    wrong.width = 0x40000004;
    EXPECT_FALSE(surface_is_valid(&wrong, size));
    wrong = screen.surface;
    wrong.red_shift = 25;
    EXPECT_FALSE(surface_is_valid(&wrong, size));
}

TEST(Surface, PlacesInTheMiddleAsLargeAsItFits) {
    const struct {
        uint32_t screen[2];
        uint32_t picture[2];
        struct rectangle where;
    } cases[] = {
        {{1280, 720}, {1280, 720}, {0, 0, 1280, 720}},
        {{1280, 800}, {1280, 720}, {0, 40, 1280, 720}},
        {{1366, 768}, {1280, 720}, {43, 24, 1280, 720}}, // would grow by 7 %
        {{1920, 1080}, {1280, 720}, {0, 0, 1920, 1080}},
        {{2560, 1600}, {1280, 720}, {0, 80, 2560, 1440}},
        {{800, 600}, {1280, 720}, {0, 75, 800, 450}},
        {{100, 1000}, {1280, 720}, {0, 472, 100, 56}},
        {{3, 3}, {10000, 1}, {0, 1, 3, 1}},
    };
    for (const auto &c : cases) {
        Screen screen(c.screen[0], c.screen[1]);
        struct rectangle where = surface_place(&screen.surface, c.picture[0], c.picture[1]);
        EXPECT_EQ(where.x, c.where.x) << c.screen[0];
        EXPECT_EQ(where.y, c.where.y) << c.screen[0];
        EXPECT_EQ(where.width, c.where.width) << c.screen[0];
        EXPECT_EQ(where.height, c.where.height) << c.screen[0];
    }
}

TEST(Surface, ShowsAPictureAsItIsOnBlack) {
    Screen screen(4, 3);
    const uint8_t rgb[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    struct picture picture = {rgb, 4, 1};
    surface_show(&screen.surface, &picture);
    EXPECT_EQ(screen.At(0, 1), 0x010203u);
    EXPECT_EQ(screen.At(3, 1), 0x0a0b0cu);
    for (uint32_t x = 0; x < 4; x++) {
        EXPECT_EQ(screen.At(x, 0), 0u);
        EXPECT_EQ(screen.At(x, 2), 0u);
    }
    EXPECT_TRUE(screen.EdgesAreUntouched());
}

TEST(Surface, ColoursGoWhereTheFormatSays) {
    Screen screen(1, 1);
    screen.surface.red_shift = 0;
    screen.surface.blue_shift = 16;
    const uint8_t rgb[] = {1, 2, 3};
    struct picture picture = {rgb, 1, 1};
    surface_show(&screen.surface, &picture);
    EXPECT_EQ(screen.At(0, 0), 0x030201u);
}

TEST(Surface, ShrinkingAverages) {
    Screen screen(2, 1);
    const uint8_t rgb[] = {0, 0, 0, 255, 255, 255, 30, 60, 90, 30, 60, 90};
    struct picture picture = {rgb, 4, 1};
    surface_show(&screen.surface, &picture);
    EXPECT_EQ(screen.At(0, 0), 0x808080u);
    EXPECT_EQ(screen.At(1, 0), 0x1e3c5au);
    EXPECT_TRUE(screen.EdgesAreUntouched());
}

TEST(Surface, ScalingKeepsAPlainColour) {
    std::vector<uint8_t> rgb(7 * 5 * 3, 200);
    struct picture picture = {rgb.data(), 7, 5};
    for (uint32_t size : {1u, 2u, 3u, 5u, 6u, 11u, 100u, 131u}) {
        Screen screen(size, size);
        struct rectangle where = surface_place(&screen.surface, 7, 5);
        surface_show(&screen.surface, &picture);
        for (uint32_t y = 0; y < size; y++) {
            for (uint32_t x = 0; x < size; x++) {
                bool inside = x - where.x < where.width && y - where.y < where.height;
                ASSERT_EQ(screen.At(x, y), inside ? 0xc8c8c8u : 0u) << size << " " << x << " " << y;
            }
        }
        EXPECT_TRUE(screen.EdgesAreUntouched());
    }
}

TEST(Surface, GrowingGoesSteadilyFromOneColourToTheNext) {
    Screen screen(40, 20);
    const uint8_t rgb[] = {0, 0, 0, 255, 255, 255};
    struct picture picture = {rgb, 2, 1};
    surface_show(&screen.surface, &picture);
    for (uint32_t x = 1; x < 40; x++) {
        EXPECT_LE(screen.At(x - 1, 3), screen.At(x, 3));
    }
    EXPECT_EQ(screen.At(0, 3), 0u);
    EXPECT_EQ(screen.At(39, 3), 0xffffffu);
}

TEST(Surface, FillsOnlyWhatLiesOnIt) {
    Screen screen(4, 3);
    surface_fill(&screen.surface, {2, 1, 0xffffffff, 0xffffffff}, 0x123456);
    surface_fill(&screen.surface, {4, 0, 1, 1}, 0xffffff);
    surface_fill(&screen.surface, {0, 3, 1, 1}, 0xffffff);
    EXPECT_EQ(screen.At(1, 1), 0x55555555u);
    EXPECT_EQ(screen.At(2, 0), 0x55555555u);
    EXPECT_EQ(screen.At(2, 1), 0x123456u);
    EXPECT_EQ(screen.At(3, 2), 0x123456u);
    EXPECT_TRUE(screen.EdgesAreUntouched());
}

} // namespace

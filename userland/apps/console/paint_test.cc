// SPDX-License-Identifier: GPL-3.0-only
#include "userland/apps/console/paint.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "userland/apps/console/font.h"

namespace {

class Paint : public ::testing::Test {
  protected:
    // A surface with nothing beyond it, and room for characters as they fit.
    void begin(uint32_t width, uint32_t height) {
        pixels.assign(static_cast<size_t>(width) * height, 0xdddddddd);
        surface = {};
        surface.pixels = reinterpret_cast<uint8_t *>(pixels.data());
        surface.width = width;
        surface.height = height;
        surface.pitch = 4 * width;
        surface.red_shift = 16;
        surface.green_shift = 8;
        paint_begin(painter.get(), &surface);
        text_begin(text.get(), painter->columns, painter->rows);
    }

    void write(const std::string &bytes) {
        text_write(text.get(), bytes.data(), bytes.size());
    }

    bool draw() {
        return paint(painter.get(), &surface, text.get(), &changed);
    }

    uint32_t pixel(uint32_t x, uint32_t y) const {
        return pixels[y * surface.width + x];
    }

    std::vector<uint32_t> pixels;
    struct surface surface{};
    struct rectangle changed{};
    std::unique_ptr<struct painter> painter = std::make_unique<struct painter>();
    std::unique_ptr<struct text> text = std::make_unique<struct text>();
};

TEST(Font, every_character_is_another) {
    std::set<std::string> seen;
    for (const auto &picture : font_pixels) {
        std::string bytes(reinterpret_cast<const char *>(picture), sizeof picture);
        EXPECT_TRUE(seen.insert(bytes).second) << "character " << seen.size() + FONT_FIRST - 1;
    }
    EXPECT_EQ(seen.count(std::string(FONT_WIDTH * FONT_HEIGHT, '\0')), 1u); // the blank
}

TEST_F(Paint, characters_stand_in_the_middle) {
    begin(9 * 10 + 4, 20 * 3 + 6);
    EXPECT_EQ(painter->columns, 10u);
    EXPECT_EQ(painter->rows, 3u);
    EXPECT_EQ(painter->left, 2u);
    EXPECT_EQ(painter->top, 3u);
    EXPECT_EQ(pixel(0, 0), 0u);
    EXPECT_EQ(pixel(surface.width - 1, surface.height - 1), 0u);
}

TEST_F(Paint, large_screens_have_large_characters) {
    begin(3840, 2160);
    EXPECT_EQ(painter->scale, 2u);
    EXPECT_EQ(painter->columns, 213u);
    EXPECT_EQ(painter->rows, 54u);
}

TEST_F(Paint, a_character_is_its_picture) {
    begin(9 * 10, 20 * 3);
    write("A");
    EXPECT_TRUE(draw());
    for (uint32_t y = 0; y < FONT_HEIGHT; y++) {
        for (uint32_t x = 0; x < FONT_WIDTH; x++) {
            uint8_t part = font_pixels['A' - FONT_FIRST][y * FONT_WIDTH + x];
            EXPECT_EQ(pixel(x, y) == 0, part == 0);
            EXPECT_EQ(pixel(x, y) == 0xe6ebf5, part == 255);
        }
    }
}

TEST_F(Paint, the_cursor_is_turned_around) {
    begin(9 * 10, 20 * 3);
    draw();
    EXPECT_EQ(pixel(0, 0), 0xe6ebf5u);
    write("A");
    draw();
    EXPECT_EQ(pixel(0, 0), 0u);
    EXPECT_EQ(pixel(9, 0), 0xe6ebf5u);
}

TEST_F(Paint, only_what_changes_is_drawn) {
    begin(9 * 10, 20 * 3);
    write("abc");
    EXPECT_TRUE(draw());
    EXPECT_EQ(changed.width, 90u); // all of it, the first time
    EXPECT_EQ(changed.height, 60u);
    EXPECT_FALSE(draw());
    pixels.assign(pixels.size(), 0x123456);
    write("d");
    EXPECT_TRUE(draw());
    EXPECT_EQ(changed.x, 27u); // the character, and the cursor
    EXPECT_EQ(changed.y, 0u);
    EXPECT_EQ(changed.width, 18u);
    EXPECT_EQ(changed.height, 20u);
    EXPECT_EQ(pixel(0, 0), 0x123456u);
    EXPECT_EQ(pixel(0, 20), 0x123456u);
}

TEST_F(Paint, scrolling_draws_what_differs) {
    begin(9 * 10, 20 * 3);
    write("same\r\nsame\r\nsame");
    draw();
    write("\r\nsame");
    EXPECT_FALSE(draw());
}

TEST_F(Paint, a_surface_may_be_too_small) {
    begin(5, 5);
    EXPECT_EQ(painter->columns, 0u);
    write("abc");
    EXPECT_FALSE(draw());
}

TEST_F(Paint, colours_stand_where_the_display_has_them) {
    begin(9, 20);
    surface.red_shift = 0;
    surface.blue_shift = 16;
    draw();
    EXPECT_EQ(pixel(0, 0), 0xf5ebe6u);
}

} // namespace

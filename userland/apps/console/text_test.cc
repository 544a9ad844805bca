// SPDX-License-Identifier: GPL-3.0-only
#include "userland/apps/console/text.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

namespace {

class Text : public ::testing::Test {
  protected:
    void SetUp() override {
        text_begin(text.get(), 10, 3);
    }

    void write(const std::string &bytes) {
        text_write(text.get(), bytes.data(), bytes.size());
    }

    void log(const std::string &bytes) {
        text_log(text.get(), bytes.data(), bytes.size());
    }

    // A row without the blanks at its end; of the log in brackets.
    std::string row(uint32_t index) const {
        std::string shown;
        bool is_pale = false;
        for (uint32_t i = 0; i < text->columns; i++) {
            uint8_t cell = text->cells[index][i];
            is_pale |= (cell & TEXT_PALE) != 0;
            shown += static_cast<char>(cell & 0x7f);
        }
        shown.erase(shown.find_last_not_of(' ') + 1);
        return is_pale ? "[" + shown + "]" : shown;
    }

    std::vector<std::string> rows() const {
        std::vector<std::string> all;
        for (uint32_t i = 0; i < text->rows; i++) {
            all.push_back(row(i));
        }
        return all;
    }

    void expect_cursor(uint32_t at_row, uint32_t at_column) const {
        EXPECT_EQ(text->row, at_row);
        EXPECT_EQ(text->column, at_column);
    }

    std::unique_ptr<struct text> text = std::make_unique<struct text>();
};

using Rows = std::vector<std::string>;

TEST_F(Text, lines_follow_each_other) {
    write("one\r\ntwo");
    EXPECT_EQ(rows(), (Rows{"one", "two", ""}));
    expect_cursor(1, 3);
}

TEST_F(Text, a_line_feed_alone_keeps_the_column) {
    write("one\ntwo");
    EXPECT_EQ(rows(), (Rows{"one", "   two", ""}));
}

TEST_F(Text, the_screen_scrolls) {
    write("1\r\n2\r\n3\r\n4\r\n5");
    EXPECT_EQ(rows(), (Rows{"3", "4", "5"}));
    expect_cursor(2, 1);
}

TEST_F(Text, long_lines_go_on_below) {
    write("0123456789abc");
    EXPECT_EQ(rows(), (Rows{"0123456789", "abc", ""}));
    expect_cursor(1, 3);
}

TEST_F(Text, a_line_that_just_fits_does_not_begin_another) {
    write("0123456789");
    expect_cursor(0, 9);
    write("\r\nx");
    EXPECT_EQ(rows(), (Rows{"0123456789", "x", ""}));
}

TEST_F(Text, backspace_goes_back_and_stops_at_the_left) {
    write("ab\b\b\b\bxy");
    EXPECT_EQ(row(0), "xy");
    expect_cursor(0, 2);
}

TEST_F(Text, tabulators_are_eight_columns) {
    write("a\tb\tc");
    EXPECT_EQ(row(0), "a       bc");
}

TEST_F(Text, what_an_editor_of_lines_writes) {
    write("ares> hex\rares> he\x1b[K");
    EXPECT_EQ(row(0), "ares> he");
    write("\rares> abc\x1b[K\x1b[2D");
    EXPECT_EQ(row(0), "ares> abc");
    expect_cursor(0, 7);
}

TEST_F(Text, the_screen_is_cleared) {
    write("1\r\n2\r\n3\x1b[H\x1b[2Jx");
    EXPECT_EQ(rows(), (Rows{"x", "", ""}));
}

TEST_F(Text, parts_of_the_screen_are_erased) {
    write("111\r\n222\r\n333\x1b[2;2H\x1b[J");
    EXPECT_EQ(rows(), (Rows{"111", "2", ""}));
    write("\x1b[2;1H222\x1b[2D\x1b[1J");
    EXPECT_EQ(rows(), (Rows{"", "  2", ""}));
}

TEST_F(Text, the_cursor_stays_on_the_screen) {
    write("\x1b[99A\x1b[99D");
    expect_cursor(0, 0);
    write("\x1b[9999999999B\x1b[99C");
    expect_cursor(2, 9);
    write("\x1b[0;0H");
    expect_cursor(0, 0);
    write("\x1b[;5H");
    expect_cursor(0, 4);
    write("\x1b[A\x1b[B\x1b[C");
    expect_cursor(1, 5);
}

TEST_F(Text, other_sequences_are_read_over) {
    write("a\x1b[1;31mb\x1b(c\x1b[?25ld\x1b[1;2;3;4;5Xe");
    EXPECT_EQ(row(0), "abcde");
}

TEST_F(Text, a_sequence_may_come_in_pieces) {
    for (char c : std::string("abc\x1b[2D\x1b[K")) {
        write(std::string(1, c));
    }
    EXPECT_EQ(row(0), "a");
}

TEST_F(Text, what_can_not_be_shown_is_a_question_mark) {
    write("a\xc3\xa4\x07\x7f"
          "b");
    EXPECT_EQ(row(0), "a??b");
}

TEST_F(Text, the_log_stands_above_the_line_that_is_written) {
    write("$ ab");
    log("one\ntwo\n");
    EXPECT_EQ(rows(), (Rows{"[one]", "[two]", "$ ab"}));
    expect_cursor(2, 4);
    log("three\n");
    EXPECT_EQ(rows(), (Rows{"[two]", "[three]", "$ ab"}));
    write("c");
    EXPECT_EQ(row(2), "$ abc");
}

TEST_F(Text, long_lines_of_the_log_go_on_below) {
    log("0123456789abc\nx\ty\x01\n");
    EXPECT_EQ(rows(), (Rows{"[abc]", "[x y?]", ""}));
}

TEST_F(Text, a_smaller_screen_keeps_the_end) {
    write("one\r\ntwo\r\nthree");
    text_resize(text.get(), 4, 2);
    EXPECT_EQ(rows(), (Rows{"two", "thre"}));
    expect_cursor(1, 3);
    text_resize(text.get(), 10, 4);
    EXPECT_EQ(rows(), (Rows{"two", "thre", "", ""}));
}

TEST_F(Text, no_size_is_impossible) {
    text_resize(text.get(), 0, 0);
    EXPECT_EQ(text->columns, 1u);
    EXPECT_EQ(text->rows, 1u);
    write("abc\r\n\x1b[5;5H\x1b[2J");
    text_resize(text.get(), 100000, 100000);
    EXPECT_EQ(text->columns, TEXT_COLUMNS_MOST);
    EXPECT_EQ(text->rows, TEXT_ROWS_MOST);
}

// Whatever comes, the cursor is on the screen and each cell can be drawn.
TEST_F(Text, any_bytes_can_be_written) {
    static const char likely[] = "\x1b[;0129ABCDHJK\r\n\b\tx";
    std::mt19937 random(1);
    for (unsigned round = 0; round < 3000; round++) {
        std::string bytes;
        for (unsigned length = random() % 200; length > 0; length--) {
            unsigned value = random();
            bytes += static_cast<char>(value % 3 == 0 ? value >> 8
                                                      : likely[(value >> 8) % (sizeof likely - 1)]);
        }
        switch (random() % 8) {
        case 0:
            text_resize(text.get(), random() % 300, random() % 140);
            break;
        case 1:
            log(bytes);
            break;
        default:
            write(bytes);
        }
        ASSERT_LT(text->row, text->rows);
        ASSERT_LT(text->column, text->columns);
        for (auto &cells : text->cells) {
            for (uint8_t cell : cells) {
                ASSERT_GE(cell & 0x7f, ' ');
                ASSERT_LT(cell & 0x7f, 0x7f);
            }
        }
    }
}

} // namespace

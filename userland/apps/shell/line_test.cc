// SPDX-License-Identifier: GPL-3.0-only
#include "userland/apps/shell/line.h"

#include <gtest/gtest.h>

#include <string>

namespace {

std::string screen;

void write(const char *text, size_t length) {
    screen.append(text, length);
}

class Line : public ::testing::Test {
  protected:
    void SetUp() override {
        screen.clear();
        line.prompt = "> ";
        line.write = write;
        line_begin(&line);
    }

    // Whether the last key completed the line.
    bool type(const std::string &keys) {
        bool done = false;
        for (const char &c : keys) {
            done = line_key(&line, c);
            if (done && &c != &keys.back()) {
                line_begin(&line);
            }
        }
        return done;
    }

    struct line line{};
};

TEST_F(Line, what_is_typed_is_there) {
    EXPECT_TRUE(type("help\r"));
    EXPECT_STREQ(line.text, "help");
    EXPECT_EQ(screen, "> help\r\n");
}

TEST_F(Line, a_return_and_a_line_feed_are_one_end) {
    EXPECT_TRUE(type("a\r"));
    line_begin(&line);
    EXPECT_FALSE(line_key(&line, '\n'));
    EXPECT_TRUE(line_key(&line, '\n'));
}

TEST_F(Line, backspace_takes_one_away) {
    type("abc\b\x7f\rx");
    EXPECT_STREQ(line.history[0], "a");
    EXPECT_FALSE(type("\b\b\b\b"));
}

TEST_F(Line, the_cursor_moves) {
    EXPECT_TRUE(type("bd\x1b[D"
                     "c\x1b[H"
                     "a\x1b[F"
                     "e\r"));
    EXPECT_STREQ(line.text, "abcde");
    line_begin(&line);
    EXPECT_TRUE(type("bc\x01"
                     "a\x05"
                     "d\x1b[C\r"));
    EXPECT_STREQ(line.text, "abcd");
}

TEST_F(Line, parts_are_cut) {
    EXPECT_TRUE(type("one two three\x17\r"));
    EXPECT_STREQ(line.text, "one two ");
    line_begin(&line);
    EXPECT_TRUE(type("one two\x02\x02\x0b\r"));
    EXPECT_STREQ(line.text, "one t");
    line_begin(&line);
    EXPECT_TRUE(type("one two\x02\x02\x15\r"));
    EXPECT_STREQ(line.text, "wo");
    line_begin(&line);
    EXPECT_TRUE(type("abc\x1b[H\x1b[3~\r"));
    EXPECT_STREQ(line.text, "bc");
}

TEST_F(Line, lines_come_back) {
    type("one\rtwo\rtwo\r");
    line_begin(&line);
    EXPECT_EQ(line.history_count, 2u);
    EXPECT_TRUE(type("\x1b[A\x1b[A\x1b[A!\r"));
    EXPECT_STREQ(line.text, "one!");
    line_begin(&line);
    EXPECT_TRUE(type("\x10\x10\x0e\r"));
    EXPECT_STREQ(line.text, "one!");
}

TEST_F(Line, the_history_ends) {
    for (int i = 0; i < 40; i++) {
        type(std::to_string(i) + "\r");
        line_begin(&line);
    }
    EXPECT_EQ(line.history_count, LINE_HISTORY);
    EXPECT_STREQ(line.history[LINE_HISTORY - 1], "39");
}

TEST_F(Line, too_much_is_dropped) {
    EXPECT_TRUE(type(std::string(500, 'x') + "\r"));
    EXPECT_EQ(line.length, LINE_MOST);
}

TEST_F(Line, interrupt_begins_anew) {
    EXPECT_TRUE(type("abc\x03"
                     "d\r"));
    EXPECT_STREQ(line.text, "d");
}

TEST_F(Line, any_bytes_do_no_harm) {
    unsigned seed = 1;
    for (int i = 0; i < 200000; i++) {
        seed = seed * 1103515245 + 12345;
        if (line_key(&line, static_cast<char>(seed >> 16))) {
            line_begin(&line);
        }
        ASSERT_LE(line.cursor, line.length);
        ASSERT_LE(line.length, LINE_MOST);
        ASSERT_EQ(line.text[line.length], '\0');
    }
}

} // namespace

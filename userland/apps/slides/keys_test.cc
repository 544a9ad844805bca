// SPDX-License-Identifier: GPL-3.0-only
#include "userland/apps/slides/keys.h"

#include <gtest/gtest.h>

#include <string>

namespace {

// What a whole text turns: the last turn that was one.
struct turn Type(const std::string &text) {
    struct turn_reader reader = {};
    struct turn last = {};
    for (char c : text) {
        struct turn turn = turn_character(&reader, c);
        last = turn.kind != TURN_NONE ? turn : last;
    }
    return last;
}

TEST(Turn, Characters) {
    for (const char *text : {"n", " ", "\033[C", "\033OB", "\033[6~"}) {
        EXPECT_EQ(Type(text).kind, TURN_NEXT) << text;
    }
    for (const char *text : {"p", "\b", "\177", "\033[D", "\033[A", "\033[5~"}) {
        EXPECT_EQ(Type(text).kind, TURN_PREVIOUS) << text;
    }
    for (const char *text : {"f", "\033[H", "\033[1~", "\033[7~"}) {
        EXPECT_EQ(Type(text).kind, TURN_FIRST) << text;
    }
    for (const char *text : {"l", "\033[F", "\033[4~", "\033[8~"}) {
        EXPECT_EQ(Type(text).kind, TURN_LAST) << text;
    }
    EXPECT_EQ(Type("q").kind, TURN_QUIT);
    EXPECT_EQ(Type("\003").kind, TURN_QUIT);
    EXPECT_EQ(Type("\r").kind, TURN_NONE) << "no number, no slide";
    EXPECT_EQ(Type("x\n\033[Z\033x").kind, TURN_NONE);
}

TEST(Turn, NumbersEndWithReturn) {
    EXPECT_EQ(Type("12").kind, TURN_NONE);
    EXPECT_EQ(Type("12\r").kind, TURN_TO);
    EXPECT_EQ(Type("12\r").number, 12u);
    EXPECT_EQ(Type("99999999999999\r").number, 9999u) << "does not wrap";
    EXPECT_EQ(Type("1x2\r").number, 2u) << "another key forgets what was typed";
    EXPECT_EQ(Type("4\033[C5\r").number, 5u);
}

TEST(Turn, EscapeSequencesLeaveNothingBehind) {
    EXPECT_EQ(Type("\033[Cn").kind, TURN_NEXT);
    EXPECT_EQ(Type("\033[5~\033[~").kind, TURN_PREVIOUS) << "a '~' without a digit is nothing";
}

TEST(Turn, Keys) {
    struct turn_reader reader = {};
    EXPECT_EQ(turn_key(&reader, 106).kind, TURN_NEXT);
    EXPECT_EQ(turn_key(&reader, 105).kind, TURN_PREVIOUS);
    EXPECT_EQ(turn_key(&reader, 102).kind, TURN_FIRST);
    EXPECT_EQ(turn_key(&reader, 107).kind, TURN_LAST);
    EXPECT_EQ(turn_key(&reader, 1).kind, TURN_QUIT);
    EXPECT_EQ(turn_key(&reader, 2).kind, TURN_NONE);
    EXPECT_EQ(turn_key(&reader, 42).kind, TURN_NONE) << "shift";
    EXPECT_EQ(turn_key(&reader, 11).kind, TURN_NONE);
    struct turn turn = turn_key(&reader, 28);
    EXPECT_EQ(turn.kind, TURN_TO);
    EXPECT_EQ(turn.number, 10u);
}

TEST(Turn, StaysWithinTheTalk) {
    EXPECT_EQ(turn_apply({TURN_NEXT, 0}, 1, 3), 2u);
    EXPECT_EQ(turn_apply({TURN_NEXT, 0}, 3, 3), 3u);
    EXPECT_EQ(turn_apply({TURN_PREVIOUS, 0}, 1, 3), 1u);
    EXPECT_EQ(turn_apply({TURN_FIRST, 0}, 3, 3), 1u);
    EXPECT_EQ(turn_apply({TURN_LAST, 0}, 1, 3), 3u);
    EXPECT_EQ(turn_apply({TURN_TO, 2}, 1, 3), 2u);
    EXPECT_EQ(turn_apply({TURN_TO, 0}, 2, 3), 1u);
    EXPECT_EQ(turn_apply({TURN_TO, 9}, 2, 3), 3u);
    EXPECT_EQ(turn_apply({TURN_NONE, 0}, 2, 3), 2u);
}

} // namespace

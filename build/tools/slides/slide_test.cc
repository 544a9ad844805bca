// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/slides/slide.h"

#include <gtest/gtest.h>

#include <string>

namespace {

struct Drawn {
    bool ok;
    std::string svg;
    std::string error;
};

Drawn Draw(const std::string &text) {
    struct buffer svg = {};
    struct error err = {};
    Drawn drawn;
    drawn.ok = slide_draw("x.slide", text.c_str(), 3, 12, &svg, &err);
    drawn.svg = std::string(svg.data, svg.size);
    drawn.error = err.text;
    buffer_free(&svg);
    return drawn;
}

#define EXPECT_HAS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

TEST(Slide, SaysItsNumber) {
    EXPECT_HAS(Draw("title x\n").svg, ">3 / 12</text>");
}

TEST(Slide, TextIsMarkedAndEscaped) {
    Drawn drawn = Draw("- a < b & *strong* `code *` \\*plain\\*\n");
    ASSERT_TRUE(drawn.ok) << drawn.error;
    EXPECT_HAS(drawn.svg, ">a &lt; b &amp; <tspan font-weight=\"700\"");
    EXPECT_HAS(drawn.svg, ">strong</tspan> <tspan");
    EXPECT_HAS(drawn.svg, ">code *</tspan> *plain*</text>");
}

TEST(Slide, CodeKeepsItsBlanksAndMarks) {
    EXPECT_HAS(Draw("|   if (*a < `b`)\n").svg, ">  if (*a &lt; `b`)</text>");
}

TEST(Slide, LinesStandBelowEachOther) {
    Drawn drawn = Draw("column 100 200\ntext a\ngap 6\ntext b\n");
    EXPECT_HAS(drawn.svg, "<text x=\"100\" y=\"200\"");
    EXPECT_HAS(drawn.svg, "<text x=\"100\" y=\"250\"");
}

TEST(Slide, BoxesHoldSeveralLinesAroundTheirMiddle) {
    Drawn drawn = Draw("box a 0 0 100 80 one\\ntwo\n");
    ASSERT_TRUE(drawn.ok) << drawn.error;
    EXPECT_HAS(drawn.svg, "<text x=\"50\" y=\"35\"");
    EXPECT_HAS(drawn.svg, ">one</text>");
    EXPECT_HAS(drawn.svg, "<text x=\"50\" y=\"59\"");
}

TEST(Slide, ArrowsGoStraightWhereBoxesOverlap) {
    const std::string boxes = "box a 0 0 100 100\nbox b 200 20 100 100\nbox c 20 300 100 50\n";
    EXPECT_HAS(Draw(boxes + "arrow a b\n").svg, "x1=\"106\" y1=\"60\" x2=\"194\" y2=\"60\"");
    EXPECT_HAS(Draw(boxes + "arrow b a\n").svg, "x1=\"194\" y1=\"60\" x2=\"106\" y2=\"60\"");
    EXPECT_HAS(Draw(boxes + "line a c\n").svg, "x1=\"60\" y1=\"106\" x2=\"60\" y2=\"294\"");
}

TEST(Slide, ArrowsBetweenOthersEndAtTheirEdges) {
    Drawn drawn = Draw("box a 0 0 100 100\nbox b 300 300 100 100\narrow a b\n");
    EXPECT_HAS(drawn.svg, "x1=\"104.243\" y1=\"104.243\" x2=\"295.757\" y2=\"295.757\"");
}

TEST(Slide, ErrorsSayWhereAndWhatWasExpected) {
    const struct {
        const char *text;
        const char *error;
    } cases[] = {
        {"\nheading x\n", "x.slide:2:1: expected title, big, small"},
        {"title\n", "x.slide:1:6: expected a text or numbers"},
        {"- a *b\n", "x.slide:1:5: expected another '*' that ends this"},
        {"- `b\n", "x.slide:1:3: expected another '`' that ends this"},
        {"gap x\n", "x.slide:1:5: expected a number"},
        {"gap 1281\n", "x.slide:1:5: expected a number from 0 to 1280"},
        {"gap 1 2\n", "x.slide:1:6: expected nothing more"},
        {"box a 1 2 3\n", "x.slide:1:12: expected a number"},
        {"box a 0 0 9 9\nbox a 0 0 9 9\n", "x.slide:2:6: expected a name that no other box has"},
        {"box averylongnameindeed 0 0 9 9\n", "x.slide:1:5: expected the name of a box"},
        {"box a 1200 0 90 9\n", "expected a box that ends inside the picture"},
        {"box a 0 700 90 13\n", "expected a box that ends inside the picture"},
        {"box a 0 0 9 9\narrow a b\n", "x.slide:2:9: expected the name of a box that stands above"},
        {"column 0 661\n- low\n", "x.slide:2:1: expected no more lines: the slide is full"},
    };
    for (const auto &c : cases) {
        Drawn drawn = Draw(c.text);
        EXPECT_FALSE(drawn.ok) << c.text;
        EXPECT_HAS(drawn.error, c.error);
    }
}

} // namespace

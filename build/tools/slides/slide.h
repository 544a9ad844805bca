// SPDX-License-Identifier: GPL-3.0-only
//
// A slide is a text file, a directive a line; it becomes one SVG picture of 1280 x 720.
//
//   title TEXT        heading of an ordinary slide
//   big TEXT          the large line of a title slide; small TEXT: lines below it
//   - TEXT            a point; `-- TEXT` one below it
//   text TEXT         a line without a bullet
//   | TEXT            a line of code, blanks kept
//   gap N             N units of space
//   column X Y        what follows stands from there on
//   box ID X Y W H [TEXT]     a box; `\n` in TEXT begins a new line; `hot` and `dim` draw it in
//   hot  ID X Y W H [TEXT]    the accent colour or pale
//   dim  ID X Y W H [TEXT]
//   arrow ID ID [TEXT]        from box to box, with a word beside it
//   line ID ID [TEXT]         the same without a head
//   label X Y TEXT            small text, centred at X
//
// Blank lines and lines that begin with '#' say nothing. In a TEXT, *words* are strong and
// `words` code; `\*`, `` \` `` and `\\` are the characters themselves. The lowest BAR_HEIGHT units
// of the picture stay empty: whoever shows the slides may draw a progress bar there.
#ifndef HELIOS_BUILD_TOOLS_SLIDES_SLIDE_H
#define HELIOS_BUILD_TOOLS_SLIDES_SLIDE_H

#include <stdint.h>

#include "build/tools/util/util.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SLIDE_WIDTH      1280
#define SLIDE_HEIGHT     720
#define SLIDE_BAR_HEIGHT 8

// Appends the picture of slide `number` of `count` to *svg. Errors name `path`, the line, the
// column and what was expected.
bool slide_draw(const char *path, const char *text, uint64_t number, uint64_t count,
                struct buffer *svg, struct error *err);

#ifdef __cplusplus
}
#endif

#endif

// SPDX-License-Identifier: GPL-3.0-only
//
// Words of a description, one after the other.
#ifndef HELIOS_BUILD_TOOLS_ABIGEN_LEX_H
#define HELIOS_BUILD_TOOLS_ABIGEN_LEX_H

#include <stdbool.h>
#include <stddef.h>

#include "build/tools/util/util.h"

#ifdef __cplusplus
extern "C" {
#endif

enum lex_kind {
    LEX_END,
    LEX_NAME,
    LEX_NUMBER,
    LEX_STRING, // without its quotes
    LEX_SIGN,   // one character, or "->" or "..."
    LEX_DOC,    // the rest of a line behind "#"
    LEX_CODE,   // the rest of a line behind "|"
};

struct lex {
    const char *file;
    const char *next;       // what has not been looked at
    const char *line_start; // of the line that `next` is in
    unsigned line;
    // The present word.
    enum lex_kind kind;
    const char *text;
    size_t length;
    unsigned at_line;
    unsigned at_column;
};

// Puts the first word in place.
bool lex_init(struct lex *lex, const char *file, const char *text, struct error *err);

// Goes on to the next word; false, with `err`, if there is no sense in it.
bool lex_next(struct lex *lex, struct error *err);

// Whether the present word is this one.
bool lex_is(const struct lex *lex, const char *word);

// "FILE:LINE:COLUMN: expected WHAT, found ..." for the present word. Returns false.
bool lex_expected(const struct lex *lex, const char *what, struct error *err);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_BUILD_TOOLS_ABIGEN_LEX_H

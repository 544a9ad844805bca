// SPDX-License-Identifier: GPL-3.0-only
//
// Words of an interface file, one after the other.
#ifndef HELIOS_BUILD_TOOLS_IPCGEN_LEX_H
#define HELIOS_BUILD_TOOLS_IPCGEN_LEX_H

#include "build/tools/ipcgen/ipc.h"

#ifdef __cplusplus
extern "C" {
#endif

enum lex_kind {
    LEX_END,
    LEX_NAME,
    LEX_NUMBER,
    LEX_STRING, // without its quotes
    LEX_SIGN,   // one character, or "::", "<<", "..."
    LEX_DOC,    // the rest of a line behind "#"
};

struct lex {
    struct ipc_set *set;
    const struct ipc_unit *unit;
    const char *next;       // what has not been looked at
    const char *line_start; // of the line that `next` is in
    unsigned line;
    unsigned last_line; // where the word before the present one stands
    unsigned last_end;  // the column behind it
    // The present word.
    enum lex_kind kind;
    const char *text;
    size_t length;
    struct ipc_place place;
};

// Puts the first word of the unit's text in place.
void lex_init(struct lex *lex, struct ipc_set *set, const struct ipc_unit *unit);

// Goes on to the next word. What makes no sense is a problem of the set's, and left out.
void lex_next(struct lex *lex);

// Whether the present word is this one.
bool lex_is(const struct lex *lex, const char *word);

// Goes on if it is.
bool lex_accept(struct lex *lex, const char *word);

// Says that something else was expected. Returns false.
bool lex_expected(struct lex *lex, const char *what);

// The present word, to free.
char *lex_copy(const struct lex *lex);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_BUILD_TOOLS_IPCGEN_LEX_H

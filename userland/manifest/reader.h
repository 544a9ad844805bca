// SPDX-License-Identifier: GPL-3.0-only
//
// The syntax that all manifests share, line by line:
//
//     # a comment, also behind a value
//     [stanza]
//     key = value, of words that blanks separate
//
// What is wrong is reported with file, line, column and what was expected; reading goes on behind
// it. Nothing is copied or allocated, and no byte of the text is trusted.
#ifndef HELIOS_USERLAND_MANIFEST_READER_H
#define HELIOS_USERLAND_MANIFEST_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// A piece of the text, with the place where it stands; lines and columns count from 1.
struct manifest_span {
    const char *text; // not NUL-terminated
    size_t length;
    uint32_t line;
    uint32_t column;
};

struct manifest_error {
    const char *file;
    struct manifest_span found; // length 0: nothing, or the line's end
    const char *expected;       // "a size: a number with K, M or G"
    const char *detail;         // what else helps, "" if nothing does
};

// Who is told of errors.
struct manifest_report {
    void (*tell)(void *context, const struct manifest_error *error);
    void *context;
};

// An error as one line, "etc/system:3:10: expected a size, found \"many\"": cut off and terminated
// as format_text does it. Bytes that can't be printed are shown as '?'.
size_t manifest_format_error(char *text, size_t size, const struct manifest_error *error);

struct manifest_reader {
    const char *file;
    const char *text;
    size_t length;
    size_t position; // of the next line
    uint32_t line;   // number of lines that were read
    struct manifest_report report;
};

void manifest_reader_init(struct manifest_reader *reader, const char *file, const void *text,
                          size_t length, struct manifest_report report);

enum manifest_line_kind {
    MANIFEST_END,
    MANIFEST_STANZA, // `name` is set
    MANIFEST_ENTRY,  // `name` and `value` are set; `value` may be empty
};

struct manifest_line {
    enum manifest_line_kind kind;
    struct manifest_span name;
    struct manifest_span value;
};

// The next line that says something. Lines that make no sense are reported and passed over.
struct manifest_line manifest_next(struct manifest_reader *reader);

void manifest_complain(const struct manifest_reader *reader, struct manifest_span found,
                       const char *expected, const char *detail);

// Takes the first word off `rest`. false: there is none.
bool manifest_word(struct manifest_span *rest, struct manifest_span *word);

bool manifest_is(struct manifest_span span, const char *text);

// Copies a span to an array that it fits in, NUL included. false: it does not fit.
bool manifest_copy(struct manifest_span span, char *to, size_t size);

// A number in decimal, or hexadecimal behind 0x; all of the span. false: no number, or too large.
bool manifest_number(struct manifest_span span, uint64_t limit, uint64_t *value);

// `digits` hexadecimal digits, exactly.
bool manifest_hex(struct manifest_span span, size_t digits, uint32_t *value);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_MANIFEST_READER_H

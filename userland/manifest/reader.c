// SPDX-License-Identifier: GPL-3.0-only
#include "userland/manifest/reader.h"

#include <string.h>

#include "toolchains/freestanding/format.h"

enum { FOUND_SHOWN = 48 }; // characters of what was found that an error shows

static const char line_expected[] = "\"[STANZA]\" or \"KEY = VALUE\"";

size_t manifest_format_error(char *text, size_t size, const struct manifest_error *error) {
    char found[FOUND_SHOWN + 4];
    size_t length = error->found.length < FOUND_SHOWN ? error->found.length : FOUND_SHOWN;
    for (size_t i = 0; i < length; i++) {
        char c = error->found.text[i];
        if (c < ' ' || c >= 0x7f) {
            c = '?';
        }
        found[i] = c;
    }
    const char *more = length < error->found.length ? "..." : "";
    memcpy(found + length, more, strlen(more) + 1);
    const char *quote = length > 0 ? "\"" : "";
    const char *space = error->detail[0] != '\0' ? "; " : "";
    return format_text(text, size, "%s:%u:%u: expected %s, found %s%s%s%s%s", error->file,
                       error->found.line, error->found.column, error->expected, quote,
                       length > 0 ? found : "nothing", quote, space, error->detail);
}

void manifest_reader_init(struct manifest_reader *reader, const char *file, const void *text,
                          size_t length, struct manifest_report report) {
    reader->file = file;
    reader->text = text;
    reader->length = length;
    reader->position = 0;
    reader->line = 0;
    reader->report = report;
}

void manifest_complain(const struct manifest_reader *reader, struct manifest_span found,
                       const char *expected, const char *detail) {
    struct manifest_error error = {reader->file, found, expected, detail};
    reader->report.tell(reader->report.context, &error);
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

static bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

// The span without its first `count` characters.
static struct manifest_span behind(struct manifest_span span, size_t count) {
    span.text += count;
    span.length -= count;
    span.column += (uint32_t)count;
    return span;
}

static struct manifest_span start_of(struct manifest_span span, size_t count) {
    span.length = count;
    return span;
}

static struct manifest_span trim(struct manifest_span span) {
    while (span.length > 0 && is_blank(span.text[0])) {
        span = behind(span, 1);
    }
    while (span.length > 0 && is_blank(span.text[span.length - 1])) {
        span.length--;
    }
    return span;
}

static size_t name_length(struct manifest_span span) {
    size_t length = 0;
    while (length < span.length && is_name(span.text[length])) {
        length++;
    }
    return length;
}

// A comment begins at the line's start or behind a blank.
static struct manifest_span without_comment(struct manifest_span line) {
    for (size_t i = 0; i < line.length; i++) {
        if (line.text[i] == '#' && (i == 0 || is_blank(line.text[i - 1]))) {
            return start_of(line, i);
        }
    }
    return line;
}

static struct manifest_span take_line(struct manifest_reader *reader) {
    struct manifest_span line = {reader->text + reader->position, 0, ++reader->line, 1};
    size_t left = reader->length - reader->position;
    while (line.length < left && line.text[line.length] != '\n') {
        line.length++;
    }
    reader->position += line.length + (line.length < left ? 1 : 0);
    return trim(without_comment(line));
}

static bool parse_stanza(struct manifest_reader *reader, struct manifest_span line,
                         struct manifest_line *out) {
    struct manifest_span inside = trim(behind(line, 1));
    size_t length = name_length(inside);
    if (length == 0) {
        manifest_complain(reader, inside, "a name of letters, digits, '-' and '_'", "");
        return false;
    }
    struct manifest_span rest = trim(behind(inside, length));
    if (rest.length != 1 || rest.text[0] != ']') {
        manifest_complain(reader, rest, "']' and the line's end", "");
        return false;
    }
    out->kind = MANIFEST_STANZA;
    out->name = start_of(inside, length);
    return true;
}

static bool parse_entry(struct manifest_reader *reader, struct manifest_span line,
                        struct manifest_line *out) {
    size_t length = name_length(line);
    if (length == 0) {
        manifest_complain(reader, line, line_expected, "");
        return false;
    }
    struct manifest_span rest = trim(behind(line, length));
    if (rest.length == 0 || rest.text[0] != '=') {
        manifest_complain(reader, rest, "'=' behind the key", "");
        return false;
    }
    out->kind = MANIFEST_ENTRY;
    out->name = start_of(line, length);
    out->value = trim(behind(rest, 1));
    return true;
}

struct manifest_line manifest_next(struct manifest_reader *reader) {
    struct manifest_line line;
    memset(&line, 0, sizeof line);
    while (reader->position < reader->length) {
        struct manifest_span text = take_line(reader);
        if (text.length == 0) {
            continue;
        }
        bool is_stanza = text.text[0] == '[';
        if (is_stanza ? parse_stanza(reader, text, &line) : parse_entry(reader, text, &line)) {
            return line;
        }
    }
    return line;
}

bool manifest_word(struct manifest_span *rest, struct manifest_span *word) {
    *rest = trim(*rest);
    size_t length = 0;
    while (length < rest->length && !is_blank(rest->text[length])) {
        length++;
    }
    *word = start_of(*rest, length);
    *rest = behind(*rest, length);
    return length > 0;
}

bool manifest_is(struct manifest_span span, const char *text) {
    return strlen(text) == span.length && memcmp(span.text, text, span.length) == 0;
}

bool manifest_copy(struct manifest_span span, char *to, size_t size) {
    if (span.length >= size) {
        return false;
    }
    memcpy(to, span.text, span.length);
    to[span.length] = '\0';
    return true;
}

static int digit_value(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 16;
}

bool manifest_number(struct manifest_span span, uint64_t limit, uint64_t *value) {
    bool hex = span.length > 2 && span.text[0] == '0' && span.text[1] == 'x';
    uint64_t base = hex ? 16 : 10;
    uint64_t result = 0;
    for (size_t i = hex ? 2 : 0; i < span.length; i++) {
        uint64_t digit = (uint64_t)digit_value(span.text[i]);
        if (digit >= base || digit > limit || result > (limit - digit) / base) {
            return false;
        }
        result = result * base + digit;
    }
    *value = result;
    return span.length > 0;
}

bool manifest_hex(struct manifest_span span, size_t digits, uint32_t *value) {
    uint32_t result = 0;
    for (size_t i = 0; i < span.length; i++) {
        int digit = digit_value(span.text[i]);
        if (digit >= 16) {
            return false;
        }
        result = result << 4 | (uint32_t)digit;
    }
    *value = result;
    return span.length == digits;
}

// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/qemu_test/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void report_add(struct report *report, const char *name, int64_t ms, const char *failure) {
    report->cases = mem_resize(report->cases, (report->count + 1) * sizeof *report->cases);
    report->cases[report->count++] = (struct report_case){
        mem_format("%s", name), failure != NULL ? mem_format("%s", failure) : NULL, ms};
}

size_t report_failures(const struct report *report) {
    size_t failures = 0;
    for (size_t i = 0; i < report->count; i++) {
        failures += report->cases[i].failure != NULL ? 1 : 0;
    }
    return failures;
}

// Bytes of the well-formed UTF-8 sequence at `text` (RFC 3629), 0 if there is none. The text ends
// with a NUL, so looking one byte ahead at a time never leaves it.
static size_t utf8_length(const unsigned char *text) {
    static const struct {
        unsigned char first_min, first_max, second_min, second_max;
        size_t length;
    } forms[] = {
        {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
        {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
        {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (text[0] < forms[i].first_min || text[0] > forms[i].first_max) {
            continue;
        }
        if (text[1] < forms[i].second_min || text[1] > forms[i].second_max) {
            return 0;
        }
        for (size_t k = 2; k < forms[i].length; k++) {
            if ((text[k] & 0xc0) != 0x80) {
                return 0;
            }
        }
        return forms[i].length;
    }
    return 0;
}

static size_t escape_one(const char *text, struct buffer *out) {
    unsigned char c = (unsigned char)*text;
    size_t length = c < 0x80 ? 1 : utf8_length((const unsigned char *)text);
    const char *named = c == '<'    ? "&lt;"
                        : c == '>'  ? "&gt;"
                        : c == '&'  ? "&amp;"
                        : c == '"'  ? "&quot;"
                        : c == '\n' ? "&#10;"
                        : c == '\t' ? "&#9;"
                                    : NULL;
    bool noncharacter = length == 3 && memcmp(text, "\xef\xbf", 2) == 0 &&
                        (unsigned char)text[2] >= 0xbe; // U+FFFE, U+FFFF
    if (named != NULL) {
        buffer_append(out, named, strlen(named));
    } else if (length == 0 || c < ' ' || c == 0x7f || noncharacter) {
        buffer_append(out, "?", 1);
    } else {
        buffer_append(out, text, length);
    }
    return length == 0 ? 1 : length;
}

static void escape(const char *text, size_t size, struct buffer *out) {
    for (size_t i = 0; i < size;) {
        i += escape_one(text + i, out);
    }
}

static void attribute(const char *name, const char *value, size_t size, struct buffer *out) {
    buffer_format(out, " %s=\"", name);
    escape(value, size, out);
    buffer_append(out, "\"", 1);
}

static void seconds(int64_t ms, struct buffer *out) {
    buffer_format(out, " time=\"%lld.%03lld\"", (long long)(ms / 1000), (long long)(ms % 1000));
}

static void case_xml(const struct report_case *one, const char *suite, struct buffer *out) {
    buffer_format(out, "    <testcase");
    attribute("name", one->name, strlen(one->name), out);
    attribute("classname", suite, strlen(suite), out);
    buffer_format(out, " status=\"run\"");
    seconds(one->ms, out);
    if (one->failure == NULL) {
        buffer_format(out, "/>\n");
        return;
    }
    buffer_format(out, ">\n      <failure");
    attribute("message", one->failure, strcspn(one->failure, "\n"), out);
    buffer_format(out, ">");
    escape(one->failure, strlen(one->failure), out);
    buffer_format(out, "</failure>\n    </testcase>\n");
}

void report_xml(const struct report *report, const char *suite, struct buffer *out) {
    int64_t total_ms = 0;
    for (size_t i = 0; i < report->count; i++) {
        total_ms += report->cases[i].ms;
    }
    buffer_format(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite");
    attribute("name", suite, strlen(suite), out);
    buffer_format(out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\"", report->count,
                  report_failures(report));
    seconds(total_ms, out);
    buffer_format(out, ">\n");
    for (size_t i = 0; i < report->count; i++) {
        case_xml(&report->cases[i], suite, out);
    }
    buffer_format(out, "  </testsuite>\n</testsuites>\n");
}

void report_print(const struct report *report) {
    size_t failures = report_failures(report);
    printf("\n");
    for (size_t i = 0; i < report->count; i++) {
        const struct report_case *one = &report->cases[i];
        if (one->failure != NULL) {
            printf("FAILED %s: %.*s\n", one->name, (int)strcspn(one->failure, "\n"), one->failure);
        }
    }
    printf("%zu passed, %zu failed\n", report->count - failures, failures);
}

void report_free(struct report *report) {
    for (size_t i = 0; i < report->count; i++) {
        free(report->cases[i].name);
        free(report->cases[i].failure);
    }
    free(report->cases);
    *report = (struct report){0};
}

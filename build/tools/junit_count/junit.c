// SPDX-License-Identifier: GPL-3.0-only
//
// Just enough XML: elements, attributes, comments, CDATA sections, processing instructions. Names
// of entities and characters are not checked. Source: XML 1.0, fifth edition.
#include "build/tools/junit_count/junit.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct parser {
    const char *next;
    struct strings open; // names of the elements that are open
    struct junit_counts counts;
    bool in_case;
    bool case_failed;
    bool case_skipped;
    struct error *err;
};

// Skips behind `end`; false if it does not come.
static bool skip_past(struct parser *parser, const char *end) {
    const char *found = strstr(parser->next, end);
    if (found == NULL) {
        return error_set(parser->err, "\"%s\" is missing", end);
    }
    parser->next = found + strlen(end);
    return true;
}

static void skip_blanks(struct parser *parser) {
    parser->next += strspn(parser->next, " \t\r\n");
}

static bool name_is(const char *name, size_t length, const char *wanted) {
    return strlen(wanted) == length && strncmp(name, wanted, length) == 0;
}

static size_t name_length(const char *text) {
    return strcspn(text, " \t\r\n=/><\"'");
}

static void element_open(struct parser *parser, const char *name, size_t length) {
    if (name_is(name, length, "testcase")) {
        parser->in_case = true;
        parser->case_failed = false;
        parser->case_skipped = false;
    } else if (name_is(name, length, "failure") || name_is(name, length, "error")) {
        parser->case_failed = true;
    } else if (name_is(name, length, "skipped")) {
        parser->case_skipped = true;
    }
}

static void element_close(struct parser *parser, const char *name, size_t length) {
    if (!parser->in_case || !name_is(name, length, "testcase")) {
        return;
    }
    parser->in_case = false;
    if (parser->case_failed) {
        parser->counts.failed++;
    } else if (parser->case_skipped) {
        parser->counts.skipped++;
    } else {
        parser->counts.passed++;
    }
}

// Reads name="value" pairs up to the end of the tag.
static bool attributes_read(struct parser *parser, bool is_case) {
    for (skip_blanks(parser); strchr("/>", *parser->next) == NULL; skip_blanks(parser)) {
        const char *name = parser->next;
        size_t length = name_length(name);
        parser->next += length;
        skip_blanks(parser);
        if (length == 0 || *parser->next != '=') {
            return error_set(parser->err, "a malformed attribute");
        }
        parser->next++;
        skip_blanks(parser);
        const char quote = *parser->next;
        if (quote != '"' && quote != '\'') {
            return error_set(parser->err, "an attribute without quotes");
        }
        const char *value = ++parser->next;
        const char *end = strchr(value, quote);
        if (end == NULL) {
            return error_set(parser->err, "an attribute without an end");
        }
        if (is_case && name_is(name, length, "status") &&
            name_is(value, (size_t)(end - value), "notrun")) {
            parser->case_skipped = true;
        }
        parser->next = end + 1;
    }
    return *parser->next != '\0' || error_set(parser->err, "a tag without an end");
}

static bool start_tag(struct parser *parser) {
    const char *name = parser->next;
    size_t length = name_length(name);
    if (length == 0) {
        return error_set(parser->err, "a tag without a name");
    }
    parser->next += length;
    element_open(parser, name, length);
    if (!attributes_read(parser, name_is(name, length, "testcase"))) {
        return false;
    }
    if (parser->next[0] == '/' && parser->next[1] == '>') {
        element_close(parser, name, length);
        parser->next += 2;
        return true;
    }
    if (*parser->next++ != '>') {
        return error_set(parser->err, "a malformed tag");
    }
    strings_addf(&parser->open, "%.*s", (int)length, name);
    return true;
}

static bool end_tag(struct parser *parser) {
    const char *name = parser->next;
    size_t length = name_length(name);
    parser->next += length;
    skip_blanks(parser);
    if (*parser->next++ != '>') {
        return error_set(parser->err, "a malformed end tag");
    }
    if (parser->open.count == 0 ||
        !name_is(name, length, parser->open.items[parser->open.count - 1])) {
        return error_set(parser->err, "</%.*s> closes nothing", (int)length, name);
    }
    free(parser->open.items[--parser->open.count]);
    parser->open.items[parser->open.count] = NULL;
    element_close(parser, name, length);
    return true;
}

// What stands at a '<'.
static bool markup(struct parser *parser) {
    if (text_starts_with(parser->next, "<!--")) {
        return skip_past(parser, "-->");
    }
    if (text_starts_with(parser->next, "<![CDATA[")) {
        return skip_past(parser, "]]>");
    }
    if (text_starts_with(parser->next, "<?")) {
        return skip_past(parser, "?>");
    }
    if (text_starts_with(parser->next, "<!")) {
        return skip_past(parser, ">");
    }
    if (text_starts_with(parser->next, "</")) {
        parser->next += 2;
        return end_tag(parser);
    }
    parser->next++;
    return start_tag(parser);
}

bool junit_count_text(const char *text, struct junit_counts *counts, struct error *err) {
    struct parser parser = {.next = text, .err = err};
    bool ok = true;
    while (ok && *(parser.next += strcspn(parser.next, "<")) != '\0') {
        ok = markup(&parser);
    }
    if (ok && parser.open.count > 0) {
        ok = error_set(err, "<%s> is not closed", parser.open.items[parser.open.count - 1]);
    }
    strings_free(&parser.open);
    const struct junit_counts *found = &parser.counts;
    if (ok && found->passed + found->failed + found->skipped == 0) {
        ok = error_set(err, "no test case in it");
    }
    if (ok) {
        counts->passed += found->passed;
        counts->failed += found->failed;
        counts->skipped += found->skipped;
    }
    return ok;
}

static void count_file(const char *path, struct junit_counts *counts, struct buffer *messages) {
    struct error err = {0};
    struct buffer text = {0};
    bool readable = file_read(path, &text, &err);
    if (!readable || !junit_count_text(text.data, counts, &err)) {
        counts->failed++;
        buffer_format(messages, "%s%s%s\n", readable ? path : "", readable ? ": " : "", err.text);
    }
    buffer_free(&text);
}

// nftw has no argument for its function.
static struct strings *found_files;

static int find_visit(const char *path, const struct stat *info, int type, struct FTW *where) {
    (void)info;
    if (type == FTW_F && strcmp(path + where->base, "test.xml") == 0) {
        strings_add(found_files, path);
    }
    return 0;
}

void junit_count_path(const char *path, struct junit_counts *counts, struct buffer *messages) {
    struct stat info;
    struct strings files = {0};
    if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode)) {
        count_file(path, counts, messages);
        return;
    }
    // A trailing slash makes nftw follow the path even if it is a link, as bazel-testlogs is.
    char *root = mem_format("%s/.", path);
    found_files = &files;
    nftw(root, find_visit, 16, FTW_PHYS);
    free(root);
    for (size_t i = 0; i < files.count; i++) {
        count_file(files.items[i], counts, messages);
    }
    if (files.count == 0) {
        counts->failed++;
        buffer_format(messages, "%s: no test.xml below it\n", path);
    }
    strings_free(&files);
}

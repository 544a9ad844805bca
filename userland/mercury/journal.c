// SPDX-License-Identifier: GPL-3.0-only
#include "userland/mercury/journal.h"

#include <string.h>

static char byte_at(const struct journal *journal, uint64_t at) {
    return journal->text[at % JOURNAL_BYTES];
}

// Behind the line that begins at `at`.
static uint64_t line_end(const struct journal *journal, uint64_t at) {
    while (at < journal->end && byte_at(journal, at) != '\n') {
        at++;
    }
    return at < journal->end ? at + 1 : at;
}

static void make_room(struct journal *journal, size_t length) {
    while (journal->end + length - journal->begin > JOURNAL_BYTES) {
        journal->begin = line_end(journal, journal->begin);
        journal->first++;
    }
}

static void append(struct journal *journal, const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        journal->text[journal->end++ % JOURNAL_BYTES] = text[i];
    }
}

static void add_line(struct journal *journal, const struct journal_source *source,
                     const char *name) {
    char line[JOURNAL_LINE * 2];
    size_t length = strnlen(name, JOURNAL_LINE / 2);
    memcpy(line, name, length);
    if (length > 0) {
        line[length++] = ':';
        line[length++] = ' ';
    }
    if (length <= source->length && memcmp(line, source->text, length) == 0) {
        length = 0; // it names itself
    }
    memcpy(line + length, source->text, source->length);
    length += source->length;
    line[length++] = '\n';
    make_room(journal, length);
    append(journal, line, length);
    journal->next++;
    if (journal->echo != NULL) {
        journal->echo(line, length);
    }
}

void journal_flush(struct journal *journal, struct journal_source *source, const char *name) {
    if (source->length > 0) {
        add_line(journal, source, name);
        source->length = 0;
    }
}

void journal_write(struct journal *journal, struct journal_source *source, const char *name,
                   const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (c == '\n') {
            add_line(journal, source, name);
            source->length = 0;
            continue;
        }
        if (c == '\r') {
            continue;
        }
        if (source->length == JOURNAL_LINE) {
            journal_flush(journal, source, name);
        }
        if ((c < ' ' && c != '\t') || c >= 0x7f) {
            c = '?';
        }
        source->text[source->length++] = c;
    }
}

size_t journal_read(const struct journal *journal, uint64_t *first, uint64_t *next, char *text,
                    size_t size) {
    uint64_t at = journal->begin;
    uint64_t line = journal->first;
    size_t length = 0;
    while (line < *first && line < journal->next) {
        at = line_end(journal, at);
        line++;
    }
    *first = line;
    while (line < journal->next) {
        uint64_t end = line_end(journal, at);
        if (end - at > size - length) {
            break;
        }
        for (; at < end; at++) {
            text[length++] = byte_at(journal, at);
        }
        line++;
    }
    *next = line;
    return length;
}

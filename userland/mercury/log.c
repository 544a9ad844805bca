// SPDX-License-Identifier: GPL-3.0-only
#include "userland/mercury/log.h"

#include <string.h>

static char byte_at(const struct log *log, uint64_t at) {
    return log->text[at % LOG_BYTES];
}

// Behind the line that begins at `at`.
static uint64_t line_end(const struct log *log, uint64_t at) {
    while (at < log->end && byte_at(log, at) != '\n') {
        at++;
    }
    return at < log->end ? at + 1 : at;
}

static void make_room(struct log *log, size_t length) {
    while (log->end + length - log->begin > LOG_BYTES) {
        log->begin = line_end(log, log->begin);
        log->first++;
    }
}

static void append(struct log *log, const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        log->text[log->end++ % LOG_BYTES] = text[i];
    }
}

static void add_line(struct log *log, const struct log_source *source, const char *name) {
    char line[LOG_LINE * 2];
    size_t length = strnlen(name, LOG_LINE / 2);
    memcpy(line, name, length);
    if (length > 0) {
        line[length++] = ':';
        line[length++] = ' ';
    }
    memcpy(line + length, source->text, source->length);
    length += source->length;
    line[length++] = '\n';
    make_room(log, length);
    append(log, line, length);
    log->next++;
    if (log->echo != NULL) {
        log->echo(line, length);
    }
}

void log_flush(struct log *log, struct log_source *source, const char *name) {
    if (source->length > 0) {
        add_line(log, source, name);
        source->length = 0;
    }
}

void log_write(struct log *log, struct log_source *source, const char *name, const char *text,
               size_t length) {
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (c == '\n') {
            add_line(log, source, name);
            source->length = 0;
            continue;
        }
        if (c == '\r') {
            continue;
        }
        if (source->length == LOG_LINE) {
            log_flush(log, source, name);
        }
        bool shows = (c >= ' ' && c < 0x7f) || c == '\t';
        source->text[source->length++] = shows ? c : (char)'?';
    }
}

size_t log_read(const struct log *log, uint64_t *first, uint64_t *next, char *text, size_t size) {
    uint64_t at = log->begin;
    uint64_t line = log->first;
    size_t length = 0;
    while (line < *first && line < log->next) {
        at = line_end(log, at);
        line++;
    }
    *first = line;
    while (line < log->next) {
        uint64_t end = line_end(log, at);
        if (end - at > size - length) {
            break;
        }
        for (; at < end; at++) {
            text[length++] = byte_at(log, at);
        }
        line++;
    }
    *next = line;
    return length;
}

// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/qemu/text.h"

#include <string.h>

#define ESC 0x1b

static void plain(struct text_filter *filter, char c, struct buffer *out) {
    if (c == ESC) {
        filter->state = TEXT_ESCAPE;
    } else if (c == '\n' || c == '\t' || (unsigned char)c >= ' ') {
        buffer_append(out, &c, 1);
        filter->line_started = c != '\n';
    }
}

static void sequence(struct text_filter *filter, char c, struct buffer *out) {
    if (c < 0x40 || c > 0x7e) {
        return; // parameters
    }
    filter->state = TEXT_PLAIN;
    if (strchr("ABEFHJdf", c) != NULL && filter->line_started) {
        buffer_append(out, "\n", 1);
        filter->line_started = false;
    }
}

void text_filter_add(struct text_filter *filter, const char *data, size_t size,
                     struct buffer *out) {
    for (size_t i = 0; i < size; i++) {
        switch (filter->state) {
        case TEXT_PLAIN:
            plain(filter, data[i], out);
            break;
        case TEXT_ESCAPE:
            filter->state = data[i] == '[' ? TEXT_SEQUENCE : TEXT_PLAIN;
            break;
        case TEXT_SEQUENCE:
            sequence(filter, data[i], out);
            break;
        }
    }
}

char *text_next_line(const struct buffer *text, size_t *position) {
    if (*position >= text->size) {
        return NULL;
    }
    const char *start = text->data + *position;
    const char *end = memchr(start, '\n', text->size - *position);
    if (end == NULL) {
        return NULL;
    }
    *position += (size_t)(end - start) + 1;
    return mem_format("%.*s", (int)(end - start), start);
}

int text_exit_status(const char *line) {
    static const char prefix[] = "helios: exit status ";
    uint64_t status;
    if (!text_starts_with(line, prefix) || !number_parse(line + strlen(prefix), 0, 255, &status)) {
        return -1;
    }
    return (int)status;
}

// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/util/util.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

bool error_set(struct error *err, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    return false;
}

static void out_of_memory(void) {
    fputs("out of memory\n", stderr);
    abort();
}

void *mem_alloc(size_t size) {
    return mem_resize(NULL, size);
}

void *mem_resize(void *old, size_t size) {
    void *new = realloc(old, size > 0 ? size : 1);
    if (new == NULL) {
        out_of_memory();
    }
    return new;
}

static char *format_args(const char *format, va_list args) {
    char *text = NULL;
    if (vasprintf(&text, format, args) < 0) {
        out_of_memory();
    }
    return text;
}

char *mem_format(const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *text = format_args(format, args);
    va_end(args);
    return text;
}

// Makes room for `size` more bytes and the terminating NUL.
static void buffer_reserve(struct buffer *buf, size_t size) {
    size_t needed = buf->size + size + 1;
    if (needed > buf->capacity) {
        buf->capacity = needed > 2 * buf->capacity ? needed : 2 * buf->capacity;
        buf->data = mem_resize(buf->data, buf->capacity);
    }
}

void buffer_append(struct buffer *buf, const void *data, size_t size) {
    buffer_reserve(buf, size);
    if (size > 0) {
        memcpy(buf->data + buf->size, data, size);
    }
    buf->size += size;
    buf->data[buf->size] = '\0';
}

void buffer_zeros(struct buffer *buf, size_t size) {
    buffer_reserve(buf, size);
    memset(buf->data + buf->size, 0, size + 1);
    buf->size += size;
}

void buffer_format(struct buffer *buf, const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *text = format_args(format, args);
    va_end(args);
    buffer_append(buf, text, strlen(text));
    free(text);
}

void buffer_free(struct buffer *buf) {
    free(buf->data);
    *buf = (struct buffer){0};
}

// Takes ownership of `text`.
static void strings_take(struct strings *list, char *text) {
    list->items = mem_resize(list->items, (list->count + 2) * sizeof *list->items);
    list->items[list->count++] = text;
    list->items[list->count] = NULL;
}

void strings_add(struct strings *list, const char *text) {
    strings_take(list, mem_format("%s", text));
}

void strings_addf(struct strings *list, const char *format, ...) {
    va_list args;
    va_start(args, format);
    strings_take(list, format_args(format, args));
    va_end(args);
}

void strings_free(struct strings *list) {
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i]);
    }
    free(list->items);
    *list = (struct strings){0};
}

bool number_parse(const char *text, uint64_t min, uint64_t max, uint64_t *value) {
    uint64_t number = 0;
    if (*text == '\0') {
        return false;
    }
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9') {
            return false;
        }
        if (__builtin_mul_overflow(number, 10u, &number) ||
            __builtin_add_overflow(number, (uint64_t)(*text - '0'), &number)) {
            return false;
        }
    }
    *value = number;
    return number >= min && number <= max;
}

bool text_starts_with(const char *text, const char *prefix) {
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

int64_t clock_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// SPDX-License-Identifier: MIT
#include "toolchains/freestanding/format.h"

#include <stdbool.h>
#include <stdint.h>

struct output {
    char *buffer;
    size_t size;
    size_t length;
};

// One conversion specification, decoded.
struct conversion {
    bool zero_padded;
    bool wide; // l, ll or z: 64 bits
    unsigned width;
    char letter;
};

static void put(struct output *out, char c) {
    if (out->length + 1 < out->size) {
        out->buffer[out->length++] = c;
    }
}

static void put_padded(struct output *out, const char *text, size_t length, size_t width,
                       char padding) {
    for (; width > length; width--) {
        put(out, padding);
    }
    for (size_t i = 0; i < length; i++) {
        put(out, text[i]);
    }
}

static void put_number(struct output *out, const struct conversion *how, uint64_t value,
                       unsigned base, bool negative) {
    char digits[24];
    size_t at = sizeof(digits);
    do {
        digits[--at] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    size_t length = sizeof(digits) - at;
    size_t width = how->width;
    if (negative && how->zero_padded) {
        put(out, '-');
        width = width > 0 ? width - 1 : 0;
    } else if (negative) {
        digits[--at] = '-';
        length++;
    }
    put_padded(out, &digits[at], length, width, how->zero_padded ? '0' : ' ');
}

static void put_string(struct output *out, const struct conversion *how, const char *text) {
    if (text == NULL) {
        text = "(null)";
    }
    size_t length = 0;
    while (text[length] != '\0') {
        length++;
    }
    put_padded(out, text, length, how->width, ' ');
}

// Decodes what follows a '%'; returns the first character after it, or NULL if it is not
// understood.
static const char *decode(const char *at, struct conversion *how) {
    *how = (struct conversion){0};
    if (*at == '0') {
        how->zero_padded = true;
        at++;
    }
    for (; *at >= '0' && *at <= '9' && how->width < 100; at++) {
        how->width = how->width * 10 + (unsigned)(*at - '0');
    }
    for (; *at == 'l' || *at == 'z'; at++) {
        how->wide = true;
    }
    how->letter = *at;
    for (const char *known = "scduxp%"; *known != '\0'; known++) {
        if (*at == *known) {
            return at + 1;
        }
    }
    return NULL;
}

static uint64_t unsigned_argument(const struct conversion *how, va_list *arguments) {
    return how->wide ? va_arg(*arguments, uint64_t) : va_arg(*arguments, unsigned int);
}

static int64_t signed_argument(const struct conversion *how, va_list *arguments) {
    return how->wide ? va_arg(*arguments, int64_t) : va_arg(*arguments, int);
}

static void convert(struct output *out, const struct conversion *how, va_list *arguments) {
    static const struct conversion address = {.zero_padded = true, .width = 16};
    int64_t number;
    switch (how->letter) {
    case 's':
        put_string(out, how, va_arg(*arguments, const char *));
        break;
    case 'c':
        put(out, (char)va_arg(*arguments, int));
        break;
    case 'd':
        number = signed_argument(how, arguments);
        put_number(out, how, number < 0 ? 0 - (uint64_t)number : (uint64_t)number, 10, number < 0);
        break;
    case 'u':
        put_number(out, how, unsigned_argument(how, arguments), 10, false);
        break;
    case 'x':
        put_number(out, how, unsigned_argument(how, arguments), 16, false);
        break;
    case 'p':
        put(out, '0');
        put(out, 'x');
        put_number(out, &address, (uintptr_t)va_arg(*arguments, void *), 16, false);
        break;
    default: // '%'
        put(out, how->letter);
        break;
    }
}

size_t format_text_v(char *buffer, size_t size, const char *format, va_list arguments) {
    struct output out = {.buffer = buffer, .size = size};
    // A copy, because the address of a parameter of an array type is not that of a va_list.
    va_list rest;
    va_copy(rest, arguments);
    for (const char *at = format; *at != '\0';) {
        struct conversion how;
        const char *next = *at == '%' ? decode(at + 1, &how) : NULL;
        if (next == NULL) {
            put(&out, *at++);
        } else {
            convert(&out, &how, &rest);
            at = next;
        }
    }
    va_end(rest);
    if (size > 0) {
        buffer[out.length] = '\0';
    }
    return out.length;
}

size_t format_text(char *buffer, size_t size, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    size_t length = format_text_v(buffer, size, format, arguments);
    va_end(arguments);
    return length;
}

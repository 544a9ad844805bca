// SPDX-License-Identifier: GPL-3.0-only
#include "boot/lib/format.h"

#include <stdint.h>

struct format_output {
    char *buffer;
    size_t room; // without the NUL
    size_t length;
};

static void format_put(struct format_output *out, char c) {
    if (out->length < out->room) {
        out->buffer[out->length++] = c;
    }
}

static void format_put_text(struct format_output *out, const char *text) {
    for (text = text != NULL ? text : "(null)"; *text != 0; text++) {
        format_put(out, *text);
    }
}

static void format_put_number(struct format_output *out, uint64_t value, unsigned base) {
    char digits[20];
    unsigned count = 0;
    do {
        digits[count++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    while (count > 0) {
        format_put(out, digits[--count]);
    }
}

size_t format_text_v(char *buffer, size_t size, const char *format, va_list arguments) {
    struct format_output out = {buffer, size - 1, 0};
    for (; *format != 0; format++) {
        if (format[0] != '%') {
            format_put(&out, *format);
            continue;
        }
        int is_long = format[1] == 'l';
        char kind = format[1 + is_long];
        switch (kind) {
        case 's':
            format_put_text(&out, va_arg(arguments, const char *));
            break;
        case 'c':
            format_put(&out, (char)va_arg(arguments, int));
            break;
        case 'u':
        case 'x':
            format_put_number(
                &out, is_long ? va_arg(arguments, unsigned long) : va_arg(arguments, unsigned int),
                kind == 'x' ? 16 : 10);
            break;
        default:
            format_put(&out, '%');
            format += kind == '%' ? 1 : 0;
            continue;
        }
        format += 1 + is_long;
    }
    buffer[out.length] = 0;
    return out.length;
}

size_t format_text(char *buffer, size_t size, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    size_t length = format_text_v(buffer, size, format, arguments);
    va_end(arguments);
    return length;
}

// SPDX-License-Identifier: MIT
//
// A small formatter, for the kernel and for programs without a C library.
#ifndef HELIOS_TOOLCHAINS_FREESTANDING_FORMAT_H
#define HELIOS_TOOLCHAINS_FREESTANDING_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// Formats into `buffer`, cut off where it is full and NUL-terminated if `size` is not 0. Returns
// the length written, without the NUL.
//
// Understands %s (NULL prints "(null)"), %c, %d, %u, %x, %p (0x and 16 digits) and %%, the
// modifiers l, ll and z, a minimal width and the flag 0. Anything else is copied as it stands.
size_t format_text(char *buffer, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
size_t format_text_v(char *buffer, size_t size, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

#ifdef __cplusplus
}
#endif

#endif // HELIOS_TOOLCHAINS_FREESTANDING_FORMAT_H

// SPDX-License-Identifier: GPL-3.0-only
//
// A formatter for the loaders' few messages.
#ifndef HELIOS_BOOT_LIB_FORMAT_H
#define HELIOS_BOOT_LIB_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Formats into buffer, always NUL-terminated, cut off when it is full.
 *
 * Understands %s (char string; NULL prints "(null)"), %c (int), %u (unsigned int), %lu (64 bits,
 * unsigned), %x and %lx (hexadecimal without 0x), %%. Anything else is copied as it stands.
 * Returns the length written, without the NUL. size must not be 0.
 */
size_t format_text(char *buffer, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** format_text with the arguments in a va_list. */
size_t format_text_v(char *buffer, size_t size, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

#ifdef __cplusplus
}
#endif

#endif // HELIOS_BOOT_LIB_FORMAT_H

// SPDX-License-Identifier: MIT
//
// The memory and string functions of C11 section 7.24 that code without a C library needs: what
// compilers call on their own (memcpy, memmove, memset, memcmp) and what libfdt asks for. Only on
// the include path of freestanding code; on the host, the C library's own header is used.
#ifndef HELIOS_TOOLCHAINS_FREESTANDING_STRING_H
#define HELIOS_TOOLCHAINS_FREESTANDING_STRING_H

#if __has_include_next(<string.h>) // a whole C library goes before this
#include_next <string.h>
#else
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

void *memcpy(void *restrict to, const void *restrict from, size_t length);
void *memmove(void *to, const void *from, size_t length);
void *memset(void *to, int value, size_t length);
int memcmp(const void *a, const void *b, size_t length);
void *memchr(const void *in, int value, size_t length);
size_t strlen(const char *text);
size_t strnlen(const char *text, size_t limit);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t limit);
char *strchr(const char *text, int value);
char *strrchr(const char *text, int value);

#ifdef __cplusplus
}
#endif

#endif

#endif // HELIOS_TOOLCHAINS_FREESTANDING_STRING_H

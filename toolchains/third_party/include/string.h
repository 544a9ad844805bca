// SPDX-License-Identifier: GPL-3.0-only
// The part of C's <string.h> that third-party code here asks for, where there is no C library.
// Whoever links such code defines the functions.
#ifndef HELIOS_TOOLCHAINS_THIRD_PARTY_INCLUDE_STRING_H
#define HELIOS_TOOLCHAINS_THIRD_PARTY_INCLUDE_STRING_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

void *memchr(const void *s, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *s, int c, size_t n);
char *strchr(const char *s, int c);
int strcmp(const char *a, const char *b);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t n);
char *strrchr(const char *s, int c);

#ifdef __cplusplus
}
#endif

#endif

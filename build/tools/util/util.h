// SPDX-License-Identifier: GPL-3.0-only
//
// What every host tool needs: errors as values, growing byte buffers, string lists, whole files.
//
// A function that can fail returns bool and fills a struct error with one line for people; it
// prints nothing. Running out of memory ends the process: no tool here can do anything about it.
#ifndef HELIOS_BUILD_TOOLS_UTIL_UTIL_H
#define HELIOS_BUILD_TOOLS_UTIL_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// One line that says what went wrong, without a newline. Zero-initialise it.
struct error {
    char text[1024];
};

// Formats into *err and returns false, so that `return error_set(err, ...)` reads well.
bool error_set(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Like malloc, realloc and asprintf, but they never return NULL. Free with free().
void *mem_alloc(size_t size);
void *mem_resize(void *old, size_t size);
char *mem_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

// A byte buffer that grows. data is NUL-terminated (not counted in size) once anything was added.
struct buffer {
    char *data;
    size_t size;
    size_t capacity;
};

void buffer_append(struct buffer *buf, const void *data, size_t size);
void buffer_zeros(struct buffer *buf, size_t size);
void buffer_format(struct buffer *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void buffer_free(struct buffer *buf);

// A list of strings that it owns. items[count] is NULL once anything was added, so that items can
// serve as an argument vector.
struct strings {
    char **items;
    size_t count;
};

void strings_add(struct strings *list, const char *text);
void strings_addf(struct strings *list, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void strings_free(struct strings *list);

// A decimal number in [min, max] and nothing else: no sign, no blanks, no suffix.
bool number_parse(const char *text, uint64_t min, uint64_t max, uint64_t *value);

bool text_starts_with(const char *text, const char *prefix);

// Appends the whole file to *out.
bool file_read(const char *path, struct buffer *out, struct error *err);

// Creates or replaces the file, mode 0666 less the umask.
bool file_write(const char *path, const void *data, size_t size, struct error *err);

// Copies the contents; the copy is writable whatever the source's mode.
bool file_copy(const char *from, const char *to, struct error *err);

// path if it is absolute, else directory/path. Free the result.
char *path_absolute(const char *directory, const char *path);

// A new directory under $TEST_TMPDIR, $TMPDIR or /tmp, whose name has neither blanks nor commas
// (QEMU's -initrd can't quote them). NULL and *err on failure. Free the result.
char *temp_dir_create(struct error *err);

// Removes the directory and the files in it; what stands in directories below it stays.
void temp_dir_remove(const char *path);

// Milliseconds of the monotonic clock.
int64_t clock_ms(void);

#ifdef __cplusplus
}
#endif

#endif

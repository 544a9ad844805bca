// SPDX-License-Identifier: GPL-3.0-only
//
// A reader of ustar archives (POSIX.1-2017, pax utility, "ustar Interchange Format"), for loaders
// that check a bootfs and programs that read it. It allocates nothing and trusts nothing in the
// archive. GNU and pax extensions are refused: a bootfs is made by a rule that uses none.
#ifndef HELIOS_BOOT_TAR_TAR_H
#define HELIOS_BOOT_TAR_TAR_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TAR_BLOCK_SIZE 512ull
#define TAR_NAME_SIZE  257u // 155 + '/' + 100 + NUL

enum tar_problem {
    TAR_OK = 0,
    TAR_TRUNCATED_HEADER, // found: bytes left; wanted: TAR_BLOCK_SIZE
    TAR_BAD_MAGIC,        // no "ustar", version 00
    TAR_BAD_CHECKSUM,     // found: as stored; wanted: as computed
    TAR_BAD_NUMBER,       // size, mode or checksum is no octal number
    TAR_BAD_NAME,         // empty, absolute, or with a component that is empty, "." or ".."
    TAR_BAD_TYPE,         // neither file nor directory; found: the type
    TAR_TRUNCATED_DATA,   // found: bytes left; wanted: bytes needed
    TAR_NO_END,           // the archive ends without two blocks of zeros
    TAR_PROBLEM_COUNT,
};

struct tar_error {
    enum tar_problem problem;
    uint64_t offset; // of the header in the archive
    uint64_t found;
    uint64_t wanted;
};

struct tar_entry {
    char name[TAR_NAME_SIZE]; // without a leading "./" and without a trailing "/"
    bool is_directory;
    uint32_t mode;
    uint64_t size;
    const uint8_t *data;
};

enum tar_result {
    TAR_ENTRY, // entry is filled
    TAR_END,   // the end mark was reached
    TAR_ERROR, // error is filled
};

/** Reads the entry at *offset (0 to begin) and moves *offset to the next. */
enum tar_result tar_next(const void *data, uint64_t size, uint64_t *offset, struct tar_entry *entry,
                         struct tar_error *error);

/** Whether every entry can be read and the end mark is there. Fills error if not. */
bool tar_check(const void *data, uint64_t size, struct tar_error *error);

/** The problem in words, to follow a file's name. */
const char *tar_problem_text(enum tar_problem problem);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_BOOT_TAR_TAR_H

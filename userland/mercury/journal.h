// SPDX-License-Identifier: GPL-3.0-only
//
// What everybody has to say, line by line: the last JOURNAL_BYTES of it. Lines are numbered from 0
// on and keep their number; the oldest ones make room. Text comes in pieces, which are put together
// for each source.
#ifndef HELIOS_USERLAND_MERCURY_JOURNAL_H
#define HELIOS_USERLAND_MERCURY_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define JOURNAL_BYTES 65536u
#define JOURNAL_LINE  256u // of one line, name included; longer ones are broken

// A line that is not complete yet.
struct journal_source {
    uint32_t length;
    char text[JOURNAL_LINE];
};

struct journal {
    uint64_t first; // number of the oldest line
    uint64_t next;  // number of the next line
    uint64_t begin; // bytes ever dropped: where the oldest line begins
    uint64_t end;   // bytes ever written
    char text[JOURNAL_BYTES];
    // Told of each line, "name: text\n"; NULL: nobody.
    void (*echo)(const char *line, size_t length);
};

// Adds text of `name`. Bytes that are neither printable nor line ends become '?'.
void journal_write(struct journal *journal, struct journal_source *source, const char *name,
                   const char *text, size_t length);

// Ends a line that is not complete.
void journal_flush(struct journal *journal, struct journal_source *source, const char *name);

// Copies whole lines from number *first on, as many as fit. Returns the bytes; *first becomes the
// number of the first line that was copied, *next that behind the last one.
size_t journal_read(const struct journal *journal, uint64_t *first, uint64_t *next, char *text,
                    size_t size);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_MERCURY_JOURNAL_H

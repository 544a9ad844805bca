// SPDX-License-Identifier: MIT
//
// Between the C library (musl, userland/helios/libc) and the system-call library.
#ifndef HELIOS_USERLAND_HELIOS_LIBC_GLUE_H
#define HELIOS_USERLAND_HELIOS_LIBC_GLUE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Called by the start-up code before main, if the program has the C library at all. `seed`: 16
// random bytes that stay.
void helios_libc_begin(void *seed);

// Called before the process has a second thread.
void helios_libc_go_threaded(void);

// A number above 0 that no other thread of this process has.
uint64_t helios_libc_thread_id(void);

// Writable zeroed memory by whole pages. NULL if there is none.
void *helios_libc_block_new(uint64_t bytes);

// Gives all of a block back, or keeps it for the next; `bytes` is its size.
void helios_libc_block_free(void *block, uint64_t bytes);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_HELIOS_LIBC_GLUE_H

// SPDX-License-Identifier: MIT
//
// Where a thread's struct helios_thread and its thread-local variables lie: in one area, as the
// architecture's ELF supplement wants it (helios_stub.h).
#ifndef HELIOS_USERLAND_HELIOS_TLS_H
#define HELIOS_USERLAND_HELIOS_TLS_H

#include <stddef.h>

#include "userland/helios/syscall.h"

#ifdef __cplusplus
extern "C" {
#endif

// Alignment of an area, and the most that a thread-local variable may want.
#define HELIOS_TLS_ALIGNMENT 64

// Bytes of an area.
size_t helios_tls_size(void);

// Fills an area, which is zeroed: variables get their first values. Returns the thread's structure.
struct helios_thread *helios_tls_place(void *area);

// Makes the calling task, whose Task is `task`, the first thread of its process.
void helios_tls_begin(uint64_t task, uint64_t ipc_buffer);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_HELIOS_TLS_H

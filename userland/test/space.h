// SPDX-License-Identifier: MIT
//
// For test programs and benchmarks: more tasks, in this address space or in others.
#ifndef HELIOS_USERLAND_TEST_SPACE_H
#define HELIOS_USERLAND_TEST_SPACE_H

#include <stdbool.h>
#include <stdint.h>

#include "uapi/bootinfo.h"
#include "userland/helios/thread.h"

#ifdef __cplusplus
extern "C" {
#endif

// Makes a VSpace in which the running program's image (code, constants, data: the very same pages)
// is mapped at its addresses, and the stacks and buffers of space_thread. Returns its capability; 0
// on failure, with one line on the console.
uint64_t space_create(const struct helios_bootinfo *info);

#define SPACE_THREADS    16u
#define SPACE_STACK_SIZE 8192u

// Makes thread `index` (< SPACE_THREADS), suspended, in `vspace` (HELIOS_INIT_VSPACE or one of
// space_create), with the root task's CSpace (or `cspace`, if it is not 0). Its stack is a static
// array, its IPC buffer a fixed address for each index. False on failure, with one line on the
// console.
bool space_thread(const struct helios_bootinfo *info, unsigned index, uint64_t vspace,
                  uint64_t cspace, uint64_t priority, void (*entry)(void *argument),
                  void *argument);

// The thread, for its task's capability and its buffer (an address in its own VSpace).
struct helios_thread *space_get(unsigned index);

// Ends it. A thread that does not exist stays so.
void space_end(unsigned index);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_TEST_SPACE_H

// SPDX-License-Identifier: GPL-3.0-only
//
// The root task: its address space, capabilities and first registers, made from the init module.
//
// User addresses, the same on every architecture (Sv39's user half is the smallest):
//
//   from the ELF file                segments
//   INIT_MODULES                     the loader's modules, read-only
//   INIT_REGION                      struct helios_bootinfo, read-only
//   INIT_BUFFER                      IPC buffer
//   INIT_CONSOLE                     registers of the console, where they are in memory
//   INIT_STACK_TOP - INIT_STACK_SIZE stack; the page below is never mapped
#ifndef HELIOS_KERNEL_INIT_LOAD_H
#define HELIOS_KERNEL_INIT_LOAD_H

#include "boot/protocol/protocol.h"
#include "kernel/task.h"

#ifdef __cplusplus
extern "C" {
#endif

#define INIT_LOW_LIMIT  0x10000ull // segments start here or above
#define INIT_MODULES    0x3f80000000ull
#define INIT_REGION     0x3fc0000000ull
#define INIT_BUFFER     (INIT_REGION + 0x4000)
#define INIT_CONSOLE    (INIT_REGION + 0x8000)
#define INIT_STACK_TOP  (INIT_REGION + 0x20000)
#define INIT_STACK_SIZE 0x8000ull

// Loads module 0 and returns the root task, ready to be entered. Panics with one readable line if
// the module is no program for this machine or memory runs out. `entered` is arch_counter() as the
// kernel was entered; the root task is told how long starting took.
struct task *init_load(const struct helios_boot *boot, uint64_t entered);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_INIT_LOAD_H

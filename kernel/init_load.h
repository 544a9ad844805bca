// SPDX-License-Identifier: GPL-3.0-only
//
// The root task: its objects, capabilities and first registers, made from the init module. From
// here on every piece of memory that the kernel does not run on itself belongs to a Memory
// capability.
//
// User addresses, the same on every architecture (Sv39's user half is the smallest):
//
//   from the ELF file                segments
//   INIT_MODULES                     the loader's modules, read-only
//   INIT_REGION                      struct helios_bootinfo, read-only
//   INIT_BUFFER                      IPC buffer
//   INIT_CONSOLE                     free, for the registers of the console
//   INIT_STACK_TOP - INIT_STACK_SIZE stack; the page below is never mapped
//
// INIT_REGION up to INIT_STACK_TOP share one page table of the lowest level, which stays when the
// root task maps something of its own there.
#ifndef HELIOS_KERNEL_INIT_LOAD_H
#define HELIOS_KERNEL_INIT_LOAD_H

#include <stdint.h>

#include "boot/protocol/protocol.h"
#include "kernel/memory_object.h"
#include "kernel/task.h"
#include "uapi/bootinfo.h"

#ifdef __cplusplus
extern "C" {
#endif

#define INIT_LOW_LIMIT  0x10000ull // segments start here or above
#define INIT_MODULES    0x3f80000000ull
#define INIT_REGION     0x3fc0000000ull
#define INIT_BUFFER     (INIT_REGION + 0x10000)
#define INIT_RING       (INIT_REGION + 0x11000)
#define INIT_CONSOLE    (INIT_REGION + 0x12000)
#define INIT_STACK_TOP  (INIT_REGION + 0x30000)
#define INIT_STACK_SIZE 0x10000ull

#define INIT_PRIORITY 32

// What the root task is being made of.
struct init {
    const struct helios_boot *boot;
    struct memory *memories[HELIOS_BOOTINFO_MEMORIES]; // largest first
    uint32_t memory_count;
    struct cspace *cspace;
    struct vspace *vspace;
    struct task *task;
    uint64_t next_slot;  // of the slots reserved for pages
    uint64_t first_free; // behind the last slot that was given
    struct helios_bootinfo *info;
};

// Loads module 0 and returns the root task, ready to be entered. Panics with one readable line if
// the module is no program for this machine or memory runs out. `entered` is arch_counter() as the
// kernel was entered; the root task is told how long starting took.
struct task *init_load(const struct helios_boot *boot, uint64_t entered);

// The pieces (init_load.c has the order).

// init_memory.c: turns what physmem still has into Memory objects; nobody uses physmem afterwards.
void init_take_memory(struct init *init);

// init_memory.c: a Memory over a module's pages, all of which are Pages already; NULL: no memory
// for its descriptors. Before init_take_memory.
struct memory *init_module_memory(uint64_t base, uint64_t page_count);

// init_world.c: fills *init->info and gives out the capabilities that it names.
void init_describe(struct init *init, struct memory *const *module_memories);

// Puts an original capability with all rights into a slot (panics if it is taken).
struct slot *init_give(struct init *init, uint64_t address, struct object *object);

// The same for a page, into the next of the slots that were reserved for pages.
struct slot *init_give_page(struct init *init, struct object *page);

// Maps the page in `slot`; panics if that is impossible.
void init_map(struct init *init, uintptr_t address, struct slot *slot, unsigned flags);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_INIT_LOAD_H

// SPDX-License-Identifier: MIT
//
// Objects, addresses and mapped memory of this process, with nothing for the caller to keep books
// of. Works the same in the root task (all Memory of the machine) and in an ordinary process (the
// one Memory that is its quota). What is mapped here keeps no capability: unmapping is giving back.
//
// All of it may be called by several threads at once.
#ifndef HELIOS_USERLAND_HELIOS_MEMORY_H
#define HELIOS_USERLAND_HELIOS_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "uapi/bootinfo.h"
#include "uapi/object.h"
#include "userland/helios/ranges.h"
#include "userland/helios/startup.h"
#include "userland/helios/sync.h"
#include "userland/helios/syscall.h"

#ifdef __cplusplus
extern "C" {
#endif

#define HELIOS_PAGE_BYTES 4096ull

// What this process is.
struct helios_environment {
    uint64_t cspace; // its own; everything below stands there
    uint64_t vspace;
    uint64_t task; // of the first thread: the authority over priorities
    uint64_t memories[HELIOS_BOOTINFO_MEMORIES];
    uint32_t memory_count;
    uint64_t user_top;        // no address from here on can be mapped
    uint64_t fault;           // Endpoint of its threads' faults; 0: none
    uint64_t timer_hz;        // of the counter that helios_now reads
    uint64_t asid_pool;       // ASIDPool for new address spaces; 0: none
    struct helios_mutex lock; // guards the two below
    uint8_t seed[HELIOS_STARTUP_SEED];
    struct helios_ranges ranges; // addresses to map things at
};

extern struct helios_environment helios_environment;

// Called by the start-up code.
void helios_environment_of_root(const struct helios_bootinfo *bootinfo);
void helios_environment_of_process(const struct helios_startup *startup);

// Makes an object of this process's Memory, in any free slot: value is its address.
struct helios_answer helios_make(uint64_t type, uint64_t size);

// Makes up to HELIOS_MAX_CAPS objects; their slots stand in helios_buffer->caps.
struct helios_answer helios_make_several(uint64_t type, uint64_t size, uint64_t count);

// Empties one slot of this process. Of an object's last capability: destroys it.
void helios_drop(uint64_t capability);

// Puts a capability that has just come in the place of the one in *held, which goes; either may be
// 0. What was held may have gone before, with its object: then its slot may be the new one's.
void helios_replace(uint64_t *held, uint64_t capability);

// A copy of a capability, in any free slot: value is its address.
struct helios_answer helios_copy(uint64_t capability, uint64_t rights, uint64_t badge);

// Bytes free in this process's Memory.
uint64_t helios_memory_free(void);

// Addresses that are nobody else's, with a page that is never mapped on either side. `alignment` is
// a power of two; both are rounded up to pages. Returns 0 if there are none.
uint64_t helios_vm_reserve(uint64_t bytes, uint64_t alignment);

// Unmaps what is mapped there and gives the addresses back. `address` came from helios_vm_reserve
// or one of the functions below.
void helios_vm_release(uint64_t address);

// Gives addresses back where nothing is mapped.
void helios_vm_forget(uint64_t address);

// The size that was reserved at `address`; 0 if no range begins there.
uint64_t helios_vm_size(uint64_t address);

// Releases the range that `address` lies in.
void helios_vm_release_around(uint64_t address);

// Fresh zeroed memory, mapped with `flags` (enum helios_map_flags). NULL if memory, slots or
// addresses are used up: then nothing has changed.
void *helios_pages_new(uint64_t bytes, uint64_t flags);

// Maps Pages of 4 KiB that the caller has, one behind the other. The capabilities stay the
// caller's. NULL if that fails; *answer, if it is not NULL, says why.
void *helios_pages_map(const uint64_t *pages, uint64_t count, uint64_t flags,
                       struct helios_answer *answer);

// Unmaps what one of the two returned; memory that nobody else uses is free then. NULL does
// nothing.
void helios_pages_free(void *address);

// Maps a Page at an address of this process, and makes the page tables that are missing.
struct helios_answer helios_vm_map(uint64_t page, uint64_t address, uint64_t flags);

// Fills reserved addresses with fresh memory. All or nothing.
struct helios_answer helios_vm_fill(uint64_t address, uint64_t bytes, uint64_t flags);

// Memory for a device to read and write: contiguous, so that its physical address and length say
// all.
struct helios_dma {
    void *address;     // where this process sees it; page aligned
    uint64_t physical; // what the device is told
    uint64_t bytes;    // a multiple of 4 KiB
    uint64_t memory;   // Memory that it is made of; 0: none
};

// Makes a buffer of at least `bytes`, zeroed. It is mapped cached (all the machines that are
// supported have coherent DMA; the others need Page.clean and Page.invalidate). The answer is the
// refusal if that fails.
struct helios_answer helios_dma_new(uint64_t bytes, struct helios_dma *dma);
void helios_dma_free(struct helios_dma *dma);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_HELIOS_MEMORY_H

// SPDX-License-Identifier: GPL-3.0-only
//
// Pages that a driver shares with its clients, for its device to read and write. They are the
// driver's: whatever becomes of a client, what the device moves just then ends where it was to. An
// offset counts through all of them; what was attached together lies in one piece, of a client that
// its badge tells from others.
//
// Who attaches gives a token: a Notification of its own. When that is gone so is the client, or it
// does not want the pages any more; they are made anew before anybody else gets their place.
#ifndef HELIOS_USERLAND_VENUS_DRIVER_PAGES_H
#define HELIOS_USERLAND_VENUS_DRIVER_PAGES_H

#include <stdbool.h>
#include <stdint.h>

#include "userland/helios/rpc.h"
#include "userland/venus/driver/calls.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PAGES_MOST     512
#define PAGES_OF_OWNER 128 // at most: nobody takes all of them from the others
#define PAGES_LEAST    4   // that a Memory has: they are counted in powers of two from there on
#define PAGES_GROUPS   (PAGES_MOST / PAGES_LEAST)

// Pages in one piece, mapped.
struct pages_memory {
    uint64_t memory; // Memory that they are made of: they go with it, wherever they are mapped
    uint64_t physical;
    uint8_t *address;
};

// What was attached together.
struct pages_share {
    uint32_t count;  // pages that its owner has; 0: nobody's
    uint32_t groups; // that it takes, of PAGES_LEAST pages each
    uint64_t owner;  // badge
    uint64_t token;  // 0: gone
    struct pages_memory memory;
};

struct shared_pages {
    struct pages_share shares[PAGES_GROUPS]; // each stands where its first group does
    uint8_t first_of[PAGES_GROUPS];          // group: 1 + where its share stands; 0: nobody's
    struct driver_calls calls;               // what the device has under way
};

// Makes `count` pages, zeroed, for an owner: their capabilities in `pages`, which has room for
// HELIOS_MAX_CAPS, and the offset that they begin at. RANGE: none, or more than a message can have;
// NO_SLOT: there is no room for so many, or the owner has its share already. On success the token
// is the driver's.
enum helios_error pages_attach(struct shared_pages *shared, uint64_t owner, uint64_t token,
                               uint32_t count, uint64_t *offset, uint64_t *pages);

// Destroys all pages of an owner, with all that is mapped of them. BUSY: the device may reach them.
enum helios_error pages_detach(struct shared_pages *shared, uint64_t owner);

// `attach` and `detach` of the interfaces: the context is the struct shared_pages.
enum helios_error pages_on_attach(void *context, const struct helios_request *request,
                                  uint64_t token, uint32_t count, uint64_t *result, uint64_t *pages,
                                  uint32_t *pages_count);
enum helios_error pages_on_detach(void *context, const struct helios_request *request);

// The physical address of an offset, and in *length how much of what was asked for follows it in
// one piece. 0: it is not the owner's.
uint64_t pages_find(const struct shared_pages *shared, uint64_t owner, uint64_t offset,
                    uint32_t *length);

// The same for what the driver reads or writes itself: where it is mapped. NULL: as above.
uint8_t *pages_mapped(const struct shared_pages *shared, uint64_t owner, uint64_t offset,
                      uint32_t *length);

// What this asks of the kernel. A test on the host takes its place. -------------------------------

// Whether there is a Notification in this slot.
bool pages_kernel_is_there(uint64_t token);
void pages_kernel_drop(uint64_t token);

// Makes `count` pages, a power of two, with their capabilities in the order of their addresses.
enum helios_error pages_kernel_make(uint32_t count, struct pages_memory *memory, uint64_t *pages);
void pages_kernel_destroy(struct pages_memory *memory);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_VENUS_DRIVER_PAGES_H

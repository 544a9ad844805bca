// SPDX-License-Identifier: GPL-3.0-only
//
// Pages that clients share with a driver, for its device to read and write. Whoever shared a page
// may use it; an offset counts through all of them, in the order in which they came.
#ifndef HELIOS_USERLAND_VENUS_DRIVER_PAGES_H
#define HELIOS_USERLAND_VENUS_DRIVER_PAGES_H

#include <stdbool.h>
#include <stdint.h>

#include "userland/helios/rpc.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PAGES_MOST     512
#define PAGES_OF_OWNER 128 // at most: nobody takes all of them from the others

struct shared_page {
    uint64_t capability; // 0: nobody's
    uint64_t owner;      // badge
    uint64_t physical;
    uint8_t *address; // where the driver sees it; NULL: it has not looked yet
    bool is_writable; // whether the device may write into it
};

struct shared_pages {
    struct shared_page pages[PAGES_MOST];
    bool (*is_busy)(uint64_t owner); // whether the device may reach pages of this owner just now
};

// Takes pages of 4 KiB of memory. On success they are the driver's until they are detached; *offset
// says where they begin. They lie one behind the other. NO_SLOT: there is no room for so many, or
// the owner has its share already.
enum helios_error pages_attach(struct shared_pages *shared, uint64_t owner, const uint64_t *pages,
                               uint32_t count, uint64_t *offset);

// Gives all of an owner back.
void pages_detach(struct shared_pages *shared, uint64_t owner);

// `attach` and `detach` of the interfaces: the context is the struct shared_pages. BUSY while the
// device may reach the pages.
enum helios_error pages_on_attach(void *context, const struct helios_request *request,
                                  const uint64_t *pages, uint32_t count, uint64_t *result);
enum helios_error pages_on_detach(void *context, const struct helios_request *request);

// The physical address of an offset, and in *length how much of what was asked for lies in that
// page. 0: it is not the owner's, or not any more, or the device would write where the owner can't.
uint64_t pages_find(const struct shared_pages *shared, uint64_t owner, uint64_t offset,
                    bool is_written, uint32_t *length);

// The same for what the driver reads or writes itself: where it is mapped.
uint8_t *pages_mapped(struct shared_pages *shared, uint64_t owner, uint64_t offset, bool is_written,
                      uint32_t *length);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_VENUS_DRIVER_PAGES_H

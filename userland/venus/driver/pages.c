// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/driver/pages.h"

#include "userland/helios/memory.h"
#include "userland/helios/objects.h"

// What a capability is: a device must not reach more than its owner can.
static enum helios_error look(uint64_t capability, struct shared_page *page) {
    struct helios_answer what = helios_cspace_identify(helios_environment.cspace, capability);
    struct helios_answer where = helios_page_query(capability);
    if (what.status != HELIOS_OK || what.value != HELIOS_TYPE_PAGE || where.status != HELIOS_OK) {
        return HELIOS_ERROR_TYPE;
    }
    bool is_device = where.more[1] != 0;
    bool is_large = where.more[0] != 0;
    if (is_device || is_large || (what.more[0] & HELIOS_RIGHT_READ) == 0) {
        return HELIOS_ERROR_RIGHTS;
    }
    page->capability = capability;
    page->physical = where.value;
    page->address = NULL;
    page->is_writable = (what.more[0] & HELIOS_RIGHT_WRITE) != 0;
    return HELIOS_OK;
}

// Whether a page still is its owner's to share. Who has the original may take it back at any time,
// or go with all memory that he has; then something else may stand in its slot, but no page: those
// come by pages_attach only, which forgets what was there before.
static bool is_there(const struct shared_page *page) {
    uint64_t rights =
        page->is_writable ? HELIOS_RIGHT_READ | HELIOS_RIGHT_WRITE : HELIOS_RIGHT_READ;
    struct helios_answer what = helios_cspace_identify(helios_environment.cspace, page->capability);
    return what.status == HELIOS_OK && what.value == HELIOS_TYPE_PAGE &&
           (what.more[0] & rights) == rights;
}

static void forget(struct shared_page *page) {
    helios_pages_free(page->address);
    *page = (struct shared_page){0};
}

// Whatever was in a slot that has something new in it is gone.
static void forget_slot(struct shared_pages *shared, uint64_t capability) {
    for (uint32_t i = 0; i < PAGES_MOST; i++) {
        if (shared->pages[i].capability == capability) {
            forget(&shared->pages[i]);
        }
    }
}

static void forget_what_is_gone(struct shared_pages *shared) {
    for (uint32_t i = 0; i < PAGES_MOST; i++) {
        struct shared_page *page = &shared->pages[i];
        if (page->capability != 0 && !is_there(page)) {
            forget(page);
        }
    }
}

static uint32_t count_of(const struct shared_pages *shared, uint64_t owner) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < PAGES_MOST; i++) {
        const struct shared_page *page = &shared->pages[i];
        count += page->capability != 0 && page->owner == owner;
    }
    return count;
}

// Where `count` more places for this owner follow each other; PAGES_MOST: nowhere.
static uint32_t find_room(const struct shared_pages *shared, uint64_t owner, uint32_t count) {
    uint32_t free = 0;
    if (count_of(shared, owner) + count > PAGES_OF_OWNER) {
        return PAGES_MOST;
    }
    for (uint32_t i = 0; i < PAGES_MOST; i++) {
        free = shared->pages[i].capability == 0 ? free + 1 : 0;
        if (free == count) {
            return i + 1 - count;
        }
    }
    return PAGES_MOST;
}

enum helios_error pages_attach(struct shared_pages *shared, uint64_t owner, const uint64_t *pages,
                               uint32_t count, uint64_t *offset) {
    struct shared_page looked[HELIOS_MAX_CAPS];
    if (count == 0 || count > HELIOS_MAX_CAPS) {
        return count == 0 ? HELIOS_ERROR_ARGUMENTS : HELIOS_ERROR_NO_SLOT;
    }
    for (uint32_t i = 0; i < count; i++) {
        forget_slot(shared, pages[i]);
    }
    for (uint32_t i = 0; i < count; i++) {
        enum helios_error status = look(pages[i], &looked[i]);
        if (status != HELIOS_OK) {
            return status;
        }
        looked[i].owner = owner;
    }
    uint32_t first = find_room(shared, owner, count);
    if (first == PAGES_MOST) {
        forget_what_is_gone(shared);
        first = find_room(shared, owner, count);
    }
    if (first == PAGES_MOST) {
        return HELIOS_ERROR_NO_SLOT;
    }
    for (uint32_t i = 0; i < count; i++) {
        shared->pages[first + i] = looked[i];
    }
    *offset = first * HELIOS_PAGE_BYTES;
    return HELIOS_OK;
}

void pages_detach(struct shared_pages *shared, uint64_t owner) {
    for (uint32_t i = 0; i < PAGES_MOST; i++) {
        struct shared_page *page = &shared->pages[i];
        if (page->capability != 0 && page->owner == owner) {
            uint64_t capability = is_there(page) ? page->capability : 0;
            forget(page);
            helios_drop(capability);
        }
    }
}

uint64_t pages_find(const struct shared_pages *shared, uint64_t owner, uint64_t offset,
                    bool is_written, uint32_t *length) {
    uint64_t index = offset / HELIOS_PAGE_BYTES;
    uint32_t inside = (uint32_t)(offset % HELIOS_PAGE_BYTES);
    if (index >= PAGES_MOST) {
        return 0;
    }
    const struct shared_page *page = &shared->pages[index];
    if (page->owner != owner || (is_written && !page->is_writable) || !is_there(page)) {
        return 0;
    }
    uint32_t rest = (uint32_t)HELIOS_PAGE_BYTES - inside;
    *length = *length < rest ? *length : rest;
    return page->physical + inside;
}

uint8_t *pages_mapped(struct shared_pages *shared, uint64_t owner, uint64_t offset, bool is_written,
                      uint32_t *length) {
    if (pages_find(shared, owner, offset, is_written, length) == 0) {
        return NULL;
    }
    struct shared_page *page = &shared->pages[offset / HELIOS_PAGE_BYTES];
    if (page->address == NULL) {
        uint64_t flags = page->is_writable ? HELIOS_MAP_WRITE : 0;
        page->address = helios_pages_map(&page->capability, 1, flags, NULL);
    }
    return page->address == NULL ? NULL : page->address + offset % HELIOS_PAGE_BYTES;
}

enum helios_error pages_on_attach(void *context, const struct helios_request *request,
                                  const uint64_t *pages, uint32_t count, uint64_t *result) {
    return pages_attach(context, request->badge, pages, count, result);
}

enum helios_error pages_on_detach(void *context, const struct helios_request *request) {
    struct shared_pages *shared = context;
    if (shared->is_busy(request->badge)) {
        return HELIOS_ERROR_BUSY;
    }
    pages_detach(shared, request->badge);
    return HELIOS_OK;
}

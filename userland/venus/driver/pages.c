// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/driver/pages.h"

#define PAGE_BYTES  4096ull
#define GROUP_BYTES (PAGES_LEAST * PAGE_BYTES)

// Something new stands in this slot: what stood there before is gone. Tokens are looked at by their
// type, so that only another one has to be told of.
static void come(struct shared_pages *shared, uint64_t slot) {
    calls_forget_slot(&shared->calls, slot);
    for (uint32_t i = 0; i < PAGES_GROUPS; i++) {
        if (shared->shares[i].token == slot) {
            shared->shares[i].token = 0;
        }
    }
}

static void end(struct shared_pages *shared, uint32_t first) {
    struct pages_share *share = &shared->shares[first];
    pages_kernel_destroy(&share->memory);
    for (uint32_t i = 0; i < share->groups; i++) {
        shared->first_of[first + i] = 0;
    }
    *share = (struct pages_share){0};
}

// Ends what belongs to nobody any more, as far as the device does not reach it.
static void end_what_is_gone(struct shared_pages *shared) {
    for (uint32_t i = 0; i < PAGES_GROUPS; i++) {
        struct pages_share *share = &shared->shares[i];
        if (share->count == 0) {
            continue;
        }
        if (share->token != 0 && !pages_kernel_is_there(share->token)) {
            share->token = 0;
        }
        if (share->token == 0 && !calls_are_under_way(&shared->calls, share->owner)) {
            end(shared, i);
        }
    }
}

static uint32_t groups_for(uint32_t count) {
    uint32_t groups = 1;
    while (groups * PAGES_LEAST < count) {
        groups *= 2;
    }
    return groups;
}

static uint32_t groups_of(const struct shared_pages *shared, uint64_t owner) {
    uint32_t groups = 0;
    for (uint32_t i = 0; i < PAGES_GROUPS; i++) {
        const struct pages_share *share = &shared->shares[i];
        groups += share->count != 0 && share->owner == owner ? share->groups : 0;
    }
    return groups;
}

// Where so many more groups for this owner follow each other; PAGES_GROUPS: nowhere.
static uint32_t find_room(const struct shared_pages *shared, uint64_t owner, uint32_t groups) {
    uint32_t free = 0;
    if ((groups_of(shared, owner) + groups) * PAGES_LEAST > PAGES_OF_OWNER) {
        return PAGES_GROUPS;
    }
    for (uint32_t i = 0; i < PAGES_GROUPS; i++) {
        free = shared->first_of[i] == 0 ? free + 1 : 0;
        if (free == groups) {
            return i + 1 - groups;
        }
    }
    return PAGES_GROUPS;
}

enum helios_error pages_attach(struct shared_pages *shared, uint64_t owner, uint64_t token,
                               uint32_t count, uint64_t *offset, uint64_t *pages) {
    come(shared, token);
    if (count == 0 || count > HELIOS_MAX_CAPS) {
        return HELIOS_ERROR_RANGE;
    }
    end_what_is_gone(shared);
    struct pages_share share = {count, groups_for(count), owner, token, {0}};
    uint32_t first = find_room(shared, owner, share.groups);
    if (first == PAGES_GROUPS) {
        return HELIOS_ERROR_NO_SLOT;
    }
    enum helios_error status = pages_kernel_make(share.groups * PAGES_LEAST, &share.memory, pages);
    if (status != HELIOS_OK) {
        return status;
    }
    come(shared, share.memory.memory);
    for (uint32_t i = 0; i < share.groups * PAGES_LEAST; i++) {
        come(shared, pages[i]);
    }
    for (uint32_t i = 0; i < share.groups; i++) {
        shared->first_of[first + i] = (uint8_t)(first + 1);
    }
    shared->shares[first] = share;
    *offset = first * GROUP_BYTES;
    return HELIOS_OK;
}

enum helios_error pages_detach(struct shared_pages *shared, uint64_t owner) {
    if (calls_are_under_way(&shared->calls, owner)) {
        return HELIOS_ERROR_BUSY;
    }
    for (uint32_t i = 0; i < PAGES_GROUPS; i++) {
        const struct pages_share *share = &shared->shares[i];
        if (share->count != 0 && share->owner == owner) {
            if (share->token != 0 && pages_kernel_is_there(share->token)) {
                pages_kernel_drop(share->token);
            }
            end(shared, i);
        }
    }
    return HELIOS_OK;
}

// The memory that an offset of an owner's lies in, and where in it; NULL: it is not his.
static const struct pages_memory *find(const struct shared_pages *shared, uint64_t owner,
                                       uint64_t offset, uint64_t *inside, uint32_t *length) {
    uint64_t group = offset / GROUP_BYTES;
    if (group >= PAGES_GROUPS || shared->first_of[group] == 0) {
        return NULL;
    }
    uint32_t first = shared->first_of[group] - 1u;
    const struct pages_share *share = &shared->shares[first];
    *inside = offset - first * GROUP_BYTES;
    if (share->owner != owner || share->token == 0 || *inside >= share->count * PAGE_BYTES) {
        return NULL;
    }
    uint64_t rest = share->count * PAGE_BYTES - *inside;
    *length = *length < rest ? *length : (uint32_t)rest;
    return &share->memory;
}

uint64_t pages_find(const struct shared_pages *shared, uint64_t owner, uint64_t offset,
                    uint32_t *length) {
    uint64_t inside;
    const struct pages_memory *memory = find(shared, owner, offset, &inside, length);
    return memory == NULL ? 0 : memory->physical + inside;
}

uint8_t *pages_mapped(const struct shared_pages *shared, uint64_t owner, uint64_t offset,
                      uint32_t *length) {
    uint64_t inside;
    const struct pages_memory *memory = find(shared, owner, offset, &inside, length);
    return memory == NULL ? NULL : memory->address + inside;
}

enum helios_error pages_on_attach(void *context, const struct helios_request *request,
                                  uint64_t token, uint32_t count, uint64_t *result, uint64_t *pages,
                                  uint32_t *pages_count) {
    *pages_count = count;
    return pages_attach(context, request->badge, token, count, result, pages);
}

enum helios_error pages_on_detach(void *context, const struct helios_request *request) {
    return pages_detach(context, request->badge);
}

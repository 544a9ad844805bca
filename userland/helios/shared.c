// SPDX-License-Identifier: MIT
#include "userland/helios/shared.h"

#include "uapi/object.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"

// Maps pages as they came: what is mapped keeps itself, so their capabilities go again, before
// those can mean something else.
static enum helios_error map(const uint64_t *pages, uint32_t count, uint64_t address) {
    enum helios_error status = HELIOS_OK;
    for (uint32_t i = 0; i < count; i++) {
        if (status == HELIOS_OK) {
            status =
                helios_vm_map(pages[i], address + i * HELIOS_PAGE_BYTES, HELIOS_MAP_WRITE).status;
        }
        helios_drop(pages[i]);
    }
    return status;
}

static enum helios_error ask(struct helios_shared *shared, helios_shared_attach *attach,
                             uint64_t service, uint32_t count) {
    uint64_t pages[HELIOS_MAX_CAPS];
    uint32_t came = HELIOS_MAX_CAPS; // in: room
    enum helios_error status = attach(service, shared->token, count, &shared->offset, pages, &came);
    if (status != HELIOS_OK) {
        return status;
    }
    if (came > count) { // more than there is room for
        for (uint32_t i = count; i < came; i++) {
            helios_drop(pages[i]);
        }
        came = count;
    }
    status = map(pages, came, (uintptr_t)shared->address);
    return status == HELIOS_OK && came != count ? HELIOS_ERROR_RANGE : status;
}

// What there is of it. The driver has a copy of the token, which would keep that.
static void give_back(const struct helios_shared *shared) {
    helios_cspace_revoke(helios_environment.cspace, shared->token);
    helios_drop(shared->token);
    if (shared->address != NULL) {
        helios_vm_release((uintptr_t)shared->address);
    }
}

enum helios_error helios_shared_begin(struct helios_shared *shared, helios_shared_attach *attach,
                                      uint64_t service, uint32_t count) {
    struct helios_answer token = helios_make(HELIOS_TYPE_NOTIFICATION, 0);
    if (token.status != HELIOS_OK) {
        return token.status;
    }
    *shared = (struct helios_shared){.bytes = count * HELIOS_PAGE_BYTES, .token = token.value};
    shared->address = (void *)(uintptr_t)helios_vm_reserve(shared->bytes, 0);
    enum helios_error status = HELIOS_ERROR_NO_MEMORY;
    if (shared->address != NULL) {
        status = ask(shared, attach, service, count);
    }
    if (status == HELIOS_OK) {
        status = helios_lent_begin(&shared->lent, (uintptr_t)shared->address, shared->bytes);
    }
    if (status != HELIOS_OK) {
        give_back(shared);
    }
    return status;
}

bool helios_shared_is_gone(const struct helios_shared *shared) {
    return helios_lent_is_gone(&shared->lent);
}

void helios_shared_end(struct helios_shared *shared) {
    helios_lent_end(&shared->lent);
    give_back(shared);
}

// SPDX-License-Identifier: GPL-3.0-only
#include "userland/init/grant.h"

#include <string.h>

#include "uapi/object.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"

static const struct {
    const char *name;
    uint64_t slot;
    uint64_t rights;
} singles[] = {
    {"irq_control", HELIOS_INIT_IRQ_CONTROL, HELIOS_RIGHT_ALL},
    {"io_control", HELIOS_INIT_IO_CONTROL, HELIOS_RIGHT_ALL},
    {"asid_control", HELIOS_INIT_ASID_CONTROL, HELIOS_RIGHT_ALL},
    {"power", HELIOS_INIT_POWER, HELIOS_RIGHT_ALL},
    {"console", HELIOS_INIT_CONSOLE, HELIOS_RIGHT_READ},
};

// A CSpace with room for `count` capabilities from slot 1 on.
static struct helios_answer new_space(uint64_t count) {
    uint64_t bits = 2;
    while (1ull << bits < count + 1) {
        bits++;
    }
    return helios_make(HELIOS_TYPE_CSPACE, bits);
}

static struct helios_answer fill_space(uint64_t space, uint64_t index, uint64_t capability,
                                       uint64_t rights) {
    return helios_cspace_copy(space, capability, index + 1, rights, 0);
}

// A CSpace with `count` capabilities, of which slot_of names each.
static struct helios_answer make_space(const struct helios_bootinfo *bootinfo, uint64_t count,
                                       uint64_t (*slot_of)(const struct helios_bootinfo *bootinfo,
                                                           uint64_t index),
                                       uint64_t rights) {
    struct helios_answer space = new_space(count);
    for (uint64_t i = 0; i < count && space.status == HELIOS_OK; i++) {
        struct helios_answer answer = fill_space(space.value, i, slot_of(bootinfo, i), rights);
        if (answer.status != HELIOS_OK) {
            helios_drop(space.value);
            return answer;
        }
    }
    return space;
}

static uint64_t device_slot(const struct helios_bootinfo *bootinfo, uint64_t index) {
    return bootinfo->devices[index].slot;
}

static const struct helios_bootinfo_module *bootfs_of(const struct helios_bootinfo *bootinfo) {
    for (uint32_t i = 0; i < bootinfo->module_count; i++) {
        if (strcmp(bootinfo->modules[i].name, "bootfs") == 0) {
            return &bootinfo->modules[i];
        }
    }
    return NULL;
}

static uint64_t bootfs_slot(const struct helios_bootinfo *bootinfo, uint64_t index) {
    return bootfs_of(bootinfo)->first_slot + index;
}

// A copy of the bootinfo in pages of its own.
static struct helios_answer make_bootinfo(const struct helios_bootinfo *bootinfo) {
    uint64_t pages = (sizeof *bootinfo + HELIOS_PAGE_BYTES - 1) / HELIOS_PAGE_BYTES;
    struct helios_answer space = new_space(pages);
    for (uint64_t i = 0; i < pages && space.status == HELIOS_OK; i++) {
        uint64_t left = sizeof *bootinfo - i * HELIOS_PAGE_BYTES;
        struct helios_answer page = helios_make(HELIOS_TYPE_PAGE, 0);
        struct helios_answer mapped = page;
        char *window = page.status == HELIOS_OK
                           ? helios_pages_map(&page.value, 1, HELIOS_MAP_WRITE, &mapped)
                           : NULL;
        if (window == NULL) {
            helios_drop(space.value);
            return mapped;
        }
        memcpy(window, (const char *)bootinfo + i * HELIOS_PAGE_BYTES,
               left < HELIOS_PAGE_BYTES ? left : HELIOS_PAGE_BYTES);
        fill_space(space.value, i, page.value, HELIOS_RIGHT_READ);
        helios_pages_free(window);
        helios_drop(page.value);
    }
    return space;
}

// The names that mean several capabilities.
static bool find_space(const struct helios_bootinfo *bootinfo, const char *name,
                       struct helios_answer *space) {
    if (strcmp(name, "bootinfo") == 0) {
        *space = make_bootinfo(bootinfo);
        return true;
    }
    if (strcmp(name, "devices") == 0) {
        *space = make_space(bootinfo, bootinfo->device_count, device_slot, HELIOS_RIGHT_ALL);
        return true;
    }
    if (strcmp(name, "bootfs") == 0 && bootfs_of(bootinfo) != NULL) {
        *space =
            make_space(bootinfo, bootfs_of(bootinfo)->page_count, bootfs_slot, HELIOS_RIGHT_READ);
        return true;
    }
    return false;
}

bool grant_find(const struct helios_bootinfo *bootinfo, const char *name,
                struct helios_spawn_capability *capability, bool *is_made,
                struct helios_answer *answer) {
    struct helios_answer space;
    memset(capability, 0, sizeof *capability);
    capability->name = name;
    *is_made = false;
    answer->status = HELIOS_OK;
    for (uint32_t i = 0; i < sizeof singles / sizeof singles[0]; i++) {
        if (strcmp(name, singles[i].name) == 0) {
            capability->capability = singles[i].slot;
            capability->rights = singles[i].rights;
            return true;
        }
    }
    if (!find_space(bootinfo, name, &space)) {
        return false;
    }
    *answer = space;
    *is_made = space.status == HELIOS_OK;
    capability->capability = space.value;
    capability->rights = HELIOS_RIGHT_ALL;
    return *is_made;
}

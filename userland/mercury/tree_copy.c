// SPDX-License-Identifier: GPL-3.0-only
//
// The device tree that firmware has left in memory.
#include "boot/info/devicetree_node.h"
#include "userland/helios/memory.h"
#include "userland/mercury/devices.h"
#include "userland/mercury/find.h"
#include "userland/mercury/mercury.h"
#include "userland/mercury/resources.h"

static const void *tree; // a copy; NULL: there is none

const void *dev_tree(void) {
    return tree;
}

// It lies in what is mapped as a device, where nothing reads but loads of one number each.
static void copy(void *to, const volatile void *from, uint64_t length) {
    uint32_t *words = to;
    uint8_t *bytes = to;
    const volatile uint32_t *from_words = from;
    const volatile uint8_t *from_bytes = from;
    uint64_t whole = length / sizeof *words;
    for (uint64_t i = 0; i < whole; i++) {
        words[i] = from_words[i];
    }
    for (uint64_t i = whole * sizeof *words; i < length; i++) {
        bytes[i] = from_bytes[i];
    }
}

static bool copy_tree(void) {
    const struct helios_bootinfo_range *range = &resources.bootinfo->device_tree;
    struct boot_failure failure;
    size_t size = 0;
    if (range->length < 8) {
        return false;
    }
    const volatile void *from = resources_map(range->base, range->length);
    void *mine = helios_pages_new(range->length, HELIOS_MAP_WRITE);
    if (from == NULL || mine == NULL) {
        say("the device tree can't be read");
        return false;
    }
    copy(mine, from, range->length);
    if (devicetree_size(mine, range->length, &size, &failure) != BOOT_OK) {
        say("the device tree makes no sense");
        return false;
    }
    tree = mine;
    return true;
}

static struct venus_registers map_registers(uint64_t base, uint64_t length) {
    volatile void *address = resources_map(base, length);
    return address != NULL ? venus_mmio(address, length) : (struct venus_registers){.length = 0};
}

void dev_find_tree(void) {
    if (copy_tree()) {
        find_tree(tree, map_registers);
    }
}

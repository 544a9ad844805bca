// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/testing/service.h"

#include "userland/helios/memory.h"
#include "userland/helios/objects.h"

uint64_t service_for(struct play_driver *driver, const char *file, enum virtio_type type,
                     uint32_t number) {
    static struct play_device devices[8];
    static uint32_t count;
    struct play_device *device = &devices[count++ % 8];
    play_begin(helios_test_bootinfo);
    if (!EXPECT_TRUE(play_find_virtio(device, type, number)) ||
        !EXPECT_TRUE(play_start(driver, file, device))) {
        return 0;
    }
    return driver->service;
}

void *shared_memory(uint64_t *pages, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        pages[i] = helios_make(HELIOS_TYPE_PAGE, 0).value;
    }
    return helios_pages_map(pages, count, HELIOS_MAP_WRITE, NULL);
}

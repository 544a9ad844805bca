// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/testing/service.h"

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

struct helios_thread *service_ask(void (*entry)(void *argument), void *argument) {
    static const struct helios_thread_options options = {.name = "client", .priority = 40};
    struct helios_thread *thread = NULL;
    EXPECT_EQ(helios_thread_run(entry, argument, &options, &thread), HELIOS_OK);
    return thread;
}

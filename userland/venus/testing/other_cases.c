// SPDX-License-Identifier: GPL-3.0-only
//
// The drivers of virtio-rng and of the clock.
#include <string.h>

#include "userland/interfaces/rng.h"
#include "userland/interfaces/rtc.h"
#include "userland/venus/testing/service.h"

#define NS_PER_S 1000000000ll

TEST_CASE(random_bytes_are_as_many_as_were_asked_for_and_differ) {
    static struct play_driver driver;
    uint64_t source = service_for(&driver, "bin/rng", VIRTIO_ENTROPY, 0);
    uint8_t first[448] = {0};
    uint8_t second[448] = {0};
    uint32_t length = 0;
    if (source == 0) {
        return;
    }
    EXPECT_EQ(rng_read(source, 64, first, &length), HELIOS_OK);
    EXPECT_TRUE(length > 0 && length <= 64);
    EXPECT_EQ(rng_read(source, 64, second, &length), HELIOS_OK);
    EXPECT_TRUE(memcmp(first, second, 16) != 0);
    EXPECT_EQ(rng_read(source, 0, first, &length), HELIOS_ERROR_RANGE);
    EXPECT_EQ(rng_read(source, 449, first, &length), HELIOS_ERROR_RANGE);
}

// The machines' clocks: QEMU's boards say where.
static void place_clock(struct play_device *device) {
    const char *name = "";
    switch (helios_test_bootinfo->arch) {
    case HELIOS_BOOTINFO_AARCH64:
        play_place(device, DEVICE_RANGE_KIND_MEMORY, 0x9010000, 0x1000, 0, 0);
        name = "arm,pl031";
        break;
    case HELIOS_BOOTINFO_RISCV64:
        play_place(device, DEVICE_RANGE_KIND_MEMORY, 0x101000, 0x1000, 0, 0);
        name = "google,goldfish-rtc";
        break;
    default:
        play_place(device, DEVICE_RANGE_KIND_PORTS, 0x70, 2, 0, 0);
        break;
    }
    memcpy(device->info.compatible, name, strlen(name) + 1);
}

// The test's QEMU was told when it is: 2026-02-03 04:05:06.
TEST_CASE(clock_says_what_it_was_set_to) {
    static struct play_device device;
    static struct play_driver driver;
    const int64_t start = 1770091506;
    int64_t time = 0;
    play_begin(helios_test_bootinfo);
    place_clock(&device);
    if (EXPECT_TRUE(play_start(&driver, "bin/rtc", &device))) {
        EXPECT_EQ(rtc_get(driver.service, &time), HELIOS_OK);
        EXPECT_TRUE(time / NS_PER_S >= start && time / NS_PER_S < start + 3600);
    }
}

// SPDX-License-Identifier: MIT
#include "userland/helios/objects.h"
#include "userland/test/test.h"

// The first page of a device's registers, or of firmware's tables.
TEST_CASE(example_device_memory) {
    const struct helios_bootinfo_device *device = &helios_test_bootinfo->devices[0];
    struct helios_answer place = helios_device_memory_query(device->slot);
    EXPECT_EQ(place.value, device->base);
    EXPECT_EQ(place.more[0], device->length);

    uint64_t memory = helios_test_bootinfo->memories[0].slot;
    struct helios_answer made =
        helios_device_memory_allocate(device->slot, memory, device->base, 0);
    EXPECT_EQ(made.status, HELIOS_OK);
    const uint64_t page = helios_buffer->caps[0];
    struct helios_answer where = helios_page_query(page);
    EXPECT_EQ(where.value, device->base);
    EXPECT_EQ(where.more[1], 1); // it is a device's
    helios_cspace_destroy(HELIOS_INIT_CSPACE, &page, 1);
}

// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/cspace.h"

#include "gtest/gtest.h"

namespace {

capability Power() {
    capability capability = {};
    capability.type = HELIOS_TYPE_POWER;
    return capability;
}

TEST(CSpace, InsertFillsSlotsInOrderAndNeverSlotZero) {
    cspace cspace = {};
    capability power = Power();
    for (uint64_t address = 1; address < CSPACE_SLOTS; address++) {
        EXPECT_EQ(cspace_insert(&cspace, &power), address);
    }
    EXPECT_EQ(cspace_insert(&cspace, &power), 0u);
    EXPECT_EQ(cspace_lookup(&cspace, 0), nullptr);
}

TEST(CSpace, LookupFindsWhatWasInserted) {
    cspace cspace = {};
    capability port = {};
    port.type = HELIOS_TYPE_IO_PORT;
    port.io_port = {0x3f8, 8};
    uint64_t address = cspace_insert(&cspace, &port);
    const capability *found = cspace_lookup(&cspace, address);
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->type, static_cast<uint32_t>(HELIOS_TYPE_IO_PORT));
    EXPECT_EQ(found->io_port.first, 0x3f8u);
}

TEST(CSpace, NullSlotsAndAddressesOutsideHoldNothing) {
    cspace cspace = {};
    EXPECT_EQ(cspace_lookup(&cspace, 1), nullptr);
    EXPECT_EQ(cspace_lookup(&cspace, CSPACE_SLOTS), nullptr);
    EXPECT_EQ(cspace_lookup(&cspace, 1ull << 32), nullptr);
    EXPECT_EQ(cspace_lookup(&cspace, ~0ull), nullptr);
}

} // namespace

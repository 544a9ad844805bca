// SPDX-License-Identifier: GPL-3.0-only
//
// Tables of address spaces, and how both end.
#include <set>

#include "kernel/reaper.h"
#include "kernel/testing/vspace_machine.h"

namespace {

// Tables -------------------------------------------------------------------------------------

TEST_F(VSpaceTest, TableIsMappedOnce) {
    uint64_t table = MapTables(kAddress);
    EXPECT_REFUSAL(Map(table, kAddress + kLarge), HELIOS_ERROR_STATE, HELIOS_ARGUMENT_CAP,
                   align_down(kAddress, kLarge), 0);
    vspace_ = Allocate(HELIOS_TYPE_VSPACE);
    MapTables(kAddress, 1);
    EXPECT_EQ(helios_tag_label(Map(table, kAddress).tag), HELIOS_ERROR_STATE);
}

TEST_F(VSpaceTest, TableIsNotMappedIntoItself) {
    uint64_t table = MapTables(kAddress, 1);
    EXPECT_EQ(helios_tag_label(Map(table, kAddress).tag), HELIOS_ERROR_STATE);
    EXPECT_EQ(table_of(SlotAt(table)->object)->used, 0);
}

TEST_F(VSpaceTest, TableTakesNoFlags) {
    EXPECT_REFUSAL(Map(Allocate(HELIOS_TYPE_TABLE_2), kAddress, HELIOS_MAP_WRITE),
                   HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + 1, HELIOS_MAP_WRITE, 0);
}

TEST_F(VSpaceTest, TableIsMappedForAnyAddressInItsReach) {
    MapTables(kAddress, 1);
    uint64_t table = Allocate(HELIOS_TYPE_TABLE_0);
    EXPECT_ANSWER(Map(table, kAddress), 0);
    EXPECT_EQ(table_of(SlotAt(table)->object)->address, align_down(kAddress, kLarge));
    EXPECT_ANSWER(Map(page_, align_down(kAddress, kLarge)), 0);
}

TEST_F(VSpaceTest, EmptyTableComesOutAndGoesInElsewhere) {
    uint64_t table = MapTables(kAddress);
    unsigned before = host_record.asid_flushes;
    EXPECT_ANSWER(UnmapTable(kAddress, 0), 0);
    EXPECT_EQ(host_record.asid_flushes, before + 1) << "the walker may remember the table";
    EXPECT_REFUSAL(Map(page_, kAddress), HELIOS_ERROR_MISSING_TABLE, HELIOS_ARGUMENT_PARAM,
                   HELIOS_TYPE_TABLE_1, HELIOS_TYPE_TABLE_0);
    EXPECT_ANSWER(Map(table, kAddress + kLarge), 0);
    EXPECT_ANSWER(Map(page_, kAddress + kLarge), 0);
}

TEST_F(VSpaceTest, TableWithEntriesStays) {
    MapTables(kAddress);
    Map(page_, kAddress);
    Map(page_, kAddress + KERNEL_PAGE_SIZE);
    EXPECT_REFUSAL(UnmapTable(kAddress, 0), HELIOS_ERROR_OCCUPIED, HELIOS_ARGUMENT_PARAM, 2, 0);
    EXPECT_REFUSAL(UnmapTable(kAddress, 1), HELIOS_ERROR_OCCUPIED, HELIOS_ARGUMENT_PARAM, 1, 0);
    EXPECT_TRUE(IsMapped(kAddress));
}

TEST_F(VSpaceTest, UnmapTableSaysWhatIsThere) {
    EXPECT_REFUSAL(UnmapTable(kAddress, 0), HELIOS_ERROR_NOT_MAPPED, HELIOS_ARGUMENT_PARAM, 0,
                   HELIOS_TYPE_TABLE_0);
    MapTables(kAddress, 1);
    Map(Allocate(HELIOS_TYPE_PAGE, 1), align_down(kAddress, kLarge));
    EXPECT_REFUSAL(UnmapTable(kAddress, 0), HELIOS_ERROR_NOT_MAPPED, HELIOS_ARGUMENT_PARAM,
                   HELIOS_TYPE_PAGE, HELIOS_TYPE_TABLE_0);
    for (uint64_t level : {3ull, 4ull, ~0ull}) {
        EXPECT_REFUSAL(UnmapTable(kAddress, level), HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + 1,
                       level, 2);
    }
}

TEST_F(VSpaceTest, TableWithoutCapabilitiesGoesWhenItIsUnmapped) {
    MapTables(kAddress, 1);
    uint64_t before = FreeBytes();
    uint64_t table = Allocate(HELIOS_TYPE_TABLE_0);
    Map(table, kAddress);
    Destroy(table);
    EXPECT_ANSWER(Map(page_, kAddress), 0);
    Unmap(kAddress);
    EXPECT_EQ(FreeBytes(), before - sizeof(struct table_block));
    EXPECT_ANSWER(UnmapTable(kAddress, 0), 0);
    EXPECT_EQ(FreeBytes(), before);
}

// Revocation and the end ---------------------------------------------------------------------

TEST_F(VSpaceTest, RevokingAPageUnmapsItEverywhere) {
    MapTables(kAddress);
    Map(page_, kAddress);
    Map(Weaker(page_, kRead), kAddress + KERNEL_PAGE_SIZE);
    uint64_t first = vspace_;
    vspace_ = Allocate(HELIOS_TYPE_VSPACE);
    MapTables(kAddress);
    Map(page_, kAddress);
    unsigned before = host_record.page_flushes;
    Revoke(page_);
    EXPECT_EQ(host_record.page_flushes, before + 3);
    EXPECT_FALSE(IsMapped(kAddress));
    vspace_ = first;
    EXPECT_FALSE(IsMapped(kAddress));
    EXPECT_FALSE(IsMapped(kAddress + KERNEL_PAGE_SIZE));
    EXPECT_EQ(UnmapTable(kAddress, 0).tag, helios_tag(HELIOS_OK, 0, 1, 0)) << "nothing is counted";
}

TEST_F(VSpaceTest, RevokingAMintedPageUnmapsWhatItMapped) {
    MapTables(kAddress);
    uint64_t minted = Weaker(page_, kRead);
    Map(page_, kAddress);
    Map(minted, kAddress + KERNEL_PAGE_SIZE);
    Revoke(minted);
    EXPECT_TRUE(IsMapped(kAddress));
    EXPECT_FALSE(IsMapped(kAddress + KERNEL_PAGE_SIZE));
}

TEST_F(VSpaceTest, RevokingATableTakesOutEverythingBelowIt) {
    uint64_t upper = MapTables(kAddress, 1);
    for (unsigned i = 0; i < 3; i++) {
        MapTables(kAddress + i * kLarge);
        Map(page_, kAddress + i * kLarge);
        Map(page_, kAddress + i * kLarge + 0x5000);
    }
    Map(Allocate(HELIOS_TYPE_PAGE, 1), align_down(kAddress, kLarge) + 5 * kLarge);
    Revoke(upper);
    EXPECT_EQ(table_of(SlotAt(upper)->object)->used, 0);
    EXPECT_EQ(table_of(SlotAt(upper)->object)->vspace, nullptr);
    EXPECT_REFUSAL(Map(page_, kAddress), HELIOS_ERROR_MISSING_TABLE, HELIOS_ARGUMENT_PARAM,
                   HELIOS_TYPE_TABLE_2, HELIOS_TYPE_TABLE_1);
    slot *page = SlotAt(page_);
    EXPECT_EQ(ring_node(page->object->ring.next), &page->node) << "no mapping is left in its ring";
    EXPECT_EQ(ring_node(page->object->ring.prev), &page->node);
    EXPECT_ANSWER(Map(upper, kAddress), 0);
}

TEST_F(VSpaceTest, TheEndOfAVSpaceUnmapsEverything) {
    uint64_t spare = vspace_;
    uint64_t before = FreeBytes();
    vspace_ = Allocate(HELIOS_TYPE_VSPACE);
    std::set<uint64_t> tables;
    for (uintptr_t address : {uintptr_t{0x1000}, kAddress, kLast}) {
        for (unsigned level = 3; level-- > 0;) {
            uint64_t table = Allocate(TableType(level));
            ASSERT_EQ(helios_tag_label(Map(table, address).tag), HELIOS_OK);
            tables.insert(table);
        }
        for (unsigned i = 0; i < 100; i++) {
            Map(page_, align_down(address, kLarge) + i * 2 * KERNEL_PAGE_SIZE);
        }
    }
    Destroy(vspace_);
    vspace_ = spare;
    slot *page = SlotAt(page_);
    EXPECT_EQ(ring_node(page->object->ring.next), &page->node);
    EXPECT_EQ(ring_node(page->object->ring.prev), &page->node);
    for (uint64_t table : tables) {
        EXPECT_EQ(table_of(SlotAt(table)->object)->vspace, nullptr);
        EXPECT_EQ(table_of(SlotAt(table)->object)->used, 0);
        Destroy(table);
    }
    EXPECT_EQ(FreeBytes(), before);
}

TEST_F(VSpaceTest, TheEndGoesInBoundedSteps) {
    uint64_t table = MapTables(kAddress);
    uintptr_t first = align_down(kAddress, kLarge);
    for (unsigned i = 0; i < 512; i++) {
        ASSERT_EQ(helios_tag_label(Map(page_, first + i * KERNEL_PAGE_SIZE).tag), HELIOS_OK);
    }
    const struct table *leaf = table_of(SlotAt(table)->object);
    unsigned before = host_record.page_flushes;
    unsigned left = leaf->used;
    while (!vspace_reap(&VSpace()->root.object)) {
        EXPECT_LE(left - leaf->used, 64u);
        left = leaf->used;
    }
    EXPECT_EQ(left, 0u);
    EXPECT_EQ(host_record.page_flushes, before) << "nobody translates by it any more";
}

TEST_F(VSpaceTest, WhoWalksADyingVSpaceLeavesIt) {
    uint64_t spare = vspace_;
    vspace_ = Allocate(HELIOS_TYPE_VSPACE);
    vspace *doomed = VSpace();
    vspace_activate(host_percpu, doomed);
    EXPECT_EQ(host_record.active_root, table_physical(&doomed->root));
    vspace_leave(doomed);
    EXPECT_EQ(host_record.active_root, HOST_PAGE_TABLES);
    EXPECT_EQ(host_percpu->vspace, nullptr);
    vspace_activate(host_percpu, init_->vspace);
    EXPECT_EQ(host_record.active_root, table_physical(&init_->vspace->root));
    vspace_leave(doomed); // not this one
    EXPECT_EQ(host_record.active_root, table_physical(&init_->vspace->root));
    vspace_ = spare;
}

} // namespace

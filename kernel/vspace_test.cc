// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/testing/vspace_machine.h"

namespace {

// map ----------------------------------------------------------------------------------------

TEST_F(VSpaceTest, MissingTableIsNamedByItsType) {
    for (unsigned missing = 3; missing-- > 0;) {
        uint64_t above = missing == 2 ? HELIOS_TYPE_VSPACE : TableType(missing + 1);
        EXPECT_REFUSAL(Map(page_, kAddress), HELIOS_ERROR_MISSING_TABLE, HELIOS_ARGUMENT_PARAM,
                       above, TableType(missing));
        EXPECT_ANSWER(Map(Allocate(TableType(missing)), kAddress), 0);
    }
    EXPECT_ANSWER(Map(page_, kAddress), 0);
}

TEST_F(VSpaceTest, TableNeedsTheTableAboveIt) {
    EXPECT_REFUSAL(Map(Allocate(HELIOS_TYPE_TABLE_0), kAddress), HELIOS_ERROR_MISSING_TABLE,
                   HELIOS_ARGUMENT_PARAM, HELIOS_TYPE_VSPACE, HELIOS_TYPE_TABLE_2);
}

TEST_F(VSpaceTest, QueryTellsWhatWasMapped) {
    MapTables(kAddress);
    ASSERT_EQ(helios_tag_label(Map(page_, kAddress, HELIOS_MAP_WRITE).tag), HELIOS_OK);
    message_registers result = Query(kAddress + 0x123);
    EXPECT_EQ(result.tag, helios_tag(HELIOS_OK, 0, 3, 0));
    EXPECT_EQ(result.params[0], Physical(page_) + 0x123);
    EXPECT_EQ(result.params[1], HELIOS_MAP_WRITE);
    EXPECT_EQ(result.params[2], 0u);
}

TEST_F(VSpaceTest, TheHardwareSeesWhatTheKernelBelieves) {
    MapTables(kAddress);
    Map(page_, kAddress, HELIOS_MAP_EXECUTE);
    auto *root = static_cast<arch_pte *>(arch_direct(table_physical(&VSpace()->root)));
    mmu_mapping mapping;
    ASSERT_TRUE(mmu_query(root, kAddress, &mapping));
    EXPECT_EQ(mapping.physical, Physical(page_));
    EXPECT_EQ(mapping.flags, MMU_USER | MMU_EXECUTE);
    Unmap(kAddress);
    EXPECT_FALSE(mmu_query(root, kAddress, &mapping));
}

TEST_F(VSpaceTest, LargePagesAreMappedAtTheirLevel) {
    uint64_t large = Allocate(HELIOS_TYPE_PAGE, 1);
    MapTables(kAddress, 1);
    uintptr_t address = align_down(kAddress, kLarge);
    EXPECT_ANSWER(Map(large, address, HELIOS_MAP_WRITE), 0);
    message_registers result = Query(address + 0x12345);
    EXPECT_EQ(result.params[0], Physical(large) + 0x12345);
    EXPECT_EQ(result.params[2], 1u);
    EXPECT_REFUSAL(Unmap(address + KERNEL_PAGE_SIZE), HELIOS_ERROR_ALIGNMENT, HELIOS_ARGUMENT_PARAM,
                   address + KERNEL_PAGE_SIZE, kLarge);
    EXPECT_ANSWER(Unmap(address), 0);
    EXPECT_FALSE(IsMapped(address));
}

TEST_F(VSpaceTest, GibibytePages) {
    uint64_t cap = DevicePage(0x40000000, 2);
    MapTables(kAddress, 2);
    uintptr_t address = align_down(kAddress, kHuge);
    EXPECT_REFUSAL(Map(cap, address + kLarge), HELIOS_ERROR_ALIGNMENT, HELIOS_ARGUMENT_PARAM,
                   address + kLarge, kHuge);
    EXPECT_ANSWER(Map(cap, address), 0);
    message_registers result = Query(address + 0x1234567);
    EXPECT_EQ(result.params[0], 0x41234567u);
    EXPECT_EQ(result.params[2], 2u);
    EXPECT_ANSWER(Unmap(address), 0);
}

TEST_F(VSpaceTest, GibibytePagesNeedAMachineThatHasThem) {
    uint64_t cap = DevicePage(0x40000000, 2);
    MapTables(kAddress, 2);
    host_largest_leaf = 1;
    EXPECT_REFUSAL(Map(cap, align_down(kAddress, kHuge)), HELIOS_ERROR_UNSUPPORTED,
                   HELIOS_ARGUMENT_CAP, 2, 1);
    host_largest_leaf = 2;
}

TEST_F(VSpaceTest, NothingIsMappedOutsideOfUserSpace) {
    for (uintptr_t address : {uintptr_t{kLast + KERNEL_PAGE_SIZE}, uintptr_t{ARCH_USER_TOP},
                              uintptr_t{ARCH_KERNEL_WINDOW}, ~uintptr_t{0}}) {
        EXPECT_REFUSAL(Map(page_, address), HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM, address,
                       kLast);
        EXPECT_REFUSAL(Unmap(address), HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM, address, kLast);
        EXPECT_REFUSAL(UnmapTable(address, 0), HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM, address,
                       kLast);
        EXPECT_REFUSAL(Query(address), HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM, address,
                       kLimit - 1);
    }
    MapTables(kLast);
    EXPECT_ANSWER(Map(page_, kLast), 0);
}

TEST_F(VSpaceTest, LargePageMustNotReachIntoTheLastPage) {
    uint64_t large = Allocate(HELIOS_TYPE_PAGE, 1);
    uintptr_t last = align_down(ARCH_USER_TOP, kLarge);
    EXPECT_REFUSAL(Map(large, last), HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM, last,
                   last - kLarge);
    MapTables(last - kLarge, 1);
    EXPECT_ANSWER(Map(large, last - kLarge), 0);
}

TEST_F(VSpaceTest, UnalignedAddressesAreRefused) {
    EXPECT_REFUSAL(Map(page_, kAddress + 8), HELIOS_ERROR_ALIGNMENT, HELIOS_ARGUMENT_PARAM,
                   kAddress + 8, KERNEL_PAGE_SIZE);
    EXPECT_REFUSAL(Unmap(kAddress + 8), HELIOS_ERROR_ALIGNMENT, HELIOS_ARGUMENT_PARAM, kAddress + 8,
                   KERNEL_PAGE_SIZE);
    uint64_t large = Allocate(HELIOS_TYPE_PAGE, 1);
    EXPECT_REFUSAL(Map(large, kAddress), HELIOS_ERROR_ALIGNMENT, HELIOS_ARGUMENT_PARAM, kAddress,
                   kLarge);
}

TEST_F(VSpaceTest, WhatIsMappedIsNotOverwritten) {
    MapTables(kAddress);
    Map(page_, kAddress);
    EXPECT_REFUSAL(Map(Allocate(HELIOS_TYPE_PAGE), kAddress), HELIOS_ERROR_OCCUPIED,
                   HELIOS_ARGUMENT_PARAM, HELIOS_TYPE_PAGE, 0);
    EXPECT_EQ(Query(kAddress).params[0], Physical(page_));
    EXPECT_REFUSAL(Map(Allocate(HELIOS_TYPE_TABLE_0), kAddress), HELIOS_ERROR_OCCUPIED,
                   HELIOS_ARGUMENT_PARAM, HELIOS_TYPE_TABLE_0, 0);
    EXPECT_REFUSAL(Map(Allocate(HELIOS_TYPE_PAGE, 1), align_down(kAddress, kLarge)),
                   HELIOS_ERROR_OCCUPIED, HELIOS_ARGUMENT_PARAM, HELIOS_TYPE_TABLE_0, 0);
}

TEST_F(VSpaceTest, LargePageIsInTheWayOfASmallOneAndOfATable) {
    MapTables(kAddress, 1);
    Map(Allocate(HELIOS_TYPE_PAGE, 1), align_down(kAddress, kLarge));
    EXPECT_REFUSAL(Map(page_, kAddress), HELIOS_ERROR_OCCUPIED, HELIOS_ARGUMENT_PARAM,
                   HELIOS_TYPE_PAGE, 0);
    EXPECT_REFUSAL(Map(Allocate(HELIOS_TYPE_TABLE_0), kAddress), HELIOS_ERROR_OCCUPIED,
                   HELIOS_ARGUMENT_PARAM, HELIOS_TYPE_PAGE, 0);
}

TEST_F(VSpaceTest, FlagsThatDoNotGoTogetherAreRefused) {
    const struct {
        uint64_t flags;
        uint64_t wanted;
    } cases[] = {
        {HELIOS_MAP_WRITE | HELIOS_MAP_EXECUTE, HELIOS_MAP_EXECUTE},
        {HELIOS_MAP_DEVICE | HELIOS_MAP_EXECUTE, HELIOS_MAP_EXECUTE},
        {HELIOS_MAP_WRITE_COMBINE | HELIOS_MAP_EXECUTE, HELIOS_MAP_EXECUTE},
        {HELIOS_MAP_DEVICE | HELIOS_MAP_WRITE_COMBINE, HELIOS_MAP_WRITE | HELIOS_MAP_DEVICE},
        {16, HELIOS_MAP_WRITE | HELIOS_MAP_WRITE_COMBINE},
        {1ull << 63, HELIOS_MAP_WRITE | HELIOS_MAP_WRITE_COMBINE},
    };
    MapTables(kAddress);
    for (const auto &one : cases) {
        EXPECT_REFUSAL(Map(page_, kAddress, one.flags), HELIOS_ERROR_RANGE,
                       HELIOS_ARGUMENT_PARAM + 1, one.flags, one.wanted);
    }
    EXPECT_FALSE(IsMapped(kAddress));
}

TEST_F(VSpaceTest, EveryOtherCombinationOfFlagsIsWhatIsMapped) {
    MapTables(kAddress);
    for (uint64_t flags : {0u, 1u, 2u, 4u, 5u, 8u, 9u}) {
        EXPECT_ANSWER(Map(page_, kAddress, flags), 0);
        EXPECT_EQ(Query(kAddress).params[1], flags);
        EXPECT_ANSWER(Unmap(kAddress), 0);
    }
}

TEST_F(VSpaceTest, MappingNeedsTheRightsThatItGives) {
    MapTables(kAddress);
    const struct {
        unsigned rights;
        uint64_t flags;
        unsigned wanted; // 0: allowed
    } cases[] = {
        {0, 0, kRead},
        {kWrite | kExecute, 0, kRead},
        {kRead, 0, 0},
        {kRead, HELIOS_MAP_WRITE, kRead | kWrite},
        {kRead | kExecute, HELIOS_MAP_WRITE, kRead | kWrite},
        {kRead | kWrite, HELIOS_MAP_WRITE, 0},
        {kRead | kWrite, HELIOS_MAP_EXECUTE, kRead | kExecute},
        {kRead | kExecute, HELIOS_MAP_EXECUTE, 0},
    };
    for (const auto &one : cases) {
        uint64_t weaker = Weaker(page_, one.rights);
        message_registers result = Map(weaker, kAddress, one.flags);
        if (one.wanted != 0) {
            EXPECT_REFUSAL(result, HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAP, one.rights,
                           one.wanted);
        } else {
            EXPECT_ANSWER(result, 0);
            Unmap(kAddress);
        }
        Destroy(weaker);
    }
}

TEST_F(VSpaceTest, InvocationsNeedTheirRightOnTheVSpace) {
    MapTables(kAddress);
    uint64_t strong = vspace_;
    vspace_ = Weaker(strong, kRead);
    EXPECT_REFUSAL(Map(page_, kAddress), HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAPABILITY, kRead,
                   kWrite);
    EXPECT_REFUSAL(Unmap(kAddress), HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAPABILITY, kRead, kWrite);
    EXPECT_REFUSAL(UnmapTable(kAddress, 0), HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAPABILITY, kRead,
                   kWrite);
    vspace_ = Weaker(strong, kWrite);
    EXPECT_REFUSAL(Query(kAddress), HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAPABILITY, kWrite, kRead);
}

TEST_F(VSpaceTest, OnlyPagesAndTablesAreMapped) {
    EXPECT_REFUSAL(Map(Allocate(HELIOS_TYPE_ENDPOINT), kAddress), HELIOS_ERROR_TYPE,
                   HELIOS_ARGUMENT_CAP, HELIOS_TYPE_ENDPOINT, HELIOS_TYPE_PAGE);
    EXPECT_REFUSAL(Map(vspace_, kAddress), HELIOS_ERROR_TYPE, HELIOS_ARGUMENT_CAP,
                   HELIOS_TYPE_VSPACE, HELIOS_TYPE_PAGE);
    message_registers result = Map(~0ull, kAddress);
    EXPECT_EQ(helios_tag_label(result.tag), HELIOS_ERROR_CAPABILITY);
    EXPECT_EQ(result.params[0], HELIOS_ARGUMENT_CAP);
}

TEST_F(VSpaceTest, UnknownInvocationsAndWrongCountsAreRefused) {
    EXPECT_REFUSAL(Invoke(vspace_, 0), HELIOS_ERROR_INVOCATION, HELIOS_ARGUMENT_LABEL, 0, 0);
    EXPECT_REFUSAL(Invoke(vspace_, 5), HELIOS_ERROR_INVOCATION, HELIOS_ARGUMENT_LABEL, 5, 0);
    EXPECT_REFUSAL(Invoke(vspace_, HELIOS_VSPACE_MAP, {kAddress, 0}), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_CAP_COUNT, 0, 1);
    EXPECT_REFUSAL(Invoke(vspace_, HELIOS_VSPACE_MAP, {kAddress}, {page_}), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_PARAM_COUNT, 1, 2);
    EXPECT_REFUSAL(Invoke(vspace_, HELIOS_VSPACE_UNMAP, {kAddress, 0}), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_PARAM_COUNT, 2, 1);
    EXPECT_REFUSAL(Invoke(vspace_, HELIOS_VSPACE_UNMAP_TABLE, {kAddress}), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_PARAM_COUNT, 1, 2);
    EXPECT_REFUSAL(Invoke(vspace_, HELIOS_VSPACE_QUERY), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_PARAM_COUNT, 0, 1);
    EXPECT_REFUSAL(Invoke(Allocate(HELIOS_TYPE_TABLE_0), 1), HELIOS_ERROR_INVOCATION,
                   HELIOS_ARGUMENT_LABEL, 1, 0);
}

TEST_F(VSpaceTest, DeviceRegistersAreNeverCachedOrExecuted) {
    uint64_t cap = DevicePage(0xfe000000, 0);
    MapTables(kAddress);
    EXPECT_ANSWER(Map(cap, kAddress, HELIOS_MAP_WRITE), 0);
    EXPECT_EQ(Query(kAddress).params[1], HELIOS_MAP_WRITE | HELIOS_MAP_DEVICE);
    EXPECT_EQ(Query(kAddress).params[0], 0xfe000000u);
    EXPECT_ANSWER(Unmap(kAddress), 0);
    EXPECT_ANSWER(Map(cap, kAddress, HELIOS_MAP_WRITE_COMBINE), 0);
    EXPECT_EQ(Query(kAddress).params[1], HELIOS_MAP_WRITE_COMBINE);
    EXPECT_ANSWER(Unmap(kAddress), 0);
    EXPECT_REFUSAL(Map(cap, kAddress, HELIOS_MAP_EXECUTE), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_PARAM + 1, HELIOS_MAP_EXECUTE,
                   HELIOS_MAP_WRITE | HELIOS_MAP_DEVICE | HELIOS_MAP_WRITE_COMBINE);
}

TEST_F(VSpaceTest, MemoryLeavesTheCacheBeforeItIsMappedUncached) {
    MapTables(kAddress);
    EXPECT_ANSWER(Map(page_, kAddress, HELIOS_MAP_WRITE), 0);
    EXPECT_EQ(host_record.cache_operations, 0u);
    EXPECT_ANSWER(Map(page_, kAddress + 0x1000, HELIOS_MAP_WRITE_COMBINE), 0);
    EXPECT_EQ(host_record.cache_operations, 1u);
    EXPECT_ANSWER(Map(page_, kAddress + 0x2000, HELIOS_MAP_DEVICE), 0);
    EXPECT_EQ(host_record.cache_operations, 2u);
}

TEST_F(VSpaceTest, LargePagesOfMemoryAreCached) {
    uint64_t large = Allocate(HELIOS_TYPE_PAGE, 1);
    MapTables(kAddress, 1);
    for (uint64_t flags : {HELIOS_MAP_DEVICE, HELIOS_MAP_WRITE_COMBINE}) {
        EXPECT_REFUSAL(Map(large, align_down(kAddress, kLarge), flags), HELIOS_ERROR_RANGE,
                       HELIOS_ARGUMENT_PARAM + 1, flags, HELIOS_MAP_WRITE | HELIOS_MAP_EXECUTE);
    }
}

TEST_F(VSpaceTest, NothingGoesIntoATableThatIsBeingRevoked) {
    uint64_t table = MapTables(kAddress);
    SlotAt(table)->object->revoking = 1;
    EXPECT_REFUSAL(Map(page_, kAddress), HELIOS_ERROR_BUSY, HELIOS_ARGUMENT_PARAM,
                   HELIOS_TYPE_TABLE_0, 0);
    SlotAt(table)->object->revoking = 0;
    EXPECT_ANSWER(Map(page_, kAddress), 0);
}

TEST_F(VSpaceTest, PageThatIsBeingRevokedIsNotMapped) {
    MapTables(kAddress);
    SlotAt(page_)->object->revoking = 1;
    message_registers result = Map(page_, kAddress);
    EXPECT_EQ(result.params[0], HELIOS_ARGUMENT_CAP);
    SlotAt(page_)->object->revoking = 0;
    EXPECT_FALSE(IsMapped(kAddress));
    EXPECT_ANSWER(Map(page_, kAddress), 0);
}

// unmap --------------------------------------------------------------------------------------

TEST_F(VSpaceTest, UnmapFlushesThePage) {
    MapTables(kAddress);
    Map(page_, kAddress);
    unsigned before = host_record.page_flushes;
    EXPECT_ANSWER(Unmap(kAddress), 0);
    EXPECT_EQ(host_record.page_flushes, before + 1);
    EXPECT_EQ(host_record.flushed_page, kAddress);
    EXPECT_REFUSAL(Unmap(kAddress), HELIOS_ERROR_NOT_MAPPED, HELIOS_ARGUMENT_PARAM, 0,
                   HELIOS_TYPE_PAGE);
    EXPECT_EQ(host_record.page_flushes, before + 1);
}

TEST_F(VSpaceTest, NothingIsMappedWhereThereIsNoTable) {
    EXPECT_REFUSAL(Unmap(kAddress), HELIOS_ERROR_NOT_MAPPED, HELIOS_ARGUMENT_PARAM, 0,
                   HELIOS_TYPE_PAGE);
    EXPECT_REFUSAL(Query(kAddress), HELIOS_ERROR_NOT_MAPPED, HELIOS_ARGUMENT_PARAM, 0,
                   HELIOS_TYPE_PAGE);
}

TEST_F(VSpaceTest, MappingOutlivesTheCapabilityThatMadeIt) {
    MapTables(kAddress);
    uint64_t before = FreeBytes();
    uint64_t other = Allocate(HELIOS_TYPE_PAGE);
    uint64_t physical = Physical(other);
    Map(other, kAddress);
    Destroy(other);
    EXPECT_EQ(Query(kAddress).params[0], physical);
    EXPECT_EQ(FreeBytes(), before - KERNEL_PAGE_SIZE);
    Unmap(kAddress);
    EXPECT_EQ(FreeBytes(), before);
}

TEST_F(VSpaceTest, PageIsSharedByAddressSpaces) {
    MapTables(kAddress);
    Map(page_, kAddress);
    uint64_t first = vspace_;
    vspace_ = Allocate(HELIOS_TYPE_VSPACE);
    MapTables(kAddress);
    EXPECT_ANSWER(Map(page_, kAddress), 0);
    Unmap(kAddress);
    vspace_ = first;
    EXPECT_TRUE(IsMapped(kAddress));
}

TEST_F(VSpaceTest, PageIsMappedTwiceInOneAddressSpace) {
    MapTables(kAddress);
    EXPECT_ANSWER(Map(page_, kAddress), 0);
    EXPECT_ANSWER(Map(page_, kAddress + KERNEL_PAGE_SIZE), 0);
    Unmap(kAddress);
    EXPECT_TRUE(IsMapped(kAddress + KERNEL_PAGE_SIZE));
}

} // namespace

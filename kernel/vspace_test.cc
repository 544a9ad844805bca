// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/vspace.h"

#include <set>
#include <string>

#include "kernel/device_memory.h"
#include "kernel/memory.h"
#include "kernel/memory_object.h"
#include "kernel/reaper.h"
#include "kernel/testing/booted_machine.h"
#include "testing/audit/audit.h"

namespace {

constexpr uintptr_t kAddress = 0x123456789000;
constexpr uintptr_t kLarge = 0x200000;
constexpr uintptr_t kHuge = 0x40000000;
constexpr uintptr_t kLast = ARCH_USER_TOP - 2 * KERNEL_PAGE_SIZE; // the last page that there is
constexpr uint64_t kLimit = ARCH_USER_TOP - KERNEL_PAGE_SIZE;     // nothing is mapped from here on
constexpr unsigned kRead = HELIOS_RIGHT_READ;
constexpr unsigned kWrite = HELIOS_RIGHT_WRITE;
constexpr unsigned kExecute = HELIOS_RIGHT_EXECUTE;

helios_type TableType(unsigned level) {
    return static_cast<helios_type>(HELIOS_TYPE_TABLE_0 + level);
}

// An address space that nobody runs in, and a page.
class VSpaceTest : public BootedMachine {
  protected:
    void SetUp() override {
        BootedMachine::SetUp();
        vspace_ = Allocate(HELIOS_TYPE_VSPACE);
        page_ = Allocate(HELIOS_TYPE_PAGE);
    }

    void TearDown() override {
        EXPECT_EQ(audit_machine(host_percpu), "");
    }

    message_registers Map(uint64_t what, uintptr_t address, uint64_t flags = 0) {
        return Invoke(vspace_, HELIOS_VSPACE_MAP, {address, flags}, {what});
    }

    message_registers Unmap(uintptr_t address) {
        return Invoke(vspace_, HELIOS_VSPACE_UNMAP, {address});
    }

    message_registers UnmapTable(uintptr_t address, uint64_t level) {
        return Invoke(vspace_, HELIOS_VSPACE_UNMAP_TABLE, {address, level});
    }

    message_registers Query(uintptr_t address) {
        return Invoke(vspace_, HELIOS_VSPACE_QUERY, {address});
    }

    bool IsMapped(uintptr_t address) {
        return helios_tag_label(Query(address).tag) == HELIOS_OK;
    }

    // Tables for `address` down to this level; returns the lowest.
    uint64_t MapTables(uintptr_t address, unsigned lowest = 0) {
        uint64_t table = 0;
        for (unsigned level = 3; level-- > lowest;) {
            table = Allocate(TableType(level));
            message_registers result = Map(table, address);
            if (helios_tag_label(result.tag) == HELIOS_ERROR_OCCUPIED) {
                Destroy(table);
                table = 0;
            } else {
                EXPECT_EQ(helios_tag_label(result.tag), HELIOS_OK);
            }
        }
        return table;
    }

    struct vspace *VSpace() {
        return vspace_of(SlotAt(vspace_)->object);
    }
    uint64_t Physical(uint64_t page) {
        return frame_physical(frame_of(SlotAt(page)->object));
    }

    uint64_t FreeBytes() {
        return memory_free_bytes(reinterpret_cast<memory *>(SlotAt(Memory())->object));
    }

    // A Page of a device's registers.
    uint64_t DevicePage(uint64_t physical, uint64_t level) {
        device_ = {};
        device_memory_init(&device_, physical, 0x1000ull << (9 * level));
        helios_error error = HELIOS_OK;
        slot *taken = cspace_take_slot(init_->cspace, HELIOS_CADDR_UNDEF, &error);
        cap_make(taken, &device_.object, HELIOS_RIGHT_ALL, 0);
        return InvokeForCap(cspace_address(taken), HELIOS_DEVICE_MEMORY_ALLOCATE, {physical, level},
                            {Memory()});
    }

    device_memory device_;
    uint64_t vspace_;
    uint64_t page_;
};

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
    ASSERT_EQ(mmu_query(root, kAddress, &mapping).error, MMU_OK);
    EXPECT_EQ(mapping.physical, Physical(page_));
    EXPECT_EQ(mapping.flags, MMU_USER | MMU_EXECUTE);
    Unmap(kAddress);
    EXPECT_EQ(mmu_query(root, kAddress, &mapping).error, MMU_NOT_MAPPED);
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

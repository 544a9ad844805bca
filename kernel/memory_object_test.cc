// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/memory_object.h"

#include <algorithm>
#include <string>
#include <vector>

#include "kernel/reaper.h"
#include "kernel/testing/booted_machine.h"
#include "kernel/vspace.h"
#include "testing/audit/audit.h"

namespace {

constexpr uint64_t kPage = 4096;

struct Kind {
    helios_type type;
    uint64_t size;
};

// Something of each type that Memory makes.
constexpr Kind kKinds[] = {
    {HELIOS_TYPE_MEMORY, 14},  {HELIOS_TYPE_MEMORY, 16},      {HELIOS_TYPE_CSPACE, 2},
    {HELIOS_TYPE_CSPACE, 6},   {HELIOS_TYPE_CSPACE, 12},      {HELIOS_TYPE_VSPACE, 0},
    {HELIOS_TYPE_TABLE_0, 0},  {HELIOS_TYPE_TABLE_1, 0},      {HELIOS_TYPE_TABLE_2, 0},
    {HELIOS_TYPE_PAGE, 0},     {HELIOS_TYPE_PAGE, 1},         {HELIOS_TYPE_TASK, 0},
    {HELIOS_TYPE_ENDPOINT, 0}, {HELIOS_TYPE_NOTIFICATION, 0},
};

class MemoryObjectTest : public BootedMachine {
  protected:
    void TearDown() override {
        EXPECT_EQ(audit_machine(host_percpu), "");
    }

    void SetUp() override {
        BootedMachine::SetUp();
        own_ = Split(Memory(), 22);
    }

    uint64_t Split(uint64_t from, uint64_t bits) {
        return InvokeForCap(from, HELIOS_MEMORY_ALLOCATE, {HELIOS_TYPE_MEMORY, bits, 1});
    }

    uint64_t Make(uint64_t from, helios_type type, uint64_t size = 0) {
        return InvokeForCap(from, HELIOS_MEMORY_ALLOCATE, {static_cast<uint64_t>(type), size, 1});
    }

    // Several at once, with room for `receive` capabilities.
    message_registers MakeMany(uint64_t from, helios_type type, uint64_t size, uint64_t count,
                               uint64_t receive = HELIOS_MAX_CAPS) {
        std::fill(init_->buffer->receive, init_->buffer->receive + HELIOS_MAX_CAPS,
                  HELIOS_CADDR_UNDEF);
        init_->buffer->receive_count = receive;
        return Syscall(HELIOS_SYS_CALL, from, helios_tag(HELIOS_MEMORY_ALLOCATE, 0, 3, 0),
                       static_cast<uint64_t>(type), size, count);
    }

    uint64_t Free(uint64_t memory) {
        return Invoke(memory, HELIOS_MEMORY_QUERY).params[0];
    }

    uint64_t LargestBits(uint64_t memory) {
        return Invoke(memory, HELIOS_MEMORY_QUERY).params[1];
    }

    uint64_t FreeSlots() {
        return init_->cspace->free_count;
    }

    bool IsEmpty(uint64_t address) {
        return SlotAt(address)->type == HELIOS_TYPE_NULL;
    }

    struct memory *MemoryAt(uint64_t address) {
        return memory_of(SlotAt(address)->object);
    }

    uint8_t *PageAt(uint64_t address) {
        return static_cast<uint8_t *>(
            arch_direct(frame_physical(frame_of(SlotAt(address)->object))));
    }

    // Spoils all free memory of a Memory that nothing was made from yet.
    void Dirty(uint64_t address) {
        struct memory *memory = MemoryAt(address);
        memset(arch_direct(memory->base), 0xdb, memory->frame_count * kPage);
    }

    uint64_t own_; // a Memory of 4 MiB that nothing is made from
};

bool IsZero(const uint8_t *from, size_t length) {
    return std::all_of(from, from + length, [](uint8_t byte) { return byte == 0; });
}

TEST_F(MemoryObjectTest, QueryTellsWhatIsFreeInOnePieceAndInAll) {
    message_registers result = Invoke(own_, HELIOS_MEMORY_QUERY);
    EXPECT_EQ(result.tag, helios_tag(HELIOS_OK, 0, 3, 0));
    EXPECT_EQ(result.params[0], 1u << 22);
    EXPECT_EQ(result.params[1], 22u);
    EXPECT_EQ(result.params[2], 1u << 22);
    Make(own_, HELIOS_TYPE_PAGE);
    result = Invoke(own_, HELIOS_MEMORY_QUERY);
    EXPECT_EQ(result.params[0], (1u << 22) - kPage);
    EXPECT_EQ(result.params[1], 21u);
    EXPECT_EQ(result.params[2], 1u << 22);
}

TEST_F(MemoryObjectTest, QueryOfAFullMemoryFindsNothing) {
    uint64_t small = Split(own_, 14);
    MakeMany(small, HELIOS_TYPE_PAGE, 0, 4);
    message_registers result = Invoke(small, HELIOS_MEMORY_QUERY);
    EXPECT_EQ(result.params[0], 0u);
    EXPECT_EQ(result.params[1], 0u);
}

TEST_F(MemoryObjectTest, EveryTypeIsMadeAndIdentified) {
    Dirty(own_);
    for (const Kind &kind : kKinds) {
        uint64_t made = Make(own_, kind.type, kind.size);
        message_registers result = Syscall(HELIOS_SYS_IDENTIFY, made);
        EXPECT_EQ(result.params[0], static_cast<uint64_t>(kind.type));
        EXPECT_EQ(result.params[1], static_cast<uint64_t>(HELIOS_RIGHT_ALL));
        EXPECT_EQ(result.params[2], 0u);
        EXPECT_EQ(result.params[3], kind.size) << kind.type;
    }
}

TEST_F(MemoryObjectTest, WhatIsDestroyedIsFreeAtOnceAndInOnePiece) {
    Dirty(own_);
    for (const Kind &kind : kKinds) {
        uint64_t slots = FreeSlots();
        for (int i = 0; i < 3; i++) {
            uint64_t made = Make(own_, kind.type, kind.size);
            EXPECT_LT(Free(own_), 1u << 22) << kind.type;
            Destroy(made);
            EXPECT_EQ(Free(own_), 1u << 22) << kind.type;
            EXPECT_EQ(LargestBits(own_), 22u) << kind.type;
        }
        EXPECT_EQ(FreeSlots(), slots);
    }
}

TEST_F(MemoryObjectTest, EverythingMadeAndDestroyedInAnotherOrderComesBack) {
    std::vector<uint64_t> made;
    for (int round = 0; round < 3; round++) {
        for (const Kind &kind : kKinds) {
            if (kind.type != HELIOS_TYPE_PAGE || kind.size == 0) {
                made.push_back(Make(own_, kind.type, kind.size));
            }
        }
    }
    for (size_t i = 0; i < made.size(); i++) {
        Destroy(made[i * 17 % made.size()]); // 17 and their number have no common divisor
    }
    EXPECT_EQ(Free(own_), 1u << 22);
    EXPECT_EQ(LargestBits(own_), 22u);
}

TEST_F(MemoryObjectTest, PagesAreZeroed) {
    Dirty(own_);
    for (int i = 0; i < 3; i++) {
        uint64_t page = Make(own_, HELIOS_TYPE_PAGE);
        EXPECT_TRUE(IsZero(PageAt(page), kPage));
        memset(PageAt(page), 0xab, kPage);
        Destroy(page);
    }
}

TEST_F(MemoryObjectTest, ALargePageIsZeroedAndAligned) {
    Dirty(own_);
    Make(own_, HELIOS_TYPE_PAGE);
    uint64_t page = Make(own_, HELIOS_TYPE_PAGE, 1);
    EXPECT_EQ(frame_physical(frame_of(SlotAt(page)->object)) % (1u << 21), 0u);
    EXPECT_TRUE(IsZero(PageAt(page), 1u << 21));
}

TEST_F(MemoryObjectTest, ATableHasNoEntries) {
    Dirty(own_);
    for (helios_type type : {HELIOS_TYPE_VSPACE, HELIOS_TYPE_TABLE_0, HELIOS_TYPE_TABLE_2}) {
        struct table_block *block = table_block(table_of(SlotAt(Make(own_, type))->object));
        for (unsigned i = 0; i < TABLE_ENTRIES; i++) {
            ASSERT_FALSE(table_entry_used(block, i));
            // The host's root has a kernel half.
            ASSERT_TRUE(type == HELIOS_TYPE_VSPACE || !arch_pte_present(block->entries[i])) << i;
        }
    }
}

TEST_F(MemoryObjectTest, ALargeCSpaceHasAllItsSlotsFree) {
    Dirty(own_);
    uint64_t made = Make(own_, HELIOS_TYPE_CSPACE, 14);
    message_registers result = Invoke(made, HELIOS_CSPACE_QUERY);
    EXPECT_EQ(result.params[0], 1u << 14);
    EXPECT_EQ(result.params[1], 1u << 14);
}

TEST_F(MemoryObjectTest, ThirtyTwoAtOnceAreThirtyTwoObjects) {
    Dirty(own_);
    for (helios_type type : {HELIOS_TYPE_PAGE, HELIOS_TYPE_ENDPOINT, HELIOS_TYPE_TASK}) {
        message_registers result = MakeMany(own_, type, 0, HELIOS_MAX_CAPS);
        ASSERT_EQ(result.tag, helios_tag(HELIOS_OK, HELIOS_MAX_CAPS, 0, 0));
        std::vector<object *> objects;
        for (uint64_t address : init_->buffer->caps) {
            ASSERT_EQ(SlotAt(address)->type, type);
            objects.push_back(SlotAt(address)->object);
            if (type == HELIOS_TYPE_PAGE) {
                EXPECT_TRUE(IsZero(PageAt(address), kPage));
            }
        }
        std::sort(objects.begin(), objects.end());
        EXPECT_EQ(std::unique(objects.begin(), objects.end()), objects.end());
    }
}

TEST_F(MemoryObjectTest, AnUnknownOrUnmakeableTypeIsRefused) {
    for (uint64_t type :
         {uint64_t{HELIOS_TYPE_NULL}, uint64_t{HELIOS_TYPE_DEVICE_MEMORY},
          uint64_t{HELIOS_TYPE_REPLY}, uint64_t{HELIOS_TYPE_POWER}, uint64_t{HELIOS_TYPE_ASID_POOL},
          uint64_t{HELIOS_TYPE_COUNT}, ~uint64_t{0}}) {
        EXPECT_REFUSAL(Invoke(own_, HELIOS_MEMORY_ALLOCATE, {type, 0, 1}), HELIOS_ERROR_TYPE,
                       HELIOS_ARGUMENT_PARAM, type, 0);
    }
}

TEST_F(MemoryObjectTest, ASizeOutsideTheTypesBoundsIsRefused) {
    struct Case {
        uint64_t type, size, bound;
    };
    for (const Case &c : {Case{HELIOS_TYPE_PAGE, 3, 2}, Case{HELIOS_TYPE_PAGE, ~0ull, 2},
                          Case{HELIOS_TYPE_CSPACE, 1, 2}, Case{HELIOS_TYPE_CSPACE, 19, 18},
                          Case{HELIOS_TYPE_MEMORY, 13, 14}, Case{HELIOS_TYPE_MEMORY, 42, 41},
                          Case{HELIOS_TYPE_ENDPOINT, 1, 0}, Case{HELIOS_TYPE_TASK, 12, 0}}) {
        EXPECT_REFUSAL(Invoke(own_, HELIOS_MEMORY_ALLOCATE, {c.type, c.size, 1}),
                       HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + 1, c.size, c.bound);
    }
}

TEST_F(MemoryObjectTest, ACountOutsideOneToThirtyTwoIsRefused) {
    EXPECT_REFUSAL(Invoke(own_, HELIOS_MEMORY_ALLOCATE, {HELIOS_TYPE_PAGE, 0, 0}),
                   HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + 2, 0, 1);
    EXPECT_REFUSAL(Invoke(own_, HELIOS_MEMORY_ALLOCATE, {HELIOS_TYPE_PAGE, 0, 33}),
                   HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + 2, 33, 32);
    EXPECT_REFUSAL(Invoke(own_, HELIOS_MEMORY_ALLOCATE, {HELIOS_TYPE_PAGE, 0, 1ull << 32 | 1}),
                   HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + 2, 1ull << 32 | 1, 32);
}

TEST_F(MemoryObjectTest, WritingNeedsWriteAndAskingNeedsRead) {
    uint64_t reader = Weaker(own_, HELIOS_RIGHT_READ);
    uint64_t writer = Weaker(own_, HELIOS_RIGHT_WRITE);
    EXPECT_REFUSAL(Invoke(reader, HELIOS_MEMORY_ALLOCATE, {HELIOS_TYPE_PAGE, 0, 1}),
                   HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAPABILITY, HELIOS_RIGHT_READ,
                   HELIOS_RIGHT_WRITE);
    EXPECT_REFUSAL(Invoke(reader, HELIOS_MEMORY_RESET), HELIOS_ERROR_RIGHTS,
                   HELIOS_ARGUMENT_CAPABILITY, HELIOS_RIGHT_READ, HELIOS_RIGHT_WRITE);
    EXPECT_REFUSAL(Invoke(writer, HELIOS_MEMORY_QUERY), HELIOS_ERROR_RIGHTS,
                   HELIOS_ARGUMENT_CAPABILITY, HELIOS_RIGHT_WRITE, HELIOS_RIGHT_READ);
    EXPECT_EQ(helios_tag_label(Invoke(reader, HELIOS_MEMORY_QUERY).tag), HELIOS_OK);
    EXPECT_EQ(helios_tag_label(Invoke(writer, HELIOS_MEMORY_RESET).tag), HELIOS_OK);
}

TEST_F(MemoryObjectTest, TheNumberOfArgumentsIsChecked) {
    EXPECT_REFUSAL(Invoke(own_, HELIOS_MEMORY_ALLOCATE, {HELIOS_TYPE_PAGE, 0}),
                   HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_PARAM_COUNT, 2, 3);
    EXPECT_REFUSAL(Invoke(own_, HELIOS_MEMORY_QUERY, {1}), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_PARAM_COUNT, 1, 0);
    EXPECT_REFUSAL(Invoke(own_, HELIOS_MEMORY_RESET, {}, {own_}), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_CAP_COUNT, 1, 0);
    EXPECT_REFUSAL(Invoke(own_, 4), HELIOS_ERROR_INVOCATION, HELIOS_ARGUMENT_LABEL, 4, 0);
}

TEST_F(MemoryObjectTest, TooFewReceiveSlotsMakeNothing) {
    uint64_t slots = FreeSlots();
    EXPECT_REFUSAL(MakeMany(own_, HELIOS_TYPE_PAGE, 0, 4, 3), HELIOS_ERROR_RECEIVER,
                   HELIOS_ARGUMENT_RECEIVE, 3, 4);
    EXPECT_REFUSAL(MakeMany(own_, HELIOS_TYPE_PAGE, 1, 1, 0), HELIOS_ERROR_RECEIVER,
                   HELIOS_ARGUMENT_RECEIVE, 0, 1);
    EXPECT_EQ(Free(own_), 1u << 22);
    EXPECT_EQ(FreeSlots(), slots);
}

TEST_F(MemoryObjectTest, TooLittleMemoryMakesNothing) {
    uint64_t slots = FreeSlots();
    uint64_t small = Split(own_, 16);
    EXPECT_REFUSAL(MakeMany(small, HELIOS_TYPE_PAGE, 0, 17), HELIOS_ERROR_NO_MEMORY,
                   HELIOS_ARGUMENT_CAPABILITY, 1u << 16, 17 * kPage);
    EXPECT_REFUSAL(MakeMany(small, HELIOS_TYPE_PAGE, 1, 1), HELIOS_ERROR_NO_MEMORY,
                   HELIOS_ARGUMENT_CAPABILITY, 1u << 16, 1u << 21);
    EXPECT_REFUSAL(MakeMany(small, HELIOS_TYPE_CSPACE, 10, 2), HELIOS_ERROR_NO_MEMORY,
                   HELIOS_ARGUMENT_CAPABILITY, 1u << 16, 2 * (1u << 16) + 2 * 128);
    EXPECT_EQ(Free(small), 1u << 16);
    EXPECT_EQ(LargestBits(small), 16u);
    EXPECT_EQ(FreeSlots(), slots - 1);
}

TEST_F(MemoryObjectTest, AnExhaustedMemoryRecovers) {
    uint64_t small = Split(own_, 16);
    for (int round = 0; round < 3; round++) {
        std::vector<uint64_t> made;
        for (;;) {
            message_registers result = MakeMany(small, HELIOS_TYPE_PAGE, 0, 1);
            if (helios_tag_label(result.tag) != HELIOS_OK) {
                EXPECT_EQ(helios_tag_label(result.tag),
                          static_cast<uint32_t>(HELIOS_ERROR_NO_MEMORY));
                break;
            }
            made.push_back(init_->buffer->caps[0]);
        }
        EXPECT_EQ(made.size(), 16u);
        for (uint64_t page : made) {
            Destroy(page);
        }
        EXPECT_EQ(LargestBits(small), 16u);
    }
}

TEST_F(MemoryObjectTest, AChildHasItsOwnPartOfTheParent) {
    uint64_t before = Free(own_);
    uint64_t child = Split(own_, 20);
    EXPECT_EQ(Free(own_), before - (1u << 20) - kPage) << "the child, and a slab for its object";
    EXPECT_EQ(MemoryAt(child)->base % (1u << 20), 0u);
    uint64_t page = Make(child, HELIOS_TYPE_PAGE);
    uint64_t physical = frame_physical(frame_of(SlotAt(page)->object));
    EXPECT_GE(physical, MemoryAt(child)->base);
    EXPECT_LT(physical, MemoryAt(child)->base + (1u << 20));
    EXPECT_EQ(Free(child), (1u << 20) - kPage);
}

TEST_F(MemoryObjectTest, AWholeChildDoesNotMergeWithItsParentsBlocks) {
    uint64_t first = Split(own_, 20);
    uint64_t second = Split(own_, 20);
    uint64_t page = Make(first, HELIOS_TYPE_PAGE);
    Destroy(page);
    EXPECT_EQ(LargestBits(first), 20u);
    Destroy(second);
    EXPECT_EQ(LargestBits(own_), 21u) << "the first one's half stays in two parts";
    EXPECT_EQ(Free(first), 1u << 20);
}

TEST_F(MemoryObjectTest, TheDeathOfAMemoryTakesEverythingMadeFromIt) {
    uint64_t slots = FreeSlots();
    uint64_t child = Split(own_, 21);
    std::vector<uint64_t> made;
    for (const Kind &kind : kKinds) {
        if (kind.type != HELIOS_TYPE_PAGE || kind.size == 0) {
            made.push_back(Make(child, kind.type, kind.size));
        }
    }
    uint64_t copy = Weaker(made.back(), HELIOS_RIGHT_READ);
    Destroy(child);
    for (uint64_t address : made) {
        EXPECT_TRUE(IsEmpty(address));
    }
    EXPECT_TRUE(IsEmpty(copy));
    EXPECT_EQ(FreeSlots(), slots);
    EXPECT_EQ(Free(own_), 1u << 22);
    EXPECT_EQ(LargestBits(own_), 22u);
}

TEST_F(MemoryObjectTest, ResetDestroysEverythingAndTheMemoryStays) {
    std::vector<uint64_t> made;
    for (const Kind &kind : kKinds) {
        made.push_back(Make(own_, kind.type, kind.size));
    }
    uint64_t grandchild = Make(made[1], HELIOS_TYPE_ENDPOINT);
    EXPECT_ANSWER(Invoke(own_, HELIOS_MEMORY_RESET), 0);
    for (uint64_t address : made) {
        EXPECT_TRUE(IsEmpty(address));
    }
    EXPECT_TRUE(IsEmpty(grandchild));
    EXPECT_EQ(Free(own_), 1u << 22);
    EXPECT_EQ(LargestBits(own_), 22u);
    Make(own_, HELIOS_TYPE_PAGE, 1);
}

TEST_F(MemoryObjectTest, ResetOfAnUntouchedMemoryDoesNothing) {
    EXPECT_ANSWER(Invoke(own_, HELIOS_MEMORY_RESET), 0);
    EXPECT_EQ(LargestBits(own_), 22u);
}

TEST_F(MemoryObjectTest, ResetReachesChildrenOfChildren) {
    uint64_t parent = own_;
    std::vector<uint64_t> made;
    for (uint64_t bits = 20; bits >= 14; bits--) {
        uint64_t child = Split(parent, bits);
        made.push_back(child);
        made.push_back(Make(child, HELIOS_TYPE_ENDPOINT));
        parent = child;
    }
    EXPECT_ANSWER(Invoke(own_, HELIOS_MEMORY_RESET), 0);
    for (uint64_t address : made) {
        EXPECT_TRUE(IsEmpty(address));
    }
    EXPECT_EQ(LargestBits(own_), 22u);
}

TEST_F(MemoryObjectTest, ResetEndsUsesInOtherObjects) {
    // A page of this Memory in init's address space.
    uint64_t page = Make(own_, HELIOS_TYPE_PAGE);
    constexpr uintptr_t address = 0x3fc0012000; // INIT_CONSOLE: free, and its tables are there
    EXPECT_EQ(
        helios_tag_label(Invoke(HELIOS_INIT_VSPACE, HELIOS_VSPACE_MAP, {address, 0}, {page}).tag),
        HELIOS_OK);
    EXPECT_GE(UserFlags(address), 0);
    // A task that is not of this Memory, with everything that a task refers to.
    uint64_t task = Allocate(HELIOS_TYPE_TASK);
    uint64_t parts[] = {Make(own_, HELIOS_TYPE_CSPACE, 4), Make(own_, HELIOS_TYPE_VSPACE),
                        Make(own_, HELIOS_TYPE_PAGE), Make(own_, HELIOS_TYPE_ENDPOINT)};
    EXPECT_EQ(helios_tag_label(Invoke(task, HELIOS_TASK_CONFIGURE, {HELIOS_TASK_PARTS},
                                      {parts[0], parts[1], parts[2], parts[3]})
                                   .tag),
              HELIOS_OK);
    struct task *other = task_of(SlotAt(task)->object);
    EXPECT_NE(other->cspace, nullptr);
    EXPECT_ANSWER(Invoke(own_, HELIOS_MEMORY_RESET), 0);
    EXPECT_EQ(UserFlags(address), -1);
    EXPECT_EQ(other->cspace, nullptr);
    EXPECT_EQ(other->vspace, nullptr);
    EXPECT_EQ(other->buffer, nullptr);
    EXPECT_EQ(other->fault_reference.object, nullptr);
    EXPECT_EQ(Free(own_), 1u << 22);
}

TEST_F(MemoryObjectTest, ObjectsThatReferToEachOtherGoTogether) {
    uint64_t cspace = Make(own_, HELIOS_TYPE_CSPACE, 8);
    uint64_t vspace = Make(own_, HELIOS_TYPE_VSPACE);
    uint64_t buffer = Make(own_, HELIOS_TYPE_PAGE);
    uint64_t endpoint = Make(own_, HELIOS_TYPE_ENDPOINT);
    uint64_t task = Make(own_, HELIOS_TYPE_TASK);
    Invoke(task, HELIOS_TASK_CONFIGURE, {HELIOS_TASK_PARTS}, {cspace, vspace, buffer, endpoint});
    // Into the CSpace: itself, the task, its Memory.
    for (uint64_t address : {cspace, task, own_}) {
        EXPECT_EQ(helios_tag_label(Invoke(cspace, HELIOS_CSPACE_COPY,
                                          {HELIOS_CADDR_UNDEF, HELIOS_RIGHT_ALL, 0}, {address})
                                       .tag),
                  HELIOS_OK);
    }
    EXPECT_ANSWER(Invoke(own_, HELIOS_MEMORY_RESET), 0);
    EXPECT_EQ(Free(own_), 1u << 22);
    EXPECT_EQ(LargestBits(own_), 22u);
    EXPECT_EQ(reaper_depth(), 0u);
}

// The usual case of a process that ends: its CSpace is made from the Memory that only it can name.
TEST_F(MemoryObjectTest, ACSpaceThatHoldsTheLastCapabilityToItsOwnMemoryFreesBoth) {
    uint64_t before = Free(own_);
    uint64_t child = Split(own_, 20);
    uint64_t cspace = Make(child, HELIOS_TYPE_CSPACE, 6);
    uint64_t endpoint = Make(child, HELIOS_TYPE_ENDPOINT);
    Invoke(HELIOS_INIT_CSPACE, HELIOS_CSPACE_MOVE, {child, 5}, {cspace});
    ASSERT_TRUE(IsEmpty(child));
    Destroy(cspace);
    EXPECT_TRUE(IsEmpty(endpoint));
    EXPECT_EQ(Free(own_), before);
    EXPECT_EQ(reaper_depth(), 0u);
}

TEST_F(MemoryObjectTest, ATaskThatIsTheLastToNameItsOwnMemoryFreesAll) {
    uint64_t before = Free(own_);
    uint64_t child = Split(own_, 20);
    uint64_t cspace = Make(child, HELIOS_TYPE_CSPACE, 6);
    uint64_t vspace = Make(child, HELIOS_TYPE_VSPACE);
    uint64_t task = Make(child, HELIOS_TYPE_TASK);
    Invoke(task, HELIOS_TASK_CONFIGURE, {HELIOS_TASK_CSPACE | HELIOS_TASK_VSPACE},
           {cspace, vspace});
    uint64_t slot = 1;
    for (uint64_t address : {child, vspace}) {
        Invoke(HELIOS_INIT_CSPACE, HELIOS_CSPACE_MOVE, {address, slot++}, {cspace});
    }
    Destroy(cspace); // the task still refers to it
    EXPECT_LT(Free(own_), before);
    Destroy(task);
    EXPECT_EQ(Free(own_), before);
    EXPECT_EQ(reaper_depth(), 0u);
}

TEST_F(MemoryObjectTest, TheDeathOfAParentEndsAChildThatIsInUse) {
    uint64_t parent = Split(own_, 21);
    uint64_t child = Split(parent, 20);
    uint64_t endpoint = Make(child, HELIOS_TYPE_ENDPOINT);
    uint64_t page = Make(child, HELIOS_TYPE_PAGE);
    Destroy(parent);
    EXPECT_TRUE(IsEmpty(child));
    EXPECT_TRUE(IsEmpty(endpoint));
    EXPECT_TRUE(IsEmpty(page));
    EXPECT_EQ(LargestBits(own_), 22u);
}

// As a task that is killed in the middle of a destroy leaves it.
TEST_F(MemoryObjectTest, WhatIsDyingCountsAsFree) {
    uint64_t before = Free(own_);
    uint64_t child = Split(own_, 20);
    for (int i = 0; i < 8; i++) {
        Make(child, HELIOS_TYPE_PAGE);
    }
    reaper_push(SlotAt(child)->object);
    EXPECT_EQ(Free(own_), before);
    EXPECT_EQ(LargestBits(own_), 22u);
    EXPECT_EQ(reaper_depth(), 0u);
}

TEST_F(MemoryObjectTest, AWorldMadeFromItComesBackToTheLastByte) {
    uint64_t root = Memory();
    uint64_t free = Free(root);
    uint64_t slots = FreeSlots();
    for (int round = 0; round < 3; round++) {
        uint64_t memory = Split(root, 22);
        for (const Kind &kind : kKinds) {
            Make(memory, kind.type, kind.size);
        }
        Make(memory, HELIOS_TYPE_CSPACE, 13);
        Destroy(memory);
        EXPECT_EQ(Free(root), free);
        EXPECT_EQ(FreeSlots(), slots);
    }
}

} // namespace

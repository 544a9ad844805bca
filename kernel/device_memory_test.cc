// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/device_memory.h"

#include "kernel/init_load.h"
#include "kernel/memory_object.h"
#include "kernel/reaper.h"
#include "kernel/testing/booted_machine.h"
#include "testing/audit/audit.h"

namespace {

constexpr uint64_t kPage = 4096;
constexpr uint64_t kBase = 0x80000000; // outside of the arena: nobody may touch it
constexpr uint64_t kLength = 0x40000000 + 0x800000;

class DeviceMemoryTest : public BootedMachine {
  protected:
    void TearDown() override {
        EXPECT_EQ(audit_machine(host_percpu), "");
    }

    void SetUp() override {
        BootedMachine::SetUp();
        payer_ = Allocate(HELIOS_TYPE_MEMORY, 16);
        device_memory_init(&object_, kBase, kLength);
        enum helios_error error;
        slot *slot = cspace_take_slot(init_->cspace, HELIOS_CADDR_UNDEF, &error);
        cap_make(slot, &object_.object, HELIOS_RIGHT_ALL, 0);
        device_ = cspace_address(slot);
    }

    uint64_t Page(uint64_t device, uint64_t physical, uint64_t level = 0) {
        return InvokeForCap(device, HELIOS_DEVICE_MEMORY_ALLOCATE, {physical, level}, {payer_});
    }

    uint64_t Split(uint64_t device, uint64_t physical, uint64_t length) {
        return InvokeForCap(device, HELIOS_DEVICE_MEMORY_SPLIT, {physical, length}, {payer_});
    }

    uint64_t Paid() {
        return (1u << 16) - memory_free_bytes(memory_of(SlotAt(payer_)->object));
    }

    bool IsEmpty(uint64_t address) {
        return SlotAt(address)->type == HELIOS_TYPE_NULL;
    }

    device_memory object_ = {};
    uint64_t device_;
    uint64_t payer_;
};

TEST_F(DeviceMemoryTest, QueryTellsTheRange) {
    message_registers result = Invoke(device_, HELIOS_DEVICE_MEMORY_QUERY);
    EXPECT_EQ(result.tag, helios_tag(HELIOS_OK, 0, 2, 0));
    EXPECT_EQ(result.params[0], kBase);
    EXPECT_EQ(result.params[1], kLength);
}

TEST_F(DeviceMemoryTest, PagesOfEveryLevelCanBeMade) {
    for (uint64_t level = 0; level <= 2; level++) {
        uint64_t page = Page(device_, kBase, level);
        message_registers result = Invoke(page, HELIOS_PAGE_QUERY);
        EXPECT_EQ(result.params[0], kBase);
        EXPECT_EQ(result.params[1], level);
        EXPECT_EQ(result.params[2], 1u) << "of a device";
        Destroy(page);
    }
    EXPECT_EQ(Paid(), 0u);
}

TEST_F(DeviceMemoryTest, APageOutsideTheRangeIsRefused) {
    for (uint64_t physical : {kBase - kPage, kBase + kLength, uint64_t{0}, ~uint64_t{0xfff}}) {
        EXPECT_REFUSAL(Invoke(device_, HELIOS_DEVICE_MEMORY_ALLOCATE, {physical, 0}, {payer_}),
                       HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM, physical, kBase);
    }
    // Begins inside, but does not fit.
    EXPECT_REFUSAL(
        Invoke(device_, HELIOS_DEVICE_MEMORY_ALLOCATE, {kBase + 0x40000000, 2}, {payer_}),
        HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM, kBase + 0x40000000, kBase);
    EXPECT_EQ(Paid(), 0u);
}

TEST_F(DeviceMemoryTest, AnUnalignedPageIsRefused) {
    EXPECT_REFUSAL(Invoke(device_, HELIOS_DEVICE_MEMORY_ALLOCATE, {kBase + 8, 0}, {payer_}),
                   HELIOS_ERROR_ALIGNMENT, HELIOS_ARGUMENT_PARAM, kBase + 8, kPage);
    EXPECT_REFUSAL(Invoke(device_, HELIOS_DEVICE_MEMORY_ALLOCATE, {kBase + kPage, 1}, {payer_}),
                   HELIOS_ERROR_ALIGNMENT, HELIOS_ARGUMENT_PARAM, kBase + kPage, 1u << 21);
    EXPECT_REFUSAL(Invoke(device_, HELIOS_DEVICE_MEMORY_ALLOCATE, {kBase, 3}, {payer_}),
                   HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + 1, 3, 2);
}

TEST_F(DeviceMemoryTest, ThePayerMustBeAMemoryThatMayBeUsed) {
    EXPECT_REFUSAL(Invoke(device_, HELIOS_DEVICE_MEMORY_ALLOCATE, {kBase, 0}, {device_}),
                   HELIOS_ERROR_TYPE, HELIOS_ARGUMENT_CAP, HELIOS_TYPE_DEVICE_MEMORY,
                   HELIOS_TYPE_MEMORY);
    uint64_t reader = Weaker(payer_, HELIOS_RIGHT_READ);
    EXPECT_REFUSAL(Invoke(device_, HELIOS_DEVICE_MEMORY_SPLIT, {kBase, kPage}, {reader}),
                   HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAP, HELIOS_RIGHT_READ, HELIOS_RIGHT_WRITE);
}

TEST_F(DeviceMemoryTest, APayerWithoutMemoryMakesNothing) {
    uint64_t slots = init_->cspace->free_count;
    uint64_t poor = Allocate(HELIOS_TYPE_MEMORY, 14);
    for (int i = 0; i < 4; i++) {
        InvokeForCap(poor, HELIOS_MEMORY_ALLOCATE, {HELIOS_TYPE_PAGE, 0, 1});
    }
    EXPECT_REFUSAL(Invoke(device_, HELIOS_DEVICE_MEMORY_ALLOCATE, {kBase, 0}, {poor}),
                   HELIOS_ERROR_NO_MEMORY, HELIOS_ARGUMENT_CAP, 0, 128);
    EXPECT_EQ(init_->cspace->free_count, slots - 5);
}

TEST_F(DeviceMemoryTest, RightsAreNeeded) {
    uint64_t reader = Weaker(device_, HELIOS_RIGHT_READ);
    EXPECT_REFUSAL(Invoke(reader, HELIOS_DEVICE_MEMORY_ALLOCATE, {kBase, 0}, {payer_}),
                   HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAPABILITY, HELIOS_RIGHT_READ,
                   HELIOS_RIGHT_WRITE);
    EXPECT_REFUSAL(Invoke(reader, HELIOS_DEVICE_MEMORY_SPLIT, {kBase, kPage}, {payer_}),
                   HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAPABILITY, HELIOS_RIGHT_READ,
                   HELIOS_RIGHT_WRITE);
    uint64_t writer = Weaker(device_, HELIOS_RIGHT_WRITE);
    EXPECT_REFUSAL(Invoke(writer, HELIOS_DEVICE_MEMORY_QUERY), HELIOS_ERROR_RIGHTS,
                   HELIOS_ARGUMENT_CAPABILITY, HELIOS_RIGHT_WRITE, HELIOS_RIGHT_READ);
}

TEST_F(DeviceMemoryTest, TheNumberOfArgumentsIsChecked) {
    EXPECT_REFUSAL(Invoke(device_, HELIOS_DEVICE_MEMORY_ALLOCATE, {kBase, 0}),
                   HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_CAP_COUNT, 0, 1);
    EXPECT_REFUSAL(Invoke(device_, HELIOS_DEVICE_MEMORY_SPLIT, {kBase}, {payer_}),
                   HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_PARAM_COUNT, 1, 2);
    EXPECT_REFUSAL(Invoke(device_, 9), HELIOS_ERROR_INVOCATION, HELIOS_ARGUMENT_LABEL, 9, 0);
}

TEST_F(DeviceMemoryTest, ASplitOffPieceHasOnlyItsRange) {
    uint64_t piece = Split(device_, kBase + 0x10000, 0x2000);
    message_registers result = Invoke(piece, HELIOS_DEVICE_MEMORY_QUERY);
    EXPECT_EQ(result.params[0], kBase + 0x10000);
    EXPECT_EQ(result.params[1], 0x2000u);
    Page(piece, kBase + 0x11000);
    EXPECT_REFUSAL(Invoke(piece, HELIOS_DEVICE_MEMORY_ALLOCATE, {kBase + 0x12000, 0}, {payer_}),
                   HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM, kBase + 0x12000, kBase + 0x10000);
}

TEST_F(DeviceMemoryTest, ASplitChecksItsParameters) {
    EXPECT_REFUSAL(Invoke(device_, HELIOS_DEVICE_MEMORY_SPLIT, {kBase, 5}, {payer_}),
                   HELIOS_ERROR_ALIGNMENT, HELIOS_ARGUMENT_PARAM + 1, 5, kPage);
    EXPECT_REFUSAL(Invoke(device_, HELIOS_DEVICE_MEMORY_SPLIT, {kBase, 0}, {payer_}),
                   HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + 1, 0, kPage);
    EXPECT_REFUSAL(Invoke(device_, HELIOS_DEVICE_MEMORY_SPLIT, {kBase + 1, kPage}, {payer_}),
                   HELIOS_ERROR_ALIGNMENT, HELIOS_ARGUMENT_PARAM, kBase + 1, kPage);
    EXPECT_REFUSAL(Invoke(device_, HELIOS_DEVICE_MEMORY_SPLIT, {kBase + kPage, kLength}, {payer_}),
                   HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM, kBase + kPage, kBase);
    EXPECT_REFUSAL(Invoke(device_, HELIOS_DEVICE_MEMORY_SPLIT, {kBase, ~uint64_t{0xfff}}, {payer_}),
                   HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM, kBase, kBase);
}

TEST_F(DeviceMemoryTest, ItsDeathTakesPagesPiecesAndTheirs) {
    uint64_t piece = Split(device_, kBase, 0x10000);
    uint64_t smaller = Split(piece, kBase, 0x1000);
    uint64_t pages[] = {Page(device_, kBase), Page(piece, kBase), Page(smaller, kBase)};
    Destroy(device_);
    EXPECT_TRUE(IsEmpty(piece));
    EXPECT_TRUE(IsEmpty(smaller));
    for (uint64_t page : pages) {
        EXPECT_TRUE(IsEmpty(page));
    }
    EXPECT_EQ(Paid(), 0u);
    EXPECT_EQ(reaper_depth(), 0u);
}

TEST_F(DeviceMemoryTest, NothingIsMadeOfWhatBeginsToDie) {
    uint32_t gone = HELIOS_ERROR_GONE;
    EXPECT_EQ(helios_tag_label(
                  InvokeDying(device_, HELIOS_DEVICE_MEMORY_ALLOCATE, {kBase, 0}, {payer_}).tag),
              gone);
    EXPECT_EQ(helios_tag_label(
                  InvokeDying(device_, HELIOS_DEVICE_MEMORY_SPLIT, {kBase, 0x1000}, {payer_}).tag),
              gone);
    EXPECT_EQ(Paid(), 0u);
    EXPECT_EQ(host_percpu->making, nullptr);
}

// They are taken out of its lists when it dies or when their memory goes, whatever is first.
TEST_F(DeviceMemoryTest, PieceThatIsDyingAlreadyIsNotTouchedAgain) {
    uint64_t slot = Page(device_, kBase);
    struct object *page = SlotAt(slot)->object;
    object_set_state(page, OBJECT_DYING); // another CPU is taking it apart
    EXPECT_FALSE(device_memory_reap(&object_.object));
    EXPECT_EQ(reaper_depth(), 0u);
    EXPECT_TRUE(device_memory_reap(&object_.object));
    object_set_state(page, OBJECT_LIVE);
    Destroy(slot);
    EXPECT_EQ(Paid(), 0u);
}

TEST_F(DeviceMemoryTest, TheDeathOfThePayerTakesWhatItPaidFor) {
    uint64_t piece = Split(device_, kBase, 0x10000);
    uint64_t pages[] = {Page(device_, kBase), Page(piece, kBase)};
    Invoke(payer_, HELIOS_MEMORY_RESET);
    EXPECT_TRUE(IsEmpty(piece));
    EXPECT_TRUE(IsEmpty(pages[0]));
    EXPECT_TRUE(IsEmpty(pages[1]));
    EXPECT_EQ(Paid(), 0u);
    Page(device_, kBase); // the device itself is as it was
}

TEST_F(DeviceMemoryTest, PiecesThatGoInAnyOrderLeaveTheOthersAlone) {
    uint64_t pieces[] = {Split(device_, kBase, 0x1000), Split(device_, kBase + 0x1000, 0x1000),
                         Split(device_, kBase + 0x2000, 0x1000)};
    uint64_t page = Page(pieces[2], kBase + 0x2000);
    Destroy(pieces[1]);
    Destroy(pieces[0]);
    EXPECT_FALSE(IsEmpty(page));
    Destroy(page);
    Destroy(pieces[2]);
    EXPECT_EQ(Paid(), 0u);
}

TEST_F(DeviceMemoryTest, AMappedPageIsUnmappedWhenItsDeviceGoes) {
    uint64_t page = Page(device_, kBase);
    EXPECT_EQ(helios_tag_label(Invoke(HELIOS_INIT_VSPACE, HELIOS_VSPACE_MAP,
                                      {INIT_CONSOLE, HELIOS_MAP_DEVICE}, {page})
                                   .tag),
              HELIOS_OK);
    EXPECT_GE(UserFlags(INIT_CONSOLE), 0);
    Destroy(page); // the mapping keeps it
    EXPECT_GE(UserFlags(INIT_CONSOLE), 0);
    EXPECT_NE(Paid(), 0u);
    Destroy(device_);
    EXPECT_EQ(UserFlags(INIT_CONSOLE), -1);
    EXPECT_EQ(Paid(), 0u);
}

} // namespace

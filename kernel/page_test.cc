// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/device_memory.h"
#include "kernel/frame.h"
#include "kernel/testing/booted_machine.h"
#include "kernel/vspace.h"
#include "testing/audit/audit.h"

namespace {

constexpr uint64_t kLimit = 0x10000;

class PageTest : public BootedMachine {
  protected:
    void SetUp() override {
        BootedMachine::SetUp();
        page_ = Allocate(HELIOS_TYPE_PAGE);
    }

    void TearDown() override {
        EXPECT_EQ(audit_machine(host_percpu), "");
    }

    // A page of a device's registers.
    uint64_t DevicePage() {
        device_ = {};
        device_memory_init(&device_, 0xfe000000, 4096);
        helios_error error = HELIOS_OK;
        slot *taken = cspace_take_slot(init_->cspace, HELIOS_CADDR_UNDEF, &error);
        cap_make(taken, &device_.object, HELIOS_RIGHT_ALL, 0);
        return InvokeForCap(cspace_address(taken), HELIOS_DEVICE_MEMORY_ALLOCATE, {0xfe000000, 0},
                            {Memory()});
    }

    device_memory device_;
    uint64_t page_;
};

TEST_F(PageTest, QueryAnswersAddressLevelAndKind) {
    message_registers result = Invoke(page_, HELIOS_PAGE_QUERY);
    EXPECT_EQ(result.tag, helios_tag(HELIOS_OK, 0, 3, 0));
    EXPECT_EQ(result.params[0], frame_physical(frame_of(SlotAt(page_)->object)));
    EXPECT_EQ(result.params[1], 0u);
    EXPECT_EQ(result.params[2], 0u);
    EXPECT_EQ(Invoke(Allocate(HELIOS_TYPE_PAGE, 1), HELIOS_PAGE_QUERY).params[1], 1u);
    EXPECT_EQ(Invoke(DevicePage(), HELIOS_PAGE_QUERY).params[2], 1u);
}

TEST_F(PageTest, MaintenanceReachesThePort) {
    unsigned syncs = host_record.instruction_syncs;
    unsigned operations = host_record.cache_operations;
    EXPECT_ANSWER(Invoke(page_, HELIOS_PAGE_CLEAN, {0, 4096}), 0);
    EXPECT_ANSWER(Invoke(page_, HELIOS_PAGE_INVALIDATE, {64, 64}), 0);
    EXPECT_EQ(host_record.cache_operations, operations + 2);
    EXPECT_EQ(host_record.instruction_syncs, syncs);
    EXPECT_ANSWER(Invoke(page_, HELIOS_PAGE_SYNC_CODE, {4095, 1}), 0);
    EXPECT_EQ(host_record.instruction_syncs, syncs + 1);
}

TEST_F(PageTest, RangeMustLieInThePage) {
    for (uint32_t label : {HELIOS_PAGE_CLEAN, HELIOS_PAGE_INVALIDATE, HELIOS_PAGE_SYNC_CODE}) {
        EXPECT_REFUSAL(Invoke(page_, label, {4096, 0}), HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM,
                       4096, 4095);
        EXPECT_REFUSAL(Invoke(page_, label, {~0ull, 1}), HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM,
                       ~0ull, 4095);
        EXPECT_REFUSAL(Invoke(page_, label, {4000, 97}), HELIOS_ERROR_RANGE,
                       HELIOS_ARGUMENT_PARAM + 1, 97, 96);
        EXPECT_REFUSAL(Invoke(page_, label, {1, ~0ull}), HELIOS_ERROR_RANGE,
                       HELIOS_ARGUMENT_PARAM + 1, ~0ull, 4095);
    }
    EXPECT_EQ(host_record.cache_operations, 0u);
}

TEST_F(PageTest, OneCallMaintainsABoundedPiece) {
    uint64_t large = Allocate(HELIOS_TYPE_PAGE, 1);
    EXPECT_ANSWER(Invoke(large, HELIOS_PAGE_CLEAN, {0x1f0000, kLimit}), 0);
    EXPECT_REFUSAL(Invoke(large, HELIOS_PAGE_CLEAN, {0, kLimit + 1}), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_PARAM + 1, kLimit + 1, kLimit);
    EXPECT_REFUSAL(Invoke(large, HELIOS_PAGE_CLEAN, {0x1f0001, kLimit}), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_PARAM + 1, kLimit, kLimit - 1);
}

TEST_F(PageTest, DeviceRegistersHaveNoCache) {
    uint64_t device = DevicePage();
    for (uint32_t label : {HELIOS_PAGE_CLEAN, HELIOS_PAGE_INVALIDATE, HELIOS_PAGE_SYNC_CODE}) {
        EXPECT_REFUSAL(Invoke(device, label, {0, 64}), HELIOS_ERROR_UNSUPPORTED,
                       HELIOS_ARGUMENT_CAPABILITY, HELIOS_TYPE_DEVICE_MEMORY, HELIOS_TYPE_MEMORY);
    }
    EXPECT_EQ(host_record.cache_operations, 0u);
}

TEST_F(PageTest, EachInvocationNeedsItsRight) {
    const struct {
        uint32_t label;
        unsigned right;
        std::vector<uint64_t> params;
    } cases[] = {
        {HELIOS_PAGE_QUERY, HELIOS_RIGHT_READ, {}},
        {HELIOS_PAGE_CLEAN, HELIOS_RIGHT_READ, {0, 1}},
        {HELIOS_PAGE_INVALIDATE, HELIOS_RIGHT_WRITE, {0, 1}},
        {HELIOS_PAGE_SYNC_CODE, HELIOS_RIGHT_WRITE, {0, 1}},
    };
    for (const auto &one : cases) {
        unsigned others = HELIOS_RIGHT_ALL & ~one.right;
        EXPECT_REFUSAL(Invoke(Weaker(page_, others), one.label, one.params), HELIOS_ERROR_RIGHTS,
                       HELIOS_ARGUMENT_CAPABILITY, others, one.right);
        EXPECT_EQ(helios_tag_label(Invoke(Weaker(page_, one.right), one.label, one.params).tag),
                  HELIOS_OK);
    }
}

TEST_F(PageTest, UnknownInvocationsAndWrongCountsAreRefused) {
    for (uint32_t label : {0u, 5u, ~0u}) {
        EXPECT_REFUSAL(Invoke(page_, label), HELIOS_ERROR_INVOCATION, HELIOS_ARGUMENT_LABEL, label,
                       0);
    }
    EXPECT_REFUSAL(Invoke(page_, HELIOS_PAGE_QUERY, {1}), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_PARAM_COUNT, 1, 0);
    EXPECT_REFUSAL(Invoke(page_, HELIOS_PAGE_CLEAN, {1}), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_PARAM_COUNT, 1, 2);
}

} // namespace

// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/cspace.h"

#include <array>
#include <memory>
#include <set>
#include <vector>

#include "arch/host/host.h"
#include "kernel/ipc.h"
#include "kernel/reaper.h"
#include "kernel/task.h"
#include "testing/audit/audit.h"
#include "gtest/gtest.h"

namespace {

constexpr uint64_t kSlots = 16;
constexpr uint64_t kSelf = 1;     // the task's CSpace, in itself
constexpr uint64_t kOther = 2;    // another CSpace
constexpr uint64_t kEndpoint = 3; // an original

// A task with a CSpace and a buffer that invokes capabilities directly, without a kernel entry.
class CSpaceTest : public ::testing::Test {
  protected:
    void SetUp() override {
        host_reset();
        reaper_reset();
        Init(&own_, own_slots_.data());
        Init(&other_, other_slots_.data());
        object_init(&endpoint_, HELIOS_TYPE_ENDPOINT, nullptr);
        cap_make(Take(&own_, kSelf), &own_.object, HELIOS_RIGHT_ALL, 0);
        cap_make(Take(&own_, kOther), &other_.object, HELIOS_RIGHT_ALL, 0);
        cap_make(Take(&own_, kEndpoint), &endpoint_, HELIOS_RIGHT_ALL, 0);
        task_ = Task();
        host_percpu->current = task_;
        host_percpu->arch_current = &task_->arch;
    }

    void TearDown() override {
        EXPECT_EQ(audit_cspace(&own_), "");
        EXPECT_EQ(audit_cspace(&other_), "");
        for (object *object : {&own_.object, &other_.object, &endpoint_}) {
            EXPECT_EQ(audit_ring(object), "");
        }
    }

    task *Task() {
        tasks_.push_back(std::make_unique<Storage>());
        auto *made = reinterpret_cast<task *>(tasks_.back().get());
        made->state = HELIOS_TASK_READY;
        made->cspace = &own_;
        made->buffer = &buffer_;
        made->arch.is_short = true;
        object_init(&made->object, HELIOS_TYPE_TASK, nullptr);
        object_init(&made->reply, HELIOS_TYPE_REPLY, nullptr);
        return made;
    }

    static void Init(cspace *cspace, slot *slots) {
        cspace_init(cspace, nullptr, slots, kSlots);
        cspace_init_slots(cspace, 0, kSlots);
    }

    static slot *Take(cspace *cspace, uint64_t address) {
        helios_error error = HELIOS_OK;
        return cspace_take_slot(cspace, address, &error);
    }

    // call{caps}(params), of the CSpace in slot `capability`.
    message_registers Invoke(uint64_t capability, uint32_t label,
                             const std::vector<uint64_t> &params,
                             const std::vector<uint64_t> &caps = {}) {
        struct syscall call = {};
        call.number = HELIOS_SYS_CALL;
        call.capability = capability;
        call.tag = helios_tag(label, static_cast<uint32_t>(caps.size()),
                              static_cast<uint32_t>(params.size()), 0);
        for (size_t i = 0; i < params.size(); i++) {
            (i < 4 ? call.params : buffer_.params)[i] = params[i];
        }
        std::copy(caps.begin(), caps.end(), buffer_.caps);
        uint32_t before = task_->arch.result_count;
        const slot_view view = slot_read(&own_slots_[capability]);
        cspace_invoke(task_, &view, &call);
        EXPECT_EQ(task_->arch.result_count, before + 1) << "exactly one answer";
        return task_->arch.result;
    }

    uint64_t Copy(uint64_t source, uint64_t rights = HELIOS_RIGHT_ALL, uint64_t badge = 0,
                  uint64_t cspace = kSelf) {
        message_registers result =
            Invoke(cspace, HELIOS_CSPACE_COPY, {HELIOS_CADDR_UNDEF, rights, badge}, {source});
        EXPECT_EQ(helios_tag_label(result.tag), HELIOS_OK);
        return result.params[0];
    }

    uint64_t TypeAt(uint64_t address) {
        return own_slots_[address].type;
    }

    struct alignas(task) Storage {
        uint8_t bytes[sizeof(task)] = {};
    };
    std::vector<std::unique_ptr<Storage>> tasks_;
    std::array<slot, kSlots> own_slots_;
    std::array<slot, kSlots> other_slots_;
    cspace own_ = {};
    cspace other_ = {};
    object endpoint_ = {};
    helios_ipc_buffer buffer_ = {};
    task *task_;
};

#define EXPECT_REFUSED(result, error, argument, found, wanted)                                     \
    do {                                                                                           \
        message_registers refusal = (result);                                                      \
        EXPECT_EQ(helios_tag_label(refusal.tag), static_cast<uint32_t>(error));                    \
        EXPECT_EQ(refusal.params[0], static_cast<uint64_t>(argument));                             \
        EXPECT_EQ(refusal.params[1], static_cast<uint64_t>(found));                                \
        EXPECT_EQ(refusal.params[2], static_cast<uint64_t>(wanted));                               \
    } while (0)

#define EXPECT_OK(result, value)                                                                   \
    do {                                                                                           \
        message_registers good = (result);                                                         \
        EXPECT_EQ(good.tag, helios_tag(HELIOS_OK, 0, 1, 0));                                       \
        EXPECT_EQ(good.params[0], static_cast<uint64_t>(value));                                   \
    } while (0)

// Slots. -----------------------------------------------------------------------------------------

TEST_F(CSpaceTest, SlotZeroIsGivenLast) {
    helios_error error = HELIOS_OK;
    std::vector<slot *> taken;
    for (uint64_t i = 0; i < kSlots; i++) {
        taken.push_back(cspace_take_slot(&other_, HELIOS_CADDR_UNDEF, &error));
        EXPECT_EQ(cspace_address(taken.back()) == 0, i == kSlots - 1);
    }
    EXPECT_EQ(cspace_take_slot(&other_, HELIOS_CADDR_UNDEF, &error), nullptr);
    EXPECT_EQ(error, HELIOS_ERROR_NO_SLOT);
    for (slot *slot : taken) {
        cspace_release_slot(slot);
    }
}

TEST_F(CSpaceTest, SlotsInitialisedInPiecesFormOneList) {
    cspace pieces = {};
    std::array<slot, kSlots> slots;
    cspace_init(&pieces, nullptr, slots.data(), kSlots);
    for (uint64_t first = 0; first < kSlots; first += 4) {
        cspace_init_slots(&pieces, first, 4);
    }
    EXPECT_EQ(audit_cspace(&pieces), "");
    EXPECT_EQ(cspace_address(Take(&pieces, HELIOS_CADDR_UNDEF)), 1u);
}

TEST_F(CSpaceTest, TakingSaysWhatIsWrong) {
    helios_error error = HELIOS_OK;
    EXPECT_EQ(cspace_take_slot(&own_, kSlots, &error), nullptr);
    EXPECT_EQ(error, HELIOS_ERROR_RANGE);
    EXPECT_EQ(cspace_take_slot(&own_, kSelf, &error), nullptr);
    EXPECT_EQ(error, HELIOS_ERROR_OCCUPIED);
    slot *taken = cspace_take_slot(&own_, 9, &error);
    EXPECT_EQ(cspace_take_slot(&own_, 9, &error), nullptr);
    EXPECT_EQ(error, HELIOS_ERROR_OCCUPIED) << "about to be filled";
    cspace_release_slot(taken);
}

TEST_F(CSpaceTest, AddressesOutsideNameNoSlot) {
    EXPECT_EQ(cspace_slot(&own_, kSlots), nullptr);
    EXPECT_EQ(cspace_slot(&own_, ~0ull), nullptr);
    EXPECT_EQ(cspace_slot(nullptr, 0), nullptr);
}

// Receive slots. ---------------------------------------------------------------------------------

TEST_F(CSpaceTest, ReceiveSlotsAreTakenAsTheBufferSays) {
    buffer_.receive_count = 3;
    buffer_.receive[0] = 9;
    buffer_.receive[1] = HELIOS_CADDR_UNDEF;
    slot *slots[2];
    refusal problem;
    ASSERT_TRUE(cspace_take_receive_slots(task_, 2, slots, &problem));
    EXPECT_EQ(cspace_address(slots[0]), 9u);
    buffer_.unwrapped = 5;
    cspace_report_slots(task_, 2, slots);
    EXPECT_EQ(buffer_.caps[0], 9u);
    EXPECT_EQ(buffer_.caps[1], cspace_address(slots[1]));
    EXPECT_EQ(buffer_.unwrapped, 0u);
    cspace_release_slot(slots[0]);
    cspace_release_slot(slots[1]);
}

TEST_F(CSpaceTest, ReceiveSlotsAreTakenAllOrNone) {
    uint64_t free_before = own_.free_count;
    buffer_.receive_count = 3;
    buffer_.receive[0] = 9;
    buffer_.receive[1] = HELIOS_CADDR_UNDEF;
    buffer_.receive[2] = kSelf;
    slot *slots[3];
    refusal problem;
    EXPECT_FALSE(cspace_take_receive_slots(task_, 3, slots, &problem));
    EXPECT_EQ(problem.error, HELIOS_ERROR_OCCUPIED);
    EXPECT_EQ(problem.argument, static_cast<uint32_t>(HELIOS_ARGUMENT_RECEIVE));
    EXPECT_EQ(problem.found, kSelf);
    EXPECT_EQ(own_.free_count, free_before);
}

TEST_F(CSpaceTest, TooFewReceiveSlotsAreRefused) {
    buffer_.receive_count = 1;
    slot *slots[2];
    refusal problem;
    EXPECT_FALSE(cspace_take_receive_slots(task_, 2, slots, &problem));
    EXPECT_EQ(problem.error, HELIOS_ERROR_RECEIVER);
    EXPECT_EQ(problem.found, 1u);
    EXPECT_EQ(problem.wanted, 2u);
}

TEST_F(CSpaceTest, ReceiveSlotsNeedABufferAndACSpace) {
    slot *slots[1];
    refusal problem;
    buffer_.receive_count = 1;
    task_->cspace = nullptr;
    EXPECT_FALSE(cspace_take_receive_slots(task_, 1, slots, &problem));
    EXPECT_EQ(problem.error, HELIOS_ERROR_NO_SLOT);
    task_->buffer = nullptr;
    EXPECT_FALSE(cspace_take_receive_slots(task_, 1, slots, &problem));
    EXPECT_EQ(problem.error, HELIOS_ERROR_BUFFER);
}

// copy. ------------------------------------------------------------------------------------------

TEST_F(CSpaceTest, CopyGoesWhereItIsToldTo) {
    EXPECT_OK(Invoke(kSelf, HELIOS_CSPACE_COPY, {9, 15, 0}, {kEndpoint}), 9);
    EXPECT_EQ(TypeAt(9), HELIOS_TYPE_ENDPOINT);
    EXPECT_OK(Invoke(kOther, HELIOS_CSPACE_COPY, {0, 15, 0}, {kEndpoint}), 0);
    EXPECT_EQ(other_slots_[0].object, &endpoint_);
}

TEST_F(CSpaceTest, CopyHasTheRightsThatAreInBoth) {
    for (unsigned first = 0; first <= HELIOS_RIGHT_ALL; first++) {
        uint64_t source = Copy(kEndpoint, first);
        for (unsigned second = 0; second <= HELIOS_RIGHT_ALL; second++) {
            uint64_t copy = Copy(source, second);
            EXPECT_EQ(own_slots_[copy].rights, first & second);
            Invoke(kSelf, HELIOS_CSPACE_DESTROY, {copy});
        }
        Invoke(kSelf, HELIOS_CSPACE_DESTROY, {source});
    }
}

TEST_F(CSpaceTest, CopyRefusesRightsThatDoNotExist) {
    EXPECT_REFUSED(Invoke(kSelf, HELIOS_CSPACE_COPY, {9, 16, 0}, {kEndpoint}), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_PARAM + 1, 16, HELIOS_RIGHT_ALL);
}

TEST_F(CSpaceTest, BadgeIsKeptByCopies) {
    uint64_t badged = Copy(kEndpoint, 15, 77);
    EXPECT_EQ(own_slots_[Copy(badged)].badge, 77u);
}

TEST_F(CSpaceTest, BadgedSourceTakesNoOther) {
    uint64_t badged = Copy(kEndpoint, 15, 77);
    EXPECT_REFUSED(Invoke(kSelf, HELIOS_CSPACE_COPY, {9, 15, 78}, {badged}), HELIOS_ERROR_BADGE,
                   HELIOS_ARGUMENT_PARAM + 2, 78, 77);
    EXPECT_EQ(TypeAt(9), HELIOS_TYPE_NULL);
}

TEST_F(CSpaceTest, OnlyEndpointsAndNotificationsHaveBadges) {
    EXPECT_REFUSED(Invoke(kSelf, HELIOS_CSPACE_COPY, {9, 15, 1}, {kOther}), HELIOS_ERROR_BADGE,
                   HELIOS_ARGUMENT_PARAM + 2, 1, 0);
}

TEST_F(CSpaceTest, CopyNeedsWriteOnTheCSpaceOnly) {
    uint64_t weak = Copy(kSelf, HELIOS_RIGHT_READ);
    EXPECT_REFUSED(Invoke(weak, HELIOS_CSPACE_COPY, {9, 15, 0}, {kEndpoint}), HELIOS_ERROR_RIGHTS,
                   HELIOS_ARGUMENT_CAPABILITY, HELIOS_RIGHT_READ, HELIOS_RIGHT_WRITE);
    uint64_t nothing = Copy(kEndpoint, 0);
    EXPECT_EQ(own_slots_[Copy(nothing)].rights, 0);
}

TEST_F(CSpaceTest, CopyOfNothingIsRefused) {
    EXPECT_REFUSED(Invoke(kSelf, HELIOS_CSPACE_COPY, {9, 15, 0}, {10}), HELIOS_ERROR_CAPABILITY,
                   HELIOS_ARGUMENT_CAP, 10, kSlots);
    EXPECT_REFUSED(Invoke(kSelf, HELIOS_CSPACE_COPY, {9, 15, 0}, {~0ull}), HELIOS_ERROR_CAPABILITY,
                   HELIOS_ARGUMENT_CAP, ~0ull, kSlots);
}

TEST_F(CSpaceTest, CopyToABadSlotIsRefused) {
    EXPECT_REFUSED(Invoke(kSelf, HELIOS_CSPACE_COPY, {kSlots, 15, 0}, {kEndpoint}),
                   HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM, kSlots, kSlots);
    EXPECT_REFUSED(Invoke(kSelf, HELIOS_CSPACE_COPY, {kSelf, 15, 0}, {kEndpoint}),
                   HELIOS_ERROR_OCCUPIED, HELIOS_ARGUMENT_PARAM, kSelf, HELIOS_TYPE_NULL);
}

TEST_F(CSpaceTest, CopyIntoAFullCSpaceIsRefused) {
    while (own_.free_count > 0) {
        Copy(kEndpoint);
    }
    EXPECT_REFUSED(Invoke(kSelf, HELIOS_CSPACE_COPY, {HELIOS_CADDR_UNDEF, 15, 0}, {kEndpoint}),
                   HELIOS_ERROR_NO_SLOT, HELIOS_ARGUMENT_PARAM, HELIOS_CADDR_UNDEF, kSlots);
}

TEST_F(CSpaceTest, CopyDuringARevocationIsBusyAndTakesNoSlot) {
    endpoint_.revoking = 1;
    uint64_t free_before = own_.free_count;
    EXPECT_REFUSED(Invoke(kSelf, HELIOS_CSPACE_COPY, {9, 15, 0}, {kEndpoint}), HELIOS_ERROR_BUSY,
                   HELIOS_ARGUMENT_CAP, 0, 0);
    EXPECT_EQ(own_.free_count, free_before);
    endpoint_.revoking = 0;
}

TEST_F(CSpaceTest, CopyWantsOneCapabilityAndThreeParameters) {
    EXPECT_REFUSED(Invoke(kSelf, HELIOS_CSPACE_COPY, {9, 15, 0}), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_CAP_COUNT, 0, 1);
    EXPECT_REFUSED(Invoke(kSelf, HELIOS_CSPACE_COPY, {9, 15}, {kEndpoint}), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_PARAM_COUNT, 2, 3);
}

TEST_F(CSpaceTest, CapabilityArgumentsNeedABuffer) {
    task_->buffer = nullptr;
    EXPECT_REFUSED(Invoke(kSelf, HELIOS_CSPACE_COPY, {9, 15, 0}, {kEndpoint}), HELIOS_ERROR_BUFFER,
                   HELIOS_ARGUMENT_NONE, 0, 0);
}

// move. ------------------------------------------------------------------------------------------

TEST_F(CSpaceTest, MoveInsideACSpace) {
    EXPECT_OK(Invoke(kSelf, HELIOS_CSPACE_MOVE, {kEndpoint, 9}), 9);
    EXPECT_EQ(TypeAt(kEndpoint), HELIOS_TYPE_NULL);
    EXPECT_EQ(own_slots_[9].object, &endpoint_);
}

TEST_F(CSpaceTest, MoveToAnotherCSpace) {
    EXPECT_OK(Invoke(kSelf, HELIOS_CSPACE_MOVE, {kEndpoint, 7}, {kOther}), 7);
    EXPECT_EQ(other_slots_[7].object, &endpoint_);
    EXPECT_EQ(other_slots_[7].level, CAP_ORIGINAL);
}

TEST_F(CSpaceTest, MoveOntoItselfIsRefused) {
    EXPECT_REFUSED(Invoke(kSelf, HELIOS_CSPACE_MOVE, {kEndpoint, kEndpoint}), HELIOS_ERROR_OCCUPIED,
                   HELIOS_ARGUMENT_PARAM + 1, kEndpoint, HELIOS_TYPE_NULL);
}

TEST_F(CSpaceTest, MoveOfTheCapabilityThatIsInvoked) {
    EXPECT_OK(Invoke(kSelf, HELIOS_CSPACE_MOVE, {kSelf, 9}), 9);
    EXPECT_EQ(own_slots_[9].object, &own_.object);
}

TEST_F(CSpaceTest, CSpaceCanBeMovedIntoItself) {
    EXPECT_OK(Invoke(kSelf, HELIOS_CSPACE_MOVE, {kOther, 4}, {kOther}), 4);
    EXPECT_EQ(other_slots_[4].object, &other_.object);
}

TEST_F(CSpaceTest, MoveRefusesWhatIsNotThere) {
    EXPECT_REFUSED(Invoke(kSelf, HELIOS_CSPACE_MOVE, {10, 9}), HELIOS_ERROR_CAPABILITY,
                   HELIOS_ARGUMENT_PARAM, 10, kSlots);
    EXPECT_REFUSED(Invoke(kSelf, HELIOS_CSPACE_MOVE, {kSlots, 9}), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_PARAM, kSlots, kSlots);
    EXPECT_REFUSED(Invoke(kSelf, HELIOS_CSPACE_MOVE, {kEndpoint, kSlots}), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_PARAM + 1, kSlots, kSlots);
}

TEST_F(CSpaceTest, MoveNeedsWriteOnBothCSpaces) {
    uint64_t weak = Copy(kOther, HELIOS_RIGHT_READ);
    EXPECT_REFUSED(Invoke(kSelf, HELIOS_CSPACE_MOVE, {kEndpoint, 7}, {weak}), HELIOS_ERROR_RIGHTS,
                   HELIOS_ARGUMENT_CAP, HELIOS_RIGHT_READ, HELIOS_RIGHT_WRITE);
    EXPECT_REFUSED(Invoke(weak, HELIOS_CSPACE_MOVE, {0, 7}), HELIOS_ERROR_RIGHTS,
                   HELIOS_ARGUMENT_CAPABILITY, HELIOS_RIGHT_READ, HELIOS_RIGHT_WRITE);
    EXPECT_REFUSED(Invoke(kSelf, HELIOS_CSPACE_MOVE, {kEndpoint, 7}, {kEndpoint}),
                   HELIOS_ERROR_TYPE, HELIOS_ARGUMENT_CAP, HELIOS_TYPE_ENDPOINT,
                   HELIOS_TYPE_CSPACE);
}

// destroy. ---------------------------------------------------------------------------------------

TEST_F(CSpaceTest, DestroyEmptiesAListAndSkipsNullSlots) {
    uint64_t first = Copy(kEndpoint), second = Copy(kEndpoint);
    EXPECT_OK(Invoke(kSelf, HELIOS_CSPACE_DESTROY, {first, 0, second, first}), 2);
    EXPECT_EQ(TypeAt(first), HELIOS_TYPE_NULL);
    EXPECT_EQ(TypeAt(second), HELIOS_TYPE_NULL);
}

TEST_F(CSpaceTest, DestroyTakesAsManyAsAMessageHolds) {
    std::vector<uint64_t> all(HELIOS_MAX_PARAMS, 0);
    uint64_t copy = Copy(kEndpoint);
    all[HELIOS_MAX_PARAMS - 1] = copy;
    EXPECT_OK(Invoke(kSelf, HELIOS_CSPACE_DESTROY, all), 1);
    EXPECT_REFUSED(Invoke(kSelf, HELIOS_CSPACE_DESTROY, {}), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_PARAM_COUNT, 0, 1);
}

TEST_F(CSpaceTest, DestroyChecksAllBeforeItTouchesAny) {
    EXPECT_REFUSED(Invoke(kSelf, HELIOS_CSPACE_DESTROY, {kEndpoint, kSlots}), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_PARAM + 1, kSlots, kSlots);
    EXPECT_EQ(TypeAt(kEndpoint), HELIOS_TYPE_ENDPOINT);
}

TEST_F(CSpaceTest, DestroyOfTheVeryCapabilityThatIsInvoked) {
    reference in_use = {}; // it is its task's CSpace

    ASSERT_EQ(reference_set(&in_use, REFERENCE_TASK_CSPACE, &own_slots_[kSelf],
                            own_slots_[kSelf].version),
              CAP_OK);
    EXPECT_OK(Invoke(kSelf, HELIOS_CSPACE_DESTROY, {kSelf, kEndpoint}), 2);
    EXPECT_EQ(TypeAt(kSelf), HELIOS_TYPE_NULL);
    reference_clear(&in_use);
}

TEST_F(CSpaceTest, ReapEmptiesEverySlot) {
    Invoke(kOther, HELIOS_CSPACE_COPY, {5, 15, 0}, {kEndpoint});
    Invoke(kOther, HELIOS_CSPACE_COPY, {HELIOS_CADDR_UNDEF, 15, 0}, {kSelf});
    while (!cspace_reap(&other_.object)) {
    }
    for (slot &slot : other_slots_) {
        EXPECT_EQ(slot.type, HELIOS_TYPE_NULL);
        if (!slot_is_free(&slot)) {
            cspace_release_slot(&slot);
        }
    }
}

// revoke. ----------------------------------------------------------------------------------------

TEST_F(CSpaceTest, RevokeTakesWhatWasDerivedAndLeavesTheCapability) {
    uint64_t minted = Copy(kEndpoint);
    uint64_t copy = Copy(minted, 15, 0, kOther);
    EXPECT_OK(Invoke(kSelf, HELIOS_CSPACE_REVOKE, {kEndpoint}), 0);
    EXPECT_EQ(TypeAt(kEndpoint), HELIOS_TYPE_ENDPOINT);
    EXPECT_EQ(TypeAt(minted), HELIOS_TYPE_NULL);
    EXPECT_EQ(other_slots_[copy].type, HELIOS_TYPE_NULL);
    EXPECT_EQ(endpoint_.revoking, 0);
}

// Who has the address of what has been taken from him may not know yet.
TEST_F(CSpaceTest, SlotThatWasEmptiedByARevocationIsUsedAgainLast) {
    uint64_t minted = Copy(kEndpoint);
    uint64_t free_before = own_.free_count;
    EXPECT_OK(Invoke(kSelf, HELIOS_CSPACE_REVOKE, {kEndpoint}), 0);
    for (uint64_t i = 0; i + 1 < free_before; i++) { // slot 0 is last of all
        EXPECT_NE(Copy(kOther), minted);
    }
    EXPECT_EQ(Copy(kOther), minted);
}

TEST_F(CSpaceTest, RevokeOfACopyIsRefused) {
    uint64_t copy = Copy(Copy(kEndpoint));
    EXPECT_REFUSED(Invoke(kSelf, HELIOS_CSPACE_REVOKE, {copy}), HELIOS_ERROR_STATE,
                   HELIOS_ARGUMENT_PARAM, CAP_COPY, CAP_MINTED);
}

TEST_F(CSpaceTest, RevokeRefusesWhatIsNotThere) {
    EXPECT_REFUSED(Invoke(kSelf, HELIOS_CSPACE_REVOKE, {10}), HELIOS_ERROR_CAPABILITY,
                   HELIOS_ARGUMENT_PARAM, 10, kSlots);
    EXPECT_REFUSED(Invoke(kSelf, HELIOS_CSPACE_REVOKE, {kSlots}), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_PARAM, kSlots, kSlots);
}

TEST_F(CSpaceTest, RevokeOfTheCSpaceThatIsInvoked) {
    uint64_t copy = Copy(kSelf);
    EXPECT_OK(Invoke(copy, HELIOS_CSPACE_REVOKE, {kSelf}), 0);
    EXPECT_EQ(TypeAt(copy), HELIOS_TYPE_NULL) << "it was invoked through what it took";
    EXPECT_EQ(own_.object.revoking, 0);
}

TEST_F(CSpaceTest, RevokeWithTooManyUnderWayIsBusy) {
    endpoint_.revoking = CAP_MAX_REVOCATIONS;
    EXPECT_REFUSED(Invoke(kSelf, HELIOS_CSPACE_REVOKE, {kEndpoint}), HELIOS_ERROR_BUSY,
                   HELIOS_ARGUMENT_PARAM, 0, 0);
    EXPECT_EQ(task_->operation.step, nullptr);
    endpoint_.revoking = 0;
}

// identify, list, query. -------------------------------------------------------------------------

TEST_F(CSpaceTest, IdentifySaysTypeRightsBadgeAndSize) {
    uint64_t badged = Copy(kEndpoint, HELIOS_RIGHT_WRITE, 77);
    message_registers result = Invoke(kSelf, HELIOS_CSPACE_IDENTIFY, {badged});
    EXPECT_EQ(result.tag, helios_tag(HELIOS_OK, 0, 4, 0));
    EXPECT_EQ(result.params[0], static_cast<uint64_t>(HELIOS_TYPE_ENDPOINT));
    EXPECT_EQ(result.params[1], static_cast<uint64_t>(HELIOS_RIGHT_WRITE));
    EXPECT_EQ(result.params[2], 77u);
    EXPECT_EQ(result.params[3], 0u);
    EXPECT_EQ(Invoke(kSelf, HELIOS_CSPACE_IDENTIFY, {kOther}).params[3], 4u) << "2^4 slots";
}

TEST_F(CSpaceTest, NullSlotIsAnAnswerToo) {
    message_registers result = Invoke(kSelf, HELIOS_CSPACE_IDENTIFY, {10});
    EXPECT_EQ(result.tag, helios_tag(HELIOS_OK, 0, 4, 0));
    EXPECT_EQ(result.params[0], static_cast<uint64_t>(HELIOS_TYPE_NULL));
    EXPECT_REFUSED(Invoke(kSelf, HELIOS_CSPACE_IDENTIFY, {kSlots}), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_PARAM, kSlots, kSlots);
}

TEST_F(CSpaceTest, ListNamesEveryCapability) {
    message_registers result = Invoke(kSelf, HELIOS_CSPACE_LIST, {0});
    EXPECT_EQ(result.tag, helios_tag(HELIOS_OK, 0, 8, 0));
    EXPECT_EQ(result.params[0], HELIOS_CADDR_UNDEF);
    EXPECT_EQ(result.params[1], 3u);
    EXPECT_EQ(result.params[2], kSelf);
    EXPECT_EQ(result.params[3], static_cast<uint64_t>(HELIOS_TYPE_CSPACE));
    EXPECT_EQ(buffer_.params[4], kOther);
    EXPECT_EQ(buffer_.params[5], static_cast<uint64_t>(HELIOS_TYPE_CSPACE));
    EXPECT_EQ(buffer_.params[6], kEndpoint);
    EXPECT_EQ(buffer_.params[7], static_cast<uint64_t>(HELIOS_TYPE_ENDPOINT));
}

TEST_F(CSpaceTest, ListGoesOnWhereItSays) {
    task_->buffer = nullptr; // one at a time
    std::set<uint64_t> seen;
    uint64_t next = 0;
    for (int i = 0; i < 10 && next != HELIOS_CADDR_UNDEF; i++) {
        message_registers result = Invoke(kSelf, HELIOS_CSPACE_LIST, {next});
        if (result.params[1] == 1) {
            seen.insert(result.params[2]);
        }
        next = result.params[0];
    }
    EXPECT_EQ(seen, (std::set<uint64_t>{kSelf, kOther, kEndpoint}));
    EXPECT_REFUSED(Invoke(kSelf, HELIOS_CSPACE_LIST, {kSlots}), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_PARAM, kSlots, kSlots);
}

TEST_F(CSpaceTest, QueryCountsSlots) {
    message_registers result = Invoke(kSelf, HELIOS_CSPACE_QUERY, {});
    EXPECT_EQ(result.params[0], kSlots);
    EXPECT_EQ(result.params[1], kSlots - 3);
    Copy(kEndpoint);
    EXPECT_EQ(Invoke(kSelf, HELIOS_CSPACE_QUERY, {}).params[1], kSlots - 4);
}

TEST_F(CSpaceTest, AskingNeedsRead) {
    uint64_t weak = Copy(kSelf, HELIOS_RIGHT_WRITE);
    for (auto [label, params] : {std::pair<uint32_t, size_t>{HELIOS_CSPACE_IDENTIFY, 1},
                                 {HELIOS_CSPACE_LIST, 1},
                                 {HELIOS_CSPACE_QUERY, 0}}) {
        EXPECT_REFUSED(Invoke(weak, label, std::vector<uint64_t>(params, 0)), HELIOS_ERROR_RIGHTS,
                       HELIOS_ARGUMENT_CAPABILITY, HELIOS_RIGHT_WRITE, HELIOS_RIGHT_READ);
    }
}

TEST_F(CSpaceTest, ChangingNeedsWrite) {
    uint64_t weak = Copy(kSelf, HELIOS_RIGHT_READ);
    for (auto [label, params] : {std::pair<uint32_t, size_t>{HELIOS_CSPACE_MOVE, 2},
                                 {HELIOS_CSPACE_DESTROY, 1},
                                 {HELIOS_CSPACE_REVOKE, 1},
                                 {HELIOS_CSPACE_SAVE_REPLY, 1}}) {
        EXPECT_REFUSED(Invoke(weak, label, std::vector<uint64_t>(params, 0)), HELIOS_ERROR_RIGHTS,
                       HELIOS_ARGUMENT_CAPABILITY, HELIOS_RIGHT_READ, HELIOS_RIGHT_WRITE);
    }
}

TEST_F(CSpaceTest, UnknownInvocationsAreRefused) {
    for (uint32_t label : {0u, 9u, ~0u}) {
        EXPECT_REFUSED(Invoke(kSelf, label, {}), HELIOS_ERROR_INVOCATION, HELIOS_ARGUMENT_LABEL,
                       label, 0);
    }
}

// save_reply. ------------------------------------------------------------------------------------

TEST_F(CSpaceTest, SaveReplyWithoutACallIsRefusedAndTakesNoSlot) {
    uint64_t free_before = own_.free_count;
    EXPECT_REFUSED(Invoke(kSelf, HELIOS_CSPACE_SAVE_REPLY, {9}), HELIOS_ERROR_NO_CALL,
                   HELIOS_ARGUMENT_NONE, 0, 0);
    EXPECT_EQ(own_.free_count, free_before);
    EXPECT_REFUSED(Invoke(kSelf, HELIOS_CSPACE_SAVE_REPLY, {kSelf}), HELIOS_ERROR_OCCUPIED,
                   HELIOS_ARGUMENT_PARAM, kSelf, HELIOS_TYPE_NULL);
}

} // namespace

// SPDX-License-Identifier: GPL-3.0-only
//
// The pages that a driver shares with its clients, on a kernel of the test's: slots are given out
// lowest first, as the real one does, and what dies leaves its slot at once.
#include "userland/venus/driver/pages.h"

#include <map>
#include <set>
#include <vector>

#include "gtest/gtest.h"

namespace {

constexpr uint64_t kPage = 4096;
constexpr uint64_t kAlice = 1;
constexpr uint64_t kBob = 2;

enum class Kind { kToken, kReply, kMemory, kPage };

struct Kernel {
    std::map<uint64_t, Kind> slots;
    std::map<uint64_t, std::vector<uint64_t>> memories; // their pages
    uint64_t next_physical = 0x100000;
    bool is_out_of_memory = false;

    uint64_t Take(Kind kind) {
        uint64_t slot = 1;
        while (slots.count(slot) != 0) {
            slot++;
        }
        slots[slot] = kind;
        return slot;
    }
};

Kernel *kernel;

} // namespace

bool pages_kernel_is_there(uint64_t token) {
    return kernel->slots.count(token) != 0 && kernel->slots[token] == Kind::kToken;
}

void pages_kernel_drop(uint64_t token) {
    kernel->slots.erase(token);
}

enum helios_error pages_kernel_make(uint32_t count, struct pages_memory *memory, uint64_t *pages) {
    if (kernel->is_out_of_memory) {
        return HELIOS_ERROR_NO_MEMORY;
    }
    *memory = {kernel->Take(Kind::kMemory), kernel->next_physical,
               reinterpret_cast<uint8_t *>(kernel->next_physical + (1ull << 32))};
    kernel->next_physical += count * kPage; // never again: what was there is not found anew
    for (uint32_t i = 0; i < count; i++) {
        pages[i] = kernel->Take(Kind::kPage);
        kernel->memories[memory->memory].push_back(pages[i]);
    }
    return HELIOS_OK;
}

void pages_kernel_destroy(struct pages_memory *memory) {
    EXPECT_EQ(kernel->memories.count(memory->memory), 1u);
    for (uint64_t page : kernel->memories[memory->memory]) {
        kernel->slots.erase(page);
    }
    kernel->memories.erase(memory->memory);
    kernel->slots.erase(memory->memory);
}

enum helios_error helios_rpc_save(const struct helios_request *, uint64_t *reply) {
    *reply = kernel->Take(Kind::kReply);
    return HELIOS_RPC_LATER;
}

namespace {

class Pages : public testing::Test {
  protected:
    void SetUp() override {
        kernel = &kernel_;
    }
    enum helios_error Attach(uint64_t owner, uint32_t count) {
        token_ = kernel_.Take(Kind::kToken);
        enum helios_error status =
            pages_attach(&shared_, owner, token_, count, &offset_, capabilities_);
        if (status != HELIOS_OK) {
            kernel_.slots.erase(token_); // as the server's loop does
        }
        return status;
    }
    uint64_t Find(uint64_t owner, uint64_t offset, uint32_t length = 1) {
        return pages_find(&shared_, owner, offset, &length);
    }
    struct driver_call *Begin(uint64_t owner) {
        const struct helios_request request = {owner, 42};
        struct driver_call *call = nullptr;
        EXPECT_EQ(calls_keep(&shared_.calls, &request, true, &call), HELIOS_RPC_LATER);
        return call;
    }

    Kernel kernel_;
    struct shared_pages shared_ = {};
    uint64_t token_ = 0;
    uint64_t offset_ = 0;
    uint64_t capabilities_[HELIOS_MAX_CAPS] = {};
};

TEST_F(Pages, LieInOnePieceAtTheirOffset) {
    ASSERT_EQ(Attach(kAlice, 7), HELIOS_OK);
    uint64_t first = Find(kAlice, offset_);
    ASSERT_NE(first, 0u);
    uint32_t length = 7 * kPage;
    EXPECT_EQ(pages_find(&shared_, kAlice, offset_, &length), first);
    EXPECT_EQ(length, 7 * kPage);
    length = 2 * kPage;
    EXPECT_EQ(pages_find(&shared_, kAlice, offset_ + 6 * kPage + 10, &length),
              first + 6 * kPage + 10);
    EXPECT_EQ(length, kPage - 10);
    length = 1;
    EXPECT_EQ(reinterpret_cast<uint64_t>(pages_mapped(&shared_, kAlice, offset_ + 5, &length)),
              first + 5 + (1ull << 32));
    EXPECT_EQ(std::set<uint64_t>(capabilities_, capabilities_ + 7).size(), 7u);
}

TEST_F(Pages, EndWhereTheyEnd) {
    ASSERT_EQ(Attach(kAlice, 5), HELIOS_OK);
    EXPECT_NE(Find(kAlice, offset_ + 5 * kPage - 1), 0u);
    EXPECT_EQ(Find(kAlice, offset_ + 5 * kPage), 0u);
    EXPECT_EQ(Find(kAlice, PAGES_MOST * kPage - 1), 0u);
    EXPECT_EQ(Find(kAlice, PAGES_MOST * kPage), 0u);
    EXPECT_EQ(Find(kAlice, ~0ull), 0u);
}

TEST_F(Pages, AreTheirOwnersOnly) {
    ASSERT_EQ(Attach(kAlice, 1), HELIOS_OK);
    uint64_t alices = offset_;
    ASSERT_EQ(Attach(kBob, 1), HELIOS_OK);
    EXPECT_NE(Find(kAlice, alices), 0u);
    EXPECT_NE(Find(kBob, offset_), 0u);
    EXPECT_EQ(Find(kBob, alices), 0u);
    EXPECT_EQ(Find(kAlice, offset_), 0u);
    EXPECT_EQ(Find(0, alices), 0u);
}

TEST_F(Pages, AsManyAsNoMessageHasAreRefused) {
    EXPECT_EQ(Attach(kAlice, 0), HELIOS_ERROR_RANGE);
    EXPECT_EQ(Attach(kAlice, HELIOS_MAX_CAPS + 1), HELIOS_ERROR_RANGE);
    EXPECT_EQ(Attach(kAlice, ~0u), HELIOS_ERROR_RANGE);
    EXPECT_TRUE(kernel_.slots.empty());
}

TEST_F(Pages, OneOwnerLeavesRoomForOthers) {
    for (uint32_t i = 0; i < PAGES_OF_OWNER / PAGES_LEAST; i++) {
        EXPECT_EQ(Attach(kAlice, 1), HELIOS_OK);
    }
    EXPECT_EQ(Attach(kAlice, 1), HELIOS_ERROR_NO_SLOT);
    for (uint64_t owner = 2; owner < 2 + PAGES_MOST / PAGES_OF_OWNER - 1; owner++) {
        for (uint32_t i = 0; i < PAGES_OF_OWNER / HELIOS_MAX_CAPS; i++) {
            EXPECT_EQ(Attach(owner, HELIOS_MAX_CAPS), HELIOS_OK);
        }
    }
    EXPECT_EQ(Attach(99, 1), HELIOS_ERROR_NO_SLOT);
    EXPECT_EQ(pages_detach(&shared_, kBob), HELIOS_OK);
    EXPECT_EQ(Attach(99, 1), HELIOS_OK);
}

TEST_F(Pages, NothingIsKeptWhenThereIsNoMemory) {
    kernel_.is_out_of_memory = true;
    EXPECT_EQ(Attach(kAlice, 1), HELIOS_ERROR_NO_MEMORY);
    EXPECT_TRUE(kernel_.slots.empty());
    kernel_.is_out_of_memory = false;
    EXPECT_EQ(Attach(kAlice, HELIOS_MAX_CAPS), HELIOS_OK);
    EXPECT_EQ(offset_, 0u);
}

TEST_F(Pages, DetachDestroysAllOfAnOwner) {
    ASSERT_EQ(Attach(kAlice, 1), HELIOS_OK);
    ASSERT_EQ(Attach(kAlice, 9), HELIOS_OK);
    EXPECT_EQ(pages_detach(&shared_, kAlice), HELIOS_OK);
    EXPECT_EQ(Find(kAlice, offset_), 0u);
    EXPECT_TRUE(kernel_.slots.empty());
}

TEST_F(Pages, OfWhoIsGoneAreMadeAnewForTheNextOne) {
    ASSERT_EQ(Attach(kAlice, HELIOS_MAX_CAPS), HELIOS_OK);
    uint64_t before = Find(kAlice, offset_);
    uint64_t offset = offset_;
    kernel_.slots.erase(token_); // she dies
    ASSERT_EQ(Attach(kBob, HELIOS_MAX_CAPS), HELIOS_OK);
    EXPECT_EQ(offset_, offset);
    EXPECT_NE(Find(kBob, offset_), before);
    EXPECT_EQ(Find(kAlice, offset_), 0u);
    EXPECT_EQ(kernel_.memories.size(), 1u);
}

// The device may write into them until it has said that it is done.
TEST_F(Pages, OfWhoIsGoneAreKeptWhileARequestIsUnderWay) {
    ASSERT_EQ(Attach(kAlice, 1), HELIOS_OK);
    uint64_t offset = offset_;
    struct driver_call *call = Begin(kAlice);
    kernel_.slots.erase(token_); // she dies, and her call with her
    kernel_.slots.erase(call->reply);
    for (uint64_t owner = 10; owner < 20; owner++) {
        ASSERT_EQ(Attach(owner, 1), HELIOS_OK);
        EXPECT_NE(offset_, offset);
    }
    EXPECT_EQ(kernel_.memories.size(), 11u);
    calls_end(call);
    ASSERT_EQ(Attach(kBob, 1), HELIOS_OK);
    EXPECT_EQ(offset_, offset);
    EXPECT_EQ(kernel_.memories.size(), 11u);
}

TEST_F(Pages, AreNotDetachedWhileARequestIsUnderWay) {
    ASSERT_EQ(Attach(kAlice, 1), HELIOS_OK);
    struct driver_call *call = Begin(kAlice);
    EXPECT_EQ(pages_detach(&shared_, kAlice), HELIOS_ERROR_BUSY);
    EXPECT_NE(Find(kAlice, offset_), 0u);
    EXPECT_EQ(pages_detach(&shared_, kBob), HELIOS_OK);
    calls_end(call);
    EXPECT_EQ(pages_detach(&shared_, kAlice), HELIOS_OK);
}

// Its next holder's token lands where the old one stood.
TEST_F(Pages, AreNotTheirsWhoseTokenOnlyHasTheSlot) {
    ASSERT_EQ(Attach(kAlice, 1), HELIOS_OK);
    uint64_t alices = token_;
    struct driver_call *call = Begin(kAlice);
    kernel_.slots.erase(token_);
    ASSERT_EQ(Attach(kBob, 1), HELIOS_OK);
    ASSERT_EQ(token_, alices);
    EXPECT_EQ(Find(kAlice, 0), 0u); // for nothing new, even while the device is at it
    EXPECT_NE(Find(kBob, offset_), 0u);
    calls_end(call);
    ASSERT_EQ(Attach(kBob, 1), HELIOS_OK);
    EXPECT_EQ(offset_, 0u);
    EXPECT_EQ(pages_detach(&shared_, kAlice), HELIOS_OK);
    EXPECT_TRUE(pages_kernel_is_there(alices));
}

TEST_F(Pages, SlotOfATokenThatSomethingElseHasIsNotEmptied) {
    ASSERT_EQ(Attach(kAlice, 1), HELIOS_OK);
    kernel_.slots.erase(token_);
    struct driver_call *call = Begin(kBob);
    ASSERT_EQ(call->reply, token_);
    EXPECT_EQ(pages_detach(&shared_, kAlice), HELIOS_OK);
    EXPECT_EQ(kernel_.slots.count(token_), 1u);
}

TEST_F(Pages, CallOfWhoIsGoneIsNotAnsweredToTheNextOne) {
    struct driver_call *alices = Begin(kAlice);
    uint64_t slot = alices->reply;
    kernel_.slots.erase(slot);
    struct driver_call *bobs = Begin(kBob);
    ASSERT_EQ(bobs->reply, slot);
    EXPECT_EQ(calls_end(alices), 0u);
    EXPECT_EQ(bobs->label, 42u);
    EXPECT_EQ(bobs->owner, kBob);
    EXPECT_EQ(calls_end(bobs), slot);
}

TEST_F(Pages, NothingThatComesIsTakenForAReply) {
    struct driver_call *call = Begin(kAlice);
    kernel_.slots.erase(call->reply);
    ASSERT_EQ(Attach(kBob, 1), HELIOS_OK); // the token
    EXPECT_EQ(calls_end(call), 0u);

    for (bool is_page : {false, true}) { // the driver's own Memory, then its first page
        uint64_t lower = kernel_.Take(Kind::kToken);
        call = Begin(kAlice);
        token_ = kernel_.Take(Kind::kToken);
        uint64_t slot = call->reply;
        kernel_.slots.erase(slot);
        if (is_page) {
            kernel_.slots.erase(lower);
        }
        ASSERT_EQ(pages_attach(&shared_, kBob, token_, 1, &offset_, capabilities_), HELIOS_OK);
        ASSERT_EQ(kernel_.slots[slot], is_page ? Kind::kPage : Kind::kMemory);
        EXPECT_EQ(calls_end(call), 0u);
    }
}

TEST_F(Pages, CallsAreRefusedWhenThereIsNoPlaceForThem) {
    for (uint32_t i = 0; i < CALLS_MOST; i++) {
        Begin(kAlice);
    }
    const struct helios_request request = {kBob, 0};
    struct driver_call *call = nullptr;
    EXPECT_EQ(calls_keep(&shared_.calls, &request, true, &call), HELIOS_ERROR_BUSY);
    EXPECT_FALSE(calls_are_under_way(&shared_.calls, kBob));
    calls_end(&shared_.calls.calls[3]);
    EXPECT_EQ(Begin(kBob), &shared_.calls.calls[3]);
}

} // namespace

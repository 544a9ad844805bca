// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/asid.h"

#include <set>

#include "kernel/memory_object.h"
#include "kernel/testing/booted_machine.h"
#include "kernel/vspace.h"
#include "testing/audit/audit.h"

namespace {

// The host port has 16 identifiers, 0 included, unless a test says otherwise.
class AsidTest : public BootedMachine {
  protected:
    void SetUp() override {
        host_asids = 16;
        BootedMachine::SetUp();
    }

    void TearDown() override {
        EXPECT_EQ(audit_machine(host_percpu), "");
        host_asids = 16;
    }

    uint64_t MakePool() {
        return InvokeForCap(HELIOS_INIT_ASID_CONTROL, HELIOS_ASID_CONTROL_MAKE_POOL, {},
                            {Memory()});
    }

    message_registers Assign(uint64_t pool, uint64_t vspace) {
        return Invoke(pool, HELIOS_ASID_POOL_ASSIGN, {}, {vspace});
    }

    // A VSpace that the pool serves.
    uint64_t Served(uint64_t pool) {
        uint64_t vspace = Allocate(HELIOS_TYPE_VSPACE);
        EXPECT_ANSWER(Assign(pool, vspace), 0);
        return vspace;
    }

    uint32_t Asid(uint64_t vspace) {
        return vspace_of(SlotAt(vspace)->object)->asid;
    }

    uint64_t FreeIdentifiers(uint64_t pool) {
        message_registers result = Invoke(pool, HELIOS_ASID_POOL_QUERY);
        EXPECT_EQ(result.tag, helios_tag(HELIOS_OK, 0, 2, 0));
        EXPECT_EQ(result.params[0], ASID_POOL_SIZE);
        return result.params[1];
    }
};

TEST_F(AsidTest, EachVSpaceGetsAnIdentifierOfItsOwn) {
    uint64_t pool = MakePool();
    std::set<uint32_t> seen;
    for (int i = 0; i < 15; i++) {
        uint32_t asid = Asid(Served(pool));
        EXPECT_GT(asid, 0u);
        EXPECT_LT(asid, 16u);
        EXPECT_TRUE(seen.insert(asid).second);
    }
    EXPECT_EQ(FreeIdentifiers(pool), ASID_POOL_SIZE - 15);
}

TEST_F(AsidTest, BeyondTheMachinesIdentifiersItIsZeroButCounts) {
    uint64_t pool = MakePool();
    for (int i = 0; i < 15; i++) {
        Served(pool);
    }
    EXPECT_EQ(Asid(Served(pool)), 0u);
    EXPECT_EQ(FreeIdentifiers(pool), ASID_POOL_SIZE - 16);
    uint64_t second = MakePool();
    EXPECT_EQ(Asid(Served(second)), 0u) << "there is one run for pools only";
    EXPECT_EQ(FreeIdentifiers(second), ASID_POOL_SIZE - 1);
}

TEST_F(AsidTest, WithoutHardwareSupportPoolsCountAllTheSame) {
    host_asids = 0;
    uint64_t pool = MakePool();
    uint64_t vspace = Served(pool);
    EXPECT_EQ(Asid(vspace), 0u);
    EXPECT_EQ(FreeIdentifiers(pool), ASID_POOL_SIZE - 1);
    unsigned before = host_record.asid_flushes;
    Destroy(vspace);
    EXPECT_EQ(FreeIdentifiers(pool), ASID_POOL_SIZE);
    EXPECT_EQ(host_record.asid_flushes, before) << "0 is everybody's";
}

TEST_F(AsidTest, PoolsHaveDifferentIdentifiers) {
    host_asids = 600;
    std::set<uint32_t> seen;
    for (int i = 0; i < 3; i++) {
        uint64_t pool = MakePool();
        for (int n = 0; n < 3; n++) {
            EXPECT_TRUE(seen.insert(Asid(Served(pool))).second);
        }
    }
    EXPECT_EQ(seen.count(0), 0u);
    EXPECT_LT(*seen.rbegin(), 600u);
}

TEST_F(AsidTest, VSpaceHasOneAtMost) {
    uint64_t pool = MakePool();
    uint64_t vspace = Served(pool);
    uint32_t asid = Asid(vspace);
    EXPECT_REFUSAL(Assign(pool, vspace), HELIOS_ERROR_OCCUPIED, HELIOS_ARGUMENT_CAP,
                   HELIOS_TYPE_ASID_POOL, 0);
    EXPECT_REFUSAL(Assign(MakePool(), vspace), HELIOS_ERROR_OCCUPIED, HELIOS_ARGUMENT_CAP,
                   HELIOS_TYPE_ASID_POOL, 0);
    EXPECT_EQ(Asid(vspace), asid);
}

TEST_F(AsidTest, IdentifierOfADeadVSpaceIsForgottenAndUsedAgain) {
    uint64_t pool = MakePool();
    uint64_t vspace = Served(pool);
    uint32_t asid = Asid(vspace);
    unsigned before = host_record.asid_flushes;
    Destroy(vspace);
    EXPECT_EQ(host_record.asid_flushes, before + 1);
    EXPECT_EQ(host_record.flushed_asid, asid);
    EXPECT_EQ(FreeIdentifiers(pool), ASID_POOL_SIZE);
    EXPECT_EQ(Asid(Served(pool)), asid);
}

// audit_machine notices when a processor could translate by what it knows of the dead one.
TEST_F(AsidTest, IdentifierThatTwoRanUnderWasForgottenInBetween) {
    uint64_t pool = MakePool();
    for (int i = 0; i < 3; i++) {
        uint64_t space = Allocate(HELIOS_TYPE_VSPACE);
        EXPECT_ANSWER(Assign(pool, space), 0);
        vspace *vspace = vspace_of(SlotAt(space)->object);
        host_activate(table_physical(&vspace->root), vspace->asid);
        host_activate(table_physical(&init_->vspace->root), init_->vspace->asid);
        Destroy(space);
    }
}

TEST_F(AsidTest, FullPoolRefuses) {
    uint64_t pool = MakePool();
    // As if: 256 address spaces would be 4 MiB.
    auto *object = reinterpret_cast<asid_pool *>(SlotAt(pool)->object);
    for (uint64_t &word : object->used) {
        word = ~0ull;
    }
    EXPECT_REFUSAL(Assign(pool, Allocate(HELIOS_TYPE_VSPACE)), HELIOS_ERROR_NO_SLOT,
                   HELIOS_ARGUMENT_CAPABILITY, ASID_POOL_SIZE, ASID_POOL_SIZE - 1);
    object->used[3] = ~(1ull << 63);
    EXPECT_ANSWER(Assign(pool, Allocate(HELIOS_TYPE_VSPACE)), 0);
    std::fill(object->used, object->used + 3, 0);
    object->used[3] = 1ull << 63;
}

TEST_F(AsidTest, VSpacesOfADeadPoolFallBackToZero) {
    uint64_t pool = MakePool();
    std::vector<uint64_t> vspaces;
    for (int i = 0; i < 10; i++) {
        vspaces.push_back(Served(pool));
    }
    unsigned before = host_record.asid_flushes;
    Destroy(pool);
    EXPECT_EQ(host_record.asid_flushes, before + 10);
    for (uint64_t vspace : vspaces) {
        EXPECT_EQ(Asid(vspace), 0u);
        Destroy(vspace);
    }
    EXPECT_EQ(Asid(Served(MakePool())), 1u) << "the run is free again";
}

TEST_F(AsidTest, TheSpaceThatIsRunningGoesOnUnderItsNewIdentifier) {
    EXPECT_EQ(host_record.active_asid, 0u);
    uint64_t pool = MakePool();
    EXPECT_ANSWER(Assign(pool, HELIOS_INIT_VSPACE), 0);
    EXPECT_EQ(host_record.active_root, table_physical(&init_->vspace->root));
    EXPECT_EQ(host_record.active_asid, Asid(HELIOS_INIT_VSPACE));
    EXPECT_NE(host_record.active_asid, 0u);
    Destroy(pool);
    EXPECT_EQ(host_record.active_asid, 0u);
    EXPECT_EQ(host_record.active_root, table_physical(&init_->vspace->root));
}

TEST_F(AsidTest, PoolThatIsAskedAgainGivesItsIdentifiersBackOnce) {
    uint64_t first = MakePool();
    struct object *pool = SlotAt(first)->object;
    EXPECT_TRUE(asid_pool_reap(pool));
    uint64_t second = MakePool(); // has them now
    EXPECT_TRUE(asid_pool_reap(pool));
    EXPECT_EQ(Asid(Served(second)), 1u);
    EXPECT_EQ(Asid(Served(MakePool())), 0u) << "the machine has one run";
}

TEST_F(AsidTest, WhoIsChangingAnIdentifierIsWaitedFor) {
    uint64_t slot = MakePool();
    auto *pool = reinterpret_cast<asid_pool *>(SlotAt(slot)->object);
    uint64_t served = Served(slot);
    auto *vspace = vspace_of(SlotAt(served)->object);
    uint32_t asid = Asid(served);
    vspace->is_changing = 1; // by another CPU
    EXPECT_FALSE(asid_release(vspace));
    EXPECT_FALSE(asid_pool_reap(&pool->object));
    EXPECT_EQ(vspace->pool, pool);
    EXPECT_EQ(Asid(served), asid);
    vspace->is_changing = 0;
    EXPECT_TRUE(asid_release(vspace));
    EXPECT_EQ(vspace->pool, nullptr);
    EXPECT_EQ(vspace->is_changing, 0u);
    EXPECT_TRUE(asid_release(vspace)) << "it may be asked again";
}

TEST_F(AsidTest, NothingIsAssignedToOrFromWhatBeginsToDie) {
    uint64_t pool = MakePool();
    uint64_t slot = Allocate(HELIOS_TYPE_VSPACE);
    auto *vspace = vspace_of(SlotAt(slot)->object);
    EXPECT_EQ(helios_tag_label(InvokeDying(pool, HELIOS_ASID_POOL_ASSIGN, {}, {slot}).tag),
              HELIOS_ERROR_GONE);
    EXPECT_EQ(vspace->pool, nullptr);
    object_set_state(&vspace->root.object, OBJECT_DYING);
    EXPECT_EQ(helios_tag_label(Assign(pool, slot).tag), HELIOS_ERROR_GONE);
    object_set_state(&vspace->root.object, OBJECT_LIVE);
    EXPECT_EQ(vspace->pool, nullptr);
    EXPECT_EQ(FreeIdentifiers(pool), ASID_POOL_SIZE);
}

TEST_F(AsidTest, PoolIsMadeOfTheMemoryAndGivesItBack) {
    auto *memory = reinterpret_cast<struct memory *>(SlotAt(Memory())->object);
    uint64_t pool = MakePool(); // the first one may begin a slab
    Destroy(pool);
    uint64_t before = memory_free_bytes(memory);
    for (int i = 0; i < 100; i++) {
        Destroy(MakePool());
    }
    EXPECT_EQ(memory_free_bytes(memory), before);
}

TEST_F(AsidTest, PoolNeedsMemory) {
    uint64_t small = InvokeForCap(Memory(), HELIOS_MEMORY_ALLOCATE, {HELIOS_TYPE_MEMORY, 14, 1});
    for (int i = 0; i < 4; i++) {
        InvokeForCap(small, HELIOS_MEMORY_ALLOCATE, {HELIOS_TYPE_PAGE, 0, 1});
    }
    message_registers result =
        Invoke(HELIOS_INIT_ASID_CONTROL, HELIOS_ASID_CONTROL_MAKE_POOL, {}, {small});
    EXPECT_REFUSAL(result, HELIOS_ERROR_NO_MEMORY, HELIOS_ARGUMENT_CAP, 0, sizeof(asid_pool));
}

TEST_F(AsidTest, PoolNeedsAReceiveSlot) {
    init_->buffer->receive_count = 0;
    init_->buffer->caps[0] = Memory();
    message_registers result = Syscall(HELIOS_SYS_CALL, HELIOS_INIT_ASID_CONTROL,
                                       helios_tag(HELIOS_ASID_CONTROL_MAKE_POOL, 1, 0, 0));
    EXPECT_REFUSAL(result, HELIOS_ERROR_RECEIVER, HELIOS_ARGUMENT_RECEIVE, 0, 1);
}

TEST_F(AsidTest, RightsTypesAndCountsAreChecked) {
    uint64_t pool = MakePool();
    uint64_t vspace = Allocate(HELIOS_TYPE_VSPACE);
    const unsigned read = HELIOS_RIGHT_READ;
    const unsigned write = HELIOS_RIGHT_WRITE;
    EXPECT_REFUSAL(Assign(Weaker(pool, read), vspace), HELIOS_ERROR_RIGHTS,
                   HELIOS_ARGUMENT_CAPABILITY, read, write);
    EXPECT_REFUSAL(Assign(pool, Weaker(vspace, read)), HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAP,
                   read, write);
    EXPECT_REFUSAL(Assign(pool, pool), HELIOS_ERROR_TYPE, HELIOS_ARGUMENT_CAP,
                   HELIOS_TYPE_ASID_POOL, HELIOS_TYPE_VSPACE);
    EXPECT_REFUSAL(Invoke(pool, HELIOS_ASID_POOL_ASSIGN), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_CAP_COUNT, 0, 1);
    EXPECT_REFUSAL(Invoke(Weaker(pool, write), HELIOS_ASID_POOL_QUERY), HELIOS_ERROR_RIGHTS,
                   HELIOS_ARGUMENT_CAPABILITY, write, read);
    EXPECT_REFUSAL(Invoke(pool, HELIOS_ASID_POOL_QUERY, {0}), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_PARAM_COUNT, 1, 0);
    EXPECT_REFUSAL(Invoke(pool, 3), HELIOS_ERROR_INVOCATION, HELIOS_ARGUMENT_LABEL, 3, 0);
    uint64_t control = HELIOS_INIT_ASID_CONTROL;
    EXPECT_REFUSAL(Invoke(control, 2), HELIOS_ERROR_INVOCATION, HELIOS_ARGUMENT_LABEL, 2, 0);
    EXPECT_REFUSAL(Invoke(Weaker(control, read), HELIOS_ASID_CONTROL_MAKE_POOL, {}, {Memory()}),
                   HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAPABILITY, read, write);
    EXPECT_REFUSAL(Invoke(control, HELIOS_ASID_CONTROL_MAKE_POOL, {}, {vspace}), HELIOS_ERROR_TYPE,
                   HELIOS_ARGUMENT_CAP, HELIOS_TYPE_VSPACE, HELIOS_TYPE_MEMORY);
    EXPECT_REFUSAL(Invoke(control, HELIOS_ASID_CONTROL_MAKE_POOL, {}, {Weaker(Memory(), read)}),
                   HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAP, read, write);
}

} // namespace

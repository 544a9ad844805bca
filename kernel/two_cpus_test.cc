// SPDX-License-Identifier: GPL-3.0-only
//
// Two CPUs, which one thread plays in turn.
#include "kernel/smp.h"

#include "kernel/allocate.h"
#include "kernel/list.h"
#include "kernel/memory_object.h"
#include "kernel/reaper.h"
#include "kernel/testing/booted_machine.h"
#include "kernel/vspace.h"

namespace {

constexpr uintptr_t kAddress = 0x10000000;

class TwoCpusTest : public BootedMachine {
  protected:
    void SetUp() override {
        static const host_side_by_side side = {Start, Relax, host_stop, nullptr, nullptr};
        Prepare();
        host_cpu_count = 2;
        host_smp = &side;
        boot_ = host_boot_create(program_.data(), program_.size());
        Boot();
        ASSERT_EQ(smp_online(), 3u) << host_output();
        watch = nullptr;
    }

    void TearDown() override {
        host_smp = nullptr;
    }

    // The other CPU comes up and waits for interrupts.
    static void Start(percpu *cpu) {
        host_become(cpu->index);
        host_run([](void *context) { kernel_secondary(static_cast<percpu *>(context)); }, cpu);
        host_become(0);
    }

    // While the boot CPU waits for it, it does what it is asked for.
    static void Relax() {
        if (watch != nullptr) {
            watch();
        }
        host_become(1);
        smp_serve_flushes();
        host_become(0);
    }

    static percpu *Other() {
        return percpu_get(1);
    }

    // From now on it may be looking at anything.
    static void LetTheOtherLook() {
        Other()->is_idle = 0;
    }

    static void Step() {
        reaper_step();
    }

    void Map(uint64_t page) {
        for (helios_type type : {HELIOS_TYPE_TABLE_2, HELIOS_TYPE_TABLE_1, HELIOS_TYPE_TABLE_0}) {
            Invoke(HELIOS_INIT_VSPACE, HELIOS_VSPACE_MAP, {kAddress, 0}, {Allocate(type)});
        }
        ASSERT_EQ(helios_tag_label(
                      Invoke(HELIOS_INIT_VSPACE, HELIOS_VSPACE_MAP, {kAddress, 0}, {page}).tag),
                  HELIOS_OK);
    }

    static void (*watch)(); // looks at a machine whose boot CPU waits
};

void (*TwoCpusTest::watch)();

TEST_F(TwoCpusTest, MemoryIsUsedAgainAtOnceIfNobodyElseLooks) {
    Destroy(Allocate(HELIOS_TYPE_ENDPOINT));
    EXPECT_EQ(reaper_limbo, 0u);
}

TEST_F(TwoCpusTest, MemoryWaitsInLimboUntilTheOtherCpuHasPassed) {
    uint64_t endpoint = Allocate(HELIOS_TYPE_ENDPOINT);
    LetTheOtherLook();
    Destroy(endpoint); // does not wait
    EXPECT_EQ(reaper_limbo, 1u);
    Step();
    Step();
    EXPECT_EQ(reaper_limbo, 1u) << "it has not passed";
    EXPECT_NE(host_cpus[1].has_ipi, 0u) << "and is asked to";
    host_become(1);
    smp_handle_interrupt();
    host_become(0);
    Step();
    EXPECT_EQ(reaper_limbo, 0u);
}

TEST_F(TwoCpusTest, WhatHasDiedSinceTheGraceBeganWaitsForTheNextOne) {
    uint64_t first = Allocate(HELIOS_TYPE_ENDPOINT);
    uint64_t second = Allocate(HELIOS_TYPE_ENDPOINT);
    LetTheOtherLook();
    Destroy(first);
    Step();
    Destroy(second);
    host_become(1);
    smp_handle_interrupt();
    host_become(0);
    Step();
    EXPECT_EQ(reaper_limbo, 1u);
    Step();
    EXPECT_EQ(reaper_limbo, 1u) << "it has to pass once more";
}

TEST_F(TwoCpusTest, UnmappingWaitsForTheOtherCpuWithoutALock) {
    Map(Allocate(HELIOS_TYPE_PAGE));
    vspace_note_cpu(init_->vspace, 1);
    static vspace *space;
    static unsigned looks;
    space = init_->vspace;
    looks = 0;
    watch = [] {
        looks++;
        EXPECT_FALSE(lock_is_any_held());
        vspace_mapping mapping;
        EXPECT_FALSE(vspace_lookup(space, kAddress, &mapping)) << "it is gone already";
    };
    unsigned flushes = host_cpus[1].record.page_flushes;
    EXPECT_ANSWER(Invoke(HELIOS_INIT_VSPACE, HELIOS_VSPACE_UNMAP, {kAddress}), 0);
    EXPECT_GE(looks, 1u);
    EXPECT_EQ(host_cpus[1].record.page_flushes, flushes + 1);
}

TEST_F(TwoCpusTest, PageThatOnlyItsMappingKeepsLivesUntilEveryCpuHasForgottenThat) {
    uint64_t slot = Allocate(HELIOS_TYPE_PAGE);
    static object *page;
    static unsigned looks;
    page = SlotAt(slot)->object;
    looks = 0;
    Map(slot);
    Destroy(slot);
    vspace_note_cpu(init_->vspace, 1);
    watch = [] {
        looks++;
        EXPECT_EQ(page->state, OBJECT_LIVE);
    };
    EXPECT_ANSWER(Invoke(HELIOS_INIT_VSPACE, HELIOS_VSPACE_UNMAP, {kAddress}), 0);
    EXPECT_GE(looks, 1u);
    EXPECT_NE(page->type, HELIOS_TYPE_PAGE) << "it is free";
}

// Which finds it gone when it wants to make the mapping, and gives it back.
TEST_F(TwoCpusTest, TableIsTakenApartWhileTheOtherCpuIsAboutToMapIt) {
    uint64_t slot = Allocate(HELIOS_TYPE_TABLE_0);
    struct table *table = table_of(SlotAt(slot)->object);
    LetTheOtherLook();
    table->vspace = init_->vspace; // claimed
    Destroy(slot);
    EXPECT_EQ(reaper_depth(), 0u);
    EXPECT_EQ(reaper_limbo, 1u) << "its memory is not used again before that";
}

TEST_F(TwoCpusTest, CpuThatNeverHadTheAddressSpaceIsLeftAlone) {
    Map(Allocate(HELIOS_TYPE_PAGE));
    unsigned ipis = host_record.ipis_sent;
    EXPECT_ANSWER(Invoke(HELIOS_INIT_VSPACE, HELIOS_VSPACE_UNMAP, {kAddress}), 0);
    EXPECT_EQ(host_record.ipis_sent, ipis);
}

TEST_F(TwoCpusTest, WhatIsOnAnotherStackIsTakenApartToo) {
    object *endpoint = SlotAt(Allocate(HELIOS_TYPE_ENDPOINT))->object;
    host_become(1);
    reaper_push(endpoint);
    host_become(0);
    EXPECT_EQ(Other()->dying_count, 1u);
    EXPECT_EQ(reaper_depth(), 0u);
    EXPECT_TRUE(reaper_has_work());
    Step();
    EXPECT_EQ(Other()->dying_count, 0u);
    EXPECT_FALSE(reaper_has_work());
}

TEST_F(TwoCpusTest, StackInTheOtherCpusHandsIsLeftToIt) {
    object *here = SlotAt(Allocate(HELIOS_TYPE_ENDPOINT))->object;
    object *there = SlotAt(Allocate(HELIOS_TYPE_ENDPOINT))->object;
    reaper_push(here);
    host_become(1);
    reaper_push(there);
    host_become(0);
    host_percpu->reaping = 1;
    Step();
    EXPECT_EQ(reaper_depth(), 1u);
    EXPECT_EQ(Other()->dying_count, 0u) << "it helps with what can get on";
    Step();
    EXPECT_EQ(reaper_depth(), 1u);
    host_percpu->reaping = 0;
    Step();
    EXPECT_EQ(reaper_depth(), 0u);
    EXPECT_FALSE(reaper_has_work());
}

TEST_F(TwoCpusTest, DestroyWaitsForTheStepThatTheOtherCpuTakes) {
    static unsigned looks;
    looks = 0;
    uint64_t endpoint = Allocate(HELIOS_TYPE_ENDPOINT);
    host_percpu->reaping = 1; // the other one has the token
    watch = [] {
        if (++looks == 1) {
            host_percpu->reaping = 0;
            Step();
            host_percpu->reaping = 1;
            EXPECT_EQ(reaper_depth(), 0u) << "it is off the stack, but not gone";
        } else {
            host_percpu->reaping = 0;
        }
    };
    Destroy(endpoint);
    watch = nullptr;
    EXPECT_EQ(looks, 2u);
}

TEST_F(TwoCpusTest, MemoryThatLacksWhatIsOnAnotherStackIsOnNone) {
    struct memory *parent = memory_of(SlotAt(Memory())->object);
    uint64_t free = memory_free_bytes(parent);
    uint64_t slot = Allocate(HELIOS_TYPE_MEMORY, 16);
    struct memory *memory = memory_of(SlotAt(slot)->object);
    object *inside =
        SlotAt(InvokeForCap(slot, HELIOS_MEMORY_ALLOCATE, {HELIOS_TYPE_ENDPOINT, 0, 1}))->object;
    host_become(1);
    reaper_push(inside);
    host_become(0);
    Destroy(slot);
    EXPECT_EQ(reaper_depth(), 0u);
    EXPECT_EQ(memory->parked, 1);
    Other()->reaping = 1;
    Step();
    EXPECT_EQ(memory->parked, 1) << "that is in other hands";
    Other()->reaping = 0;
    while (reaper_has_work()) {
        Step();
    }
    EXPECT_EQ(memory_free_bytes(parent), free);
}

TEST_F(TwoCpusTest, MemoryIsNotWalkedWhileTheOtherCpuMakesSomethingOfIt) {
    struct memory *memory = memory_of(
        SlotAt(InvokeForCap(Memory(), HELIOS_MEMORY_ALLOCATE, {HELIOS_TYPE_MEMORY, 16, 1}))
            ->object);
    Other()->making = memory;
    EXPECT_FALSE(memory_reap(&memory->object));
    EXPECT_FALSE(memory_reap(&memory->object));
    EXPECT_EQ(memory->purge_cursor, 0u);
    EXPECT_EQ(memory_take_block(memory, 0), nullptr) << "nothing is handed out any more";
    Other()->making = nullptr;
    memory_reap(&memory->object);
    EXPECT_GT(memory->purge_cursor, 0u);
}

TEST_F(TwoCpusTest, WhatTheOtherCpuIsWorkingOnIsNotTakenBackFromIt) {
    struct memory *memory = memory_of(
        SlotAt(InvokeForCap(Memory(), HELIOS_MEMORY_ALLOCATE, {HELIOS_TYPE_MEMORY, 16, 1}))
            ->object);
    allocation half_made = {};
    half_made.memory = memory;
    half_made.in_step = true;
    list_add_first(&memory->allocations, &half_made.link);
    EXPECT_FALSE(memory_reap(&memory->object));
    EXPECT_EQ(half_made.memory, memory);
    EXPECT_EQ(memory->purge_cursor, 0u);
    half_made.in_step = false;
    EXPECT_FALSE(memory_reap(&memory->object));
    EXPECT_EQ(half_made.memory, nullptr);
    EXPECT_TRUE(list_is_empty(&memory->allocations));
}

// Only what says so waits until nobody can be looking at it.
TEST_F(TwoCpusTest, FramesOfAMemoryThatIsGoneAreItsParentsAtOnce) {
    uint64_t slot = Allocate(HELIOS_TYPE_MEMORY, 16);
    struct memory *child = memory_of(SlotAt(slot)->object);
    struct memory *parent = child->object.owner;
    uint64_t free = memory_free_bytes(parent);
    LetTheOtherLook();
    Destroy(slot);
    EXPECT_EQ(memory_free_bytes(parent), free + (1u << 16));
    EXPECT_EQ(reaper_limbo, 1u);
    EXPECT_EQ(child->object.owner, parent) << "it can be followed";
}

// It would find a Memory that is being reset, and go away; and so would the next reset.
TEST_F(TwoCpusTest, ResetIsOverWhenNobodyIsAtItAnyMore) {
    struct memory *memory = memory_of(
        SlotAt(InvokeForCap(Memory(), HELIOS_MEMORY_ALLOCATE, {HELIOS_TYPE_MEMORY, 14, 1}))
            ->object);
    while (!memory_reap(&memory->object)) {
    }
    EXPECT_EQ(memory->purging, 1) << "it is still on the stack";
    EXPECT_TRUE(reaper_claim_again(&memory->object));
    EXPECT_FALSE(reaper_claim_again(&memory->object));
    reaper_add(&memory->object);
    while (reaper_depth() > 0) {
        Step();
    }
    EXPECT_EQ(memory->purging, 0);
    EXPECT_EQ(memory->object.state, OBJECT_LIVE);
}

} // namespace

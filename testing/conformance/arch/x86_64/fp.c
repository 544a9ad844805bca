// SPDX-License-Identifier: GPL-3.0-only
//
// FP state that is longer than its oldest part: the upper halves of AVX registers, and MXCSR. What
// becomes of it when its owner is destroyed, or suspended while others use theirs.
#include "testing/conformance/actor.h"
#include "testing/conformance/world.h"

enum { OWNER, OTHER, INITIAL_MXCSR = 0x1f80, WORDS = 8 };

// ymm14 and ymm15, which compiled code does not touch here, and MXCSR.
struct state {
    uint64_t words[WORDS];
    uint32_t mxcsr;
};

static inline void load(const struct state *state) {
    __asm__ volatile("vmovups 0(%0), %%ymm14\n\tvmovups 32(%0), %%ymm15\n\tldmxcsr %1"
                     :
                     : "r"(state->words), "m"(state->mxcsr)
                     : "xmm14", "xmm15", "memory");
}

static inline void store(struct state *state) {
    __asm__ volatile("vmovups %%ymm14, 0(%1)\n\tvmovups %%ymm15, 32(%1)\n\tstmxcsr %0"
                     : "=m"(state->mxcsr)
                     : "r"(state->words)
                     : "memory");
}

static struct state pattern(uint64_t seed) {
    struct state state = {.mxcsr = INITIAL_MXCSR | (uint32_t)(seed % 4) << 13}; // rounding
    for (unsigned i = 0; i < WORDS; i++) {
        state.words[i] = seed * 0x0101010101010101 + i;
    }
    return state;
}

static bool is_same(const struct state *a, const struct state *b) {
    bool all = a->mxcsr == b->mxcsr;
    for (unsigned i = 0; i < WORDS; i++) {
        all = all && a->words[i] == b->words[i];
    }
    return all;
}

static struct state found[2];
static volatile bool goes_on;

static void sleep_for_ever(void) {
    for (;;) {
        sleep_until(~0ull);
    }
}

// Has a state of its own, waits, and says what it finds afterwards.
static void own(void *argument) {
    const uint64_t index = (uintptr_t)argument;
    const struct state mine = pattern(index + 1);
    load(&mine);
    while (!goes_on) {
        helios_task_suspend(helios_self()->task);
    }
    store(&found[index]);
    sleep_for_ever();
}

static void look(void *argument) {
    store(&found[(uintptr_t)argument]);
    sleep_for_ever();
}

static void run(unsigned index, void (*entry)(void *argument)) {
    EXPECT_TRUE(space_thread(helios_test_bootinfo, index, HELIOS_INIT_VSPACE, 0, ACTOR_PRIORITY,
                             entry, (void *)(uintptr_t)index));
    EXPECT_OK(helios_task_resume(space_get(index)->task));
    let_run(space_get(index)->task);
}

static void expect_initial(unsigned index) {
    const struct state initial = {.mxcsr = INITIAL_MXCSR};
    EXPECT_TRUE(is_same(&found[index], &initial));
}

TEST_CASE(new_task_finds_nothing_of_a_destroyed_owner_in_avx_registers) {
    goes_on = false;
    run(OWNER, own);
    space_end(OWNER);
    run(OTHER, look);
    expect_initial(OTHER);
    space_end(OTHER);
}

TEST_CASE(new_task_finds_nothing_of_a_suspended_owner_in_avx_registers) {
    goes_on = false;
    run(OWNER, own);
    run(OTHER, look);
    expect_initial(OTHER);
    space_end(OTHER);
    space_end(OWNER);
}

TEST_CASE(suspended_owner_finds_its_avx_registers_again) {
    goes_on = false;
    run(OWNER, own);
    run(OTHER, own);
    goes_on = true;
    for (unsigned i = OWNER; i <= OTHER; i++) {
        resume_suspended(space_get(i)->task);
        let_run(space_get(i)->task);
        const struct state mine = pattern(i + 1);
        EXPECT_TRUE(is_same(&found[i], &mine));
    }
    space_end(OTHER);
    space_end(OWNER);
}

TEST_CASE(owner_keeps_its_avx_registers_when_another_one_is_destroyed) {
    goes_on = false;
    run(OWNER, own);
    run(OTHER, own);
    space_end(OTHER);
    goes_on = true;
    resume_suspended(space_get(OWNER)->task);
    let_run(space_get(OWNER)->task);
    const struct state mine = pattern(OWNER + 1);
    EXPECT_TRUE(is_same(&found[OWNER], &mine));
    space_end(OWNER);
}

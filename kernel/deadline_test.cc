// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/deadline.h"

#include <array>
#include <random>
#include <set>

#include "arch/host/host.h"
#include "kernel/percpu.h"
#include "gtest/gtest.h"

namespace {

constexpr uint64_t kNever = UINT64_MAX;

class Clock : public ::testing::TestWithParam<uint64_t> {
  protected:
    void SetUp() override {
        deadline_init(GetParam());
    }
};

TEST_P(Clock, TicksAreNanosecondsBySimpleArithmetic) {
    for (unsigned bits = 0; bits < 63; bits++) {
        uint64_t ticks = (1ull << bits) + bits;
        unsigned __int128 exact = static_cast<unsigned __int128>(ticks) * 1000000000 / GetParam();
        if (exact > UINT64_MAX) {
            EXPECT_EQ(deadline_to_ns(ticks), UINT64_MAX);
            continue;
        }
        uint64_t ns = deadline_to_ns(ticks);
        EXPECT_LE(ns, static_cast<uint64_t>(exact));
        EXPECT_LE(static_cast<uint64_t>(exact) - ns, 1u + (exact >> 62)) << ticks;
    }
}

TEST_P(Clock, NeverRunsBackwards) {
    std::mt19937_64 random(1);
    for (int i = 0; i < 10000; i++) {
        uint64_t ticks = random() >> (random() % 64);
        EXPECT_LE(deadline_to_ns(ticks), deadline_to_ns(ticks + (ticks != UINT64_MAX)));
    }
}

TEST_P(Clock, CounterValueOfATimeIsTheFirstAtWhichTheClockShowsIt) {
    std::mt19937_64 random(2);
    for (int i = 0; i < 10000; i++) {
        uint64_t ns = random() >> (random() % 64);
        uint64_t ticks = deadline_to_counter(ns);
        if (ticks == UINT64_MAX) {
            continue;
        }
        EXPECT_GE(deadline_to_ns(ticks), ns);
        if (ticks > 0) {
            EXPECT_LT(deadline_to_ns(ticks - 1), ns);
        }
    }
}

TEST_P(Clock, TimesThatNeverComeSaturate) {
    EXPECT_EQ(deadline_to_counter(0), 0u);
    if (GetParam() >= 2000000000) {
        EXPECT_EQ(deadline_to_counter(UINT64_MAX), UINT64_MAX);
    }
    if (GetParam() <= 500000000) {
        EXPECT_EQ(deadline_to_ns(UINT64_MAX), UINT64_MAX);
    }
}

INSTANTIATE_TEST_SUITE_P(Frequencies, Clock,
                         ::testing::Values(1, 32768, 1000000, 10000000, 24000000, 62500000,
                                           999999999, 1000000000, 1000000001, 2494000000,
                                           5000000000, 1ull << 40));

class Deadlines : public ::testing::Test {
  protected:
    void SetUp() override {
        host_reset();
    }

    // Every node is in order, linked back, and leftist; returns how many there are.
    static size_t Check(const deadline *node, const deadline *parent) {
        if (node == nullptr) {
            return 0;
        }
        EXPECT_EQ(node->parent, parent);
        if (parent != nullptr) {
            EXPECT_LE(parent->when, node->when);
        }
        uint32_t left = node->left != nullptr ? node->left->rank : 0;
        uint32_t right = node->right != nullptr ? node->right->rank : 0;
        EXPECT_GE(left, right);
        EXPECT_EQ(node->rank, right + 1);
        size_t count = 1 + Check(node->left, node) + Check(node->right, node);
        EXPECT_LT(1ull << (node->rank - 1), count + 1);
        return count;
    }

    static size_t Check() {
        return Check(host_percpu->deadlines, nullptr);
    }
};

TEST_F(Deadlines, BehaveAsASortedSetForTenThousandOperations) {
    std::array<deadline, 100> all = {};
    std::multiset<uint64_t> model;
    std::mt19937_64 random(3);
    uint64_t now = 0;
    for (int i = 0; i < 10000; i++) {
        deadline &one = all[random() % all.size()];
        if (random() % 8 == 0) {
            now += random() % 50;
            deadline *passed = deadline_take_expired(now);
            if (model.empty() || *model.begin() > now) {
                ASSERT_EQ(passed, nullptr);
            } else {
                ASSERT_NE(passed, nullptr);
                EXPECT_EQ(passed->when, 0u);
                model.erase(model.begin());
            }
        } else if (one.when == 0) {
            uint64_t when = now + 1 + random() % 1000;
            deadline_arm(&one, when);
            model.insert(when);
        } else {
            model.erase(model.find(one.when));
            deadline_disarm(&one);
            EXPECT_EQ(one.when, 0u);
        }
        ASSERT_EQ(Check(), model.size());
        if (!model.empty()) {
            ASSERT_EQ(host_percpu->deadlines->when, *model.begin());
        }
    }
}

TEST_F(Deadlines, StayShallowWhenTheyComeInOrder) {
    std::vector<deadline> all(4096);
    for (size_t i = 0; i < all.size(); i++) {
        deadline_arm(&all[i], i + 1);
    }
    EXPECT_LE(host_percpu->deadlines->rank, 13u);
    for (uint64_t now = 1; now <= all.size(); now++) {
        EXPECT_EQ(deadline_take_expired(now), &all[now - 1]);
    }
    EXPECT_EQ(host_percpu->deadlines, nullptr);
}

TEST_F(Deadlines, DisarmingWhatIsNotArmedDoesNothing) {
    deadline one = {};
    deadline_disarm(&one);
    EXPECT_EQ(host_percpu->deadlines, nullptr);
}

TEST_F(Deadlines, OneThatLiesBeforeAllTimesHasPassed) {
    deadline one = {};
    deadline_arm(&one, 0);
    EXPECT_EQ(deadline_take_expired(1), &one);
}

TEST_F(Deadlines, OneAtTheEndOfTimeNeverPasses) {
    deadline one = {};
    deadline_arm(&one, kNever);
    EXPECT_EQ(deadline_take_expired(kNever), nullptr);
    deadline_program_timer(0);
    EXPECT_EQ(host_record.timer, 0u);
}

TEST_F(Deadlines, TimerComesForTheEarlierOfDeadlineAndSlice) {
    deadline one = {};
    deadline_program_timer(700);
    EXPECT_EQ(host_record.timer, 700u);
    deadline_arm(&one, 500);
    deadline_program_timer(700);
    EXPECT_EQ(host_record.timer, 500u);
}

TEST_F(Deadlines, TimerIsNotSetAgainForSomethingLater) {
    deadline one = {};
    deadline_arm(&one, 500);
    deadline_program_timer(0);
    host_record.timer = 1; // would be overwritten
    deadline_program_timer(700);
    deadline_program_timer(0);
    EXPECT_EQ(host_record.timer, 1u);
}

TEST_F(Deadlines, IdleCpuIsNotWokenForWhatWasCalledOff) {
    deadline one = {};
    deadline_arm(&one, 500);
    deadline_program_timer(0);
    deadline_disarm(&one);
    deadline_program_idle();
    EXPECT_EQ(host_record.timer, 0u);
}

TEST_F(Deadlines, IdleCpuIsWokenForTheFirstDeadlineOnly) {
    deadline one = {};
    deadline_arm(&one, 500);
    deadline_program_timer(300);
    deadline_program_idle();
    EXPECT_EQ(host_record.timer, 500u);
}

TEST_F(Deadlines, FirstOneMakesTheCpuLookAtItsTimer) {
    deadline early = {};
    deadline late = {};
    host_percpu->reschedule = 0;
    deadline_arm(&early, 500);
    EXPECT_EQ(host_percpu->reschedule, 1);
    host_percpu->reschedule = 0;
    deadline_arm(&late, 600);
    EXPECT_EQ(host_percpu->reschedule, 0);
}

} // namespace

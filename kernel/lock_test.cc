// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/lock.h"

#include <thread>
#include <vector>

#include "arch/host/host.h"
#include "gtest/gtest.h"

namespace {

TEST(Lock, AcquireAndReleaseLeaveItFree) {
    host_reset();
    lock lock = {};
    lock_acquire(&lock);
    EXPECT_TRUE(lock_is_held(&lock));
    lock_release(&lock);
    EXPECT_FALSE(lock_is_held(&lock));
    EXPECT_EQ(lock.word, 0u);
}

TEST(Lock, OnlyOneCpuHoldsIt) {
    host_reset();
    lock lock = {};
    unsigned long counter = 0;
    auto run = [&](uint32_t index) {
        percpu cpu = {};
        cpu.index = index;
        host_percpu = &cpu;
        for (int i = 0; i < 5000; i++) {
            lock_acquire(&lock);
            counter++;
            lock_release(&lock);
        }
    };
    std::vector<std::thread> threads;
    for (uint32_t i = 0; i < 4; i++) {
        threads.emplace_back(run, i);
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    EXPECT_EQ(counter, 20000u);
}

TEST(LockDeathTest, AcquiringTwiceIsAKernelError) {
    EXPECT_EXIT(
        {
            host_reset();
            static lock lock;
            host_run(
                [](void *) {
                    lock_acquire(&lock);
                    lock_acquire(&lock);
                },
                nullptr);
            fputs(host_output(), stderr);
            exit(3);
        },
        ::testing::ExitedWithCode(3), "KERNEL PANIC: check failed: !lock_is_held");
}

TEST(LockDeathTest, ReleasingAFreeLockIsAKernelError) {
    EXPECT_EXIT(
        {
            host_reset();
            static lock lock;
            host_run([](void *) { lock_release(&lock); }, nullptr);
            fputs(host_output(), stderr);
            exit(3);
        },
        ::testing::ExitedWithCode(3), "KERNEL PANIC: check failed: lock_is_held");
}

lock Ranked(lock_rank rank) {
    lock lock = {};
    lock.rank = static_cast<int16_t>(rank);
    return lock;
}

// Three locks in the order of taking, two of them of objects.
struct Locks {
    lock space = Ranked(LOCK_SPACE);
    lock objects[2] = {};
    lock cspace = Ranked(LOCK_CSPACE);
};

// Ends the process with what the kernel says to it.
[[noreturn]] void Take(void (*take)(Locks *locks)) {
    host_reset();
    Locks locks;
    struct Context {
        void (*take)(Locks *);
        Locks *locks;
    } context = {take, &locks};
    host_run(
        [](void *argument) {
            auto *context = static_cast<Context *>(argument);
            context->take(context->locks);
        },
        &context);
    fputs(host_output(), stderr);
    exit(3);
}

TEST(LockOrder, AscendingRanksAndAddressesAreTakenAndReleasedInAnyOrder) {
    host_reset();
    Locks locks;
    lock_acquire(&locks.space);
    lock_acquire(&locks.objects[0]);
    lock_acquire(&locks.objects[1]);
    lock_acquire(&locks.cspace);
    lock_release(&locks.objects[0]);
    lock_release(&locks.cspace);
    lock_release(&locks.space);
    EXPECT_TRUE(lock_is_any_held());
    lock_release(&locks.objects[1]);
    EXPECT_FALSE(lock_is_any_held());
}

TEST(LockOrderDeathTest, ALowerRankAfterAHigherOneIsAKernelError) {
    EXPECT_EXIT(Take([](Locks *locks) {
                    lock_acquire(&locks->cspace);
                    lock_acquire(&locks->objects[0]);
                }),
                ::testing::ExitedWithCode(3), "check failed: .*comes_after");
}

TEST(LockOrderDeathTest, ObjectsInDescendingOrderAreAKernelError) {
    EXPECT_EXIT(Take([](Locks *locks) {
                    lock_acquire(&locks->objects[1]);
                    lock_acquire(&locks->objects[0]);
                }),
                ::testing::ExitedWithCode(3), "check failed: .*comes_after");
}

TEST(LockOrderDeathTest, TwoLocksOfOneRankAreAKernelError) {
    EXPECT_EXIT(Take([](Locks *locks) {
                    lock other = Ranked(LOCK_SPACE);
                    lock_acquire(&locks->space);
                    lock_acquire(&other);
                }),
                ::testing::ExitedWithCode(3), "check failed: .*comes_after");
}

TEST(LockOrderDeathTest, LeavingForAUserWithALockIsAKernelError) {
    EXPECT_EXIT(Take([](Locks *locks) {
                    lock_acquire(&locks->objects[0]);
                    lock_check_none();
                }),
                ::testing::ExitedWithCode(3), "check failed: .*lock_is_any_held");
}

} // namespace

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
    EXPECT_EQ(lock.next, lock.serving);
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

} // namespace

// SPDX-License-Identifier: GPL-3.0-only
//
// For tests: a Memory of chosen size and alignment in the host port's arena, without a booted
// kernel. Its descriptors begin as garbage, as they do on a machine that was not swept.
#ifndef HELIOS_KERNEL_TESTING_MEMORY_ARENA_H
#define HELIOS_KERNEL_TESTING_MEMORY_ARENA_H

#include <cstring>
#include <memory>
#include <vector>

#include "arch/host/host.h"
#include "kernel/memory_object.h"
#include "kernel/reaper.h"
#include "gtest/gtest.h"

class MemoryArena : public ::testing::Test {
  protected:
    static constexpr uint64_t kPage = 4096;

    void SetUp() override {
        host_reset();
        reaper_reset();
    }

    // Frames [first, first + count) of the arena.
    void Make(uint64_t first, uint64_t count) {
        frames_.resize(count);
        memset(static_cast<void *>(frames_.data()), 0xa5, count * sizeof(frame));
        memory_ = std::make_unique<memory>();
        memory_init(memory_.get(), nullptr, frames_.data(), first * kPage, count);
    }

    uint64_t FreeFrames() {
        return memory_free_bytes(memory_.get()) / kPage;
    }

    // Order of the largest free block, -1 if there is none.
    int Largest() {
        return memory_settle(memory_.get());
    }

    std::vector<frame> frames_;
    std::unique_ptr<memory> memory_;
};

#endif // HELIOS_KERNEL_TESTING_MEMORY_ARENA_H

// SPDX-License-Identifier: GPL-3.0-only
//
// For tests: a kernel that has been booted on the host port, with the root task about to run.
#ifndef HELIOS_KERNEL_BOOTED_MACHINE_H
#define HELIOS_KERNEL_BOOTED_MACHINE_H

#include <cstring>
#include <vector>

#include "arch/host/host.h"
#include "kernel/entry.h"
#include "kernel/mmu.h"
#include "kernel/task.h"
#include "uapi/bootinfo.h"
#include "uapi/error.h"
#include "uapi/message.h"
#include "uapi/object.h"
#include "uapi/syscall.h"
#include "gtest/gtest.h"

class BootedMachine : public ::testing::Test {
  protected:
    void SetUp() override {
        Prepare();
        Boot();
        ASSERT_NE(host_resumed, nullptr) << host_output();
    }

    // Everything up to the loader's jump; tests may change boot_ and program_.
    void Prepare() {
        host_reset();
        program_.resize(HOST_PROGRAM_SIZE);
        program_.resize(host_program(program_.data()));
        boot_ = host_boot_create(program_.data(), program_.size());
    }

    host_exit Boot() {
        host_exit how = host_run(
            [](void *boot) { kernel_main(static_cast<const helios_boot *>(boot)); }, boot_);
        init_ = host_percpu->current;
        return how;
    }

    // A system call of the root task; returns its result registers.
    message_registers Syscall(uint64_t number, uint64_t capability = 0, uint64_t tag = 0,
                              uint64_t p0 = 0, uint64_t p1 = 0, uint64_t p2 = 0, uint64_t p3 = 0) {
        uint32_t before = init_->arch.result_count;
        arch_task *next = kernel_syscall(capability, tag, p0, p1, p2, p3, number);
        EXPECT_EQ(next, &init_->arch);
        EXPECT_EQ(init_->arch.result_count, before + 1) << "exactly one answer";
        return init_->arch.result;
    }

    message_registers Call(uint64_t capability, uint32_t label, uint32_t params = 0,
                           uint64_t p0 = 0, uint64_t p1 = 0) {
        return Syscall(HELIOS_SYS_CALL, capability, helios_tag(label, 0, params, 0), p0, p1);
    }

    // Memory of the root task, at most one page.
    void *UserMemory(uintptr_t address) {
        mmu_mapping mapping = {};
        auto *root = static_cast<arch_pte *>(arch_direct(init_->root));
        mmu_result result = mmu_query(root, address, &mapping);
        EXPECT_EQ(result.error, MMU_OK) << std::hex << address;
        return result.error == MMU_OK ? arch_direct(mapping.physical) : nullptr;
    }

    // Flags of a mapping; -1 if there is none.
    int UserFlags(uintptr_t address) {
        mmu_mapping mapping = {};
        auto *root = static_cast<arch_pte *>(arch_direct(init_->root));
        bool is_mapped = mmu_query(root, address, &mapping).error == MMU_OK;
        return is_mapped ? static_cast<int>(mapping.flags) : -1;
    }

    const helios_bootinfo *BootInfo() {
        return static_cast<const helios_bootinfo *>(UserMemory(init_->arch.argument));
    }

    std::vector<uint8_t> program_;
    helios_boot *boot_;
    task *init_;
};

// A refusal: status, argument, what was found and what was wanted.
#define EXPECT_REFUSAL(result, error, argument, found, wanted)                                     \
    do {                                                                                           \
        message_registers refusal = (result);                                                      \
        EXPECT_EQ(helios_tag_label(refusal.tag), static_cast<uint32_t>(error));                    \
        EXPECT_EQ(helios_tag_params(refusal.tag), 3u);                                             \
        EXPECT_EQ(refusal.params[0], static_cast<uint64_t>(argument));                             \
        EXPECT_EQ(refusal.params[1], static_cast<uint64_t>(found));                                \
        EXPECT_EQ(refusal.params[2], static_cast<uint64_t>(wanted));                               \
        EXPECT_EQ(refusal.badge, 0u);                                                              \
    } while (0)

#define EXPECT_ANSWER(result, value)                                                               \
    do {                                                                                           \
        message_registers answer = (result);                                                       \
        EXPECT_EQ(answer.tag, helios_tag(HELIOS_OK, 0, 1, 0));                                     \
        EXPECT_EQ(answer.params[0], static_cast<uint64_t>(value));                                 \
    } while (0)

#endif // HELIOS_KERNEL_BOOTED_MACHINE_H

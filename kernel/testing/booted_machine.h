// SPDX-License-Identifier: GPL-3.0-only
//
// For tests: a kernel that has been booted on the host port, with the root task about to run.
#ifndef HELIOS_KERNEL_TESTING_BOOTED_MACHINE_H
#define HELIOS_KERNEL_TESTING_BOOTED_MACHINE_H

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "arch/host/host.h"
#include "kernel/cspace.h"
#include "kernel/entry.h"
#include "kernel/object_types.h"
#include "kernel/task.h"
#include "kernel/testing/mmu_query.h"
#include "kernel/vspace.h"
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

    // A system call of the root task, which goes on afterwards; returns its result registers.
    message_registers Syscall(uint64_t number, uint64_t capability = 0, uint64_t tag = 0,
                              uint64_t p0 = 0, uint64_t p1 = 0, uint64_t p2 = 0, uint64_t p3 = 0) {
        uint32_t before = init_->arch.result_count;
        const uint64_t params[4] = {p0, p1, p2, p3};
        arch_task *next = nullptr;
        EXPECT_EQ(host_syscall(number, capability, tag, params, &next), HOST_RETURNED);
        EXPECT_EQ(next, &init_->arch);
        EXPECT_EQ(init_->arch.result_count, before + 1) << "exactly one answer";
        return init_->arch.result;
    }

    message_registers Call(uint64_t capability, uint32_t label, uint32_t params = 0,
                           uint64_t p0 = 0, uint64_t p1 = 0) {
        return Syscall(HELIOS_SYS_CALL, capability, helios_tag(label, 0, params, 0), p0, p1);
    }

    // An invocation with any number of parameters and capability arguments; room for four
    // capabilities is offered for the answer.
    message_registers Invoke(uint64_t capability, uint32_t label, std::vector<uint64_t> params = {},
                             const std::vector<uint64_t> &caps = {}) {
        auto count = static_cast<uint32_t>(params.size());
        params.resize(4);
        helios_ipc_buffer *buffer = init_->buffer;
        std::copy(caps.begin(), caps.end(), buffer->caps);
        std::fill(buffer->receive, buffer->receive + 4, HELIOS_CADDR_UNDEF);
        buffer->receive_count = 4;
        uint64_t tag = helios_tag(label, static_cast<uint32_t>(caps.size()), count, 0);
        return Syscall(HELIOS_SYS_CALL, capability, tag, params[0], params[1], params[2],
                       params[3]);
    }

    // An invocation that brings one capability: where it arrived.
    uint64_t InvokeForCap(uint64_t capability, uint32_t label, std::vector<uint64_t> params = {},
                          const std::vector<uint64_t> &caps = {}) {
        message_registers result = Invoke(capability, label, std::move(params), caps);
        EXPECT_EQ(helios_tag_label(result.tag), HELIOS_OK)
            << "argument " << result.params[0] << " found " << result.params[1] << " wanted "
            << result.params[2];
        EXPECT_EQ(helios_tag_caps(result.tag), 1u);
        return init_->buffer->caps[0];
    }

    // A new object, made of the root task's first Memory.
    uint64_t Allocate(helios_type type, uint64_t size = 0) {
        return InvokeForCap(Memory(), HELIOS_MEMORY_ALLOCATE,
                            {static_cast<uint64_t>(type), size, 1});
    }

    uint64_t Memory() {
        return BootInfo()->memories[0].slot;
    }

    slot *SlotAt(uint64_t address) {
        return cspace_slot(init_->cspace, address);
    }

    // An invocation of init's that has found an object which began to die right after that.
    message_registers InvokeDying(uint64_t capability, uint32_t label,
                                  std::vector<uint64_t> params = {},
                                  const std::vector<uint64_t> &caps = {}) {
        const slot_view found = slot_read(SlotAt(capability));
        auto count = static_cast<uint32_t>(params.size());
        params.resize(4);
        std::copy(caps.begin(), caps.end(), init_->buffer->caps);
        const struct syscall call = {
            HELIOS_SYS_CALL,
            capability,
            helios_tag(label, static_cast<uint32_t>(caps.size()), count, 0),
            {params[0], params[1], params[2], params[3]}};
        object_set_state(found.object, OBJECT_DYING);
        object_types[found.type].invoke(init_, &found, &call);
        object_set_state(found.object, OBJECT_LIVE);
        return init_->arch.result;
    }

    // What a purge or a revocation does that has found this reference.
    static void Drop(reference *found) {
        const reference_place place = {found, static_cast<reference_kind>(found->kind),
                                       found->object, ring_node(found->node.prev)};
        task_drop_reference(&place);
    }

    // A copy with these rights.
    uint64_t Weaker(uint64_t capability, unsigned rights, uint64_t badge = 0) {
        message_registers result = Invoke(HELIOS_INIT_CSPACE, HELIOS_CSPACE_COPY,
                                          {HELIOS_CADDR_UNDEF, rights, badge}, {capability});
        EXPECT_EQ(helios_tag_label(result.tag), HELIOS_OK);
        return result.params[0];
    }

    // Destroys the capability.
    void Destroy(uint64_t capability) {
        EXPECT_EQ(
            helios_tag_label(Invoke(HELIOS_INIT_CSPACE, HELIOS_CSPACE_DESTROY, {capability}).tag),
            HELIOS_OK);
    }

    // Destroys what was derived from it.
    void Revoke(uint64_t capability) {
        EXPECT_EQ(
            helios_tag_label(Invoke(HELIOS_INIT_CSPACE, HELIOS_CSPACE_REVOKE, {capability}).tag),
            HELIOS_OK);
    }

    // Memory of the root task, at most one page.
    void *UserMemory(uintptr_t address) {
        mmu_mapping mapping = {};
        auto *root = static_cast<arch_pte *>(arch_direct(table_physical(&init_->vspace->root)));
        bool is_mapped = mmu_query(root, address, &mapping);
        EXPECT_TRUE(is_mapped) << std::hex << address;
        return is_mapped ? arch_direct(mapping.physical) : nullptr;
    }

    // Flags of a mapping; -1 if there is none.
    int UserFlags(uintptr_t address) {
        mmu_mapping mapping = {};
        auto *root = static_cast<arch_pte *>(arch_direct(table_physical(&init_->vspace->root)));
        return mmu_query(root, address, &mapping) ? static_cast<int>(mapping.flags) : -1;
    }

    const helios_bootinfo *BootInfo() {
        return static_cast<const helios_bootinfo *>(UserMemory(init_->arch.registers[3]));
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

#endif // HELIOS_KERNEL_TESTING_BOOTED_MACHINE_H

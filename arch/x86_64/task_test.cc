// SPDX-License-Identifier: GPL-3.0-only
#include "arch/include/task.h"

#include <gtest/gtest.h>

#include "arch/x86_64/frame.h"
#include "uapi/registers.h"

namespace {

constexpr uint64_t kInterrupts = 1 << 9;
constexpr uint64_t kFixed = 1 << 1;
constexpr uint64_t kTrap = 1 << 8;
constexpr uint64_t kResume = 1 << 16;

// Every register holds its number in uapi/registers.h plus 100.
arch_task numbered() {
    arch_task t = {};
    t.frame = ARCH_FRAME_FULL;
    t.rip = 100, t.rsp = 101, t.rflags = 102;
    t.rax = 103, t.rbx = 104, t.rcx = 105, t.rdx = 106, t.rsi = 107, t.rdi = 108, t.rbp = 109;
    t.r8 = 110, t.r9 = 111, t.r10 = 112, t.r11 = 113;
    t.r12 = 114, t.r13 = 115, t.r14 = 116, t.r15 = 117;
    return t;
}

uint64_t flags_after(arch_task *task, uint64_t flags) {
    uint64_t words[HELIOS_X86_64_REGISTERS] = {};
    words[HELIOS_REGISTER_FLAGS] = flags;
    arch_task_set_registers(task, words, 1u << HELIOS_REGISTER_FLAGS);
    return task->rflags;
}

TEST(Task, NewTaskStartsAtItsEntryWithInterruptsOn) {
    arch_task t;
    arch_task_init(&t, 0x401000, 0x7ff0, 42);
    EXPECT_EQ(t.frame, uint64_t{ARCH_FRAME_FULL});
    EXPECT_EQ(t.rip, 0x401000u);
    EXPECT_EQ(t.rsp, 0x7ff0u);
    EXPECT_EQ(t.rdi, 42u);
    EXPECT_EQ(t.rflags, kInterrupts | kFixed);
    EXPECT_EQ(t.rax | t.rbx | t.r15 | t.fs_base_low | t.fs_base_high, 0u);
}

TEST(Task, RegistersAreNumberedAsTheAbiSays) {
    const arch_task t = numbered();
    uint64_t words[HELIOS_X86_64_REGISTERS];
    EXPECT_EQ(arch_task_get_registers(&t, words), (1u << HELIOS_X86_64_REGISTERS) - 1);
    for (unsigned i = 0; i < HELIOS_X86_64_REGISTERS; i++) {
        EXPECT_EQ(words[i], 100 + i);
    }
}

TEST(Task, InsideSystemCallOnlyWhatItPreservesIsThere) {
    arch_task t = numbered();
    t.frame = ARCH_FRAME_SYSCALL;
    uint64_t words[HELIOS_X86_64_REGISTERS];
    const uint64_t mask = arch_task_get_registers(&t, words);
    EXPECT_EQ(mask, 1u << 0 | 1u << 1 | 1u << 2 | 1u << 4 | 1u << 9); // pc sp flags rbx rbp
    for (unsigned i = 0; i < HELIOS_X86_64_REGISTERS; i++) {
        EXPECT_EQ(words[i], (mask >> i & 1) ? 100 + i : 0);
    }
}

TEST(Task, OnlyMaskedRegistersAreReplaced) {
    arch_task t = numbered();
    uint64_t words[HELIOS_X86_64_REGISTERS] = {};
    words[HELIOS_X86_64_RDX] = 7;
    arch_task_set_registers(&t, words, 1u << HELIOS_X86_64_RDX);
    EXPECT_EQ(t.rdx, 7u);
    EXPECT_EQ(t.rcx, 105u);
    EXPECT_EQ(t.rip, 100u);
}

TEST(Task, WritingMakesAFullFrameWithoutStaleRegisters) {
    arch_task t = numbered();
    t.frame = ARCH_FRAME_SYSCALL;
    uint64_t words[HELIOS_X86_64_REGISTERS] = {};
    words[HELIOS_X86_64_RAX] = 9;
    arch_task_set_registers(&t, words, 1u << HELIOS_X86_64_RAX);
    EXPECT_EQ(t.frame, uint64_t{ARCH_FRAME_FULL});
    EXPECT_EQ(t.rax, 9u);
    EXPECT_EQ(t.rbx, 104u);
    EXPECT_EQ(t.rbp, 109u);
    EXPECT_EQ(t.rdi | t.rsi | t.rdx | t.r10 | t.r8 | t.r9, 0u);
    EXPECT_EQ(t.rcx | t.r11 | t.r12 | t.r13 | t.r14 | t.r15, 0u);
}

TEST(Task, FlagsOfTheSystemAreForced) {
    arch_task t = numbered();
    // IOPL, NT, RF, VM, VIF, VIP, TF and the reserved bits are not the user's to set.
    EXPECT_EQ(flags_after(&t, ~0ull), 0x240cd5u | kInterrupts | kFixed);
    EXPECT_EQ(flags_after(&t, 0), kInterrupts | kFixed);
}

TEST(Task, SteppingSurvivesFlagsAndEndsWithIt) {
    arch_task t = numbered();
    EXPECT_TRUE(arch_task_set_step(&t, true));
    EXPECT_TRUE(t.rflags & kTrap);
    EXPECT_TRUE(flags_after(&t, 0) & kTrap);
    EXPECT_TRUE(arch_task_set_step(&t, false));
    EXPECT_FALSE(t.rflags & kTrap);
}

TEST(Task, ResumeFlagGoesWithThePlaceItWasFor) {
    arch_task t = numbered();
    t.rflags |= kResume;
    EXPECT_TRUE(flags_after(&t, 0) & kResume);
    const uint64_t words[HELIOS_X86_64_REGISTERS] = {0x401000};
    arch_task_set_registers(&t, words, 1u << HELIOS_REGISTER_PC);
    EXPECT_FALSE(t.rflags & kResume);
    t.rflags |= kResume;
    arch_task_skip(&t, 2);
    EXPECT_FALSE(t.rflags & kResume);
}

TEST(Task, SkippingMovesTheProgramCounter) {
    arch_task t = numbered();
    arch_task_skip(&t, 2);
    EXPECT_EQ(t.rip, 102u);
}

} // namespace

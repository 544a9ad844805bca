// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/syscall.h"

#include <random>
#include <string>

#include "kernel/testing/booted_machine.h"
#include "testing/audit/audit.h"
#include "gmock/gmock.h"

namespace {

using ::testing::HasSubstr;

class SyscallTest : public BootedMachine {
  protected:
    message_registers Write(const std::string &text, uint64_t length) {
        memcpy(init_->buffer->text, text.data(), text.size());
        return Syscall(HELIOS_SYS_WRITECONS, 0, helios_tag(0, 0, 1, 0), length);
    }

    uint64_t Slots() {
        return init_->cspace->slot_count;
    }
};

TEST_F(SyscallTest, NumbersAreTheDecks) {
    EXPECT_EQ(HELIOS_SYS_WRITECONS, 0);
    EXPECT_EQ(HELIOS_SYS_YIELD, 1);
    EXPECT_EQ(HELIOS_SYS_IDENTIFY, 2);
    EXPECT_EQ(HELIOS_SYS_CALL, 5);
    EXPECT_EQ(HELIOS_SYS_POLLX, 13);
    EXPECT_EQ(HELIOS_SYS_COUNT, 14);
}

TEST_F(SyscallTest, WriteconsWritesAndAnswersTheLength) {
    EXPECT_ANSWER(Write("hello\n", 6), 6);
    EXPECT_STREQ(host_output(), "hello\r\n");
}

TEST_F(SyscallTest, WriteconsTakesEveryLengthUpToTheLimit) {
    EXPECT_ANSWER(Write("", 0), 0);
    EXPECT_ANSWER(Write(std::string(HELIOS_MAX_TEXT, 'x'), HELIOS_MAX_TEXT), HELIOS_MAX_TEXT);
    EXPECT_EQ(std::string(host_output()), std::string(HELIOS_MAX_TEXT, 'x'));
}

TEST_F(SyscallTest, WriteconsRefusesMoreThanTheBufferHolds) {
    for (uint64_t length : {uint64_t{HELIOS_MAX_TEXT + 1}, uint64_t{1} << 32, ~uint64_t{0}}) {
        EXPECT_REFUSAL(Write("", length), HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM, length,
                       HELIOS_MAX_TEXT);
    }
}

TEST_F(SyscallTest, WriteconsWithoutABufferIsRefused) {
    helios_ipc_buffer *buffer = init_->buffer;
    init_->buffer = nullptr;
    EXPECT_REFUSAL(Syscall(HELIOS_SYS_WRITECONS, 0, helios_tag(0, 0, 1, 0), 1), HELIOS_ERROR_BUFFER,
                   HELIOS_ARGUMENT_NONE, 0, 0);
    init_->buffer = buffer;
}

TEST_F(SyscallTest, WriteconsChecksTheWholeTag) {
    EXPECT_REFUSAL(Syscall(HELIOS_SYS_WRITECONS, 0, helios_tag(0, 2, 1, 0), 1),
                   HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_CAP_COUNT, 2, 0);
    EXPECT_REFUSAL(Syscall(HELIOS_SYS_WRITECONS, 0, helios_tag(0, 0, 3, 0), 1),
                   HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_PARAM_COUNT, 3, 1);
    EXPECT_REFUSAL(Syscall(HELIOS_SYS_WRITECONS, 0, helios_tag(0, 0, 1, 0x8001), 1),
                   HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_FLAGS, 0x8001, 0);
    // The reserved bits of the tag.
    for (int bit : {38, 39, 47}) {
        message_registers result =
            Syscall(HELIOS_SYS_WRITECONS, 0, helios_tag(0, 0, 1, 0) | uint64_t{1} << bit, 1);
        EXPECT_EQ(helios_tag_label(result.tag), static_cast<uint32_t>(HELIOS_ERROR_ARGUMENTS));
    }
}

TEST_F(SyscallTest, YieldComesBack) {
    EXPECT_ANSWER(Syscall(HELIOS_SYS_YIELD), 0);
}

TEST_F(SyscallTest, IdentifyNamesEverySlot) {
    for (uint64_t address = 0; address < Slots(); address++) {
        message_registers result = Syscall(HELIOS_SYS_IDENTIFY, address);
        ASSERT_EQ(result.tag, helios_tag(HELIOS_OK, 0, 4, 0));
        ASSERT_EQ(result.params[0], SlotAt(address)->type);
        ASSERT_EQ(result.params[1], SlotAt(address)->rights);
    }
}

TEST_F(SyscallTest, IdentifyTellsTheSizeAsItWasAllocated) {
    uint64_t cspace = Allocate(HELIOS_TYPE_CSPACE, 5);
    uint64_t large = Allocate(HELIOS_TYPE_PAGE, 1);
    uint64_t memory = Allocate(HELIOS_TYPE_MEMORY, 16);
    EXPECT_EQ(Syscall(HELIOS_SYS_IDENTIFY, cspace).params[3], 5u);
    EXPECT_EQ(Syscall(HELIOS_SYS_IDENTIFY, large).params[3], 1u);
    EXPECT_EQ(Syscall(HELIOS_SYS_IDENTIFY, memory).params[3], 16u);
}

TEST_F(SyscallTest, AddressesOutsideTheCSpaceAreRefused) {
    for (uint64_t number :
         {HELIOS_SYS_IDENTIFY, HELIOS_SYS_CALL, HELIOS_SYS_SEND, HELIOS_SYS_NBSEND, HELIOS_SYS_WAIT,
          HELIOS_SYS_NBWAIT, HELIOS_SYS_RECV, HELIOS_SYS_NBRECV}) {
        for (uint64_t address : {Slots(), uint64_t{1} << 32, ~uint64_t{0}}) {
            EXPECT_REFUSAL(Syscall(number, address), HELIOS_ERROR_CAPABILITY,
                           HELIOS_ARGUMENT_CAPABILITY, address, Slots());
        }
    }
}

TEST_F(SyscallTest, CallOfANullSlotIsRefused) {
    EXPECT_REFUSAL(Call(0, 1), HELIOS_ERROR_CAPABILITY, HELIOS_ARGUMENT_CAPABILITY, 0, Slots());
}

TEST_F(SyscallTest, TaskWithoutACSpaceHasNoCapabilities) {
    cspace *own = init_->cspace;
    init_->cspace = nullptr;
    EXPECT_REFUSAL(Call(HELIOS_INIT_CSPACE, 1), HELIOS_ERROR_CAPABILITY, HELIOS_ARGUMENT_CAPABILITY,
                   HELIOS_INIT_CSPACE, 0);
    EXPECT_REFUSAL(Syscall(HELIOS_SYS_IDENTIFY, HELIOS_INIT_CSPACE), HELIOS_ERROR_CAPABILITY,
                   HELIOS_ARGUMENT_CAPABILITY, HELIOS_INIT_CSPACE, 0);
    init_->cspace = own;
}

TEST_F(SyscallTest, MessagesToWhatIsNoEndpointAreRefused) {
    for (uint64_t number : {HELIOS_SYS_RECV, HELIOS_SYS_NBRECV}) {
        EXPECT_REFUSAL(Syscall(number, HELIOS_INIT_CSPACE), HELIOS_ERROR_TYPE,
                       HELIOS_ARGUMENT_CAPABILITY, HELIOS_TYPE_CSPACE, HELIOS_TYPE_ENDPOINT);
    }
    for (uint64_t number : {HELIOS_SYS_SIGNAL, HELIOS_SYS_WAIT, HELIOS_SYS_NBWAIT}) {
        EXPECT_REFUSAL(Syscall(number, HELIOS_INIT_CSPACE), HELIOS_ERROR_TYPE,
                       HELIOS_ARGUMENT_CAPABILITY, HELIOS_TYPE_CSPACE, HELIOS_TYPE_NOTIFICATION);
    }
    EXPECT_REFUSAL(Syscall(HELIOS_SYS_REPLY, HELIOS_INIT_CSPACE), HELIOS_ERROR_TYPE,
                   HELIOS_ARGUMENT_CAPABILITY, HELIOS_TYPE_CSPACE, HELIOS_TYPE_REPLY);
}

TEST_F(SyscallTest, SendToAKernelObjectIsACall) {
    for (uint64_t number : {HELIOS_SYS_SEND, HELIOS_SYS_NBSEND}) {
        message_registers result =
            Syscall(number, HELIOS_INIT_CSPACE, helios_tag(HELIOS_CSPACE_QUERY, 0, 0, 0));
        EXPECT_EQ(result.tag, helios_tag(HELIOS_OK, 0, 2, 0));
        EXPECT_EQ(result.params[0], Slots());
    }
}

TEST_F(SyscallTest, CallOfAKernelObjectMayHaveADeadline) {
    uint64_t tag = helios_tag(HELIOS_CSPACE_QUERY, 0, 0, HELIOS_FLAG_DEADLINE);
    EXPECT_EQ(Syscall(HELIOS_SYS_CALL, HELIOS_INIT_CSPACE, tag).tag,
              helios_tag(HELIOS_OK, 0, 2, 0));
    tag = helios_tag(HELIOS_CSPACE_QUERY, 0, 0, HELIOS_FLAG_DEADLINE | HELIOS_FLAG_REPLY);
    EXPECT_REFUSAL(Syscall(HELIOS_SYS_CALL, HELIOS_INIT_CSPACE, tag), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_FLAGS, HELIOS_FLAG_REPLY, 0);
}

TEST_F(SyscallTest, ObjectsThatAreNotCalledRefuseEveryLabel) {
    uint64_t notification = Allocate(HELIOS_TYPE_NOTIFICATION);
    EXPECT_REFUSAL(Call(notification, 1), HELIOS_ERROR_INVOCATION, HELIOS_ARGUMENT_LABEL, 1, 0);
}

TEST_F(SyscallTest, UnknownNumbersAreRefused) {
    for (uint64_t number : {uint64_t{HELIOS_SYS_COUNT}, uint64_t{1} << 32, ~uint64_t{0}}) {
        EXPECT_REFUSAL(Syscall(number), HELIOS_ERROR_SYSCALL, HELIOS_ARGUMENT_NUMBER, number,
                       HELIOS_SYS_COUNT);
    }
}

TEST_F(SyscallTest, EveryWordOfTheBufferIsReadWhereItStands) {
    uint64_t destroyed = Allocate(HELIOS_TYPE_ENDPOINT);
    init_->buffer->params[4] = destroyed;
    uint64_t tag = helios_tag(HELIOS_CSPACE_DESTROY, 0, 5, 0);
    EXPECT_ANSWER(Syscall(HELIOS_SYS_CALL, HELIOS_INIT_CSPACE, tag, 0, 0, 0, 0), 1);
    EXPECT_EQ(SlotAt(destroyed)->type, HELIOS_TYPE_NULL);
}

// The line of a checked kernel. ------------------------------------------------------------------

TEST_F(SyscallTest, RefusalSaysWhoAndWhatAndWhy) {
    Invoke(HELIOS_INIT_CSPACE, HELIOS_CSPACE_COPY, {9, 16, 0}, {HELIOS_INIT_CSPACE});
    char expected[200];
    snprintf(expected, sizeof(expected),
             "init: refused CSpace.copy 0x%x: outside the range that is allowed: parameter 1 "
             "(found 0x10, wanted 0xf)\r\n",
             HELIOS_INIT_CSPACE);
    EXPECT_THAT(host_output(), HasSubstr(expected));
}

TEST_F(SyscallTest, RefusalNamesSystemCallsAndUnknownInvocations) {
    Syscall(HELIOS_SYS_IDENTIFY, Slots());
    EXPECT_THAT(host_output(), HasSubstr("init: refused identify 0x"));
    Call(HELIOS_INIT_CSPACE, 77);
    EXPECT_THAT(host_output(), HasSubstr("init: refused CSpace.77 0x"));
    Syscall(99);
    EXPECT_THAT(host_output(), HasSubstr("init: refused unknown system call"));
}

TEST_F(SyscallTest, WhatHappensAllDayIsNotPrinted) {
    uint64_t endpoint = Allocate(HELIOS_TYPE_ENDPOINT);
    EXPECT_EQ(helios_tag_label(Syscall(HELIOS_SYS_NBRECV, endpoint).tag), HELIOS_ERROR_WOULD_BLOCK);
    EXPECT_STREQ(host_output(), "");
}

} // namespace

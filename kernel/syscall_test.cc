// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/syscall.h"

#include <random>
#include <string>

#include "kernel/booted_machine.h"

namespace {

class SyscallTest : public BootedMachine {
  protected:
    message_registers Write(const std::string &text, uint64_t length) {
        memcpy(init_->buffer->text, text.data(), text.size());
        return Syscall(HELIOS_SYS_WRITECONS, 0, helios_tag(0, 0, 1, 0), length);
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
    EXPECT_STREQ(host_output(), "");
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
    const helios_bootinfo *info = BootInfo();
    for (uint64_t address = 0; address < CSPACE_SLOTS; address++) {
        uint64_t expected = address == info->power                ? HELIOS_TYPE_POWER
                            : address == info->console.capability ? HELIOS_TYPE_IO_PORT
                                                                  : HELIOS_TYPE_NULL;
        EXPECT_ANSWER(Syscall(HELIOS_SYS_IDENTIFY, address), expected);
    }
}

TEST_F(SyscallTest, AddressesOutsideTheCSpaceAreRefused) {
    for (uint64_t number :
         {HELIOS_SYS_IDENTIFY, HELIOS_SYS_CALL, HELIOS_SYS_SEND, HELIOS_SYS_WAIT}) {
        for (uint64_t address : {uint64_t{CSPACE_SLOTS}, uint64_t{1} << 32, ~uint64_t{0}}) {
            EXPECT_REFUSAL(Syscall(number, address), HELIOS_ERROR_CAPABILITY,
                           HELIOS_ARGUMENT_CAPABILITY, address, CSPACE_SLOTS);
        }
    }
}

TEST_F(SyscallTest, CallOfANullSlotIsRefused) {
    EXPECT_REFUSAL(Call(0, 1), HELIOS_ERROR_CAPABILITY, HELIOS_ARGUMENT_CAPABILITY, 0,
                   CSPACE_SLOTS);
}

TEST_F(SyscallTest, MessagesToWhatIsNoEndpointAreRefused) {
    uint64_t power = BootInfo()->power;
    for (uint64_t number :
         {HELIOS_SYS_SEND, HELIOS_SYS_RECV, HELIOS_SYS_NBSEND, HELIOS_SYS_NBRECV}) {
        EXPECT_REFUSAL(Syscall(number, power), HELIOS_ERROR_TYPE, HELIOS_ARGUMENT_CAPABILITY,
                       HELIOS_TYPE_POWER, HELIOS_TYPE_ENDPOINT);
    }
    for (uint64_t number : {HELIOS_SYS_SIGNAL, HELIOS_SYS_WAIT, HELIOS_SYS_NBWAIT}) {
        EXPECT_REFUSAL(Syscall(number, power), HELIOS_ERROR_TYPE, HELIOS_ARGUMENT_CAPABILITY,
                       HELIOS_TYPE_POWER, HELIOS_TYPE_NOTIFICATION);
    }
    EXPECT_REFUSAL(Syscall(HELIOS_SYS_REPLY, power), HELIOS_ERROR_TYPE, HELIOS_ARGUMENT_CAPABILITY,
                   HELIOS_TYPE_POWER, HELIOS_TYPE_REPLY);
}

TEST_F(SyscallTest, PollIsNotThereYet) {
    for (uint64_t number : {HELIOS_SYS_POLL, HELIOS_SYS_POLLX}) {
        EXPECT_REFUSAL(Syscall(number), HELIOS_ERROR_UNSUPPORTED, HELIOS_ARGUMENT_NUMBER, number,
                       0);
    }
}

TEST_F(SyscallTest, UnknownNumbersAreRefused) {
    for (uint64_t number : {uint64_t{HELIOS_SYS_COUNT}, uint64_t{1} << 32, ~uint64_t{0}}) {
        EXPECT_REFUSAL(Syscall(number), HELIOS_ERROR_SYSCALL, HELIOS_ARGUMENT_NUMBER, number,
                       HELIOS_SYS_COUNT);
    }
}

// Whatever a program puts into its registers: one answer, to it, with a status that exists.
TEST_F(SyscallTest, RandomCallsAlwaysGetOneAnswer) {
    std::mt19937_64 random(1);
    auto value = [&random]() -> uint64_t {
        switch (random() % 4) {
        case 0:
            return random() % 32;
        case 1:
            return uint64_t{1} << random() % 64;
        case 2:
            return 0x3f0 + random() % 32;
        default:
            return random();
        }
    };
    auto tag = [&random]() -> uint64_t {
        return random() % 8 == 0
                   ? random()
                   : helios_tag(static_cast<uint32_t>(random() % 8), random() % 8 == 0,
                                static_cast<uint32_t>(random() % 4), 0);
    };
    for (int i = 0; i < 200000; i++) {
        uint64_t number = random() % 8 == 0 ? value() : random() % (HELIOS_SYS_COUNT + 2);
        message_registers result =
            Syscall(number, value(), tag(), value(), value(), value(), value());
        ASSERT_LT(helios_tag_label(result.tag), static_cast<uint32_t>(HELIOS_ERROR_COUNT));
        ASSERT_EQ(result.badge, 0u);
    }
}

} // namespace

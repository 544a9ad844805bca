// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/io_port.h"

#include "kernel/booted_machine.h"

namespace {

// The root task's IOPort capability holds ports 0x3f8 to 0x3ff.
class IoPort : public BootedMachine {
  protected:
    void SetUp() override {
        BootedMachine::SetUp();
        host_device_read = [](device_space space, uintptr_t address, unsigned width) {
            return space == DEVICE_PORT ? uint64_t{address << 8 | width} : ~uint64_t{0};
        };
        host_device_write = [](device_space space, uintptr_t address, unsigned width,
                               uint64_t value) {
            host_last_write = {space, address, width, value};
        };
        host_last_write = {};
    }

    message_registers In(uint32_t label, uint64_t port) {
        return Call(BootInfo()->console.capability, label, 1, port);
    }

    message_registers Out(uint32_t label, uint64_t port, uint64_t value) {
        return Call(BootInfo()->console.capability, label, 2, port, value);
    }
};

TEST_F(IoPort, InAnswersWhatThePortSays) {
    EXPECT_ANSWER(In(HELIOS_IO_PORT_IN8, 0x3fd), 0x3fd01);
    EXPECT_ANSWER(In(HELIOS_IO_PORT_IN16, 0x3fa), 0x3fa02);
    EXPECT_ANSWER(In(HELIOS_IO_PORT_IN32, 0x3fc), 0x3fc04);
}

TEST_F(IoPort, OutWritesWithItsWidth) {
    EXPECT_ANSWER(Out(HELIOS_IO_PORT_OUT8, 0x3f9, 0x12), 0);
    EXPECT_EQ(host_last_write.address, 0x3f9u);
    EXPECT_EQ(host_last_write.width, 1u);
    EXPECT_EQ(host_last_write.value, 0x12u);
    EXPECT_ANSWER(Out(HELIOS_IO_PORT_OUT16, 0x3f8, 0x1234), 0);
    EXPECT_EQ(host_last_write.width, 2u);
    EXPECT_ANSWER(Out(HELIOS_IO_PORT_OUT32, 0x3f8, 0x12345678), 0);
    EXPECT_EQ(host_last_write.width, 4u);
    EXPECT_EQ(host_last_write.value, 0x12345678u);
}

TEST_F(IoPort, AccessOutsideTheRangeIsRefused) {
    EXPECT_REFUSAL(In(HELIOS_IO_PORT_IN8, 0x3f7), HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM, 0x3f7,
                   0x3f8);
    EXPECT_REFUSAL(In(HELIOS_IO_PORT_IN8, 0x400), HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM, 0x400,
                   0x3ff);
    EXPECT_REFUSAL(In(HELIOS_IO_PORT_IN8, 0x103f8), HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM,
                   0x103f8, 0x3ff);
    EXPECT_REFUSAL(Out(HELIOS_IO_PORT_OUT8, ~0ull, 0), HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM,
                   ~0ull, 0x3ff);
    EXPECT_EQ(host_last_write.width, 0u);
}

TEST_F(IoPort, TheWholeAccessMustBeInside) {
    EXPECT_REFUSAL(In(HELIOS_IO_PORT_IN16, 0x3ff), HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM, 0x3ff,
                   0x3ff);
    EXPECT_REFUSAL(In(HELIOS_IO_PORT_IN32, 0x3fd), HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM, 0x3fd,
                   0x3ff);
}

TEST_F(IoPort, UnalignedAccessIsRefused) {
    EXPECT_REFUSAL(In(HELIOS_IO_PORT_IN16, 0x3f9), HELIOS_ERROR_ALIGNMENT, HELIOS_ARGUMENT_PARAM,
                   0x3f9, 2);
    EXPECT_REFUSAL(Out(HELIOS_IO_PORT_OUT32, 0x3fa, 0), HELIOS_ERROR_ALIGNMENT,
                   HELIOS_ARGUMENT_PARAM, 0x3fa, 4);
}

TEST_F(IoPort, UnknownInvocationsAndWrongCountsAreRefused) {
    EXPECT_REFUSAL(In(0, 0x3f8), HELIOS_ERROR_INVOCATION, HELIOS_ARGUMENT_LABEL, 0, 0);
    EXPECT_REFUSAL(In(7, 0x3f8), HELIOS_ERROR_INVOCATION, HELIOS_ARGUMENT_LABEL, 7, 0);
    EXPECT_REFUSAL(In(HELIOS_IO_PORT_OUT8, 0x3f8), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_PARAM_COUNT, 1, 2);
    EXPECT_REFUSAL(Out(HELIOS_IO_PORT_IN8, 0x3f8, 0), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_PARAM_COUNT, 2, 1);
}

} // namespace

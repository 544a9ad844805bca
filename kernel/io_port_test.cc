// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/io_port.h"

#include "kernel/testing/booted_machine.h"
#include "testing/audit/audit.h"

namespace {

constexpr uint64_t kControl = HELIOS_INIT_IO_CONTROL;
constexpr unsigned kRead = HELIOS_RIGHT_READ;
constexpr unsigned kWrite = HELIOS_RIGHT_WRITE;

// ports_ holds ports 0x3f8 to 0x3ff.
class IoPort : public BootedMachine {
  protected:
    void SetUp() override {
        BootedMachine::SetUp();
        ports_ = Issue(0x3f8, 8);
        host_device_read = [](device_space space, uintptr_t address, unsigned width) {
            return space == DEVICE_PORT ? uint64_t{address << 8 | width} : ~uint64_t{0};
        };
        host_device_write = [](device_space space, uintptr_t address, unsigned width,
                               uint64_t value) {
            host_last_write = {space, address, width, value};
        };
        host_last_write = {};
    }

    void TearDown() override {
        EXPECT_EQ(audit_machine(host_percpu), "");
    }

    uint64_t Issue(uint64_t first, uint64_t count) {
        return InvokeForCap(kControl, HELIOS_IO_CONTROL_ISSUE, {first, count});
    }

    message_registers In(uint32_t label, uint64_t port) {
        return Invoke(ports_, label, {port});
    }

    message_registers Out(uint32_t label, uint64_t port, uint64_t value) {
        return Invoke(ports_, label, {port, value});
    }

    uint64_t ports_;
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

TEST_F(IoPort, ReadingAndWritingNeedTheirRight) {
    uint64_t all = ports_;
    ports_ = Weaker(all, kRead);
    EXPECT_ANSWER(In(HELIOS_IO_PORT_IN8, 0x3f8), 0x3f801);
    EXPECT_REFUSAL(Out(HELIOS_IO_PORT_OUT8, 0x3f8, 0), HELIOS_ERROR_RIGHTS,
                   HELIOS_ARGUMENT_CAPABILITY, kRead, kWrite);
    ports_ = Weaker(all, kWrite);
    EXPECT_ANSWER(Out(HELIOS_IO_PORT_OUT8, 0x3f8, 0), 0);
    EXPECT_REFUSAL(In(HELIOS_IO_PORT_IN8, 0x3f8), HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAPABILITY,
                   kWrite, kRead);
}

TEST_F(IoPort, EveryRangeInsideThePortSpaceIsIssued) {
    ports_ = Issue(0, 0x10000);
    EXPECT_ANSWER(In(HELIOS_IO_PORT_IN8, 0xffff), 0xffff01);
    EXPECT_ANSWER(In(HELIOS_IO_PORT_IN32, 0xfffc), 0xfffc04);
    ports_ = Issue(0xffff, 1);
    EXPECT_ANSWER(In(HELIOS_IO_PORT_IN8, 0xffff), 0xffff01);
}

TEST_F(IoPort, RangesOutsideOfThePortSpaceAreRefused) {
    const struct {
        uint64_t first;
        uint64_t count;
        unsigned param;
        uint64_t wanted;
    } cases[] = {
        {0x10000, 1, 0, 0xffff},  {~0ull, 1, 0, 0xffff}, {0, 0, 1, 1},
        {0, 0x10001, 1, 0x10000}, {0xffff, 2, 1, 1},     {0x8000, ~0ull, 1, 0x8000},
    };
    for (const auto &one : cases) {
        EXPECT_REFUSAL(Invoke(kControl, HELIOS_IO_CONTROL_ISSUE, {one.first, one.count}),
                       HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + one.param,
                       one.param == 0 ? one.first : one.count, one.wanted);
    }
}

TEST_F(IoPort, IssueChecksRightsAndCounts) {
    EXPECT_REFUSAL(Invoke(Weaker(kControl, kRead), HELIOS_IO_CONTROL_ISSUE, {0, 1}),
                   HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAPABILITY, kRead, kWrite);
    EXPECT_REFUSAL(Invoke(kControl, HELIOS_IO_CONTROL_ISSUE, {0}), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_PARAM_COUNT, 1, 2);
    EXPECT_REFUSAL(Invoke(kControl, 2, {0, 1}), HELIOS_ERROR_INVOCATION, HELIOS_ARGUMENT_LABEL, 2,
                   0);
}

TEST_F(IoPort, AMachineWithoutPortsIssuesNone) {
    host_has_ports = false;
    EXPECT_REFUSAL(Invoke(kControl, HELIOS_IO_CONTROL_ISSUE, {0, 1}), HELIOS_ERROR_UNSUPPORTED,
                   HELIOS_ARGUMENT_LABEL, HELIOS_IO_CONTROL_ISSUE, 0);
    host_has_ports = true;
}

TEST_F(IoPort, IssueNeedsAReceiveSlot) {
    init_->buffer->receive_count = 0;
    message_registers result =
        Syscall(HELIOS_SYS_CALL, kControl, helios_tag(HELIOS_IO_CONTROL_ISSUE, 0, 2, 0), 0x70, 2);
    EXPECT_REFUSAL(result, HELIOS_ERROR_RECEIVER, HELIOS_ARGUMENT_RECEIVE, 0, 1);
}

TEST_F(IoPort, RevokingTheControlTakesThePorts) {
    Revoke(kControl);
    EXPECT_EQ(SlotAt(ports_)->type, HELIOS_TYPE_NULL);
    EXPECT_EQ(SlotAt(kControl)->type, HELIOS_TYPE_IO_CONTROL);
    ports_ = Issue(0x60, 5);
    EXPECT_ANSWER(In(HELIOS_IO_PORT_IN8, 0x64), 0x6401);
}

TEST_F(IoPort, RevokingPortsLeavesOthers) {
    uint64_t others = Issue(0x60, 5);
    uint64_t copy = Weaker(ports_, kRead);
    Revoke(ports_);
    EXPECT_EQ(SlotAt(copy)->type, HELIOS_TYPE_NULL);
    EXPECT_EQ(SlotAt(others)->type, HELIOS_TYPE_IO_PORT);
}

} // namespace

// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/fault.h"

#include "kernel/device_memory.h"
#include "kernel/table.h"
#include "kernel/testing/task_machine.h"
#include "uapi/registers.h"
#include "gmock/gmock.h"

namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr uint64_t kStack = 0x70000000;
constexpr uint64_t kAll = (1u << ARCH_REGISTER_COUNT) - 1;

class Fault : public TaskMachine {
  protected:
    void SetUp() override {
        TaskMachine::SetUp();
        endpoint_ = New(HELIOS_TYPE_ENDPOINT);
        faulting_ = Ready(20);
        handler_ = Ready(10);
        Run();
        memcpy(faulting_.task->name, "culprit", 8);
        for (unsigned i = 0; i < ARCH_REGISTER_COUNT; i++) {
            faulting_.task->arch.registers[i] = 0x100 + i;
        }
    }

    // The current task faults; who runs then.
    task *DoFault(fault_kind kind = FAULT_WRITE, uintptr_t address = 0x5000) {
        struct Context {
            fault what;
            arch_task *next;
        } context = {{kind, address, 0x100, 7}, nullptr};
        Current()->arch.is_short = false;
        how_ = host_run(
            [](void *at) {
                auto *context = static_cast<Context *>(at);
                context->next = kernel_user_fault(&context->what);
            },
            &context);
        return Current();
    }

    void Handle(uint64_t badge = 0) {
        uint64_t cap = badge == 0 ? endpoint_ : Copy(endpoint_, HELIOS_RIGHT_ALL, badge);
        Set(faulting_.task, HELIOS_TASK_FAULT_ENDPOINT, cap);
    }

    // The handler receives the message.
    message_registers Receive() {
        Enter(HELIOS_SYS_RECV, endpoint_);
        return handler_.task->arch.result;
    }

    void FaultAndReceive() {
        Handle();
        ASSERT_EQ(DoFault(), handler_.task);
        Receive();
    }

    task *Answer(uint32_t label, const std::vector<uint64_t> &params = {}) {
        return Enter(HELIOS_SYS_REPLY, kNone,
                     helios_tag(label, 0, static_cast<uint32_t>(params.size()), 0), params);
    }

    // A page of the faulting task, which is the current one: its capability.
    uint64_t MapPage(uint64_t address, uint64_t flags) {
        uint64_t page = New(HELIOS_TYPE_PAGE);
        message_registers result =
            Invoke(faulting_.vspace_slot, HELIOS_VSPACE_MAP, {address, flags}, {page});
        EXPECT_EQ(helios_tag_label(result.tag), HELIOS_OK);
        return page;
    }

    uint64_t MapStack() {
        for (unsigned level = 3; level-- > 0;) {
            uint64_t table = New(static_cast<helios_type>(HELIOS_TYPE_TABLE_0 + level));
            Invoke(faulting_.vspace_slot, HELIOS_VSPACE_MAP, {kStack, 0}, {table});
        }
        return MapPage(kStack, 0);
    }

    uint64_t *Stack(uint64_t page) {
        return static_cast<uint64_t *>(arch_direct(frame_physical(frame_of(At(page)->object))));
    }

    void ExpectSuspended() {
        EXPECT_EQ(Current(), handler_.task);
        EXPECT_EQ(faulting_.task->state, HELIOS_TASK_READY);
        EXPECT_EQ(faulting_.task->suspended, 1);
        EXPECT_EQ(faulting_.task->in_fault, 0);
        EXPECT_EQ(faulting_.task->arch.registers[0], 0x100u) << "as it stands";
    }

    uint64_t endpoint_ = 0;
    Made faulting_ = {};
    Made handler_ = {};
    host_exit how_ = HOST_RETURNED;
};

TEST_F(Fault, ArrivesAsACallWithRegisters) {
    Handle(0x42);
    EXPECT_EQ(DoFault(), handler_.task);
    message_registers message = Receive();
    EXPECT_EQ(message.badge, 0x42u);
    EXPECT_EQ(message.tag, helios_tag(HELIOS_FAULT_WRITE, 0, 4 + ARCH_REGISTER_COUNT,
                                      HELIOS_FLAG_FAULT | HELIOS_FLAG_CALL));
    EXPECT_EQ(message.params[0], 0x5000u);
    EXPECT_EQ(message.params[1], 0x100u);
    EXPECT_EQ(message.params[2], 7u);
    EXPECT_EQ(message.params[3], ARCH_REGISTER_COUNT);
    for (unsigned i = 0; i < ARCH_REGISTER_COUNT; i++) {
        EXPECT_EQ(handler_.task->buffer->params[4 + i], 0x100u + i);
    }
}

TEST_F(Fault, ReachesAHandlerThatWaitsAtOnce) {
    Handle();
    sched_set_priority(handler_.task, 30);
    Enter(HELIOS_SYS_IDENTIFY);
    ASSERT_EQ(Enter(HELIOS_SYS_RECV, endpoint_), faulting_.task);
    EXPECT_EQ(DoFault(FAULT_ILLEGAL), handler_.task);
    EXPECT_EQ(Status(handler_.task), HELIOS_FAULT_ILLEGAL);
    EXPECT_EQ(faulting_.task->state, HELIOS_TASK_FAULTED);
}

TEST_F(Fault, RetryGoesOnWhereItStopped) {
    FaultAndReceive();
    EXPECT_EQ(Answer(HELIOS_FAULT_RETRY), faulting_.task);
    for (unsigned i = 0; i < ARCH_REGISTER_COUNT; i++) {
        EXPECT_EQ(faulting_.task->arch.registers[i], 0x100u + i);
    }
    EXPECT_EQ(faulting_.task->arch.result_count, 0u) << "no message is written over registers";
}

TEST_F(Fault, SkipGoesForward) {
    FaultAndReceive();
    EXPECT_EQ(Answer(HELIOS_FAULT_SKIP, {3}), faulting_.task);
    EXPECT_EQ(faulting_.task->arch.registers[0], 0x103u);
    EXPECT_EQ(faulting_.task->arch.registers[7], 0x107u);
}

TEST_F(Fault, NewRegistersReplaceThoseOfTheMask) {
    FaultAndReceive();
    std::vector<uint64_t> params(4 + ARCH_REGISTER_COUNT, 0xabc);
    params[0] = 1 << 3;
    EXPECT_EQ(Answer(HELIOS_FAULT_WRITE_REGISTERS, params), faulting_.task);
    EXPECT_EQ(faulting_.task->arch.registers[3], 0xabcu);
    EXPECT_EQ(faulting_.task->arch.registers[4], 0x104u);
}

TEST_F(Fault, OnlyWordsThatWereSentAreWritten) {
    FaultAndReceive();
    EXPECT_EQ(Answer(HELIOS_FAULT_WRITE_REGISTERS, {3, 0, 0, 0, 0x700, 0x701}), faulting_.task);
    EXPECT_EQ(faulting_.task->arch.registers[1], 0x701u);
}

TEST_F(Fault, MaskWithMoreThanWasSentSuspendsIt) {
    FaultAndReceive();
    Answer(HELIOS_FAULT_WRITE_REGISTERS, {7, 0, 0, 0, 0x700, 0x701});
    ExpectSuspended();
}

TEST_F(Fault, MaskWithUnknownRegistersSuspendsIt) {
    FaultAndReceive();
    std::vector<uint64_t> params(4 + ARCH_REGISTER_COUNT);
    params[0] = kAll + 1;
    Answer(HELIOS_FAULT_WRITE_REGISTERS, params);
    ExpectSuspended();
}

TEST_F(Fault, SkipWithoutALengthSuspendsIt) {
    FaultAndReceive();
    Answer(HELIOS_FAULT_SKIP);
    ExpectSuspended();
}

TEST_F(Fault, UnknownAnswerSuspendsIt) {
    FaultAndReceive();
    Answer(99);
    ExpectSuspended();
}

TEST_F(Fault, SuspendedByAnAnswerItRunsOnceItIsResumed) {
    FaultAndReceive();
    Answer(99);
    Enter(HELIOS_SYS_CALL, faulting_.slot, helios_tag(HELIOS_TASK_RESUME, 0, 0, 0));
    EXPECT_EQ(Current(), faulting_.task);
}

TEST_F(Fault, HandlerThatReceivesAgainLeavesItSuspended) {
    FaultAndReceive();
    Enter(HELIOS_SYS_NBRECV, endpoint_);
    ExpectSuspended();
}

TEST_F(Fault, HandlerThatDiesLeavesItSuspended) {
    FaultAndReceive();
    Made third = Ready(40);
    Enter(HELIOS_SYS_IDENTIFY);
    Invoke(cspace_slot_, HELIOS_CSPACE_DESTROY, {handler_.slot});
    EXPECT_EQ(faulting_.task->suspended, 1);
    EXPECT_EQ(faulting_.task->state, HELIOS_TASK_READY);
    (void)third;
}

TEST_F(Fault, AnswerThroughAStoredReplyWorksAsWell) {
    FaultAndReceive();
    uint64_t reply = Invoke(cspace_slot_, HELIOS_CSPACE_SAVE_REPLY, {kNone}).params[0];
    Enter(HELIOS_SYS_REPLY, reply, helios_tag(HELIOS_FAULT_SKIP, 0, 1, 0), {4});
    EXPECT_EQ(Current(), faulting_.task);
    EXPECT_EQ(faulting_.task->arch.registers[0], 0x104u);
}

TEST_F(Fault, LostReplyLeavesItSuspended) {
    FaultAndReceive();
    uint64_t reply = Invoke(cspace_slot_, HELIOS_CSPACE_SAVE_REPLY, {kNone}).params[0];
    Invoke(cspace_slot_, HELIOS_CSPACE_DESTROY, {reply});
    ExpectSuspended();
}

TEST_F(Fault, SuspendedTaskCanBeAnsweredAndStaysSuspended) {
    FaultAndReceive();
    Invoke(faulting_.slot, HELIOS_TASK_SUSPEND);
    EXPECT_EQ(Answer(HELIOS_FAULT_SKIP, {1}), handler_.task);
    EXPECT_EQ(faulting_.task->arch.registers[0], 0x101u);
    EXPECT_EQ(faulting_.task->suspended, 1);
}

// Unknown system calls. ---------------------------------------------------------------------------

TEST_F(Fault, UnknownSystemCallIsRefusedWithoutAHandler) {
    EXPECT_EQ(Enter(99), faulting_.task);
    EXPECT_EQ(Status(faulting_.task), HELIOS_ERROR_SYSCALL);
}

TEST_F(Fault, UnknownSystemCallIsOfferedToTheHandler) {
    Handle();
    ASSERT_EQ(Enter(99), handler_.task);
    message_registers message = Receive();
    EXPECT_EQ(helios_tag_label(message.tag), HELIOS_FAULT_SYSCALL);
    EXPECT_EQ(message.params[0], 99u);
    EXPECT_EQ(message.params[1], 0x100u);
}

TEST_F(Fault, UnknownSystemCallThatTheHandlerPassesByIsRefused) {
    Handle();
    Enter(99);
    Receive();
    EXPECT_EQ(Answer(HELIOS_FAULT_RETRY), faulting_.task);
    EXPECT_EQ(Status(faulting_.task), HELIOS_ERROR_SYSCALL);
    EXPECT_EQ(faulting_.task->arch.result.params[1], 99u);
}

TEST_F(Fault, HandlerCanEmulateASystemCall) {
    Handle();
    Enter(99);
    Receive();
    std::vector<uint64_t> params(4 + ARCH_REGISTER_COUNT, 0x99);
    params[0] = 1 << 3;
    EXPECT_EQ(Answer(HELIOS_FAULT_WRITE_REGISTERS, params), faulting_.task);
    EXPECT_FALSE(faulting_.task->arch.is_short);
    EXPECT_EQ(faulting_.task->arch.registers[3], 0x99u);
    EXPECT_EQ(faulting_.task->arch.registers[1], 0x101u) << "what a call preserves";
    EXPECT_EQ(faulting_.task->arch.registers[5], 0u) << "the rest is gone";
}

// Nobody to tell. ---------------------------------------------------------------------------------

TEST_F(Fault, WithoutAHandlerTheConsoleTells) {
    EXPECT_EQ(DoFault(), handler_.task);
    EXPECT_THAT(host_output(), HasSubstr("culprit faulted: write fault at 0x0000000000005000, "
                                         "pc 0x0000000000000100, code 0x7\r\n"
                                         "  nothing is mapped there: a table of level 2 is "
                                         "missing\r\n  pc 100\r\n"
                                         "backtrace:\r\n  0x0000000000000100\r\n"));
    EXPECT_EQ(faulting_.task->state, HELIOS_TASK_INACTIVE);
    EXPECT_EQ(faulting_.task->suspended, 1);
}

TEST_F(Fault, WithoutAHandlerTheConsoleTellsWhatIsMappedThere) {
    uint64_t page = MapStack();
    DoFault(FAULT_WRITE, kStack + 8);
    char line[80];
    snprintf(line, sizeof(line), "  a page of level 0 is mapped there: physical 0x%lx, r--\r\n",
             static_cast<unsigned long>(frame_physical(frame_of(At(page)->object)) + 8));
    EXPECT_THAT(host_output(), HasSubstr(line));
}

TEST_F(Fault, WithoutAHandlerTheConsoleTellsThatNothingIsMappedBesideAPage) {
    MapStack();
    DoFault(FAULT_WRITE, kStack + 2 * kPage);
    EXPECT_THAT(host_output(), HasSubstr("  nothing is mapped there\r\n"));
}

TEST_F(Fault, WithoutAHandlerTheConsoleTellsOfAnAddressThatIsNoUsers) {
    for (uintptr_t address : {uintptr_t{USER_LIMIT}, uintptr_t{ARCH_KERNEL_WINDOW}}) {
        DoFault(FAULT_READ, address);
        EXPECT_THAT(host_output(), HasSubstr("  no user address\r\n"));
        Enter(HELIOS_SYS_CALL, faulting_.slot, helios_tag(HELIOS_TASK_RESUME, 0, 0, 0));
    }
}

// A call of a null pointer has no frame yet.
TEST_F(Fault, WithoutAHandlerTheConsoleShowsWhoCalledNothing) {
    Stack(MapStack())[4] = 0xa007;
    faulting_.task->arch.registers[HELIOS_REGISTER_SP] = kStack + 0x20;
    DoFault(FAULT_EXECUTE, 0);
    EXPECT_THAT(host_output(), HasSubstr("  if it was called, then from 0x000000000000a007\r\n"));
}

TEST_F(Fault, AStackThatIsNoneTellsNothing) {
    MapStack();
    for (uint64_t sp : {kStack + 0x21, kStack + kPage, uint64_t{ARCH_KERNEL_WINDOW}}) {
        faulting_.task->arch.registers[HELIOS_REGISTER_SP] = sp;
        DoFault(FAULT_EXECUTE, 0);
        EXPECT_THAT(host_output(), Not(HasSubstr("if it was called")));
        Enter(HELIOS_SYS_CALL, faulting_.slot, helios_tag(HELIOS_TASK_RESUME, 0, 0, 0));
    }
}

TEST_F(Fault, WithoutAHandlerTheConsoleShowsWhoCalled) {
    uint64_t *stack = Stack(MapStack());
    stack[2] = kStack + 0x40;
    stack[3] = 0xa001;
    stack[8] = 0;
    stack[9] = 0xa002;
    faulting_.task->arch.registers[ARCH_REGISTER_FP] = kStack + 0x10;
    DoFault();
    EXPECT_THAT(host_output(), EndsWith("backtrace:\r\n  0x0000000000000100\r\n"
                                        "  0x000000000000a001\r\n  0x000000000000a002\r\n"));
}

// A record that reaches from one page to the next would be no record of two aligned words: it is
// read word by word all the same.
TEST_F(Fault, BacktraceReadsAcrossPagesThatAreNotNeighbours) {
    uint64_t *low = Stack(MapStack());
    uint64_t *high = Stack(MapPage(kStack + kPage, 0));
    low[511] = 0;
    high[0] = 0xa003;
    faulting_.task->arch.registers[ARCH_REGISTER_FP] = kStack + kPage - 8;
    DoFault();
    EXPECT_THAT(host_output(), EndsWith("  0x000000000000a003\r\n"));
}

TEST_F(Fault, BacktraceEndsWhereNothingIsMapped) {
    Stack(MapStack())[511] = kStack;
    for (uint64_t fp : {kStack + kPage - 8, kStack + 4 * kPage, uint64_t{USER_LIMIT},
                        uint64_t{ARCH_KERNEL_WINDOW}, ~uint64_t{7}}) {
        faulting_.task->arch.registers[ARCH_REGISTER_FP] = fp;
        DoFault();
        EXPECT_THAT(host_output(), EndsWith("backtrace:\r\n  0x0000000000000100\r\n"));
        Enter(HELIOS_SYS_CALL, faulting_.slot, helios_tag(HELIOS_TASK_RESUME, 0, 0, 0));
    }
}

// Reading a device's register could change it, and the kernel has no mapping of it.
TEST_F(Fault, BacktraceDoesNotReadDevices) {
    MapStack();
    device_memory device = {};
    device_memory_init(&device, 0xfee00000, kPage);
    uint64_t made = Give(&device.object);
    Current()->buffer->receive_count = 1;
    Current()->buffer->receive[0] = kNone;
    Invoke(made, HELIOS_DEVICE_MEMORY_ALLOCATE, {0xfee00000, 0}, {memory_slot_});
    uint64_t page = Current()->buffer->caps[0];
    message_registers result =
        Invoke(faulting_.vspace_slot, HELIOS_VSPACE_MAP, {kStack + kPage, 0}, {page});
    EXPECT_EQ(helios_tag_label(result.tag), HELIOS_OK);
    faulting_.task->arch.registers[ARCH_REGISTER_FP] = kStack + kPage;
    DoFault();
    EXPECT_THAT(host_output(), EndsWith("backtrace:\r\n  0x0000000000000100\r\n"));
    Destroy(made); // and its page with it
}

TEST_F(Fault, TaskWithoutAHandlerCanBeMendedAndResumed) {
    DoFault();
    EXPECT_EQ(helios_tag_label(Invoke(faulting_.slot, HELIOS_TASK_READ_REGISTERS).tag), HELIOS_OK);
    EXPECT_EQ(handler_.task->buffer->params[4], 0x100u);
    Enter(HELIOS_SYS_CALL, faulting_.slot, helios_tag(HELIOS_TASK_RESUME, 0, 0, 0));
    EXPECT_EQ(Current(), faulting_.task);
}

TEST_F(Fault, EndpointThatIsGoneIsNoHandler) {
    Handle();
    Made third = Ready(40);
    Enter(HELIOS_SYS_IDENTIFY);
    Invoke(cspace_slot_, HELIOS_CSPACE_REVOKE, {endpoint_});
    EXPECT_EQ(faulting_.task->fault_reference.object, nullptr);
    Invoke(third.slot, HELIOS_TASK_SUSPEND);
    ASSERT_EQ(Current(), faulting_.task);
    EXPECT_EQ(DoFault(), handler_.task);
    EXPECT_EQ(faulting_.task->state, HELIOS_TASK_INACTIVE);
}

TEST_F(Fault, OfTheLastTaskStopsTheMachine) {
    Enter(HELIOS_SYS_CALL, cspace_slot_, helios_tag(HELIOS_CSPACE_DESTROY, 0, 1, 0),
          {handler_.slot});
    ASSERT_EQ(Current(), faulting_.task);
    DoFault();
    EXPECT_EQ(how_, HOST_HALTED);
    EXPECT_THAT(host_output(), HasSubstr("culprit faulted: write fault"));
    EXPECT_THAT(host_output(), HasSubstr("no task is left"));
}

TEST_F(Fault, MessageWaitsForAHandlerAndIsWithdrawnByCancel) {
    Handle();
    EXPECT_EQ(DoFault(), handler_.task);
    EXPECT_EQ(faulting_.task->state, HELIOS_TASK_FAULTED);
    Invoke(faulting_.slot, HELIOS_TASK_CANCEL);
    ExpectSuspended();
    Enter(HELIOS_SYS_NBRECV, endpoint_);
    EXPECT_EQ(Status(handler_.task), HELIOS_ERROR_WOULD_BLOCK);
}

} // namespace

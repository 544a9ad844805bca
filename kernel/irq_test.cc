// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/irq.h"
#include "kernel/reaper.h"

#include <string>

#include "arch/include/interrupt.h"
#include "kernel/testing/booted_machine.h"
#include "testing/audit/audit.h"

namespace {

constexpr uint64_t kControl = HELIOS_INIT_IRQ_CONTROL;
constexpr uint32_t kLine = 5;
constexpr uint32_t kMessage = HOST_IRQ_LINES; // the first one
constexpr uint64_t kLevel = HELIOS_IRQ_TRIGGER_LEVEL;
constexpr unsigned kRead = HELIOS_RIGHT_READ;
constexpr unsigned kWrite = HELIOS_RIGHT_WRITE;

class IrqTest : public BootedMachine {
  protected:
    void SetUp() override {
        BootedMachine::SetUp();
        notification_ = Allocate(HELIOS_TYPE_NOTIFICATION);
    }

    void TearDown() override {
        EXPECT_EQ(audit_machine(host_percpu), "");
    }

    uint64_t Issue(uint64_t line = kLine, uint64_t trigger = kLevel) {
        return InvokeForCap(kControl, HELIOS_IRQ_CONTROL_ISSUE, {line, trigger, 0});
    }

    message_registers TryIssue(uint64_t line, uint64_t trigger = 0, uint64_t cpu = 0) {
        return Invoke(kControl, HELIOS_IRQ_CONTROL_ISSUE, {line, trigger, cpu});
    }

    message_registers Bind(uint64_t handler, uint64_t notification) {
        return Invoke(handler, HELIOS_IRQ_HANDLER_BIND, {}, {notification});
    }

    message_registers Ack(uint64_t handler) {
        return Invoke(handler, HELIOS_IRQ_HANDLER_ACK);
    }

    // A handler that signals the notification with this badge, switched on.
    uint64_t Ready(uint64_t line = kLine, uint64_t badge = 4) {
        uint64_t handler = Issue(line);
        EXPECT_ANSWER(Bind(handler, Weaker(notification_, HELIOS_RIGHT_ALL, badge)), 0);
        EXPECT_ANSWER(Ack(handler), 0);
        return handler;
    }

    // The device raises its interrupt, and the CPU takes it in user mode.
    void Raise(uint32_t irq = kLine) {
        host_irq_pend(irq);
        arch_task *next = nullptr;
        EXPECT_EQ(host_interrupt_deliver(&next), HOST_RETURNED);
        EXPECT_EQ(next, &init_->arch);
    }

    // What the notification holds; it is empty afterwards.
    uint64_t Word() {
        message_registers result = Syscall(HELIOS_SYS_NBWAIT, notification_);
        return helios_tag_label(result.tag) == HELIOS_OK ? result.params[0] : 0;
    }

    uint64_t notification_;
};

// IRQControl ---------------------------------------------------------------------------------

TEST_F(IrqTest, IssuedLineIsConfiguredAndMasked) {
    Issue(kLine, HELIOS_IRQ_TRIGGER_LEVEL | HELIOS_IRQ_ACTIVE_LOW);
    EXPECT_TRUE(host_irqs[kLine].is_configured);
    EXPECT_FALSE(host_irqs[kLine].is_enabled);
    EXPECT_EQ(host_irqs[kLine].flags, unsigned{IRQ_LEVEL | IRQ_LOW});
}

TEST_F(IrqTest, LineIsIssuedOnce) {
    Issue();
    EXPECT_REFUSAL(TryIssue(kLine), HELIOS_ERROR_OCCUPIED, HELIOS_ARGUMENT_PARAM, kLine, 0);
}

TEST_F(IrqTest, RefusedIssueLeavesTheReceiveSlotFree) {
    Issue();
    uint64_t before = init_->cspace->free_count;
    TryIssue(kLine);
    TryIssue(0);
    TryIssue(HOST_IRQ_LINES);
    EXPECT_EQ(init_->cspace->free_count, before);
    EXPECT_EQ(audit_cspace(init_->cspace), "");
}

TEST_F(IrqTest, LinesThatDoNotExistAreRefused) {
    EXPECT_REFUSAL(TryIssue(HOST_IRQ_LINES), HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM,
                   HOST_IRQ_LINES, HOST_IRQ_LINES - 1);
    EXPECT_REFUSAL(TryIssue(~0ull), HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM, ~0ull,
                   HOST_IRQ_LINES - 1);
    EXPECT_REFUSAL(TryIssue(ARCH_IRQ_TIMER), HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM,
                   ARCH_IRQ_TIMER, HOST_IRQ_LINES - 1);
}

TEST_F(IrqTest, TheKernelsOwnLineIsNotToBeHad) {
    EXPECT_REFUSAL(TryIssue(0), HELIOS_ERROR_UNSUPPORTED, HELIOS_ARGUMENT_PARAM, 0, 0);
    EXPECT_FALSE(host_irqs[0].is_configured);
}

TEST_F(IrqTest, TriggerAndCpuAreChecked) {
    EXPECT_REFUSAL(TryIssue(kLine, 4), HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + 1, 4, 3);
    EXPECT_REFUSAL(TryIssue(kLine, 0, 1), HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + 2, 1, 0);
    EXPECT_REFUSAL(TryIssue(kLine, 0, ~0ull), HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + 2, ~0ull,
                   0);
    EXPECT_REFUSAL(Invoke(kControl, HELIOS_IRQ_CONTROL_ISSUE_MSI, {7, 1}), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_PARAM + 1, 1, 0);
    EXPECT_REFUSAL(Invoke(kControl, HELIOS_IRQ_CONTROL_ISSUE_MSI, {1ull << 32, 0}),
                   HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM, 1ull << 32, 0xffffffff);
}

TEST_F(IrqTest, CpuThatTakesNoInterruptsIsToBlame) {
    uint64_t handler = Issue();
    host_cpu_is_deaf = true;
    EXPECT_REFUSAL(TryIssue(kLine + 1), HELIOS_ERROR_UNSUPPORTED, HELIOS_ARGUMENT_PARAM + 2, 0, 0);
    EXPECT_REFUSAL(Invoke(kControl, HELIOS_IRQ_CONTROL_ISSUE_MSI, {7, 0}), HELIOS_ERROR_UNSUPPORTED,
                   HELIOS_ARGUMENT_PARAM + 1, 0, 0);
    EXPECT_REFUSAL(Invoke(handler, HELIOS_IRQ_HANDLER_ROUTE, {0}), HELIOS_ERROR_UNSUPPORTED,
                   HELIOS_ARGUMENT_PARAM, 0, 0);
}

TEST_F(IrqTest, MessageTellsTheDeviceWhatToWrite) {
    message_registers result = Invoke(kControl, HELIOS_IRQ_CONTROL_ISSUE_MSI, {0x1234, 0});
    EXPECT_EQ(result.tag, helios_tag(HELIOS_OK, 1, 2, 0));
    EXPECT_EQ(result.params[0], 0xfee00000u);
    EXPECT_EQ(result.params[1], kMessage);
    EXPECT_EQ(host_irqs[kMessage].device, 0x1234u);
    EXPECT_EQ(SlotAt(init_->buffer->caps[0])->type, HELIOS_TYPE_IRQ_HANDLER);
}

TEST_F(IrqTest, MessagesRunOut) {
    uint64_t first = InvokeForCap(kControl, HELIOS_IRQ_CONTROL_ISSUE_MSI, {1, 0});
    for (unsigned i = 1; i < HOST_IRQ_MESSAGES; i++) {
        InvokeForCap(kControl, HELIOS_IRQ_CONTROL_ISSUE_MSI, {1, 0});
    }
    EXPECT_REFUSAL(Invoke(kControl, HELIOS_IRQ_CONTROL_ISSUE_MSI, {1, 0}), HELIOS_ERROR_NO_SLOT,
                   HELIOS_ARGUMENT_CAPABILITY, HOST_IRQ_MESSAGES, 0);
    Destroy(first);
    message_registers result = Invoke(kControl, HELIOS_IRQ_CONTROL_ISSUE_MSI, {1, 0});
    EXPECT_EQ(result.params[1], kMessage);
}

TEST_F(IrqTest, QueryAnswersHowManyThereAre) {
    message_registers result = Invoke(kControl, HELIOS_IRQ_CONTROL_QUERY);
    EXPECT_EQ(result.tag, helios_tag(HELIOS_OK, 0, 2, 0));
    EXPECT_EQ(result.params[0], HOST_IRQ_LINES);
    EXPECT_EQ(result.params[1], HOST_IRQ_MESSAGES);
}

TEST_F(IrqTest, HandlerNeedsAReceiveSlot) {
    init_->buffer->receive_count = 0;
    message_registers result = Syscall(HELIOS_SYS_CALL, kControl,
                                       helios_tag(HELIOS_IRQ_CONTROL_ISSUE, 0, 3, 0), kLine, 0, 0);
    EXPECT_REFUSAL(result, HELIOS_ERROR_RECEIVER, HELIOS_ARGUMENT_RECEIVE, 0, 1);
    EXPECT_FALSE(host_irqs[kLine].is_configured);
}

TEST_F(IrqTest, ControlChecksRightsAndCounts) {
    uint64_t reader = Weaker(kControl, kRead);
    EXPECT_REFUSAL(Invoke(reader, HELIOS_IRQ_CONTROL_ISSUE, {1, 0, 0}), HELIOS_ERROR_RIGHTS,
                   HELIOS_ARGUMENT_CAPABILITY, kRead, kWrite);
    EXPECT_REFUSAL(Invoke(reader, HELIOS_IRQ_CONTROL_ISSUE_MSI, {1, 0}), HELIOS_ERROR_RIGHTS,
                   HELIOS_ARGUMENT_CAPABILITY, kRead, kWrite);
    EXPECT_REFUSAL(Invoke(Weaker(kControl, kWrite), HELIOS_IRQ_CONTROL_QUERY), HELIOS_ERROR_RIGHTS,
                   HELIOS_ARGUMENT_CAPABILITY, kWrite, kRead);
    EXPECT_REFUSAL(Invoke(kControl, HELIOS_IRQ_CONTROL_ISSUE, {1, 0}), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_PARAM_COUNT, 2, 3);
    EXPECT_REFUSAL(Invoke(kControl, HELIOS_IRQ_CONTROL_ISSUE_MSI, {1}), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_PARAM_COUNT, 1, 2);
    EXPECT_REFUSAL(Invoke(kControl, HELIOS_IRQ_CONTROL_QUERY, {1}), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_PARAM_COUNT, 1, 0);
    EXPECT_REFUSAL(Invoke(kControl, 4), HELIOS_ERROR_INVOCATION, HELIOS_ARGUMENT_LABEL, 4, 0);
}

// IRQHandler ---------------------------------------------------------------------------------

TEST_F(IrqTest, InterruptSignalsTheNotificationWithItsBadge) {
    Ready();
    Raise();
    EXPECT_EQ(Word(), 4u);
    EXPECT_EQ(Word(), 0u);
}

TEST_F(IrqTest, InterruptDoesNotComeAgainBeforeItIsAcknowledged) {
    uint64_t handler = Ready();
    Raise();
    EXPECT_TRUE(host_irqs[kLine].is_taken);
    Word();
    Raise();
    EXPECT_EQ(Word(), 0u);
    EXPECT_ANSWER(Ack(handler), 0);
    EXPECT_FALSE(host_irqs[kLine].is_taken);
    Raise();
    EXPECT_EQ(Word(), 4u);
}

TEST_F(IrqTest, FirstAcknowledgementSwitchesItOn) {
    uint64_t handler = Issue();
    Bind(handler, notification_);
    EXPECT_FALSE(host_irqs[kLine].is_enabled);
    EXPECT_ANSWER(Ack(handler), 0);
    EXPECT_TRUE(host_irqs[kLine].is_enabled);
    EXPECT_ANSWER(Ack(handler), 0);
}

TEST_F(IrqTest, TwoSourcesShareANotification) {
    Ready(3, 1);
    Ready(4, 2);
    Raise(3);
    Raise(4);
    EXPECT_EQ(Word(), 3u);
}

TEST_F(IrqTest, InterruptWithoutANotificationIsSwitchedOffUntilTheNextAck) {
    uint64_t handler = Issue();
    Ack(handler);
    Raise();
    EXPECT_FALSE(host_irqs[kLine].is_enabled);
    EXPECT_FALSE(host_irqs[kLine].is_taken);
    EXPECT_ANSWER(Bind(handler, Weaker(notification_, kWrite, 8)), 0);
    EXPECT_ANSWER(Ack(handler), 0);
    Raise();
    EXPECT_EQ(Word(), 8u);
}

TEST_F(IrqTest, InterruptOfNobodyIsSwitchedOff) {
    for (uint32_t irq : {7u, HOST_IRQ_LINES + 2}) {
        host_irqs[irq].is_enabled = true;
        Raise(irq);
        EXPECT_FALSE(host_irqs[irq].is_enabled);
        EXPECT_FALSE(host_irqs[irq].is_taken);
    }
    irq_raise(HOST_IRQ_LINES + HOST_IRQ_MESSAGES); // nothing there
}

TEST_F(IrqTest, HandlerSignalsOneNotification) {
    uint64_t handler = Ready();
    EXPECT_REFUSAL(Bind(handler, notification_), HELIOS_ERROR_OCCUPIED, HELIOS_ARGUMENT_CAPABILITY,
                   HELIOS_TYPE_NOTIFICATION, 0);
    Raise();
    EXPECT_EQ(Word(), 4u);
}

TEST_F(IrqTest, UnboundHandlerSignalsNothing) {
    uint64_t handler = Ready();
    EXPECT_ANSWER(Invoke(handler, HELIOS_IRQ_HANDLER_UNBIND), 0);
    Raise();
    EXPECT_EQ(Word(), 0u);
    EXPECT_REFUSAL(Invoke(handler, HELIOS_IRQ_HANDLER_UNBIND), HELIOS_ERROR_STATE,
                   HELIOS_ARGUMENT_CAPABILITY, 0, HELIOS_TYPE_NOTIFICATION);
    EXPECT_ANSWER(Bind(handler, notification_), 0);
}

TEST_F(IrqTest, BindingNeedsANotificationThatMayBeSignalled) {
    uint64_t handler = Issue();
    EXPECT_REFUSAL(Bind(handler, Weaker(notification_, kRead)), HELIOS_ERROR_RIGHTS,
                   HELIOS_ARGUMENT_CAP, kRead, kWrite);
    EXPECT_REFUSAL(Bind(handler, handler), HELIOS_ERROR_TYPE, HELIOS_ARGUMENT_CAP,
                   HELIOS_TYPE_IRQ_HANDLER, HELIOS_TYPE_NOTIFICATION);
}

TEST_F(IrqTest, BoundNotificationLivesOnInTheHandler) {
    uint64_t handler = Issue();
    uint64_t other = Allocate(HELIOS_TYPE_NOTIFICATION);
    object *object = SlotAt(other)->object;
    Bind(handler, other);
    Destroy(other);
    EXPECT_EQ(object->state, OBJECT_LIVE);
    EXPECT_EQ(audit_ring(object), "");
    Ack(handler);
    Raise();
    EXPECT_ANSWER(Invoke(handler, HELIOS_IRQ_HANDLER_UNBIND), 0);
}

TEST_F(IrqTest, RevokingTheNotificationUnbindsIt) {
    uint64_t handler = Ready();
    Revoke(notification_);
    Raise();
    EXPECT_EQ(Word(), 0u);
    EXPECT_FALSE(host_irqs[kLine].is_enabled);
    EXPECT_ANSWER(Bind(handler, notification_), 0);
}

TEST_F(IrqTest, LastCapabilityFreesTheSource) {
    uint64_t handler = Ready();
    uint64_t copy = Weaker(handler, kWrite);
    Destroy(handler);
    EXPECT_TRUE(host_irqs[kLine].is_enabled);
    Raise();
    Destroy(copy);
    EXPECT_FALSE(host_irqs[kLine].is_configured);
    EXPECT_FALSE(host_irqs[kLine].is_taken);
    EXPECT_EQ(audit_ring(SlotAt(notification_)->object), "");
    Word();
    uint64_t again = Issue();
    EXPECT_ANSWER(Ack(again), 0);
    Raise();
    EXPECT_EQ(Word(), 0u) << "the new handler knows nothing of the old one's notification";
}

TEST_F(IrqTest, LastCapabilityTakesTheNotificationAlong) {
    uint64_t handler = Issue();
    uint64_t other = Allocate(HELIOS_TYPE_NOTIFICATION);
    Bind(handler, other);
    Destroy(other);
    Destroy(handler);
    EXPECT_EQ(reaper_depth(), 0u);
    EXPECT_FALSE(host_irqs[kLine].is_configured);
}

// What came after irq_handler_reap would be there when the source is issued again.
TEST_F(IrqTest, HandlerThatHasBegunToDieIsLeftAsItIs) {
    uint64_t handler = Issue();
    for (const auto &result : {InvokeDying(handler, HELIOS_IRQ_HANDLER_BIND, {}, {notification_}),
                               InvokeDying(handler, HELIOS_IRQ_HANDLER_ACK),
                               InvokeDying(handler, HELIOS_IRQ_HANDLER_ROUTE, {0})}) {
        EXPECT_EQ(helios_tag_label(result.tag), HELIOS_ERROR_GONE);
    }
    EXPECT_FALSE(host_irqs[kLine].is_enabled);
    EXPECT_EQ(irq_handler_of(SlotAt(handler)->object)->notification.object, nullptr);
}

TEST_F(IrqTest, RouteConfiguresTheSourceAnew) {
    uint64_t handler = Ready();
    host_irqs[kLine].cpu = 9;
    message_registers result = Invoke(handler, HELIOS_IRQ_HANDLER_ROUTE, {0});
    EXPECT_EQ(result.tag, helios_tag(HELIOS_OK, 0, 2, 0));
    EXPECT_EQ(host_irqs[kLine].cpu, 0u);
    EXPECT_EQ(host_irqs[kLine].flags, unsigned{IRQ_LEVEL});
    EXPECT_TRUE(host_irqs[kLine].is_enabled);
    EXPECT_REFUSAL(Invoke(handler, HELIOS_IRQ_HANDLER_ROUTE, {1}), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_PARAM, 1, 0);
}

TEST_F(IrqTest, RoutedMessageIsToBeWrittenElsewhere) {
    uint64_t handler = InvokeForCap(kControl, HELIOS_IRQ_CONTROL_ISSUE_MSI, {0x1234, 0});
    message_registers result = Invoke(handler, HELIOS_IRQ_HANDLER_ROUTE, {0});
    EXPECT_EQ(result.params[0], 0xfee00000u);
    EXPECT_EQ(result.params[1], kMessage);
    EXPECT_EQ(host_irqs[kMessage].device, 0x1234u);
    EXPECT_FALSE(host_irqs[kMessage].is_enabled);
}

TEST_F(IrqTest, PendingInterruptIsNotRouted) {
    uint64_t handler = Ready();
    Raise();
    EXPECT_REFUSAL(Invoke(handler, HELIOS_IRQ_HANDLER_ROUTE, {0}), HELIOS_ERROR_STATE,
                   HELIOS_ARGUMENT_CAPABILITY, 1, 0);
    Ack(handler);
    EXPECT_EQ(helios_tag_label(Invoke(handler, HELIOS_IRQ_HANDLER_ROUTE, {0}).tag), HELIOS_OK);
}

TEST_F(IrqTest, HandlerChecksRightsAndCounts) {
    uint64_t handler = Issue();
    uint64_t reader = Weaker(handler, kRead);
    EXPECT_REFUSAL(Bind(reader, notification_), HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAPABILITY,
                   kRead, kWrite);
    EXPECT_REFUSAL(Ack(reader), HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAPABILITY, kRead, kWrite);
    EXPECT_REFUSAL(Invoke(reader, HELIOS_IRQ_HANDLER_UNBIND), HELIOS_ERROR_RIGHTS,
                   HELIOS_ARGUMENT_CAPABILITY, kRead, kWrite);
    EXPECT_REFUSAL(Invoke(reader, HELIOS_IRQ_HANDLER_ROUTE, {0}), HELIOS_ERROR_RIGHTS,
                   HELIOS_ARGUMENT_CAPABILITY, kRead, kWrite);
    EXPECT_REFUSAL(Invoke(handler, HELIOS_IRQ_HANDLER_BIND), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_CAP_COUNT, 0, 1);
    EXPECT_REFUSAL(Invoke(handler, HELIOS_IRQ_HANDLER_ACK, {1}), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_PARAM_COUNT, 1, 0);
    EXPECT_REFUSAL(Invoke(handler, HELIOS_IRQ_HANDLER_ROUTE), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_PARAM_COUNT, 0, 1);
    for (uint32_t label : {0u, 5u}) {
        EXPECT_REFUSAL(Invoke(handler, label), HELIOS_ERROR_INVOCATION, HELIOS_ARGUMENT_LABEL,
                       label, 0);
    }
}

} // namespace

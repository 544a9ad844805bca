// SPDX-License-Identifier: GPL-3.0-only
//
// Interrupts as they come in user mode, and between the steps of a long operation.
#include "arch/include/interrupt.h"

#include "arch/include/smp.h"
#include "kernel/irq.h"
#include "kernel/physmem.h"
#include "kernel/testing/task_machine.h"

namespace {

class InterruptTest : public TaskMachine {
  protected:
    void SetUp() override {
        TaskMachine::SetUp();
        physmem_reset();
        physmem_add(2 * HOST_FREE, 1 << 20);
        ASSERT_TRUE(irq_init());
    }

    // `count` tasks that sleep until `wake_`, and one of little importance that runs.
    void Sleepers(int count) {
        wake_ = host_counter + 1000000;
        uint64_t notification = New(HELIOS_TYPE_NOTIFICATION);
        runner_ = Ready(1);
        for (int i = 0; i < count; i++) {
            sleepers_.push_back(Ready(20));
        }
        Run();
        for (int i = 0; i < count; i++) {
            Current()->buffer->deadline = wake_;
            Enter(HELIOS_SYS_WAIT, notification, helios_tag(0, 0, 0, HELIOS_FLAG_DEADLINE));
        }
        ASSERT_EQ(Current(), runner_.task);
    }

    // The current task waits for the notification in poll.
    void Poll(uint64_t notification, uint64_t until) {
        Current()->buffer->poll[0] = {notification, HELIOS_POLL_RECV, 0};
        Enter(HELIOS_SYS_POLLX, 0, helios_tag(0, 0, 2, 0), {1, until});
    }

    int Asleep() {
        int count = 0;
        for (const Made &made : sleepers_) {
            count += made.task->state == HELIOS_TASK_WAITING;
        }
        return count;
    }

    uint64_t wake_ = 0;
    Made runner_ = {};
    std::vector<Made> sleepers_;
};

TEST_F(InterruptTest, InterruptedTaskGoesOn) {
    Made a = Ready(5);
    Run();
    EXPECT_EQ(kernel_interrupt(3), &a.task->arch);
    EXPECT_EQ(a.task->arch.result_count, 0u);
}

TEST_F(InterruptTest, TimerWakesWhoseDeadlineHasPassed) {
    Sleepers(1);
    EXPECT_EQ(Interrupt(), runner_.task) << "not yet";
    host_counter = wake_;
    EXPECT_EQ(Interrupt(), sleepers_[0].task);
    EXPECT_EQ(Status(sleepers_[0].task), HELIOS_ERROR_DEADLINE);
    EXPECT_EQ(sleepers_[0].task->arch.result.params[0], HELIOS_ARGUMENT_DEADLINE);
}

TEST_F(InterruptTest, ManyDeadlinesOfOneMomentTakeSeveralInterrupts) {
    Sleepers(20);
    host_counter = wake_;
    Interrupt();
    EXPECT_EQ(Asleep(), 12) << "interrupts are off all the while";
    Interrupt();
    EXPECT_EQ(Asleep(), 4);
    Interrupt();
    EXPECT_EQ(Asleep(), 0);
}

TEST_F(InterruptTest, DeadlineOfOneWhoPollsMakesTheNextOneWait) {
    uint64_t notification = New(HELIOS_TYPE_NOTIFICATION);
    runner_ = Ready(1);
    Made pollers[] = {Ready(20), Ready(20)};
    Run();
    wake_ = host_counter + 1000000;
    Poll(notification, wake_);
    Poll(notification, wake_);
    ASSERT_EQ(Current(), runner_.task);
    host_counter = wake_;
    Interrupt();
    EXPECT_EQ(pollers[0].task->state + pollers[1].task->state,
              HELIOS_TASK_READY + HELIOS_TASK_POLLING);
    Interrupt();
    EXPECT_EQ(pollers[0].task->state, HELIOS_TASK_READY);
    EXPECT_EQ(pollers[1].task->state, HELIOS_TASK_READY);
}

TEST_F(InterruptTest, DevicesAreLetInBetweenPollersThatASignalWakes) {
    uint64_t notification = New(HELIOS_TYPE_NOTIFICATION);
    runner_ = Ready(1);
    Ready(20);
    Ready(20);
    Run();
    Poll(notification, ~0ull);
    Poll(notification, ~0ull);
    ASSERT_EQ(Current(), runner_.task);
    host_irqs[3].is_enabled = true;
    host_irq_pend(3);
    Enter(HELIOS_SYS_SIGNAL, notification);
    EXPECT_FALSE(host_irqs[3].is_pending);
}

TEST_F(InterruptTest, TimerIsStoppedWhenNothingNeedsIt) {
    Sleepers(1);
    host_counter = wake_;
    Interrupt();
    EXPECT_EQ(host_record.timer, 0u);
}

TEST_F(InterruptTest, TimerForSomethingThatWasCalledOffDoesNothing) {
    Sleepers(1);
    Invoke(sleepers_[0].slot, HELIOS_TASK_SUSPEND);
    Invoke(sleepers_[0].slot, HELIOS_TASK_CANCEL);
    host_counter = wake_;
    EXPECT_EQ(Interrupt(), runner_.task);
    EXPECT_EQ(Status(sleepers_[0].task), HELIOS_ERROR_CANCELLED);
}

TEST_F(InterruptTest, PollingWantsTheCpuForAMoreImportantTask) {
    Sleepers(1);
    EXPECT_FALSE(sched_poll_interrupts());
    host_counter = wake_;
    EXPECT_TRUE(sched_poll_interrupts());
    EXPECT_EQ(Asleep(), 0);
    EXPECT_EQ(Run(), sleepers_[0].task);
}

TEST_F(InterruptTest, PollingWantsTheCpuWhenTheSliceIsOver) {
    Ready(5);
    Ready(5);
    Run();
    EXPECT_FALSE(sched_poll_interrupts());
    host_counter += 2 * SCHED_SLICE_NS;
    EXPECT_TRUE(sched_poll_interrupts());
}

TEST_F(InterruptTest, PollingTakesABoundedNumberOfInterrupts) {
    Ready(5);
    Run();
    for (uint32_t irq = 1; irq < 10; irq++) {
        host_irqs[irq].is_enabled = true;
        host_irq_pend(irq);
    }
    sched_poll_interrupts();
    int left = 0;
    for (uint32_t irq = 1; irq < 10; irq++) {
        left += host_irqs[irq].is_pending;
    }
    EXPECT_EQ(left, 9 - 4);
}

// In the middle of what can't be left (irq_window). ----------------------------------------------

class WindowTest : public InterruptTest {
  protected:
    static constexpr uint32_t kLine = 5;
    static constexpr unsigned kMany = HELIOS_MAX_CAPS;

    void SetUp() override {
        InterruptTest::SetUp();
        ASSERT_NE(percpu_init(host_boot_create("", 1)), nullptr) << "there is a CPU to route to";
    }

    // A driver that waits for its device, a receiver that offers many slots, and a sender, who
    // runs.
    void Begin(bool is_bound) {
        uint64_t endpoint = endpoint_ = New(HELIOS_TYPE_ENDPOINT);
        uint64_t notification = New(HELIOS_TYPE_NOTIFICATION);
        driver_ = Ready(30);
        receiver_ = Ready(20);
        sender_ = Ready(10);
        Run();
        ASSERT_EQ(Current(), driver_.task);
        Connect(notification);
        if (is_bound) {
            const slot_view found = slot_read(At(notification));
            EXPECT_EQ(task_bind(receiver_.task, At(notification), &found), CAP_OK);
            Enter(HELIOS_SYS_WAIT, New(HELIOS_TYPE_NOTIFICATION));
        } else {
            Enter(HELIOS_SYS_WAIT, notification);
        }
        Offer(receiver_.task);
        Enter(HELIOS_SYS_RECV, endpoint);
        ASSERT_EQ(Current(), sender_.task);
        host_irq_pend(kLine);
    }

    static void Offer(task *task) {
        std::fill(task->buffer->receive, task->buffer->receive + kMany, kNone);
        task->buffer->receive_count = kMany;
    }

    // The device signals the notification.
    void Connect(uint64_t notification) {
        Offer(Current());
        Invoke(Give(irq_control()), HELIOS_IRQ_CONTROL_ISSUE, {kLine, HELIOS_IRQ_TRIGGER_LEVEL, 0});
        uint64_t handler = Current()->buffer->caps[0];
        ASSERT_EQ(Status(Current()), HELIOS_OK);
        Invoke(handler, HELIOS_IRQ_HANDLER_BIND, {}, {notification});
        ASSERT_EQ(Status(Current()), HELIOS_OK);
        Invoke(handler, HELIOS_IRQ_HANDLER_ACK);
        ASSERT_EQ(Status(Current()), HELIOS_OK);
    }

    void Send() {
        Enter(HELIOS_SYS_SEND, endpoint_, helios_tag(0, kMany, 0, 0), {},
              std::vector<uint64_t>(kMany, memory_slot_));
        EXPECT_EQ(Status(sender_.task), HELIOS_OK);
        EXPECT_EQ(helios_tag_caps(receiver_.task->arch.result.tag), kMany);
    }

    uint64_t endpoint_ = 0;
    Made driver_ = {};
    Made receiver_ = {};
    Made sender_ = {};
};

TEST_F(WindowTest, WhoeverWaitsForADeviceRunsAfterTheMessageThatLetItsInterruptIn) {
    Begin(false);
    Send();
    EXPECT_FALSE(host_irqs[kLine].is_pending);
    EXPECT_EQ(Current(), driver_.task);
}

TEST_F(WindowTest, ReceiverOfAMessageFindsASignalOfItsMiddleAfterwards) {
    Begin(true);
    Send();
    EXPECT_FALSE(host_irqs[kLine].is_pending);
    EXPECT_EQ(Current(), receiver_.task);
    EXPECT_EQ(Flags(receiver_.task), 0u) << "it has the message";
    Enter(HELIOS_SYS_RECV, endpoint_);
    EXPECT_EQ(Flags(receiver_.task), HELIOS_FLAG_NOTIFIED);
}

TEST_F(WindowTest, TimerAndOtherCpusAreLeftForLater) {
    Sleepers(1);
    host_counter = wake_;
    arch_ipi_send(0);
    host_run([](void *) { irq_window(); }, nullptr);
    EXPECT_EQ(Asleep(), 1);
    EXPECT_EQ(arch_interrupt_take(), ARCH_IRQ_IPI);
    EXPECT_EQ(Interrupt(), sleepers_[0].task);
}

TEST_F(WindowTest, BoundedNumberOfInterruptsIsTaken) {
    Ready(5);
    Run();
    for (uint32_t irq = 1; irq < 10; irq++) {
        host_irqs[irq].is_enabled = true;
        host_irq_pend(irq);
    }
    irq_window();
    int left = 0;
    for (uint32_t irq = 1; irq < 10; irq++) {
        left += host_irqs[irq].is_pending;
    }
    EXPECT_EQ(left, 9 - 4);
}

} // namespace

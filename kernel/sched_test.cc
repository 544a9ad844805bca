// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/sched.h"

#include <deque>
#include <map>
#include <random>

#include "kernel/testing/task_machine.h"

namespace {

constexpr uint64_t kSlice = SCHED_SLICE_NS;

class Sched : public TaskMachine {
  protected:
    task *Yield() {
        return Enter(HELIOS_SYS_YIELD);
    }

    // The current task runs for this long; then the timer's interrupt comes if it is due.
    task *RunFor(uint64_t ns) {
        host_counter += ns;
        return Interrupt();
    }
};

TEST_F(Sched, MostImportantTaskRuns) {
    Ready(5);
    Made high = Ready(63);
    Ready(0);
    EXPECT_EQ(Run(), high.task);
}

TEST_F(Sched, TasksOfOnePriorityRunInTheOrderInWhichTheyBecameReady) {
    Made a = Ready(5);
    Made b = Ready(5);
    Made c = Ready(5);
    EXPECT_EQ(Run(), a.task);
    EXPECT_EQ(Yield(), b.task);
    EXPECT_EQ(Yield(), c.task);
    EXPECT_EQ(Yield(), a.task);
}

TEST_F(Sched, YieldAloneComesBack) {
    Made a = Ready(5);
    Ready(4);
    Run();
    EXPECT_EQ(Yield(), a.task);
    EXPECT_EQ(Status(a.task), HELIOS_OK);
}

TEST_F(Sched, RunningTaskIsInNoQueue) {
    Made a = Ready(5);
    Run();
    EXPECT_EQ(a.task->queued, 0);
    EXPECT_EQ(host_percpu->ready_mask, 0u);
}

TEST_F(Sched, AddressSpaceOfTheNextTaskIsActive) {
    Made a = Ready(5);
    Made b = Ready(5);
    Run();
    EXPECT_EQ(host_record.active_root, table_physical(&a.task->vspace->root));
    Yield();
    EXPECT_EQ(host_record.active_root, table_physical(&b.task->vspace->root));
}

TEST_F(Sched, TaskThatBecomesReadyAndIsMoreImportantRunsAtOnce) {
    Made high = Ready(9);
    Made low = Ready(5);
    uint64_t notification = New(HELIOS_TYPE_NOTIFICATION);
    Run();
    EXPECT_EQ(Enter(HELIOS_SYS_WAIT, notification), low.task);
    EXPECT_EQ(Enter(HELIOS_SYS_SIGNAL, notification), high.task);
    EXPECT_EQ(low.task->queued, 1);
}

TEST_F(Sched, PreemptedTaskStaysFirstOfItsPriority) {
    Made high = Ready(9);
    Made a = Ready(5);
    Ready(5);
    uint64_t notification = New(HELIOS_TYPE_NOTIFICATION);
    Run();
    EXPECT_EQ(Enter(HELIOS_SYS_WAIT, notification), a.task);
    EXPECT_EQ(Enter(HELIOS_SYS_SIGNAL, notification), high.task);
    EXPECT_EQ(Enter(HELIOS_SYS_WAIT, notification), a.task);
}

TEST_F(Sched, SuspendedTaskIsNotPutIntoTheRunQueue) {
    Made a = Ready(5);
    Run();
    Made b = NewTask(9);
    b.task->state = HELIOS_TASK_READY;
    sched_enqueue(b.task);
    EXPECT_EQ(b.task->queued, 0);
    EXPECT_EQ(sched_prefer(a.task, b.task), a.task);
    EXPECT_EQ(b.task->queued, 0);
}

// It is suspended there, and its own CPU is told later.
TEST_F(Sched, TaskThatAnotherCpuHasBegunToDestroyMayStillBeSwitchedTo) {
    Made a = Ready(5);
    Run();
    Made b = NewTask(9);
    b.task->state = HELIOS_TASK_READY;
    sched_enqueue(a.task);
    EXPECT_EQ(sched_resume(b.task), &b.task->arch);
    EXPECT_EQ(host_percpu->current, b.task);
    b.task->suspended = 0;
}

TEST_F(Sched, PriorityOfAQueuedTaskChangesItsQueue) {
    Made a = Ready(5);
    Made b = Ready(4);
    Made c = Ready(3);
    Run();
    sched_set_priority(c.task, 4);
    CheckQueues();
    sched_set_priority(b.task, 4);
    CheckQueues();
    sched_set_priority(a.task, 1);
    EXPECT_EQ(Yield(), c.task) << "b went behind it";
}

// Slices. -----------------------------------------------------------------------------------------

TEST_F(Sched, NoTimerRunsForATaskThatIsAloneWithItsPriority) {
    Ready(5);
    Ready(4);
    Run();
    EXPECT_EQ(host_record.timer, 0u);
}

TEST_F(Sched, TimerEndsTheSliceOfATaskThatIsNotAlone) {
    Made a = Ready(5);
    Made b = Ready(5);
    Run();
    EXPECT_NEAR(static_cast<double>(host_record.timer), static_cast<double>(host_counter + kSlice),
                100);
    EXPECT_EQ(RunFor(kSlice / 2), a.task) << "not yet";
    EXPECT_EQ(RunFor(kSlice), b.task);
    EXPECT_EQ(RunFor(kSlice + 1), a.task);
}

TEST_F(Sched, SliceBeginsWhenSomebodyElseBecomesReady) {
    Made a = Ready(5);
    Run();
    host_counter += 10 * kSlice;
    Made b = Ready(5);
    EXPECT_EQ(Enter(HELIOS_SYS_IDENTIFY), a.task);
    EXPECT_EQ(RunFor(kSlice / 2), a.task);
    EXPECT_EQ(RunFor(kSlice), b.task);
}

TEST_F(Sched, TasksOfOnePriorityGetTheSameTime) {
    std::vector<Made> tasks = {Ready(5), Ready(5), Ready(5), Ready(5)};
    Ready(4);
    Run();
    std::mt19937_64 random(1);
    for (int i = 0; i < 4000; i++) {
        RunFor(random() % (kSlice / 4));
    }
    double total = 0;
    for (const Made &made : tasks) {
        total += static_cast<double>(sched_cpu_time(made.task));
    }
    for (const Made &made : tasks) {
        EXPECT_NEAR(static_cast<double>(sched_cpu_time(made.task)) / total, 0.25, 0.01);
    }
}

TEST_F(Sched, TaskThatIsOftenPreemptedMakesWayForItsEquals) {
    Made a = Ready(5);
    Made b = Ready(5);
    Made high = Ready(9);
    uint64_t notification = New(HELIOS_TYPE_NOTIFICATION);
    Run();
    Enter(HELIOS_SYS_WAIT, notification);
    for (int i = 0; i < 60; i++) {
        host_counter += kSlice / 10;
        Interrupt();
        ASSERT_NE(Current(), high.task);
        Enter(HELIOS_SYS_SIGNAL, notification);
        ASSERT_EQ(Current(), high.task);
        Enter(HELIOS_SYS_WAIT, notification);
    }
    double share = static_cast<double>(sched_cpu_time(a.task)) /
                   static_cast<double>(sched_cpu_time(a.task) + sched_cpu_time(b.task));
    EXPECT_NEAR(share, 0.5, 0.2);
}

// A server that is more important than its clients, and has received one call.
class SchedCall : public Sched {
  protected:
    void SetUp() override {
        Sched::SetUp();
        endpoint_ = New(HELIOS_TYPE_ENDPOINT);
    }

    void Serve(unsigned priority) {
        server_ = Ready(priority);
        Run();
        Block(server_.task, HELIOS_SYS_RECV, endpoint_);
    }

    void Call() {
        Enter(HELIOS_SYS_CALL, endpoint_, helios_tag(1, 0, 0, 0));
    }

    void ReplyAndReceive() {
        Enter(HELIOS_SYS_RECV, endpoint_, helios_tag(0, 0, 0, HELIOS_FLAG_REPLY));
    }

    uint64_t endpoint_ = 0;
    Made server_ = {};
};

TEST_F(SchedCall, CallSwitchesStraightToTheServer) {
    Serve(9);
    Made client = Ready(5);
    Run();
    Call();
    EXPECT_EQ(Current(), server_.task);
    EXPECT_EQ(client.task->state, HELIOS_TASK_CALLING);
    ReplyAndReceive();
    EXPECT_EQ(Current(), client.task);
}

TEST_F(SchedCall, LeavesTheTimerAlone) {
    Serve(5);
    Ready(5);
    Ready(5);
    Run();
    uint64_t timer = host_record.timer;
    uint64_t slice_end = host_percpu->slice_end;
    host_counter += 1000;
    Call();
    ReplyAndReceive();
    EXPECT_EQ(host_record.timer, timer);
    EXPECT_EQ(host_percpu->slice_end, slice_end) << "no new slice for who calls a server";
}

TEST_F(SchedCall, ClientWhoseSliceEndsInItsServerMakesWayWhenItIsBack) {
    Serve(9);
    Ready(5);
    Made other = Ready(5);
    Run();
    Call();
    EXPECT_EQ(RunFor(2 * kSlice), server_.task) << "which is more important than others";
    ReplyAndReceive();
    EXPECT_EQ(Current(), other.task);
}

TEST_F(SchedCall, ServerRunsWithItsClientsPriority) {
    Serve(3);
    Made client = Ready(8);
    Run();
    Call();
    EXPECT_EQ(server_.task->priority, 8);
    Made middle = Ready(5);
    EXPECT_EQ(Enter(HELIOS_SYS_IDENTIFY), server_.task);
    ReplyAndReceive();
    EXPECT_EQ(server_.task->priority, 3);
    EXPECT_EQ(Current(), client.task);
    (void)middle;
}

TEST_F(SchedCall, ServerThatOnlyRepliesLosesWhatItWasLent) {
    Serve(3);
    Made client = Ready(8);
    Run();
    Call();
    Enter(HELIOS_SYS_REPLY, kNone, helios_tag(0, 0, 0, 0));
    EXPECT_EQ(server_.task->priority, 3);
    EXPECT_EQ(Current(), client.task);
    EXPECT_EQ(server_.task->queued, 1);
}

TEST_F(SchedCall, MoreImportantServerKeepsItsPriority) {
    Serve(9);
    Ready(5);
    Run();
    Call();
    EXPECT_EQ(server_.task->priority, 9);
}

TEST_F(SchedCall, AnswerDoesNotPassBySomebodyMoreImportantThanTheClient) {
    Serve(9);
    Made client = Ready(5);
    Run();
    Call();
    Made middle = Ready(7);
    ReplyAndReceive();
    EXPECT_EQ(Current(), middle.task);
    EXPECT_EQ(client.task->queued, 1);
}

// Idle, time. -------------------------------------------------------------------------------------

TEST_F(Sched, IdleCpuHasNoTaskAndNoTimer) {
    Made a = Ready(5);
    uint64_t notification = New(HELIOS_TYPE_NOTIFICATION);
    Run();
    EXPECT_EQ(Enter(HELIOS_SYS_WAIT, notification), nullptr);
    EXPECT_EQ(host_percpu->arch_current, nullptr);
    EXPECT_EQ(host_record.timer, 0u);
    EXPECT_EQ(a.task->state, HELIOS_TASK_WAITING);
}

TEST_F(Sched, IdleCpuWakesForADeadline) {
    Made a = Ready(5);
    Run();
    uint64_t when = host_counter + 12345;
    EXPECT_EQ(Enter(HELIOS_SYS_POLLX, 0, helios_tag(0, 0, 2, 0), {0, when}), a.task);
    EXPECT_GE(host_counter, when);
    EXPECT_LT(sched_cpu_time(a.task), 12345u) << "sleeping is free";
}

TEST_F(Sched, SleepersWakeInTheOrderOfTheirDeadlines) {
    std::vector<Made> tasks = {Ready(5), Ready(5), Ready(5)};
    const uint64_t delays[] = {30000, 10000, 20000};
    Run();
    uint64_t start = host_counter;
    std::map<task *, uint64_t> delay;
    for (size_t i = 0; i < 3; i++) {
        delay[tasks[i].task] = delays[i];
    }
    for (int i = 0; i < 2; i++) {
        Enter(HELIOS_SYS_POLLX, 0, helios_tag(0, 0, 2, 0), {0, start + delay[Current()]});
    }
    EXPECT_EQ(Enter(HELIOS_SYS_POLLX, 0, helios_tag(0, 0, 2, 0), {0, start + delay[Current()]}),
              tasks[1].task);
    Made last = NewTask(1);
    uint64_t notification = New(HELIOS_TYPE_NOTIFICATION);
    EXPECT_EQ(Enter(HELIOS_SYS_WAIT, notification), tasks[2].task);
    EXPECT_EQ(Enter(HELIOS_SYS_WAIT, notification), tasks[0].task);
    (void)last;
}

TEST_F(Sched, CpuTimeIsWhatATaskRan) {
    Made a = Ready(5);
    Made b = Ready(5);
    Run();
    host_counter += 1000;
    Yield();
    host_counter += 500;
    Yield();
    EXPECT_NEAR(static_cast<double>(sched_cpu_time(a.task)), 1000, 20);
    EXPECT_NEAR(static_cast<double>(sched_cpu_time(b.task)), 500, 20);
    host_counter += 300;
    EXPECT_NEAR(static_cast<double>(sched_cpu_time(a.task)), 1300, 20) << "also while it runs";
}

TEST_F(Sched, LastTaskThatGoesStopsTheMachine) {
    Made a = Ready(5);
    Run();
    arch_task *next = nullptr;
    const uint64_t params[4] = {a.slot};
    EXPECT_EQ(host_syscall(HELIOS_SYS_CALL, cspace_slot_,
                           helios_tag(HELIOS_CSPACE_DESTROY, 0, 1, 0), params, &next),
              HOST_HALTED);
    EXPECT_NE(std::string(host_output()).find("no task is left"), std::string::npos);
}

TEST_F(Sched, StateOfTheCpuIsSavedForTheTaskThatRanBeforeItWasIdle) {
    Ready(5);
    uint64_t notification = New(HELIOS_TYPE_NOTIFICATION);
    Run();
    unsigned switches = host_record.task_switches;
    EXPECT_EQ(Enter(HELIOS_SYS_WAIT, notification), nullptr);
    EXPECT_EQ(host_record.task_switches, switches) << "it is still in the CPU";
    task_make_ready(notification_signal(notification_of(At(notification)->object), 1));
    Run();
    EXPECT_EQ(host_record.task_switches, switches) << "and has come back";
}

TEST_F(Sched, StateOfTheCpuIsNotSavedForATaskThatAnotherHasReplaced) {
    Made a = Ready(5);
    uint64_t notification = New(HELIOS_TYPE_NOTIFICATION);
    Run();
    EXPECT_EQ(Enter(HELIOS_SYS_WAIT, notification), nullptr);
    Made b = Ready(5);
    EXPECT_EQ(Run(), b.task);
    unsigned leaves = host_record.task_leaves;
    Enter(HELIOS_SYS_CALL, cspace_slot_, helios_tag(HELIOS_CSPACE_DESTROY, 0, 1, 0), {a.slot});
    EXPECT_EQ(Status(b.task), HELIOS_OK);
    EXPECT_EQ(host_record.task_leaves, leaves) << "what the CPU holds is the other's";
}

// The run queue against a model: a deque per priority. -----------------------------------------

TEST_F(Sched, RunQueueBehavesAsOneDequePerPriority) {
    std::vector<Made> tasks;
    for (int i = 0; i < 12; i++) {
        tasks.push_back(NewTask(static_cast<unsigned>(i % 3)));
        tasks.back().task->state = HELIOS_TASK_READY;
        tasks.back().task->suspended = 0;
    }
    std::map<unsigned, std::deque<task *>> model;
    std::mt19937_64 random(4);
    for (int i = 0; i < 10000; i++) {
        task *one = tasks[random() % tasks.size()].task;
        auto &queue = model[one->priority];
        switch (random() % 4) {
        case 0:
            if (one->queued == 0) {
                sched_enqueue(one);
                queue.push_back(one);
            }
            break;
        case 1:
            if (one->queued == 0) {
                sched_enqueue_first(one);
                queue.push_front(one);
            }
            break;
        case 2:
            if (one->queued != 0) {
                sched_dequeue(one);
                queue.erase(std::find(queue.begin(), queue.end(), one));
            }
            break;
        default: {
            auto priority = static_cast<uint8_t>(random() % 3);
            if (one->queued != 0) {
                queue.erase(std::find(queue.begin(), queue.end(), one));
                model[priority].push_back(one);
            }
            sched_set_priority(one, priority);
            break;
        }
        }
        CheckQueues();
        for (unsigned priority = 0; priority < 3; priority++) {
            std::deque<task *> found;
            for (task *at = host_percpu->ready[priority].first; at != nullptr;
                 at = at->queue.next) {
                found.push_back(at);
            }
            ASSERT_EQ(found, model[priority]);
        }
    }
    for (const Made &made : tasks) {
        made.task->suspended = 1;
        if (made.task->queued != 0) {
            sched_dequeue(made.task);
        }
    }
}

} // namespace

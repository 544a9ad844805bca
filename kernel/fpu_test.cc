// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/fpu.h"

#include "kernel/testing/task_machine.h"

namespace {

class Fpu : public TaskMachine {
  protected:
    void SetUp() override {
        TaskMachine::SetUp();
        host_self->fpu_is_open = false;
        host_self->fpu_value = 0xdead;
        a_ = Ready(5);
        b_ = Ready(5);
        c_ = Ready(5);
        Run();
    }

    // The current task uses a register.
    void Use() {
        if (!host_self->fpu_is_open) {
            EXPECT_EQ(kernel_fpu_trap(), &Current()->arch);
        }
        EXPECT_TRUE(host_self->fpu_is_open);
    }

    void Write(uint64_t value) {
        Use();
        host_self->fpu_value = value;
    }

    uint64_t Read() {
        Use();
        return host_self->fpu_value;
    }

    void SwitchTo(const Made &made) {
        while (Current() != made.task) {
            Enter(HELIOS_SYS_YIELD);
        }
    }

    Made a_ = {};
    Made b_ = {};
    Made c_ = {};
};

TEST_F(Fpu, TaskBeginsWithoutAccess) {
    EXPECT_FALSE(host_self->fpu_is_open);
}

TEST_F(Fpu, FirstUseFindsTheInitialState) {
    EXPECT_EQ(Read(), 0u) << "and nothing of others";
}

TEST_F(Fpu, RegistersStayInTheCpuWhileOthersRunThatDoNotUseThem) {
    Write(11);
    SwitchTo(b_);
    EXPECT_FALSE(host_self->fpu_is_open);
    host_self->fpu_value = 12; // what nobody saved, nobody loads
    SwitchTo(a_);
    EXPECT_TRUE(host_self->fpu_is_open);
    EXPECT_EQ(host_self->fpu_value, 12u);
}

TEST_F(Fpu, EachUserHasItsOwn) {
    Write(11);
    SwitchTo(b_);
    Write(22);
    SwitchTo(c_);
    Write(33);
    SwitchTo(a_);
    EXPECT_EQ(Read(), 11u);
    SwitchTo(b_);
    EXPECT_EQ(Read(), 22u);
    SwitchTo(c_);
    EXPECT_EQ(Read(), 33u);
}

TEST_F(Fpu, UserThatLostTheRegistersTraps) {
    Write(11);
    SwitchTo(b_);
    Write(22);
    SwitchTo(a_);
    EXPECT_FALSE(host_self->fpu_is_open);
}

TEST_F(Fpu, ReleasedStateIsInMemory) {
    Write(11);
    SwitchTo(b_);
    fpu_release(a_.task);
    EXPECT_EQ(a_.task->fpu.value, 11u);
    EXPECT_FALSE(host_self->fpu_is_open);
    host_self->fpu_value = 5;
    SwitchTo(a_);
    EXPECT_EQ(Read(), 11u);
}

TEST_F(Fpu, DeadTaskOwnsNoRegisters) {
    Write(11);
    SwitchTo(b_);
    Invoke(cspace_slot_, HELIOS_CSPACE_DESTROY, {a_.slot});
    EXPECT_EQ(host_percpu->fpu_owner, nullptr);
    EXPECT_EQ(Read(), 0u);
}

TEST_F(Fpu, NewTaskInTheMemoryOfADeadOneHasNothingOfIt) {
    Write(11);
    SwitchTo(b_);
    Invoke(cspace_slot_, HELIOS_CSPACE_DESTROY, {a_.slot});
    Made fresh = Ready(5);
    SwitchTo(fresh);
    EXPECT_FALSE(host_self->fpu_is_open);
    EXPECT_EQ(Read(), 0u);
}

} // namespace

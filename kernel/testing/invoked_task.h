// SPDX-License-Identifier: GPL-3.0-only
//
// Two tasks, one of which invokes the other.
#ifndef HELIOS_KERNEL_TESTING_INVOKED_TASK_H
#define HELIOS_KERNEL_TESTING_INVOKED_TASK_H

#include <vector>

#include "kernel/testing/task_machine.h"

// The current task `self_` invokes `other_`, which has never run.
class TaskInvokeBase : public TaskMachine {
  protected:
    void SetUp() override {
        TaskMachine::SetUp();
        other_ = NewTask(7);
        self_ = Ready(10);
        Run();
    }

    message_registers Do(uint32_t label, const std::vector<uint64_t> &params = {},
                         const std::vector<uint64_t> &caps = {}) {
        return Invoke(other_.slot, label, params, caps);
    }

    void Expect(const message_registers &result, uint64_t value = 0) {
        EXPECT_EQ(result.tag, helios_tag(HELIOS_OK, 0, 1, 0));
        EXPECT_EQ(result.params[0], value);
    }

    Made other_ = {};
    Made self_ = {};
};

#endif // HELIOS_KERNEL_TESTING_INVOKED_TASK_H

// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/reaper.h"

#include "kernel/booted_machine.h"
#include "kernel/task.h"

namespace {

class ReaperTest : public BootedMachine {};

// Found by testing/fuzz: a call was handed over to a receiver that was dying, which so ran on.
TEST_F(ReaperTest, TaskThatDiesDoesNotRunAgain) {
    task *task = task_of(SlotAt(Allocate(HELIOS_TYPE_TASK))->object);
    task->suspended = 0;
    reaper_push(&task->object);
    EXPECT_EQ(task->suspended, 1);
    while (reaper_depth() > 0) {
        reaper_step();
    }
}

} // namespace

// SPDX-License-Identifier: GPL-3.0-only
//
// What one task leaves in the processor and the next must not find: FS base and debug registers.
//
// A user can set FS base to zero behind the kernel's back, by loading the null selector into FS,
// and to nothing else. So a CPU that holds the value 0 holds it for certain, and one that should
// hold another may not: tasks without a TLS base pay nothing, the others a write each time.
#include "arch/include/port.h"
#include "arch/include/task.h"
#include "arch/x86_64/debug.h"
#include "arch/x86_64/instructions.h"
#include "arch/x86_64/registers.h"
#include "kernel/percpu.h"

enum carry {
    CARRY_FS_BASE = 1 << 0,
    CARRY_BREAKPOINTS = 1 << 1,
};

static void load_breakpoints(const struct x86_breakpoints *breakpoints) {
    dr7_write(DR7_CLEAR);
    if (breakpoints->control != 0) {
        dr0_write(breakpoints->address[0]);
        dr1_write(breakpoints->address[1]);
        dr2_write(breakpoints->address[2]);
        dr3_write(breakpoints->address[3]);
        dr7_write(breakpoints->control);
    }
}

void x86_carry_over(struct arch_task *to) {
    uint64_t *carried = &arch_percpu()->port;
    const uint64_t concerned = *carried | to->carries;
    if (concerned & CARRY_FS_BASE) {
        msr_write(MSR_FS_BASE, to->fs_base);
    }
    if (concerned & CARRY_BREAKPOINTS) {
        load_breakpoints(&to->breakpoints);
    }
    *carried = to->carries;
}

// Something of the task has changed; if it is the one that runs here, nobody will switch to it.
static void refresh(struct arch_task *task) {
    task->carries = (task->fs_base != 0 ? CARRY_FS_BASE : 0u) |
                    (task->breakpoints.control != 0 ? CARRY_BREAKPOINTS : 0u);
    if (arch_percpu()->arch_current == task) {
        x86_carry_over(task);
    }
}

// WRMSR refuses an address that is not canonical, so bit 47 is repeated in all above it.
void arch_task_set_tls(struct arch_task *task, uint64_t base) {
    task->fs_base = (uint64_t)((int64_t)(base << 16) >> 16);
    refresh(task);
}

bool arch_breakpoint_set(struct arch_task *task, unsigned index, enum breakpoint_kind kind,
                         uintptr_t address, unsigned length) {
    if (!x86_breakpoint_encode(&task->breakpoints, index, kind, address, length)) {
        return false;
    }
    refresh(task);
    return true;
}

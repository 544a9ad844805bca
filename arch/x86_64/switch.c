// SPDX-License-Identifier: GPL-3.0-only
//
// What one task leaves in the processor and the next must not find: FS base (TLS) and the debug
// registers. The switch itself is inline (include/helios_port.h).
#include "arch/include/port.h"
#include "arch/include/task.h"
#include "arch/x86_64/debug.h"
#include "arch/x86_64/instructions.h"
#include "arch/x86_64/registers.h"
#include "kernel/percpu.h"

// Set once and for good.
bool x86_knows_breakpoints;

__attribute__((preserve_most)) void x86_switch_breakpoints(const struct arch_task *to) {
    const struct x86_breakpoints *breakpoints = &to->breakpoints;
    struct arch_percpu *arch = &arch_percpu()->arch;
    if (arch->has_loaded_breakpoints) {
        dr7_write(DR7_CLEAR);
        arch->has_loaded_breakpoints = 0;
    }
    if (breakpoints->control != 0) {
        dr0_write(breakpoints->address[0]);
        dr1_write(breakpoints->address[1]);
        dr2_write(breakpoints->address[2]);
        dr3_write(breakpoints->address[3]);
        dr7_write(breakpoints->control);
        arch->has_loaded_breakpoints = 1;
    }
}

// Something of the task has changed; if it is the one that runs here, nobody will switch to it.
static void refresh(struct arch_task *task) {
    if (arch_percpu()->arch_current == task) {
        arch_task_switch(NULL, task);
    }
}

// WRMSR refuses an address that is not canonical, so bit 47 is repeated in all above it.
void arch_task_set_tls(struct arch_task *task, uint64_t base) {
    base = (uint64_t)((int64_t)(base << 16) >> 16);
    task->fs_base_low = (uint32_t)base;
    task->fs_base_high = (uint32_t)(base >> 32);
    refresh(task);
}

bool arch_breakpoint_set(struct arch_task *task, unsigned index, enum breakpoint_kind kind,
                         uintptr_t address, unsigned length) {
    if (!x86_breakpoint_encode(&task->breakpoints, index, kind, address, length)) {
        return false;
    }
    if (!x86_knows_breakpoints) {
        x86_knows_breakpoints = true;
        for (uint32_t i = 0; i < percpu_count(); i++) {
            __atomic_store_n(&percpu_get(i)->port_attention, 1, __ATOMIC_RELAXED);
        }
    }
    refresh(task);
    return true;
}

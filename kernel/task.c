// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/task.h"

#include "arch/include/mmu.h"
#include "kernel/check.h"
#include "kernel/console.h"
#include "kernel/entry.h"
#include "kernel/panic.h"
#include "kernel/power.h"

struct arch_task *task_switch(struct percpu *cpu, struct task *next) {
    CHECK(next != NULL);
    if (next != cpu->current) {
        if (cpu->current == NULL || cpu->current->root != next->root) {
            arch_root_activate(next->root);
        }
        cpu->current = next;
        cpu->arch_current = &next->arch;
    }
    return &next->arch;
}

static void print_line(void *context, const char *line) {
    (void)context;
    console_printf("  %s\n", line);
}

// Nobody can be told of a fault yet (fault endpoints come with endpoints), and the root task is all
// there is: say what happened and stop.
struct arch_task *kernel_user_fault(const struct fault *fault) {
    const struct task *task = arch_percpu()->current;
    console_printf("%s faulted: %s at 0x%016lx, pc 0x%016lx, code 0x%lx\n", task->name,
                   fault_kind_text(fault->kind), (unsigned long)fault->address,
                   (unsigned long)fault->pc, (unsigned long)fault->code);
    if (KERNEL_CHECKED) {
        arch_dump_task(&task->arch, print_line, NULL);
    }
    power_stop();
}

// No interrupt source is enabled yet: whatever arrives is spurious.
struct arch_task *kernel_interrupt(uint64_t vector) {
    struct percpu *cpu = arch_percpu();
    if (KERNEL_CHECKED) {
        console_printf("unexpected interrupt %lu on CPU %u\n", (unsigned long)vector, cpu->index);
    }
    CHECK(cpu->current != NULL);
    return cpu->arch_current;
}

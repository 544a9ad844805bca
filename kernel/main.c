// SPDX-License-Identifier: GPL-3.0-only
//
// From the loader's hand-over to the root task.
#include "arch/include/boot.h"
#include "arch/include/interrupt.h"
#include "arch/include/mmu.h"
#include "arch/include/port.h"
#include "arch/include/task.h"
#include "boot/protocol/protocol.h"
#include "kernel/boot_block.h"
#include "kernel/boot_check.h"
#include "kernel/console.h"
#include "kernel/deadline.h"
#include "kernel/entry.h"
#include "kernel/init_load.h"
#include "kernel/irq.h"
#include "kernel/latency.h"
#include "kernel/memory.h"
#include "kernel/panic.h"
#include "kernel/percpu.h"
#include "kernel/physmem.h"
#include "kernel/power.h"
#include "kernel/reaper.h"
#include "kernel/sched.h"
#include "kernel/smp.h"
#include "kernel/window.h"

static void take_memory(const struct helios_boot *boot) {
    physmem_reset();
    for (uint32_t i = 0; i < boot->memory.count; i++) {
        const struct helios_boot_memory *range = boot_memory(boot, i);
        if (range->kind == HELIOS_MEM_FREE && !physmem_add(range->base, range->length)) {
            panic("no room for the memory map");
        }
    }
}

// Memory and a console come first, so that whatever is wrong can be said.
static void start_console(const struct helios_boot *boot) {
    struct boot_problem problem;
    bool has_window = true;
    bool is_usable = boot_check_base(boot, &problem);
    if (is_usable) {
        take_memory(boot);
        has_window = window_init();
    }
    console_init(boot);
    if (!has_window) {
        panic("no memory for the kernel window");
    }
    if (!is_usable || !boot_check_rest(boot, &problem)) {
        panic("boot block: %s %s (found 0x%lx, wanted 0x%lx)", problem.field, problem.text,
              (unsigned long)problem.found, (unsigned long)problem.wanted);
    }
}

// The guard pages turn a stack overflow into a fault instead of silent damage.
static void start_cpu(const struct helios_boot *boot) {
    struct percpu *cpu = percpu_init(boot);
    if (cpu == NULL) {
        panic("no memory for %u CPUs", boot->cpus.count);
    }
    cpu->stack_top = arch_boot_stack_guard(0) + KERNEL_PAGE_SIZE + ARCH_STACK_SIZE;
    const char *missing = arch_cpu_init(cpu);
    if (missing != NULL) {
        panic("this CPU lacks %s", missing);
    }
    percpu_ready = true;
    arch_drop_identity_map();
    uintptr_t guard;
    for (unsigned i = 0; (guard = arch_boot_stack_guard(i)) != 0; i++) {
        if (!window_unmap(guard)) {
            panic("no guard page below stack %u", i);
        }
    }
}

static void start_devices(const struct helios_boot *boot) {
    deadline_init(boot->timer.frequency_hz);
    sched_init(arch_percpu());
    reaper_reset();
    const char *missing = arch_interrupt_init(boot);
    if (missing != NULL) {
        panic("interrupts: %s", missing);
    }
    if (!irq_init() || !console_ring_init()) {
        panic("no memory for interrupt handlers and the console");
    }
}

void kernel_main(const struct helios_boot *boot) {
    uint64_t entered = arch_counter();
    arch_boot(boot);
    start_console(boot);
    power_init(boot);
    latency_init(boot);
    start_cpu(boot);
    start_devices(boot);
    smp_start();
    struct task *init = init_load(boot, entered);
    arch_resume(sched_resume(init));
}

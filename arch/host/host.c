// SPDX-License-Identifier: GPL-3.0-only
#define _GNU_SOURCE
#include "arch/host/host.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "arch/host/internal.h"
#include "arch/include/boot.h"
#include "arch/include/fault.h"
#include "arch/include/interrupt.h"
#include "arch/include/power.h"
#include "kernel/console.h"
#include "kernel/entry.h"
#include "kernel/percpu.h"

uint8_t *host_arena;
__thread struct percpu *host_percpu;
__thread struct host_cpu *host_self;
__thread struct arch_task *host_resumed;
struct host_cpu host_cpus[HOST_MAX_CPUS];
uint64_t host_counter;
bool host_has_firmware_power;
const char *host_cpu_lacks;
uint64_t host_cpus_refused;

// Before there is a boot block's list of CPUs.
static struct percpu first_cpus[HOST_MAX_CPUS];

void host_become(unsigned index) {
    host_self = &host_cpus[index];
    host_percpu = index < percpu_count() ? percpu_get(index) : &first_cpus[index];
}

void host_reset(void) {
    if (host_arena == NULL) {
        // Blocks are as aligned in the direct map as they are in physical memory.
        void *arena = mmap(NULL, 2 * HOST_ARENA_SIZE, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (arena == MAP_FAILED) {
            perror("host port: mmap");
            abort();
        }
        uintptr_t mask = HOST_ARENA_SIZE - 1;
        host_arena = (uint8_t *)(((uintptr_t)arena + mask) & ~mask);
    }
    madvise(host_arena, HOST_ARENA_SIZE, MADV_DONTNEED);
    first_cpus[0] = (struct percpu){.self = &first_cpus[0]};
    host_percpu = &first_cpus[0];
    host_self = &host_cpus[0];
    percpu_ready = true;
    for (unsigned i = 0; i < HOST_MAX_CPUS; i++) {
        host_cpus[i] = (struct host_cpu){.has_ipi = 0};
    }
    host_resumed = NULL;
    host_has_firmware_power = false;
    host_cpu_lacks = NULL;
    host_cpus_refused = 0;
    host_reset_devices();
    host_reset_tables();
    host_reset_interrupts();
}

enum host_exit host_run(void (*function)(void *context), void *context) {
    jmp_buf here;
    struct host_cpu *self = host_self;
    void *outer = self->leave;
    self->leave = &here;
    int how = setjmp(here);
    if (how == 0) {
        function(context);
    }
    self->leave = outer;
    return (enum host_exit)how;
}

struct entry {
    uint64_t number;
    uint64_t capability;
    uint64_t tag;
    const uint64_t *params;
    struct arch_task *resumed;
};

static void enter_syscall(void *context) {
    struct entry *entry = context;
    host_percpu->arch_current->is_short = true;
    const uint64_t *p = entry->params;
    entry->resumed =
        kernel_syscall(entry->capability, entry->tag, p[0], p[1], p[2], p[3], entry->number);
}

enum host_exit host_syscall(uint64_t number, uint64_t capability, uint64_t tag,
                            const uint64_t params[4], struct arch_task **resumed) {
    struct entry entry = {number, capability, tag, params, NULL};
    enum host_exit how = host_run(enter_syscall, &entry);
    *resumed = entry.resumed;
    return how;
}

static void enter_interrupt(void *context) {
    struct entry *entry = context;
    entry->resumed = host_percpu->arch_current;
    uint32_t irq = arch_interrupt_take();
    if (irq != ARCH_IRQ_NONE) {
        host_percpu->arch_current->is_short = false;
        entry->resumed = kernel_interrupt(irq);
    }
}

enum host_exit host_interrupt_deliver(struct arch_task **resumed) {
    struct entry entry = {0};
    enum host_exit how = host_run(enter_interrupt, &entry);
    *resumed = entry.resumed;
    return how;
}

// A kernel that stops outside of host_run has nowhere to go to.
void host_leave(enum host_exit how) {
    if (host_self->leave == NULL) {
        fprintf(stderr, "%s\nhost port: the kernel stopped outside of host_run\n", host_output());
        abort();
    }
    longjmp(*(jmp_buf *)host_self->leave, (int)how);
}

void arch_boot(const struct helios_boot *boot) {
    (void)boot;
}

const char *arch_cpu_init(struct percpu *cpu) {
    host_percpu = cpu;
    cpu->arch.init_count++;
    return host_cpu_lacks;
}

void arch_drop_identity_map(void) {
    host_record.identity_map_drops++;
}

void host_switched(struct arch_task *from, struct arch_task *to) {
    (void)from;
    (void)to;
    host_record.task_switches++;
}

void host_left(struct arch_task *from) {
    (void)from;
    host_record.task_leaves++;
}

void arch_resume(struct arch_task *task) {
    host_resumed = task;
    host_leave(HOST_RESUMED);
}
bool arch_power_off(void) {
    host_record.power_off_calls++;
    return host_has_firmware_power;
}

bool arch_power_reset(void) {
    host_record.power_reset_calls++;
    return host_has_firmware_power;
}

void arch_halt(void) {
    host_leave(HOST_HALTED);
}

void arch_dump_task(const struct arch_task *task) {
    console_printf("  pc %lx\n", (unsigned long)task->registers[0]);
}

void arch_dump_trap(const struct arch_trap_frame *frame) {
    (void)frame;
    console_printf("  trap frame\n");
}

void arch_backtrace_start(const struct arch_trap_frame *frame, uintptr_t *fp, uintptr_t *pc) {
    (void)frame;
    *fp = 0;
    *pc = 0x1234;
}

// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/fault.h"

#include <stdbool.h>
#include <stddef.h>

#include "arch/include/fault.h"
#include "arch/include/task.h"
#include "kernel/backtrace.h"
#include "kernel/check.h"
#include "kernel/console.h"
#include "kernel/entry.h"
#include "kernel/ipc.h"
#include "kernel/latency.h"
#include "kernel/panic.h"
#include "kernel/power.h"
#include "kernel/sched.h"
#include "kernel/table.h"
#include "kernel/vspace.h"
#include "uapi/registers.h"

static_assert((int)FAULT_READ == HELIOS_FAULT_READ && (int)FAULT_OTHER == HELIOS_FAULT_OTHER,
              "a fault's kind is its message's label");

// Nobody takes the message. ------------------------------------------------------------------

static void print_mapping(struct vspace *vspace, uintptr_t address) {
    struct vspace_mapping mapping;
    if (address >= USER_LIMIT) {
        console_printf("  no user address\n");
    } else if (vspace_lookup(vspace, address, &mapping)) {
        console_printf("  a page of level %u is mapped there: physical 0x%lx, r%c%c\n",
                       mapping.level, (unsigned long)mapping.physical,
                       (mapping.flags & HELIOS_MAP_WRITE) != 0 ? 'w' : '-',
                       (mapping.flags & HELIOS_MAP_EXECUTE) != 0 ? 'x' : '-');
    } else if (mapping.level > 0) {
        console_printf("  nothing is mapped there: a table of level %u is missing\n",
                       mapping.level - 1);
    } else {
        console_printf("  nothing is mapped there\n");
    }
}

// The program's stack, where its address space says that it is: the kernel never uses an address of
// a user, nor does it read a device's registers.
static bool read_user(void *context, uintptr_t address, uint64_t *word) {
    struct vspace_mapping mapping;
    if (!vspace_lookup(context, address, &mapping) || mapping.is_device) {
        return false;
    }
    *word = *(const volatile uint64_t *)arch_direct(mapping.physical);
    return true;
}

static bool is_page_fault(const struct fault *fault) {
    return fault->kind == FAULT_READ || fault->kind == FAULT_WRITE || fault->kind == FAULT_EXECUTE;
}

// Who called a function where there is none: it has made no frame.
static void print_caller(struct vspace *vspace, const uint64_t *words) {
    uint64_t caller;
    if (ARCH_REGISTER_RETURN < ARCH_REGISTER_COUNT) {
        caller = words[ARCH_REGISTER_RETURN];
    } else if (words[HELIOS_REGISTER_SP] % sizeof(caller) != 0 ||
               !read_user(vspace, (uintptr_t)words[HELIOS_REGISTER_SP], &caller)) {
        return;
    }
    console_printf("  if it was called, then from 0x%016lx\n", (unsigned long)caller);
}

static void print_state(struct task *task, const struct fault *fault) {
    if (is_page_fault(fault) && task->vspace != NULL) {
        print_mapping(task->vspace, fault->address);
    }
    arch_dump_task(&task->arch);
    uint64_t words[ARCH_REGISTER_COUNT];
    arch_task_get_registers(&task->arch, words);
    if (task->vspace != NULL) {
        if (fault->kind == FAULT_EXECUTE) {
            print_caller(task->vspace, words);
        }
        backtrace_print(fault->pc, (uintptr_t)words[ARCH_REGISTER_FP], read_user, task->vspace);
    }
}

static void print_fault(struct task *task, const struct fault *fault) {
    console_printf("%s faulted: %s at 0x%016lx, pc 0x%016lx, code 0x%lx\n", task->name,
                   fault_kind_text(fault->kind), (unsigned long)fault->address,
                   (unsigned long)fault->pc, (unsigned long)fault->code);
    if (KERNEL_CHECKED) {
        print_state(task, fault);
    }
}

static struct arch_task *leave_for(struct task *next) {
    struct arch_task *resumed = sched_resume(next);
    lock_check_none();
    return resumed;
}

struct arch_task *kernel_user_fault(const struct fault *fault) {
    latency_begin(LATENCY_FAULT, 0, 0);
    struct task *task = arch_percpu()->current;
    struct task *next = NULL;
    if (ipc_send_fault(task, fault, fault->kind, &next)) {
        return leave_for(next);
    }
    if (sched_task_count() <= 1) {
        console_take_back();
    }
    uint64_t began = latency_begin_wait();
    print_fault(task, fault);
    latency_end_print(began);
    if (sched_task_count() <= 1) {
        console_printf("no task is left\n");
        power_stop();
    }
    task_set_state(task, HELIOS_TASK_INACTIVE);
    task_set_suspended(task, 1);
    return leave_for(NULL);
}

// Answers. -----------------------------------------------------------------------------------

static uint64_t all_registers(void) {
    return ~0ull >> (64 - ARCH_REGISTER_COUNT);
}

static bool skip(struct task *task, uint64_t tag, uint64_t bytes) {
    if (helios_tag_params(tag) < 1) {
        return false;
    }
    uint64_t words[ARCH_REGISTER_COUNT];
    arch_task_get_registers(&task->arch, words);
    words[HELIOS_REGISTER_PC] += bytes;
    arch_task_set_registers(&task->arch, words, 1ull << HELIOS_REGISTER_PC);
    return true;
}

static bool write_registers(struct task *task, uint64_t tag, uint64_t mask,
                            const struct helios_ipc_buffer *from) {
    uint32_t count = helios_tag_params(tag);
    if (from == NULL || count < HELIOS_REGISTER_PARAMS || (mask & ~all_registers()) != 0) {
        return false;
    }
    // Words that were not sent are not written.
    uint32_t sent = count - HELIOS_REGISTER_PARAMS;
    if (sent < ARCH_REGISTER_COUNT && mask >> sent != 0) {
        return false;
    }
    uint64_t words[ARCH_REGISTER_COUNT] = {0};
    for (unsigned i = 0; i < ARCH_REGISTER_COUNT && i < sent; i++) {
        words[i] = *(const volatile uint64_t *)&from->params[HELIOS_REGISTER_PARAMS + i];
    }
    arch_task_set_registers(&task->arch, words, mask);
    return true;
}

static bool apply(struct task *task, uint64_t tag, const uint64_t *params,
                  const struct helios_ipc_buffer *from) {
    switch (helios_tag_label(tag)) {
    case HELIOS_FAULT_RETRY:
        return true;
    case HELIOS_FAULT_SKIP:
        return skip(task, tag, params[0]);
    case HELIOS_FAULT_WRITE_REGISTERS:
        return write_registers(task, tag, params[0], from);
    default:
        return false;
    }
}

void fault_answer(struct task *task, uint64_t tag, const uint64_t params[HELIOS_REGISTER_PARAMS],
                  const struct helios_ipc_buffer *from) {
    // Its own CPU may be letting somebody change them, too (kernel/task_invoke.c).
    lock_acquire(&task->reply.lock);
    bool is_applied = apply(task, tag, params, from);
    lock_release(&task->reply.lock);
    if (!is_applied) {
        task_set_suspended(task, 1);
    }
    __atomic_store_n(&task->in_fault, 0, __ATOMIC_RELAXED);
}

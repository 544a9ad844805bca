// SPDX-License-Identifier: GPL-3.0-only
//
// A task's registers as others see them. No privileged instruction here: what has to reach the
// processor at once is in switch.c.
#include "arch/include/task.h"

#include "arch/x86_64/frame.h"
#include "arch/x86_64/registers.h"
#include "uapi/registers.h"

void arch_task_init(struct arch_task *task, uintptr_t entry, uintptr_t stack, uint64_t argument) {
    *task = (struct arch_task){
        .frame = ARCH_FRAME_FULL,
        .rsp = stack,
        .rip = entry,
        .rflags = RFLAGS_IF | RFLAGS_FIXED,
        .rdi = argument,
    };
}

// Where each word of uapi/registers.h stands.
#define PLACE(field) (offsetof(struct arch_task, field) / sizeof(uint64_t))
static const uint8_t places[HELIOS_X86_64_REGISTERS] = {
    [HELIOS_REGISTER_PC] = PLACE(rip),       [HELIOS_REGISTER_SP] = PLACE(rsp),
    [HELIOS_REGISTER_FLAGS] = PLACE(rflags), [HELIOS_X86_64_RAX] = PLACE(rax),
    [HELIOS_X86_64_RBX] = PLACE(rbx),        [HELIOS_X86_64_RCX] = PLACE(rcx),
    [HELIOS_X86_64_RDX] = PLACE(rdx),        [HELIOS_X86_64_RSI] = PLACE(rsi),
    [HELIOS_X86_64_RDI] = PLACE(rdi),        [HELIOS_X86_64_RBP] = PLACE(rbp),
    [HELIOS_X86_64_R8] = PLACE(r8),          [HELIOS_X86_64_R8 + 1] = PLACE(r9),
    [HELIOS_X86_64_R8 + 2] = PLACE(r10),     [HELIOS_X86_64_R8 + 3] = PLACE(r11),
    [HELIOS_X86_64_R8 + 4] = PLACE(r12),     [HELIOS_X86_64_R8 + 5] = PLACE(r13),
    [HELIOS_X86_64_R8 + 6] = PLACE(r14),     [HELIOS_X86_64_R8 + 7] = PLACE(r15),
};

#define BIT(index) (1ull << (index))
// What a system call preserves.
#define SYSCALL_MASK                                                                               \
    (BIT(HELIOS_REGISTER_PC) | BIT(HELIOS_REGISTER_SP) | BIT(HELIOS_REGISTER_FLAGS) |              \
     BIT(HELIOS_X86_64_RBX) | BIT(HELIOS_X86_64_RBP))
#define FULL_MASK (BIT(HELIOS_X86_64_REGISTERS) - 1)

static uint64_t meaningful(const struct arch_task *task) {
    return task->frame == ARCH_FRAME_SYSCALL ? SYSCALL_MASK : FULL_MASK;
}

uint64_t arch_task_get_registers(const struct arch_task *task, uint64_t *words) {
    const uint64_t *registers = (const uint64_t *)task;
    const uint64_t mask = meaningful(task);
    for (unsigned i = 0; i < HELIOS_X86_64_REGISTERS; i++) {
        words[i] = (mask & BIT(i)) ? registers[places[i]] : 0;
    }
    return mask;
}

// RF stays where the processor or trap.c set it, for the instruction at pc only: it lets the task
// go on past a breakpoint.
static uint64_t clean_flags(const struct arch_task *task, uint64_t wanted, uint64_t old) {
    return (wanted & RFLAGS_USER) | (old & RFLAGS_RF) | RFLAGS_IF | RFLAGS_FIXED |
           (task->step ? RFLAGS_TF : 0);
}

void arch_task_set_registers(struct arch_task *task, const uint64_t *words, uint64_t mask) {
    uint64_t *registers = (uint64_t *)task;
    const uint64_t kept = meaningful(task);
    const uint64_t old_flags = task->rflags;
    for (unsigned i = 0; i < HELIOS_X86_64_REGISTERS; i++) {
        if (mask & BIT(i)) {
            registers[places[i]] = words[i];
        } else if (!(kept & BIT(i))) {
            registers[places[i]] = 0;
        }
    }
    if (mask & BIT(HELIOS_REGISTER_FLAGS)) {
        task->rflags = clean_flags(task, task->rflags, old_flags);
    }
    if (mask & BIT(HELIOS_REGISTER_PC)) {
        task->rflags &= ~RFLAGS_RF;
    }
    task->frame = ARCH_FRAME_FULL;
}

void arch_task_skip(struct arch_task *task, uint64_t bytes) {
    task->rip += bytes;
    task->rflags &= ~RFLAGS_RF;
}

uint64_t arch_task_get_tls(const struct arch_task *task) {
    return (uint64_t)task->fs_base_high << 32 | task->fs_base_low;
}

// TF in a short frame works too: SYSRET raises the exception before the first instruction, so that
// a system call counts as one.
bool arch_task_set_step(struct arch_task *task, bool on) {
    task->step = on;
    task->rflags = (task->rflags & ~RFLAGS_TF) | (on ? RFLAGS_TF : 0);
    return true;
}

unsigned arch_breakpoint_count(void) {
    return X86_BREAKPOINTS;
}

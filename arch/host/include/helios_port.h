// SPDX-License-Identifier: GPL-3.0-only
//
// The host port: the kernel as a library in a Linux process, for unit tests. Physical memory is an
// arena of the process (arch/host/host.h), page tables have a format of their own which nothing but
// the kernel walks, and leaving the kernel means to return to the test.
#ifndef HELIOS_ARCH_HOST_INCLUDE_HELIOS_PORT_H
#define HELIOS_ARCH_HOST_INCLUDE_HELIOS_PORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "arch/include/mmu.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ARCH_NAME               "host"
#define ARCH_ID                 0u
#define ARCH_ELF_MACHINE        62
#define ARCH_PAGE_SHIFT         12
#define ARCH_USER_TOP           0x00007ffffffff000ull
#define ARCH_KERNEL_WINDOW      0xffffffff00000000ull
#define ARCH_KERNEL_WINDOW_SIZE 0x40000000ull
#define ARCH_STACK_SIZE         0x4000ull

struct arch_percpu {
    uint32_t init_count; // calls of arch_cpu_init
};

#define ARCH_REGISTER_COUNT  8u // program counter, stack pointer, flags, argument, four more
#define ARCH_REGISTER_FP     4  // the first of these
#define ARCH_REGISTER_RETURN ARCH_REGISTER_COUNT // on the stack
#define ARCH_FRAME_RECORD    0

// What a system call returned to its caller in registers.
struct message_registers {
    uint64_t badge;
    uint64_t tag;
    uint64_t params[4];
};

struct host_breakpoint {
    unsigned kind;
    uintptr_t address;
    unsigned length;
};

struct arch_task {
    uint64_t registers[ARCH_REGISTER_COUNT];
    bool is_short; // inside a system call: only the first three registers mean something
    bool is_stepping;
    uint64_t tls;
    struct host_breakpoint breakpoints[2];
    struct message_registers result;
    uint32_t result_count; // calls of arch_task_set_message
};

// A task's FP registers, and the CPU's, are one number.
struct arch_fpu {
    uint64_t value;
};

extern uint8_t *host_arena;
extern __thread struct percpu *host_percpu; // a thread plays a CPU
extern uint64_t host_counter;

void host_activate(uint64_t root, uint32_t asid);
void host_fpu_open(bool open);
void host_switched(struct arch_task *from, struct arch_task *to);
void host_left(struct arch_task *from);
void host_relax(void);

static inline struct percpu *arch_percpu(void) {
    return host_percpu;
}

static inline void arch_relax(void) {
    host_relax();
}

static inline uint64_t arch_counter(void) {
    return __atomic_fetch_add(&host_counter, 1, __ATOMIC_RELAXED);
}

static inline void arch_task_set_message(struct arch_task *task, uint64_t badge, uint64_t tag,
                                         uint64_t p0, uint64_t p1, uint64_t p2, uint64_t p3) {
    if (!task->is_short) {
        abort(); // a message would destroy registers that the task relies on
    }
    task->result = (struct message_registers){badge, tag, {p0, p1, p2, p3}};
    task->result_count++;
}

// Nothing is gained by keeping the message in registers: it goes to memory.
static inline struct arch_task *arch_leave(struct arch_task *task, uint64_t badge, uint64_t tag,
                                           uint64_t p0, uint64_t p1, uint64_t p2, uint64_t p3) {
    arch_task_set_message(task, badge, tag, p0, p1, p2, p3);
    return task;
}

static inline struct arch_task *arch_return(struct arch_task *task, uint64_t badge, uint64_t tag,
                                            uint64_t p0) {
    return arch_leave(task, badge, tag, p0, 0, 0, 0);
}

static inline void arch_task_switch(struct arch_task *from, struct arch_task *to) {
    host_switched(from, to);
}

static inline void arch_task_leave(struct arch_task *from) {
    host_left(from);
}

static inline void arch_task_switch_plain(struct arch_task *from, struct arch_task *to,
                                          uint64_t *from_time, uint64_t *to_time) {
    uint64_t now = arch_counter();
    *from_time += now;
    *to_time -= now;
    arch_task_switch(from, to);
}

static inline void arch_copy_words(uint64_t *to, const uint64_t *from, uint64_t count) {
    for (uint64_t i = 0; i < count; i++) {
        to[i] = from[i];
    }
}

static inline bool arch_zero_page(void *page) {
    (void)page;
    return false;
}

static inline uint64_t arch_root_word(uint64_t root_physical, uint32_t asid) {
    return root_physical | (uint64_t)asid << 48;
}

static inline void arch_root_load(uint64_t word) {
    host_activate(word & ((1ull << 48) - 1), (uint32_t)(word >> 48));
}

static inline void arch_page_enter(uint64_t *entry, uint64_t physical, unsigned flags,
                                   uintptr_t address, uint32_t asid) {
    (void)address;
    (void)asid;
    arch_pte_store(entry, arch_pte_leaf(physical, 0, MMU_USER | flags));
}

static inline void arch_page_leave(uint64_t *entry, uintptr_t address, uint32_t asid) {
    arch_pte_store(entry, 0);
    arch_tlb_flush_page(address, asid);
}

static inline void arch_fpu_enable(struct arch_task *task) {
    (void)task;
    host_fpu_open(true);
}

static inline void arch_fpu_disable(struct arch_task *task) {
    (void)task;
    host_fpu_open(false);
}

static inline void *arch_direct(uint64_t physical) {
    return host_arena + physical;
}

static inline uint64_t arch_direct_physical(const void *virtual_address) {
    return (uint64_t)((const uint8_t *)virtual_address - host_arena);
}

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_HOST_INCLUDE_HELIOS_PORT_H

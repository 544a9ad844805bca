// SPDX-License-Identifier: GPL-3.0-only
//
// The host port: the kernel as a library in a Linux process, for unit tests. Physical memory is an
// arena of the process (arch/host/host.h), page tables have a format of their own which nothing but
// the kernel walks, and leaving the kernel means to return to the test.
#ifndef HELIOS_ARCH_HOST_INCLUDE_HELIOS_PORT_H
#define HELIOS_ARCH_HOST_INCLUDE_HELIOS_PORT_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>

#include "arch/include/task.h"

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

struct arch_task {
    uintptr_t entry;
    uintptr_t stack;
    uint64_t argument;
    struct message_registers result;
    uint32_t result_count; // calls of arch_task_set_result
};

extern uint8_t *host_arena;
extern __thread struct percpu *host_percpu; // a thread plays a CPU
extern uint64_t host_counter;

static inline struct percpu *arch_percpu(void) {
    return host_percpu;
}

static inline void arch_relax(void) {
    sched_yield();
}

static inline uint64_t arch_counter(void) {
    return __atomic_fetch_add(&host_counter, 1, __ATOMIC_RELAXED);
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

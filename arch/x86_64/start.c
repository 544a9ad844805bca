// SPDX-License-Identifier: GPL-3.0-only
//
// How the other CPUs start. Each waits, since the firmware left it, for an INIT and a start-up
// interrupt, whose vector is the number of a page below 1 MiB: there stands the code of start.S. It
// ends in the kernel's root table, which maps that one page to itself from the first start on, for
// good: a CPU that answers when nobody expects it any more must find its way to where it halts.
//
// Source: Intel SDM vol. 3 sections 8.4.3 and 8.4.4 (MP initialization), 10.6.1 (commands).
#include "arch/include/interrupt.h"
#include "arch/include/mmu.h"
#include "arch/include/port.h"
#include "arch/include/smp.h"
#include "arch/x86_64/instructions.h"
#include "arch/x86_64/internal.h"
#include "arch/x86_64/registers.h"
#include "kernel/memory.h"
#include "kernel/percpu.h"
#include "kernel/physmem.h"
#include "kernel/window.h"

#define COMMAND_INIT     0x4500u // level, assert
#define COMMAND_START_UP 0x4600u

#define START_PAGE_LIMIT 0x100000u

// Longest waits, in microseconds: before the first start-up interrupt, for those processors that
// want it, and before the second.
enum { WAIT_INIT = 10000, WAIT_START_UP = 200 };

static_assert(offsetof(struct percpu, hardware_id) == X86_PERCPU_HARDWARE_ID, "start.S");

// The CPU whose turn it is, until it has taken notice.
struct percpu *x86_starting;

static bool has_taken_notice(void) {
    return __atomic_load_n(&x86_starting, __ATOMIC_RELAXED) == NULL;
}

// Ends early if the CPU has come up.
static void wait(uint64_t microseconds) {
    const uint64_t ticks = x86_boot_tsc_hz() / 1000000 * microseconds;
    const uint64_t start = arch_counter();
    while (arch_counter() - start < ticks && !has_taken_notice()) {
        arch_relax();
    }
}

// The manual's 10 ms after INIT were for processors that the firmware of the time had not reset.
// Of those with 64 bits only Intel's family 15 may want them.
static uint64_t wait_after_init(void) {
    const bool is_intel = cpuid(0, 0).ebx == 0x756e6547; // Genu
    return is_intel && (cpuid(1, 0).eax >> 8 & 0xf) == 15 ? WAIT_INIT : 0;
}

static bool map_to_itself(uint64_t page) {
    arch_pte *table = arch_kernel_root();
    for (unsigned level = arch_mmu_levels() - 1; level > 0; level--) {
        const uint64_t below = physmem_alloc_page();
        if (below == 0) {
            return false;
        }
        // Below 1 MiB every index but the last is zero.
        arch_pte_store(&table[0], arch_pte_table(below, level));
        table = arch_direct(below);
    }
    arch_pte_store(&table[page >> ARCH_PAGE_SHIFT], arch_pte_leaf(page, 0, MMU_EXECUTE));
    return true;
}

// NULL, or what is missing.
static const char *prepare_start_page(uint64_t page) {
    static bool is_prepared;
    if (is_prepared) {
        return NULL;
    }
    if (page == 0 || page >= START_PAGE_LIMIT) {
        return "a free page below 1 MiB";
    }
    if (x86_boot_root() > UINT32_MAX) {
        return "a root table below 4 GiB";
    }
    if (!map_to_itself(page)) {
        return "memory for page tables";
    }
    char *code = arch_direct(page);
    memory_copy(code, x86_start_code, (size_t)(x86_start_end - x86_start_code));
    *(uint32_t *)(code + (x86_start_root - x86_start_code)) = (uint32_t)x86_boot_root();
    is_prepared = true;
    return NULL;
}

static bool make_stacks(struct percpu *cpu) {
    uintptr_t tops[X86_IST_COUNT];
    for (unsigned i = 0; i < X86_IST_COUNT; i++) {
        tops[i] = window_stack();
        if (tops[i] == 0) {
            return false;
        }
    }
    x86_set_stacks(cpu, tops);
    return true;
}

const char *arch_cpu_start(struct percpu *cpu) {
    if (!x86_lapic_reaches(cpu->hardware_id)) {
        return "x2APIC, for an id like this";
    }
    const uint64_t page = x86_boot_start_page();
    const char *missing = prepare_start_page(page);
    if (missing != NULL) {
        return missing;
    }
    if (!make_stacks(cpu)) {
        return "memory for stacks";
    }
    const uint32_t id = (uint32_t)cpu->hardware_id;
    __atomic_store_n(&x86_starting, cpu, __ATOMIC_RELEASE);
    x86_lapic_send(id, COMMAND_INIT);
    wait(wait_after_init());
    x86_lapic_send(id, COMMAND_START_UP | (uint32_t)(page >> ARCH_PAGE_SHIFT));
    wait(WAIT_START_UP);
    if (!has_taken_notice()) {
        x86_lapic_send(id, COMMAND_START_UP | (uint32_t)(page >> ARCH_PAGE_SHIFT));
    }
    return NULL;
}

const char *arch_interrupt_init_cpu(void) {
    return x86_lapic_init();
}

void arch_ipi_send(uint32_t cpu) {
    x86_lapic_send((uint32_t)percpu_get(cpu)->hardware_id, VECTOR_IPI);
}

bool arch_flush_is_broadcast(void) {
    return false;
}

// Any serializing instruction; see arch_instruction_sync.
void arch_instruction_fence(void) {
    cr2_write(0);
}

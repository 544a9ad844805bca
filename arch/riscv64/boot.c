// SPDX-License-Identifier: GPL-3.0-only
//
// What the port takes from the boot block, and the state a hart needs to run the kernel.
#include "arch/include/boot.h"

#include <stddef.h>

#include "arch/include/interrupt.h"
#include "arch/include/port.h"
#include "arch/riscv64/breakpoint.h"
#include "arch/riscv64/csr.h"
#include "arch/riscv64/machine.h"
#include "arch/riscv64/sbi.h"
#include "arch/riscv64/trap.h"
#include "boot/protocol/protocol.h"
#include "kernel/boot_block.h"
#include "kernel/memory.h"
#include "kernel/percpu.h"

struct riscv_layout riscv_layout;
struct riscv_machine riscv_machine;

// The boot hart's percpu until arch_cpu_init brings the real one: exceptions taken before that are
// reported like any other. entry.S points tp here.
extern struct percpu riscv_boot_percpu;
struct percpu riscv_boot_percpu;

// Extensions that every hart has. Tasks may run on any hart, so nothing else is used.
static uint64_t common_isa(const struct helios_boot *boot) {
    uint64_t isa = ~0ull;
    for (uint32_t i = 0; i < boot->cpus.count; i++) {
        isa &= boot_cpu(boot, i)->isa;
    }
    return boot->cpus.count == 0 ? 0 : isa;
}

void arch_boot(const struct helios_boot *boot) {
    riscv_machine.levels = boot->paging_levels;
    riscv_machine.kernel_phys = boot->kernel_phys;
    riscv_machine.kernel_root = boot->page_table_root;
    riscv_machine.isa = common_isa(boot);
    riscv_layout.direct_base = boot->direct_map_base;
    riscv_layout.user_top = 1ull << (9 * boot->paging_levels + 11);
    sbi_probe();
}

// Counters: cycle, time and instret may be read by users (time is how a program tells the time
// without a system call; the other two are for measuring), the hpmcounters may not.
static void allow_counters(void) {
    CSR_WRITE(scounteren, SCOUNTEREN_CY | SCOUNTEREN_TM | SCOUNTEREN_IR);
}

// Users must not invalidate cache lines (cbo.inval would bring back data that the kernel zeroed);
// the rest of cache maintenance is an invocation. Whatever else extensions let users do by a bit of
// senvcfg, they don't either. Harts of before version 1.12 have no such register.
static void deny_extensions(void) {
    (void)riscv_survives(riscv_clear_senvcfg, NULL);
}

// The number of ASID bits is found by writing ones (Privileged Architecture, "Supervisor Address
// Translation and Protection (satp) Register"). What the hart fetched meanwhile is forgotten.
static uint32_t asid_count(void) {
    const uint64_t satp = CSR_READ(satp);
    CSR_WRITE(satp, satp | SATP_ASID);
    const uint64_t asid = (CSR_READ(satp) & SATP_ASID) >> SATP_ASID_SHIFT;
    CSR_WRITE(satp, satp);
    __asm__ volatile("sfence.vma zero, zero" ::: "memory");
    return asid == 0 ? 0 : (uint32_t)asid + 1;
}

bool riscv_zeroes_blocks;

// Whether this hart zeroes blocks of just that size: tried on a page of its own, because nothing
// says how large a block may be.
static bool zeroes_blocks(void) {
    static _Alignas(KERNEL_PAGE_SIZE) uint8_t page[KERNEL_PAGE_SIZE];
    page[0] = 1;
    page[RISCV_ZERO_BLOCK - 1] = 1;
    page[RISCV_ZERO_BLOCK] = 1;
    return riscv_survives(riscv_zero_block, page) && page[0] == 0 &&
           page[RISCV_ZERO_BLOCK - 1] == 0 && page[RISCV_ZERO_BLOCK] == 1;
}

// Tasks may run on any hart: what the boot hart offers, every other has to. One is started after
// the other.
static const char *compare_hart(void) {
    if (!percpu_ready) {
        riscv_machine.asid_count = asid_count();
        riscv_machine.cleans_cache =
            riscv_has(HELIOS_RISCV_ISA_ZICBOM) && riscv_survives(riscv_clean_line, &riscv_machine);
        riscv_zeroes_blocks = riscv_has(HELIOS_RISCV_ISA_ZICBOZ) && zeroes_blocks();
        return NULL;
    }
    if (asid_count() < riscv_machine.asid_count) {
        return "as many address space identifiers as the boot hart has";
    }
    if ((riscv_machine.cleans_cache && !riscv_survives(riscv_clean_line, &riscv_machine)) ||
        (riscv_zeroes_blocks && !zeroes_blocks())) {
        return "the cache instructions that the boot hart has";
    }
    return NULL;
}

const char *arch_cpu_init(struct percpu *cpu) {
    const uint64_t mode = riscv_machine.levels == 3 ? SATP_SV39 : SATP_SV48;
    if (CSR_READ(satp) >> SATP_MODE_SHIFT != mode) {
        return "satp mode is not what the boot block's paging_levels says";
    }
    cpu->arch.satp_mode = mode << SATP_MODE_SHIFT;
    cpu->arch.in_fault = 0;
    __asm__ volatile("mv tp, %0\n\tcsrw sscratch, tp" ::"r"(cpu) : "memory");
    CSR_WRITE(sie, 0);
    CSR_WRITE(stvec, (uintptr_t)riscv_trap_entry);
    const char *missing = compare_hart();
    deny_extensions();
    // User memory and execute-only pages are out of the kernel's reach, vector and FP instructions
    // trap, sret goes to little-endian user mode. Nothing changes sstatus after this but traps,
    // sret, arch_fpu_enable and arch_fpu_disable.
    CSR_CLEAR(sstatus, SSTATUS_SIE | SSTATUS_SUM | SSTATUS_MXR | SSTATUS_VS | SSTATUS_FS |
                           SSTATUS_SPP | SSTATUS_UBE);
    allow_counters();
    riscv_breakpoints_init(cpu);
    arch_timer_stop();
    CSR_WRITE(sie, SI_TIMER);
    return missing;
}

uintptr_t arch_boot_stack_guard(unsigned index) {
    return index == 0 ? (uintptr_t)riscv_boot_stack_guard : 0;
}

// SPDX-License-Identifier: GPL-3.0-only
//
// What arch_boot and the boot hart's arch_cpu_init learned about this machine. Written once, before
// other harts run; those have to have as much.
#ifndef HELIOS_ARCH_RISCV64_MACHINE_H
#define HELIOS_ARCH_RISCV64_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "boot/protocol/protocol.h"

struct riscv_machine {
    uint64_t kernel_phys; // physical address of the kernel image
    uint64_t kernel_root; // physical address of the root table that holds the kernel half
    uint64_t isa;         // enum helios_riscv_isa: what every hart has
    uint32_t asid_count;  // 0: translations are not tagged
    unsigned levels;      // of page tables: 3 (Sv39) or 4 (Sv48)
    bool cleans_cache;    // cache-block management instructions are there and permitted
};
extern struct riscv_machine riscv_machine;

static inline bool riscv_has(enum helios_riscv_isa extension) {
    return (riscv_machine.isa & extension) != 0;
}

#endif // HELIOS_ARCH_RISCV64_MACHINE_H

// SPDX-License-Identifier: GPL-3.0-only
//
// What arch_boot learned about this machine. Written once, before other harts run.
#ifndef HELIOS_ARCH_RISCV64_MACHINE_H
#define HELIOS_ARCH_RISCV64_MACHINE_H

#include <stdint.h>

struct riscv_machine {
    uint64_t kernel_root; // physical address of the root table that holds the kernel half
    uint64_t isa;         // enum helios_riscv_isa: what every hart has
    unsigned levels;      // of page tables: 3 (Sv39) or 4 (Sv48)
};
extern struct riscv_machine riscv_machine;

#endif // HELIOS_ARCH_RISCV64_MACHINE_H

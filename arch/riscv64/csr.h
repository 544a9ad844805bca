// SPDX-License-Identifier: GPL-3.0-only
//
// Control and status registers of supervisor mode (RISC-V Privileged Architecture, chapter 10,
// "Supervisor-Level ISA") and access to them.
#ifndef HELIOS_ARCH_RISCV64_CSR_H
#define HELIOS_ARCH_RISCV64_CSR_H

#include <stdint.h>

// sstatus
#define SSTATUS_SIE        (1ull << 1)
#define SSTATUS_SPIE       (1ull << 5)
#define SSTATUS_UBE        (1ull << 6)
#define SSTATUS_SPP        (1ull << 8)
#define SSTATUS_VS         (3ull << 9)
#define SSTATUS_FS         (3ull << 13)
#define SSTATUS_FS_INITIAL (1ull << 13)
#define SSTATUS_SUM        (1ull << 18)
#define SSTATUS_MXR        (1ull << 19)

// scounteren
#define SCOUNTEREN_CY (1ull << 0)
#define SCOUNTEREN_TM (1ull << 1)
#define SCOUNTEREN_IR (1ull << 2)

// satp
#define SATP_MODE_SHIFT 60
#define SATP_SV39       8ull
#define SATP_SV48       9ull
#define SATP_PPN        ((1ull << 44) - 1)

#define CSR_READ(name)                                                                             \
    __extension__({                                                                                \
        uint64_t csr_value;                                                                        \
        __asm__ volatile("csrr %0, " #name : "=r"(csr_value)::"memory");                           \
        csr_value;                                                                                 \
    })
#define CSR_WRITE(name, value)                                                                     \
    __asm__ volatile("csrw " #name ", %0" ::"rK"((uint64_t)(value)) : "memory")
#define CSR_SET(name, bits)                                                                        \
    __asm__ volatile("csrs " #name ", %0" ::"rK"((uint64_t)(bits)) : "memory")
#define CSR_CLEAR(name, bits)                                                                      \
    __asm__ volatile("csrc " #name ", %0" ::"rK"((uint64_t)(bits)) : "memory")

#endif // HELIOS_ARCH_RISCV64_CSR_H

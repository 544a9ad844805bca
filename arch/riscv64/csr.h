// SPDX-License-Identifier: GPL-3.0-only
//
// Control and status registers of supervisor mode (RISC-V Privileged Architecture, chapter 10,
// "Supervisor-Level ISA"; Sstc; Advanced Interrupt Architecture, chapters 2 and 3) and access to
// them. Those of extensions go by their numbers: the kernel is compiled for the base.
#ifndef HELIOS_ARCH_RISCV64_CSR_H
#define HELIOS_ARCH_RISCV64_CSR_H

#include <stdint.h>

// sstatus
#define SSTATUS_SIE  (1ull << 1)
#define SSTATUS_SPIE (1ull << 5)
#define SSTATUS_UBE  (1ull << 6)
#define SSTATUS_SPP  (1ull << 8)
#define SSTATUS_VS   (3ull << 9)
#define SSTATUS_FS   (3ull << 13)
#define SSTATUS_SUM  (1ull << 18)
#define SSTATUS_MXR  (1ull << 19)

// sie, sip
#define SI_SOFTWARE (1ull << 1)
#define SI_TIMER    (1ull << 5)
#define SI_EXTERNAL (1ull << 9)

// scounteren
#define SCOUNTEREN_CY (1ull << 0)
#define SCOUNTEREN_TM (1ull << 1)
#define SCOUNTEREN_IR (1ull << 2)

// satp
#define SATP_MODE_SHIFT 60
#define SATP_SV39       8ull
#define SATP_SV48       9ull
#define SATP_ASID_SHIFT 44
#define SATP_ASID       (0xffffull << SATP_ASID_SHIFT)

// Extensions' registers
#define CSR_STIMECMP 0x14d // Sstc
#define CSR_SISELECT 0x150 // Ssaia
#define CSR_SIREG    0x151
#define CSR_STOPEI   0x15c

#define CSR_STRING(name)  CSR_STRING_(name)
#define CSR_STRING_(name) #name

#define CSR_READ(name)                                                                             \
    __extension__({                                                                                \
        uint64_t csr_value;                                                                        \
        __asm__ volatile("csrr %0, " CSR_STRING(name) : "=r"(csr_value)::"memory");                \
        csr_value;                                                                                 \
    })
#define CSR_WRITE(name, value)                                                                     \
    __asm__ volatile("csrw " CSR_STRING(name) ", %0" ::"rK"((uint64_t)(value)) : "memory")
#define CSR_SET(name, bits)                                                                        \
    __asm__ volatile("csrs " CSR_STRING(name) ", %0" ::"rK"((uint64_t)(bits)) : "memory")
#define CSR_CLEAR(name, bits)                                                                      \
    __asm__ volatile("csrc " CSR_STRING(name) ", %0" ::"rK"((uint64_t)(bits)) : "memory")

// Reads and writes in one instruction: returns what was there.
#define CSR_SWAP(name, value)                                                                      \
    __extension__({                                                                                \
        uint64_t csr_value;                                                                        \
        __asm__ volatile("csrrw %0, " CSR_STRING(name) ", %1"                                      \
                         : "=r"(csr_value)                                                         \
                         : "r"((uint64_t)(value))                                                  \
                         : "memory");                                                              \
        csr_value;                                                                                 \
    })

#endif // HELIOS_ARCH_RISCV64_CSR_H

// SPDX-License-Identifier: GPL-3.0-only
//
// Register values that describe translation: the parts of the port's MMU code that are arithmetic.
// The entry format (arch_pte_* of arch/include/mmu.h) stands in mmu_format.c too. No instruction of
// this architecture is needed for any of it, so it is tested on the host.
#ifndef HELIOS_ARCH_AARCH64_MMU_FORMAT_H
#define HELIOS_ARCH_AARCH64_MMU_FORMAT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TCR_EPD0 (1ull << 7) // no walks of TTBR0

// TCR_EL1 (Arm ARM D17.2.139) for 48-bit halves with 4 KiB granules and inner-shareable write-back
// walks, given the CPU's ID_AA64MMFR0_EL1 and ID_AA64MMFR2_EL1.
uint64_t aarch64_tcr(uint64_t mmfr0, uint64_t mmfr2);

// Operand of TLBI VAE1 and VAAE1: VA[55:12] in bits 43..0, the ASID (VAE1 only) in bits 63..48.
uint64_t aarch64_tlbi_operand(uint64_t virtual_address, uint32_t asid);

// What stands beside the address in the entry of an ordinary page of the user: read-only,
// MMU_WRITE, MMU_EXECUTE.
extern const uint64_t aarch64_pages[3];

// Address space identifiers of a CPU with this ID_AA64MMFR0_EL1, when TCR_EL1 is as above.
uint32_t aarch64_asid_count(uint64_t mmfr0);

// CTR_EL0 (Arm ARM D17.2.34).
#define CTR_L1IP (3ull << 14) // both bits: the instruction cache is physically indexed
#define CTR_IDC  (1ull << 28) // no data cache clean needed for instruction fetch
#define CTR_DIC  (1ull << 29) // no instruction cache invalidation needed

// What holds for CPUs with either value: the smaller lines, and what is needed on one of them.
uint64_t aarch64_ctr_common(uint64_t a, uint64_t b);

// Smallest line sizes in bytes, from CTR_EL0.
uint64_t aarch64_data_line(uint64_t ctr);
uint64_t aarch64_instruction_line(uint64_t ctr);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_AARCH64_MMU_FORMAT_H

// SPDX-License-Identifier: GPL-3.0-only
//
// What the registers, tables and commands of Arm's interrupt controllers look like (Arm IHI 0048
// for GICv2, IHI 0069 for GICv3 and its ITS, Server Base System Architecture appendix E for
// GICv2m). Arithmetic only, so it is tested on the host.
#ifndef HELIOS_ARCH_AARCH64_GIC_FORMAT_H
#define HELIOS_ARCH_AARCH64_GIC_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Width of the INTIDs that are configured: LPIs 8192 to 16383.
#define GIC_LPI_BITS 14u

// GICD_TYPER: the end of the INTIDs of lines; the width of INTIDs (GICv3).
uint32_t gic_line_end(uint32_t gicd_typer);
unsigned gic_intid_bits(uint32_t gicd_typer);

// GICR_TYPER: the affinity of the CPU in the layout of MPIDR_EL1; distance to the next
// redistributor in bytes.
uint64_t gic_affinity(uint64_t gicr_typer);
uint64_t gic_redistributor_size(uint64_t gicr_typer);

// GICD_IROUTER for the CPU with this MPIDR affinity.
uint64_t gic_route(uint64_t mpidr);

// ICC_SGI1R_EL1 for SGI `intid` to the CPU with this MPIDR affinity; and whether it takes a CPU
// interface and a distributor (ICC_CTLR_EL1, GICD_TYPER) with range selectors to name it.
uint64_t gic_sgi(uint64_t affinity, uint32_t intid);
bool gic_sgi_needs_range(uint64_t affinity);
bool gic_has_range(uint64_t icc_ctlr, uint32_t gicd_typer);

// GICv2m's MSI_TYPER: the SPIs that a frame can raise.
uint32_t gicv2m_first(uint32_t typer);
uint32_t gicv2m_count(uint32_t typer);

// Memory attributes of everything that a GIC reads by itself: inner shareable, write-back, in the
// places where each register has them.
#define GIC_SHARE_MASK          (3ull << 10)
#define GIC_SHARE_INNER         (1ull << 10)
#define GITS_CACHED             (7ull << 59 | GIC_SHARE_INNER)
#define GITS_NOT_CACHED         (1ull << 59)
#define GITS_CACHE_MASK         (7ull << 59 | 7ull << 53 | GIC_SHARE_MASK)
#define GICR_CACHED             (7ull << 7 | GIC_SHARE_INNER)
#define GICR_NOT_CACHED         (1ull << 7)
#define GICR_CACHE_MASK         (7ull << 7 | 7ull << 56 | GIC_SHARE_MASK)
#define GICR_PENDING_TABLE_ZERO (1ull << 62)

// GITS_BASER<n>.
#define GITS_BASER_VALID      (1ull << 63)
#define GITS_BASER_INDIRECT   (1ull << 62)
#define GITS_TYPE_DEVICES     1u
#define GITS_TYPE_COLLECTIONS 4u
unsigned gits_baser_type(uint64_t baser);
uint64_t gits_baser_entry_size(uint64_t baser);
uint64_t gits_baser_page_size(uint64_t baser);

// GITS_TYPER.
unsigned gits_device_bits(uint64_t typer);
unsigned gits_event_bits(uint64_t typer);
uint64_t gits_itt_entry_size(uint64_t typer);

// What the ITS calls the CPU whose redistributor has this GICR_TYPER and physical address: RDbase
// in place, in bits 51..16.
uint64_t gits_target(uint64_t gits_typer, uint64_t gicr_typer, uint64_t gicr_physical);

// ITS commands (IHI 0069, chapter 5.3).
struct its_command {
    uint64_t words[4];
};
struct its_command its_map_device(uint32_t device, uint64_t table, unsigned event_bits);
struct its_command its_unmap_device(uint32_t device);
struct its_command its_map_collection(uint32_t collection, uint64_t target);
struct its_command its_map_event(uint32_t device, uint32_t event, uint32_t lpi,
                                 uint32_t collection);
struct its_command its_discard(uint32_t device, uint32_t event);
struct its_command its_invalidate(uint32_t device, uint32_t event);
struct its_command its_raise(uint32_t device, uint32_t event);
struct its_command its_sync(uint64_t target);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_AARCH64_GIC_FORMAT_H

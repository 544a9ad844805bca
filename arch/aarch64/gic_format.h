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

// A field of a register: the bits in `mask`, moved down.
static inline uint64_t gic_field(uint64_t value, uint64_t mask) {
    return (value & mask) >> __builtin_ctzll(mask);
}

// GICD_TYPER: the width of INTIDs (GICv3); the end of the INTIDs of lines.
#define GICD_TYPER_ID_BITS (0x1full << 19) // less one
uint32_t gic_line_end(uint32_t gicd_typer);

// GICR_TYPER: the affinity of the CPU in the layout of MPIDR_EL1; distance to the next
// redistributor in bytes.
uint64_t gic_affinity(uint64_t gicr_typer);
uint64_t gic_redistributor_size(uint64_t gicr_typer);

// GICD_IROUTER for the CPU with this MPIDR affinity.
uint64_t gic_route(uint64_t mpidr);

// ICC_SGI1R_EL1 for SGI `intid` to the CPU with this MPIDR affinity; and whether that can be said
// to a CPU interface and a distributor with these ICC_CTLR_EL1 and GICD_TYPER: some affinities take
// range selectors in both.
uint64_t gic_sgi(uint64_t affinity, uint32_t intid);
bool gic_sgi_reaches(uint64_t affinity, uint64_t icc_ctlr, uint32_t gicd_typer);

// GICv2m's MSI_TYPER: the SPIs that a frame can raise.
#define GICV2M_TYPER_FIRST (0x3ffull << 16)
#define GICV2M_TYPER_COUNT 0x3ffull

// Memory attributes of everything that a GIC reads by itself: who shares it, in the same place in
// each register that says where such a thing is, and how it is cached, in places of their own.
#define GIC_SHARE_MASK          (3ull << 10)
#define GIC_SHARE_INNER         (1ull << 10)
#define GIC_CACHED              7ull // write-back
#define GIC_NOT_CACHED          1ull
#define GITS_CACHE_SHIFT        59u
#define GICR_CACHE_SHIFT        7u
#define GICR_PENDING_TABLE_ZERO (1ull << 62)

// GITS_CBASER, GITS_BASER<n> and entries of a table's first level.
#define GITS_VALID            (1ull << 63)
#define GITS_BASER_INDIRECT   (1ull << 62)
#define GITS_BASER_TYPE       (7ull << 56)
#define GITS_BASER_ENTRY_SIZE (0x1full << 48) // bytes, less one
#define GITS_TYPE_DEVICES     1u
#define GITS_TYPE_COLLECTIONS 4u
uint64_t gits_baser_page_size(uint64_t baser);

// GITS_TYPER; each of these is less one.
#define GITS_TYPER_DEVICE_BITS (0x1full << 13)
#define GITS_TYPER_EVENT_BITS  (0x1full << 8)
#define GITS_TYPER_ENTRY_SIZE  (0xfull << 4) // of an interrupt translation table, in bytes

// What the ITS calls the CPU whose redistributor has this GICR_TYPER and physical address: RDbase
// in place, in bits 51..16.
uint64_t gits_target(uint64_t gits_typer, uint64_t gicr_typer, uint64_t gicr_physical);

// ITS commands (IHI 0069, chapter 5.3).
struct its_command {
    uint64_t words[4];
};
enum its_opcode {
    ITS_INT = 0x03, // the event happens
    ITS_SYNC = 0x05,
    ITS_MAPD = 0x08,
    ITS_MAPC = 0x09,
    ITS_MAPTI = 0x0a,
    ITS_INV = 0x0c,     // its configuration changed
    ITS_DISCARD = 0x0f, // it is mapped no longer
};
struct its_command its_on_event(enum its_opcode opcode, uint32_t device, uint32_t event);
struct its_command its_map_device(uint32_t device, uint64_t table, unsigned event_bits);
struct its_command its_unmap_device(uint32_t device);
struct its_command its_map_collection(uint32_t collection, uint64_t target);
struct its_command its_map_event(uint32_t device, uint32_t event, uint32_t lpi,
                                 uint32_t collection);
struct its_command its_sync(uint64_t target);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_AARCH64_GIC_FORMAT_H

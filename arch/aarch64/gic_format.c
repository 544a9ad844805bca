// SPDX-License-Identifier: GPL-3.0-only
#include "arch/aarch64/gic_format.h"

#include <assert.h>

#define SPECIAL_INTIDS 1020u

#define MPIDR_AFFINITY 0xff00ffffffull // Aff3 in bits 39..32, Aff2 to Aff0 in bits 23..0

#define GICR_TYPER_VLPIS (1ull << 1) // GICv4: two more frames
#define GICR_FRAMES      0x20000ull  // RD_base and SGI_base, 64 KiB each

#define GITS_TYPER_PTA (1ull << 19) // targets are physical addresses
#define RDBASE         0x000fffffffff0000ull

#define COMMAND_VALID (1ull << 63)

static_assert(sizeof(struct its_command) == 32, "IHI 0069, 5.3");

static uint64_t bits(uint64_t value, unsigned low, unsigned count) {
    return (value >> low) & ((1ull << count) - 1);
}

uint32_t gic_line_end(uint32_t gicd_typer) {
    uint32_t end = 32 * ((uint32_t)bits(gicd_typer, 0, 5) + 1);
    return end < SPECIAL_INTIDS ? end : SPECIAL_INTIDS;
}

uint64_t gic_affinity(uint64_t gicr_typer) {
    return bits(gicr_typer, 56, 8) << 32 | bits(gicr_typer, 32, 24);
}

uint64_t gic_redistributor_size(uint64_t gicr_typer) {
    return (gicr_typer & GICR_TYPER_VLPIS) != 0 ? 2 * GICR_FRAMES : GICR_FRAMES;
}

uint64_t gic_route(uint64_t mpidr) {
    return mpidr & MPIDR_AFFINITY;
}

// Aff0 in ranges of 16: the number of the range, a bit in it.
uint64_t gic_sgi(uint64_t affinity, uint32_t intid) {
    return bits(affinity, 32, 8) << 48 | bits(affinity, 4, 4) << 44 | bits(affinity, 16, 8) << 32 |
           (uint64_t)intid << 24 | bits(affinity, 8, 8) << 16 | 1ull << bits(affinity, 0, 4);
}

bool gic_sgi_reaches(uint64_t affinity, uint64_t icc_ctlr, uint32_t gicd_typer) {
    bool has_ranges = bits(icc_ctlr, 18, 1) != 0 && bits(gicd_typer, 26, 1) != 0;
    return has_ranges || bits(affinity, 4, 4) == 0;
}

// 4, 16, 64 KiB; the fourth value is reserved and taken as 64.
uint64_t gits_baser_page_size(uint64_t baser) {
    uint64_t code = bits(baser, 8, 2);
    return 4096ull << 2 * (code < 2 ? code : 2);
}

uint64_t gits_target(uint64_t gits_typer, uint64_t gicr_typer, uint64_t gicr_physical) {
    uint64_t number = bits(gicr_typer, 8, 16) << 16;
    return (gits_typer & GITS_TYPER_PTA) != 0 ? gicr_physical & RDBASE : number;
}

struct its_command its_on_event(enum its_opcode opcode, uint32_t device, uint32_t event) {
    return (struct its_command){{opcode | (uint64_t)device << 32, event, 0, 0}};
}

struct its_command its_map_device(uint32_t device, uint64_t table, unsigned event_bits) {
    struct its_command command = its_on_event(ITS_MAPD, device, event_bits - 1);
    command.words[2] = COMMAND_VALID | table;
    return command;
}

struct its_command its_unmap_device(uint32_t device) {
    return its_on_event(ITS_MAPD, device, 0);
}

struct its_command its_map_collection(uint32_t collection, uint64_t target) {
    return (struct its_command){{ITS_MAPC, 0, COMMAND_VALID | target | collection, 0}};
}

struct its_command its_map_event(uint32_t device, uint32_t event, uint32_t lpi,
                                 uint32_t collection) {
    struct its_command command = its_on_event(ITS_MAPTI, device, event);
    command.words[1] |= (uint64_t)lpi << 32;
    command.words[2] = collection;
    return command;
}

struct its_command its_sync(uint64_t target) {
    return (struct its_command){{ITS_SYNC, 0, target, 0}};
}

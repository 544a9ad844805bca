// SPDX-License-Identifier: GPL-3.0-only
//
// Between the numbers of arch/include/interrupt.h and INTIDs: lines have the same number; behind
// them come message-signalled interrupts, which are LPIs of an ITS or SPIs that GICv2m frames
// raise. No instruction of this architecture is needed for it, so it is tested on the host.
#ifndef HELIOS_ARCH_AARCH64_IRQ_MAP_H
#define HELIOS_ARCH_AARCH64_IRQ_MAP_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GIC_FIRST_SPI 32u   // below: SGIs and PPIs, private to a CPU
#define GIC_END_SPI   1020u // to 1023: special, nothing is pending
#define GIC_FIRST_LPI 8192u // message-signalled, GICv3

#define IRQ_MAP_FRAMES 4u
#define IRQ_MAP_LPIS   256u // at most

// A GICv2m frame: writing `first` + n to `address` raises that SPI.
struct irq_map_frame {
    uint64_t address;
    uint32_t first;
    uint32_t count;
};

struct irq_map {
    uint32_t lines; // end of the INTIDs of lines
    uint32_t lpis;  // 0 if there are frames
    uint32_t frame_count;
    struct irq_map_frame frames[IRQ_MAP_FRAMES];
    uint16_t irqs[GIC_END_SPI]; // number of each SPI; 0: it has none
};

// Lines and nothing else, in zeroed memory.
void irq_map_init(struct irq_map *map, uint32_t lines);

// Adds a frame if there is room and its SPIs are lines of no other frame; false otherwise.
bool irq_map_add_frame(struct irq_map *map, const struct irq_map_frame *frame);

// End of all numbers.
uint32_t irq_map_end(const struct irq_map *map);

// Whether `irq` is a line that no frame owns and that is not private to a CPU.
bool irq_map_is_line(const struct irq_map *map, uint32_t irq);

// The frame that raises this message-signalled interrupt, and its INTID. NULL if none does.
const struct irq_map_frame *irq_map_frame_of(const struct irq_map *map, uint32_t irq,
                                             uint32_t *intid);

// INTID of a number below irq_map_end, and back; ARCH_IRQ_NONE for an INTID that has no number.
uint32_t irq_map_intid(const struct irq_map *map, uint32_t irq);
uint32_t irq_map_irq(const struct irq_map *map, uint32_t intid);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_AARCH64_IRQ_MAP_H

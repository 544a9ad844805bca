// SPDX-License-Identifier: GPL-3.0-only
#include "arch/aarch64/irq_map.h"

#include <stddef.h>

#include "arch/include/interrupt.h"

bool irq_map_add_frame(struct irq_map *map, const struct irq_map_frame *frame) {
    if (map->frame_count == IRQ_MAP_FRAMES || frame->count == 0 || frame->first < GIC_FIRST_SPI ||
        frame->first > map->lines || frame->count > map->lines - frame->first) {
        return false;
    }
    map->frames[map->frame_count++] = *frame;
    return true;
}

uint32_t irq_map_end(const struct irq_map *map) {
    uint32_t end = map->lines + map->lpis;
    for (uint32_t i = 0; i < map->frame_count; i++) {
        end += map->frames[i].count;
    }
    return end;
}

// Number of the message-signalled interrupt that this SPI is; ARCH_IRQ_NONE if it is none.
static uint32_t irq_of_frame(const struct irq_map *map, uint32_t intid) {
    uint32_t irq = map->lines;
    for (uint32_t i = 0; i < map->frame_count; i++) {
        const struct irq_map_frame *frame = &map->frames[i];
        if (intid >= frame->first && intid - frame->first < frame->count) {
            return irq + (intid - frame->first);
        }
        irq += frame->count;
    }
    return ARCH_IRQ_NONE;
}

bool irq_map_is_line(const struct irq_map *map, uint32_t irq) {
    return irq >= GIC_FIRST_SPI && irq < map->lines && irq_of_frame(map, irq) == ARCH_IRQ_NONE;
}

const struct irq_map_frame *irq_map_frame_of(const struct irq_map *map, uint32_t irq,
                                             uint32_t *intid) {
    if (irq < map->lines) {
        return NULL;
    }
    uint32_t index = irq - map->lines;
    for (uint32_t i = 0; i < map->frame_count; i++) {
        const struct irq_map_frame *frame = &map->frames[i];
        if (index < frame->count) {
            *intid = frame->first + index;
            return frame;
        }
        index -= frame->count;
    }
    return NULL;
}

uint32_t irq_map_intid(const struct irq_map *map, uint32_t irq) {
    uint32_t intid = irq;
    if (irq >= map->lines && irq_map_frame_of(map, irq, &intid) == NULL) {
        intid = GIC_FIRST_LPI + (irq - map->lines);
    }
    return intid;
}

uint32_t irq_map_irq(const struct irq_map *map, uint32_t intid) {
    if (intid >= GIC_FIRST_LPI) {
        uint32_t index = intid - GIC_FIRST_LPI;
        return index < map->lpis ? map->lines + index : ARCH_IRQ_NONE;
    }
    uint32_t irq = irq_of_frame(map, intid);
    if (irq != ARCH_IRQ_NONE) {
        return irq;
    }
    return irq_map_is_line(map, intid) ? intid : ARCH_IRQ_NONE;
}

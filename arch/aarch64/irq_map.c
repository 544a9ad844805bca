// SPDX-License-Identifier: GPL-3.0-only
#include "arch/aarch64/irq_map.h"

#include <stddef.h>

#include "arch/include/interrupt.h"

void irq_map_init(struct irq_map *map, uint32_t lines) {
    map->lines = lines;
    for (uint32_t intid = GIC_FIRST_SPI; intid < lines; intid++) {
        map->irqs[intid] = (uint16_t)intid;
    }
}

static bool is_possible(const struct irq_map *map, const struct irq_map_frame *frame) {
    if (map->frame_count == IRQ_MAP_FRAMES || frame->count == 0 || frame->first < GIC_FIRST_SPI ||
        frame->first > map->lines || frame->count > map->lines - frame->first) {
        return false;
    }
    for (uint32_t i = 0; i < frame->count; i++) {
        if (!irq_map_is_line(map, frame->first + i)) {
            return false;
        }
    }
    return true;
}

bool irq_map_add_frame(struct irq_map *map, const struct irq_map_frame *frame) {
    if (!is_possible(map, frame)) {
        return false;
    }
    uint32_t irq = irq_map_end(map);
    for (uint32_t i = 0; i < frame->count; i++) {
        map->irqs[frame->first + i] = (uint16_t)(irq + i);
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

bool irq_map_is_line(const struct irq_map *map, uint32_t irq) {
    return irq >= GIC_FIRST_SPI && irq < map->lines && map->irqs[irq] == irq;
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
    uint32_t irq = intid < GIC_END_SPI ? map->irqs[intid] : 0;
    return irq != 0 ? irq : ARCH_IRQ_NONE;
}

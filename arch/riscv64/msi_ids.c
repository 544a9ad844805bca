// SPDX-License-Identifier: GPL-3.0-only
#include "arch/riscv64/msi_ids.h"

void msi_ids_init(struct msi_ids *ids, uint32_t count) {
    ids->free = count == 0 ? 0 : 1;
    for (uint32_t id = 1; id < count; id++) {
        ids->irq_of[id] = (uint16_t)(id + 1);
    }
}

uint32_t msi_ids_take(struct msi_ids *ids, uint32_t irq) {
    const uint16_t id = ids->free;
    if (ids->id_of[irq] != 0 || id == 0) {
        return ids->id_of[irq];
    }
    ids->free = ids->irq_of[id];
    ids->irq_of[id] = (uint16_t)irq;
    ids->id_of[irq] = id;
    return id;
}

void msi_ids_release(struct msi_ids *ids, uint32_t irq) {
    const uint16_t id = ids->id_of[irq];
    if (id != 0) {
        ids->id_of[irq] = 0;
        ids->irq_of[id] = ids->free;
        ids->free = id;
    }
}

// A free identity's word is a link and may look like an interrupt; that one has another identity.
uint32_t msi_ids_irq(const struct msi_ids *ids, uint32_t id) {
    if (id == 0 || id > MSI_MAX_IDS) {
        return MSI_NO_IRQ;
    }
    const uint32_t irq = ids->irq_of[id];
    return ids->id_of[irq] == id ? irq : MSI_NO_IRQ;
}

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

uint32_t msi_ids_retire(struct msi_ids *ids, uint32_t irq) {
    const uint32_t id = ids->id_of[irq];
    ids->id_of[irq] = 0;
    return id;
}

void msi_ids_free(struct msi_ids *ids, uint32_t id) {
    if (msi_ids_irq(ids, id) == MSI_NO_IRQ) {
        ids->irq_of[id] = ids->free;
        ids->free = (uint16_t)id;
    }
}

// A free identity's word is a link and may look like an interrupt, a retired one's is the interrupt
// that had it; those have other identities or none.
uint32_t msi_ids_irq(const struct msi_ids *ids, uint32_t id) {
    if (id == 0 || id > MSI_MAX_IDS) {
        return MSI_NO_IRQ;
    }
    const uint32_t irq = ids->irq_of[id];
    return ids->id_of[irq] == id ? irq : MSI_NO_IRQ;
}

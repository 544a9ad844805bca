// SPDX-License-Identifier: GPL-3.0-only
//
// Which interrupt uses which identity of the IMSICs: one table for all harts, so that an interrupt
// keeps its identity when it moves. Plain C: tested on the host.
#ifndef HELIOS_ARCH_RISCV64_MSI_IDS_H
#define HELIOS_ARCH_RISCV64_MSI_IDS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MSI_MAX_IDS  2047u
#define MSI_MAX_IRQS (1024u + MSI_MAX_IDS) // lines 0 .. 1023, then one interrupt per identity

#define MSI_NO_IRQ 0xffffffffu

struct msi_ids {
    uint16_t id_of[MSI_MAX_IRQS];     // 0: none
    uint16_t irq_of[MSI_MAX_IDS + 1]; // of an identity in use; else the next free one
    uint16_t free;                    // first free identity, 0: none
};

// Makes identities 1 .. count (at most MSI_MAX_IDS) free. The structure is zeroed.
void msi_ids_init(struct msi_ids *ids, uint32_t count);

// Gives the interrupt an identity (the one that it has, if it has one); 0 if none is left.
uint32_t msi_ids_take(struct msi_ids *ids, uint32_t irq);

// Takes it from the interrupt: from now on it is nobody's, but not free. 0: it had none.
uint32_t msi_ids_retire(struct msi_ids *ids, uint32_t irq);

// Makes an identity free that is not, if it is nobody's.
void msi_ids_free(struct msi_ids *ids, uint32_t id);

// The interrupt with this identity; MSI_NO_IRQ for an identity that is nobody's or not in range.
uint32_t msi_ids_irq(const struct msi_ids *ids, uint32_t id);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_RISCV64_MSI_IDS_H

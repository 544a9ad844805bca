// SPDX-License-Identifier: GPL-3.0-only
//
// Message-signalled interrupts: an interrupt has an identity, one number for all harts (msi_ids.h),
// which is open or closed in the IMSIC file of the hart that it is for. A hart can write to its own
// file only, so others leave a request in its struct arch_percpu and interrupt it; by a message as
// well, whose identity comes before all others: what was asked for is done before any interrupt is
// taken that came later.
//
// An identity that was in use is free again once the hart has closed and emptied it. A device that
// nobody has told may send to it still: it is emptied once more for its next owner, who must not
// know it before (arch_irq_settle).
//
// Everything here is guarded by the lock of interrupt.c, except where it says otherwise.
#ifndef HELIOS_ARCH_RISCV64_MSI_H
#define HELIOS_ARCH_RISCV64_MSI_H

#include <stdbool.h>
#include <stdint.h>

struct helios_boot_intc;
struct percpu;

// Takes this controller. Returns a static text that says what is missing; NULL on success. Every
// CPU knows its file by now (irq_context).
const char *msi_init(const struct helios_boot_intc *intc);

// How many identities there are, that of inter-processor interrupts included; 0: no IMSIC.
uint32_t msi_count(void);

// Whether the file of this CPU is where messages can be sent to.
bool msi_reaches(const struct percpu *cpu);

// Empties and opens the calling hart's file.
void msi_start_cpu(struct percpu *cpu);

// Gives an interrupt that has none an identity, open or closed; 0: they are all in use. What its
// former owner is still sent is forgotten when that CPU has done what it is asked for (msi_serve).
uint32_t msi_take(uint32_t irq, uint32_t cpu, bool open);

// Takes it back, if there is one.
void msi_release(uint32_t irq, uint32_t cpu);

void msi_set_open(uint32_t irq, uint32_t cpu, bool open);

// Where messages for this CPU go.
uint64_t msi_address(uint32_t cpu);

// Claims the first message of the calling hart: its interrupt, MSI_NO_IRQ (msi_ids.h), or
// ARCH_IRQ_IPI: msi_serve must follow.
uint32_t msi_claim(void);

// Does what others have asked this hart for.
void msi_serve(void);

// Puts a claimed message back; its interrupt is closed.
void msi_put_back(uint32_t irq);

// Interrupts a CPU that msi_start_cpu has been called for. No lock needed.
void msi_ring(const struct percpu *cpu);

#endif // HELIOS_ARCH_RISCV64_MSI_H

// SPDX-License-Identifier: GPL-3.0-only
//
// The advanced platform-level interrupt controller, one interrupt domain of it (RISC-V Advanced
// Interrupt Architecture 1.0, chapter 4). It delivers directly (every hart has an interrupt
// delivery control, IDC) or by sending messages to the harts' IMSICs. Reaches the machine through
// arch_device_read and arch_device_write only: tested on the host.
#ifndef HELIOS_ARCH_RISCV64_APLIC_H
#define HELIOS_ARCH_RISCV64_APLIC_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Register blocks, as offsets: the domain's own, then one IDC after the other.
#define APLIC_IDCS       0x4000u
#define APLIC_IDC_STRIDE 32u

#define APLIC_MAX_SOURCES 1023u

struct aplic {
    uintptr_t registers; // virtual address
    uint32_t sources;    // 1 .. sources
    bool by_msi;         // delivers messages
};

// Nothing interrupts anybody, no source is active; the domain itself is on.
void aplic_reset(const struct aplic *aplic);

// Directly delivering controllers only: opens one hart's IDC.
void aplic_open_idc(const struct aplic *aplic, uint32_t idc);

// Whether the source exists in this domain: the configuration of what does not is stuck at 0. For
// sources that are not in use.
bool aplic_source_exists(const struct aplic *aplic, uint32_t source);

// Prepares a source, masked and with nothing pending, for this hart (IDC or IMSIC file). `flags`
// are enum irq_flags; `id` is the interrupt identity to send, ignored where delivery is direct.
// False: it does not have this trigger; then it is inactive.
bool aplic_configure(const struct aplic *aplic, uint32_t source, unsigned flags, uint32_t hart,
                     uint32_t id);
void aplic_release(const struct aplic *aplic, uint32_t source);

void aplic_set_enabled(const struct aplic *aplic, uint32_t source, bool enabled);

// Makes the source pending again: a level-triggered one if its line is active, which a controller
// that sends messages does not notice by itself.
void aplic_retrigger(const struct aplic *aplic, uint32_t source);

// Directly delivering controllers only: the source of the highest priority that is pending and
// enabled, which is no longer pending unless its line is active; 0 if there is none.
uint32_t aplic_claim(const struct aplic *aplic, uint32_t idc);

// Whether a source's line is active at this moment (high or low, as configured).
bool aplic_is_active(const struct aplic *aplic, uint32_t source);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_RISCV64_APLIC_H

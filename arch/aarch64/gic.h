// SPDX-License-Identifier: GPL-3.0-only
//
// The port's interrupt controllers: distributor and CPU interfaces (gic.c), ITS (its.c). Interrupts
// are named by INTID here; arch/include/interrupt.h's numbers are made of them in interrupt.c.
#ifndef HELIOS_ARCH_AARCH64_GIC_H
#define HELIOS_ARCH_AARCH64_GIC_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/aarch64/sysreg.h"
#include "boot/protocol/protocol.h"

#ifdef __cplusplus
extern "C" {
#endif

struct percpu;

#define GICR_CTLR  0x0000u // registers of a redistributor
#define GICR_TYPER 0x0008u

#define GIC_PATIENCE 1000000u // reads of a register that is to change

// arch_device_read and arch_device_write of 32 bits, inline: every interrupt comes through here.
static inline uint32_t gic_read32(uintptr_t address) {
    uint32_t value;
    __asm__ volatile("ldr %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
    AARCH64_DMB("oshld");
    return value;
}

static inline void gic_write32(uintptr_t address, uint32_t value) {
    AARCH64_DMB("oshst");
    __asm__ volatile("str %w0, [%1]" ::"r"(value), "r"(address) : "memory");
}

// Waits until these bits of a register have this value; false: they don't get it.
bool gic_wait(uintptr_t address, uint32_t mask, uint32_t value);

// The record number `n`, from 0 on, of this kind (enum helios_intc_kind); NULL if there is none.
const struct helios_boot_intc *gic_record(const struct helios_boot *boot, uint32_t kind,
                                          uint32_t n);

// Finds the GIC and the redistributors of all CPUs, resets the distributor, and turns this CPU's
// interface on. Returns what is missing or broken, or NULL.
const char *gic_init(const struct helios_boot *boot);

uint32_t gic_distributor_type(void); // GICD_TYPER

// Turns this CPU's interface on; gic_init has done it for the boot CPU. Returns what is missing.
const char *gic_init_cpu(void);

// Makes a private interrupt of this CPU come.
void gic_enable_private(uint32_t intid);

// Interrupts a CPU whose interface is on with an SGI, after everything that this one has stored.
void gic_send(const struct percpu *cpu, uint32_t intid);

// Lines (SPIs). Configuring leaves the line masked with nothing pending or active; false: the
// trigger is impossible. After gic_spi_end, on any CPU, one that was taken can come again.
bool gic_spi_configure(uint32_t intid, bool level, const struct percpu *cpu);
void gic_spi_end(uint32_t intid);
void gic_spi_reset(uint32_t intid);
void gic_spi_enable(uint32_t intid);
void gic_spi_disable(uint32_t intid);

// Takes an interrupt and drops its priority: others can be taken, this one not before
// gic_deactivate (on the same CPU) or gic_spi_end. GIC_END_SPI up to GIC_FIRST_LPI: there is none.
// *token is what gic_deactivate is told (on GICv2 the sender of an SGI stands above the INTID).
uint32_t gic_take(uint32_t *token);
void gic_deactivate(uint32_t token);

// The ITS. `irq` counts LPIs from 0. Takes its tables from physmem; returns how many LPIs there
// are: 0 without an ITS or when it does not work. its_init_cpu turns LPIs on for this CPU; false:
// it has none. its_configure answers false for such a CPU.
uint32_t its_init(const struct helios_boot *boot);
bool its_init_cpu(void);
bool its_configure(uint32_t irq, uint32_t device, const struct percpu *cpu, uint64_t *address,
                   uint32_t *data);
void its_release(uint32_t irq);
void its_set_enabled(uint32_t irq, bool on);

// Makes an enabled LPI pending, as if its device had written again.
void its_retrigger(uint32_t irq);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_AARCH64_GIC_H

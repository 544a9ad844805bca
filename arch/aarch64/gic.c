// SPDX-License-Identifier: GPL-3.0-only
//
// GICv2 (Arm IHI 0048) and GICv3 (IHI 0069): distributor, redistributors, CPU interfaces.
//
// Both run in the mode in which acknowledging, dropping the priority and deactivating are three
// steps (EOImode 1). All interrupts have one priority, so an interrupt that is acknowledged and
// dropped lets all others through, while itself it stays active and does not come again, whatever
// its line does, until it is deactivated.
//
// Interrupts are in group 1 on GICv3, and in whichever group firmware lets this world have on GICv2
// (0 if there is only one world): they arrive as IRQ.
#include "arch/aarch64/gic.h"

#include "arch/aarch64/gic_format.h"
#include "arch/aarch64/irq_map.h"
#include "arch/aarch64/sysreg.h"
#include "arch/include/device.h"
#include "arch/include/mmu.h"
#include "arch/include/port.h"
#include "kernel/boot_block.h"
#include "kernel/lock.h"
#include "kernel/memory.h"
#include "kernel/percpu.h"
#include "kernel/window.h"

// Distributor; in GICv3 the SGI frame of a redistributor has the same layout for INTIDs 0 to 31.
#define GICD_CTLR       0x0000u
#define GICD_TYPER      0x0004u
#define GICD_IGROUPR    0x0080u
#define GICD_ISENABLER  0x0100u
#define GICD_ICENABLER  0x0180u
#define GICD_ICPENDR    0x0280u
#define GICD_ICACTIVER  0x0380u
#define GICD_IPRIORITYR 0x0400u
#define GICD_ITARGETSR  0x0800u // GICv2
#define GICD_ICFGR      0x0c00u
#define GICD_SGIR       0x0f00u // GICv2
#define GICD_IGRPMODR   0x0d00u // GICv3
#define GICD_IROUTER    0x6000u // GICv3

#define GICD_SGIR_TARGETS 16u

#define GICD_CTLR_ENABLE     (1u << 0) // GICv2
#define GICD_CTLR_ENABLE_NS1 (1u << 1) // GICv3: group 1
#define GICD_CTLR_ARE        (1u << 4) // GICv3: affinity routing
#define GICD_CTLR_RWP        (1u << 31)

#define GICD_V2_SIZE 0x1000u
#define GICD_V3_SIZE 0x8000u // up to the last IROUTER

// CPU interface of GICv2
#define GICC_CTLR 0x0000u
#define GICC_PMR  0x0004u
#define GICC_BPR  0x0008u
#define GICC_IAR  0x000cu
#define GICC_EOIR 0x0010u
#define GICC_APR0 0x00d0u
#define GICC_DIR  0x1000u
#define GICC_SIZE 0x2000u

#define GICC_CTLR_ENABLE  (1u << 0)
#define GICC_CTLR_EOIMODE (1u << 9) // of this world's group
#define GICC_INTID        0x3ffu

// Redistributor
#define GICR_WAKER     0x0014u
#define GICR_SGI_FRAME 0x10000u
#define GICR_SIZE      0x11000u // what is mapped: up to the first page of the SGI frame

#define GICR_CTLR_RWP       (1u << 3)
#define GICR_TYPER_LAST     (1ull << 4)
#define GICR_WAKER_SLEEP    (1u << 1)
#define GICR_WAKER_CHILDREN (1u << 2)

// CPU interface of GICv3
#define ICC_SRE     "s3_0_c12_c12_5"
#define ICC_PMR     "s3_0_c4_c6_0"
#define ICC_BPR1    "s3_0_c12_c12_3"
#define ICC_CTLR    "s3_0_c12_c12_4"
#define ICC_IGRPEN1 "s3_0_c12_c12_7"
#define ICC_AP1R0   "s3_0_c12_c9_0"
#define ICC_IAR1    "s3_0_c12_c12_0"
#define ICC_EOIR1   "s3_0_c12_c12_1"
#define ICC_DIR     "s3_0_c12_c11_1"
#define ICC_SGI1R   "s3_0_c12_c11_5"

#define ICC_SRE_SRE      (1ull << 0)
#define ICC_CTLR_EOIMODE (1ull << 1)

#define ALL_32          0xffffffffu
#define LOWEST_PRIORITY 0xffu
#define PRIORITY        0xa0a0a0a0u // of four interrupts

static struct {
    uintptr_t distributor;
    uintptr_t cpu_interface; // GICv2
    uint32_t type;           // GICD_TYPER
    bool is_v3;
} gic;

// Guards the registers that hold several interrupts and are not made of set and clear bits. No
// other lock is taken while it is held.
static struct lock gic_lock;

bool gic_wait(uintptr_t address, uint32_t mask, uint32_t value) {
    for (unsigned i = 0; i < GIC_PATIENCE; i++) {
        if ((gic_read32(address) & mask) == value) {
            return true;
        }
        arch_relax();
    }
    return false;
}

static void wait_distributor(void) {
    if (gic.is_v3) {
        gic_wait(gic.distributor + GICD_CTLR, GICD_CTLR_RWP, 0);
    }
}

uint32_t gic_distributor_type(void) {
    return gic.type;
}

const struct helios_boot_intc *gic_record(const struct helios_boot *boot, uint32_t kind,
                                          uint32_t n) {
    for (uint32_t i = 0; i < boot->intcs.count; i++) {
        const struct helios_boot_intc *record = boot_record(boot, &boot->intcs, i);
        if (record->kind == kind && n-- == 0) {
            return record;
        }
    }
    return NULL;
}

// Interrupts `first` to `first` + 31 of the distributor, or 0 to 31 of this CPU: off, in nobody's
// hands, in the group and with the priority that all have.
static void reset_block(uintptr_t base, uint32_t first) {
    uint32_t word = first / 32 * 4;
    gic_write32(base + GICD_ICENABLER + word, ALL_32);
    gic_write32(base + GICD_ICPENDR + word, ALL_32);
    gic_write32(base + GICD_ICACTIVER + word, ALL_32);
    gic_write32(base + GICD_IGROUPR + word, gic.is_v3 ? ALL_32 : 0);
    if (gic.is_v3) {
        gic_write32(base + GICD_IGRPMODR + word, 0);
    }
    for (uint32_t i = 0; i < 32; i += 4) {
        gic_write32(base + GICD_IPRIORITYR + first + i, PRIORITY);
    }
}

static bool reset_distributor(void) {
    gic_write32(gic.distributor + GICD_CTLR, 0);
    wait_distributor();
    uint32_t end = gic_line_end(gic.type);
    for (uint32_t first = GIC_FIRST_SPI; first < end; first += 32) {
        reset_block(gic.distributor, first);
    }
    wait_distributor();
    if (!gic.is_v3) {
        gic_write32(gic.distributor + GICD_CTLR, GICD_CTLR_ENABLE);
        return true;
    }
    // Affinity routing may be switched on only while the groups are off.
    gic_write32(gic.distributor + GICD_CTLR, GICD_CTLR_ARE);
    wait_distributor();
    gic_write32(gic.distributor + GICD_CTLR, GICD_CTLR_ARE | GICD_CTLR_ENABLE_NS1);
    wait_distributor();
    return (gic_read32(gic.distributor + GICD_CTLR) & GICD_CTLR_ARE) != 0;
}

// A target register of INTIDs 0 to 31 holds the CPU that reads it, if the GIC has more than one. 0:
// this one is beyond the eight that a GICv2 can have.
static uint32_t own_target(void) {
    uint32_t targets = 0;
    for (uint32_t i = 0; i < GIC_FIRST_SPI; i += 4) {
        targets |= gic_read32(gic.distributor + GICD_ITARGETSR + i);
    }
    targets |= targets >> 16;
    targets |= targets >> 8;
    targets &= 0xff;
    return targets == 0 && percpu_count() == 1 ? 1 : targets;
}

static const char *start_v2(struct percpu *cpu) {
    reset_block(gic.distributor, 0);
    cpu->arch.gic_target = own_target();
    if (cpu->arch.gic_target == 0) {
        return "the GICv2 has no interface for this CPU";
    }
    gic_write32(gic.cpu_interface + GICC_APR0, 0);
    gic_write32(gic.cpu_interface + GICC_PMR, LOWEST_PRIORITY);
    gic_write32(gic.cpu_interface + GICC_BPR, 0);
    gic_write32(gic.cpu_interface + GICC_CTLR, GICC_CTLR_ENABLE | GICC_CTLR_EOIMODE);
    if ((gic_read32(gic.cpu_interface + GICC_CTLR) & GICC_CTLR_EOIMODE) == 0) {
        return "the GIC is older than GICv2";
    }
    return NULL;
}

static const char *start_v3(struct percpu *cpu) {
    uintptr_t control = cpu->arch.redistributor;
    if (control == 0) {
        return "this CPU has no GIC redistributor";
    }
    if (sysreg_field(SYSREG_READ("id_aa64pfr0_el1"), 24) == 0) {
        return "the CPU has no system registers for its GICv3";
    }
    gic_write32(control + GICR_WAKER, gic_read32(control + GICR_WAKER) & ~GICR_WAKER_SLEEP);
    if (!gic_wait(control + GICR_WAKER, GICR_WAKER_CHILDREN, 0)) {
        return "the GIC redistributor does not wake up";
    }
    reset_block(control + GICR_SGI_FRAME, 0);
    gic_wait(control + GICR_CTLR, GICR_CTLR_RWP, 0);
    SYSREG_WRITE(ICC_SRE, SYSREG_READ(ICC_SRE) | ICC_SRE_SRE);
    AARCH64_ISB();
    if ((SYSREG_READ(ICC_SRE) & ICC_SRE_SRE) == 0) {
        return "the CPU has no system registers for its GICv3";
    }
    if (!gic_sgi_reaches(cpu->hardware_id, SYSREG_READ(ICC_CTLR), gic.type)) {
        return "the GIC can't send interrupts to a CPU with this affinity";
    }
    SYSREG_WRITE(ICC_PMR, (uint64_t)LOWEST_PRIORITY);
    SYSREG_WRITE(ICC_BPR1, 0ull);
    SYSREG_WRITE(ICC_AP1R0, 0ull);
    SYSREG_WRITE(ICC_CTLR, ICC_CTLR_EOIMODE);
    SYSREG_WRITE(ICC_IGRPEN1, 1ull);
    AARCH64_ISB();
    return NULL;
}

const char *gic_init_cpu(void) {
    struct percpu *cpu = arch_percpu();
    return gic.is_v3 ? start_v3(cpu) : start_v2(cpu);
}

static struct percpu *cpu_with(uint64_t affinity) {
    for (uint32_t i = 0; i < percpu_count(); i++) {
        if (gic_route(percpu_get(i)->hardware_id) == affinity) {
            return percpu_get(i);
        }
    }
    return NULL;
}

// Only what is there is mapped: the range may be for many more CPUs than there are.
static bool find_redistributors(uint64_t base, uint64_t length) {
    for (uint64_t offset = 0; offset + gic_redistributor_size(0) <= length;) {
        uintptr_t registers = window_map(base + offset, GICR_SIZE, MMU_DEVICE | MMU_WRITE);
        if (registers == 0) {
            return false;
        }
        uint64_t type = arch_device_read(DEVICE_MEMORY, registers + GICR_TYPER, 8);
        struct percpu *cpu = cpu_with(gic_affinity(type));
        if (cpu != NULL) {
            cpu->arch.redistributor = registers;
            cpu->arch.redistributor_physical = base + offset;
        }
        if ((type & GICR_TYPER_LAST) != 0) {
            return true;
        }
        offset += gic_redistributor_size(type);
    }
    return true;
}

static bool find_all_redistributors(const struct helios_boot *boot,
                                    const struct helios_boot_intc *record) {
    bool all = find_redistributors(record->base2, record->length2);
    const struct helios_boot_intc *more;
    for (uint32_t n = 0; (more = gic_record(boot, HELIOS_INTC_GICV3_REDIST, n)) != NULL; n++) {
        all = all && find_redistributors(more->base, more->length);
    }
    return all;
}

const char *gic_init(const struct helios_boot *boot) {
    const struct helios_boot_intc *record = gic_record(boot, HELIOS_INTC_GICV3, 0);
    gic.is_v3 = record != NULL;
    record = gic.is_v3 ? record : gic_record(boot, HELIOS_INTC_GICV2, 0);
    if (record == NULL) {
        return "no GICv2 or GICv3";
    }
    gic.distributor =
        window_map(record->base, gic.is_v3 ? GICD_V3_SIZE : GICD_V2_SIZE, MMU_DEVICE | MMU_WRITE);
    if (!gic.is_v3) {
        gic.cpu_interface = window_map(record->base2, GICC_SIZE, MMU_DEVICE | MMU_WRITE);
    }
    if (gic.distributor == 0 || (!gic.is_v3 && gic.cpu_interface == 0) ||
        (gic.is_v3 && !find_all_redistributors(boot, record))) {
        return "no memory to map the GIC";
    }
    gic.type = gic_read32(gic.distributor + GICD_TYPER);
    if (!reset_distributor()) {
        return "the GIC has no affinity routing";
    }
    return gic_init_cpu();
}

void gic_enable_private(uint32_t intid) {
    uintptr_t base =
        gic.is_v3 ? arch_percpu()->arch.redistributor + GICR_SGI_FRAME : gic.distributor;
    gic_write32(base + GICD_ISENABLER, 1u << intid);
}

void gic_send(const struct percpu *cpu, uint32_t intid) {
    AARCH64_DSB("ishst");
    if (gic.is_v3) {
        SYSREG_WRITE(ICC_SGI1R, gic_sgi(cpu->hardware_id, intid));
        AARCH64_ISB();
    } else {
        gic_write32(gic.distributor + GICD_SGIR, cpu->arch.gic_target << GICD_SGIR_TARGETS | intid);
    }
}

static void write_bit(uint32_t reg, uint32_t intid) {
    gic_write32(gic.distributor + reg + intid / 32 * 4, 1u << intid % 32);
}

void gic_spi_enable(uint32_t intid) {
    write_bit(GICD_ISENABLER, intid);
}

void gic_spi_disable(uint32_t intid) {
    write_bit(GICD_ICENABLER, intid);
    wait_distributor();
}

// Not by the CPU interface: it speaks for the CPU that took the interrupt, which may be another
// one.
void gic_spi_end(uint32_t intid) {
    write_bit(GICD_ICACTIVER, intid);
}

void gic_spi_reset(uint32_t intid) {
    gic_spi_disable(intid);
    gic_spi_end(intid);
    write_bit(GICD_ICPENDR, intid);
}

// Two bits for each interrupt, of which the upper says: edge.
static bool set_trigger(uint32_t intid, bool level) {
    uintptr_t address = gic.distributor + GICD_ICFGR + intid / 16 * 4;
    uint32_t edge = 2u << intid % 16 * 2;
    lock_acquire(&gic_lock);
    uint32_t value = gic_read32(address) & ~edge;
    uint32_t wanted = level ? value : value | edge;
    gic_write32(address, wanted);
    bool done = (gic_read32(address) & edge) == (wanted & edge);
    lock_release(&gic_lock);
    return done;
}

static void set_target(uint32_t intid, const struct percpu *cpu) {
    if (gic.is_v3) {
        arch_device_write(DEVICE_MEMORY, gic.distributor + GICD_IROUTER + 8 * intid, 8,
                          gic_route(cpu->hardware_id));
    } else {
        arch_device_write(DEVICE_MEMORY, gic.distributor + GICD_ITARGETSR + intid, 1,
                          cpu->arch.gic_target);
    }
}

bool gic_spi_configure(uint32_t intid, bool level, const struct percpu *cpu) {
    gic_spi_disable(intid);
    if (!set_trigger(intid, level)) {
        return false;
    }
    set_target(intid, cpu);
    gic_spi_reset(intid); // what the change of the trigger made pending, too
    return true;
}

static uint32_t take_v2(uint32_t *token) {
    *token = gic_read32(gic.cpu_interface + GICC_IAR);
    uint32_t intid = *token & GICC_INTID;
    if (intid < GIC_END_SPI) {
        gic_write32(gic.cpu_interface + GICC_EOIR, *token);
    }
    return intid;
}

static uint32_t take_v3(uint32_t *token) {
    *token = (uint32_t)SYSREG_READ(ICC_IAR1);
    AARCH64_DSB("sy"); // the redistributor knows it before anything else is asked of it
    if (*token < GIC_END_SPI || *token >= GIC_FIRST_LPI) {
        SYSREG_WRITE(ICC_EOIR1, (uint64_t)*token);
        AARCH64_ISB();
    }
    return *token;
}

uint32_t gic_take(uint32_t *token) {
    return gic.is_v3 ? take_v3(token) : take_v2(token);
}

void gic_deactivate(uint32_t token) {
    if (gic.is_v3) {
        SYSREG_WRITE(ICC_DIR, (uint64_t)token);
        AARCH64_ISB();
    } else {
        gic_write32(gic.cpu_interface + GICC_DIR, token);
    }
}

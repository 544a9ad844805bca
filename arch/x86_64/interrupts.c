// SPDX-License-Identifier: GPL-3.0-only
//
// The two 8259s of a PC are moved away from the exceptions' vectors and masked for good; what comes
// from them all the same (a spurious interrupt is not maskable) is ignored. The local APIC is
// switched on with every source masked.
//
// Source: Intel 8259A data sheet (initialisation words); Intel SDM vol. 3 chapter 11 (APIC).
#include "arch/include/device.h"
#include "arch/include/mmu.h"
#include "arch/x86_64/instructions.h"
#include "arch/x86_64/internal.h"
#include "arch/x86_64/registers.h"
#include "kernel/window.h"

enum pic_port {
    PIC_MASTER_COMMAND = 0x20,
    PIC_MASTER_DATA = 0x21,
    PIC_SLAVE_COMMAND = 0xa0,
    PIC_SLAVE_DATA = 0xa1,
};

// Offsets of the APIC's registers.
enum lapic_register {
    LAPIC_TASK_PRIORITY = 0x080,
    LAPIC_EOI = 0x0b0,
    LAPIC_SPURIOUS = 0x0f0,
    LAPIC_LVT_TIMER = 0x320,
    LAPIC_LVT_LINT0 = 0x350,
    LAPIC_LVT_LINT1 = 0x360,
    LAPIC_LVT_ERROR = 0x370,
};

#define LAPIC_LENGTH          0x1000
#define LAPIC_SPURIOUS_ENABLE (1u << 8)
#define LAPIC_LVT_MASKED      (1u << 16)
#define LAPIC_LVT_NMI         (4u << 8)

static void pic_disable(void) {
    port_write8(PIC_MASTER_COMMAND, 0x11); // ICW1: edge, cascade, ICW4 follows
    port_write8(PIC_SLAVE_COMMAND, 0x11);
    port_write8(PIC_MASTER_DATA, VECTOR_PIC); // ICW2: vectors
    port_write8(PIC_SLAVE_DATA, VECTOR_PIC + 8);
    port_write8(PIC_MASTER_DATA, 1 << 2); // ICW3: the slave is at input 2
    port_write8(PIC_SLAVE_DATA, 2);
    port_write8(PIC_MASTER_DATA, 0x01); // ICW4: 8086 mode
    port_write8(PIC_SLAVE_DATA, 0x01);
    port_write8(PIC_MASTER_DATA, 0xff); // mask everything
    port_write8(PIC_SLAVE_DATA, 0xff);
}

// Where the registers of every CPU's own local APIC are mapped; 0 in x2APIC mode, where they are
// MSRs. Written by the boot CPU only.
static uintptr_t lapic;

static void lapic_write(enum lapic_register reg, uint32_t value) {
    if (lapic == 0) {
        msr_write(MSR_X2APIC + (uint32_t)reg / 16, value);
    } else {
        arch_device_write(DEVICE_MEMORY, lapic + (uintptr_t)reg, 4, value);
    }
}

// NULL, or what is missing.
static const char *lapic_find(void) {
    if (lapic != 0 || (msr_read(MSR_APIC_BASE) & APIC_BASE_X2APIC)) {
        return NULL;
    }
    const struct helios_boot_intc *intc = x86_boot_intc(HELIOS_INTC_LAPIC);
    if (intc == NULL) {
        return "a local APIC in the boot block";
    }
    lapic = window_map(intc->base, LAPIC_LENGTH, MMU_DEVICE | MMU_WRITE);
    return lapic == 0 ? "memory to map the local APIC" : NULL;
}

bool x86_interrupts_acknowledge(uint64_t vector) {
    if (vector < VECTOR_PIC + 16 || vector == VECTOR_SPURIOUS) {
        return false;
    }
    lapic_write(LAPIC_EOI, 0);
    return true;
}

const char *x86_interrupts_init(void) {
    if (x86_boot_intc(HELIOS_INTC_PIC) != NULL) {
        pic_disable();
    }
    const char *missing = lapic_find();
    if (missing != NULL) {
        return missing;
    }
    lapic_write(LAPIC_TASK_PRIORITY, 0);
    lapic_write(LAPIC_LVT_TIMER, LAPIC_LVT_MASKED);
    lapic_write(LAPIC_LVT_LINT0, LAPIC_LVT_MASKED);
    lapic_write(LAPIC_LVT_LINT1, LAPIC_LVT_NMI);
    lapic_write(LAPIC_LVT_ERROR, LAPIC_LVT_MASKED);
    lapic_write(LAPIC_SPURIOUS, LAPIC_SPURIOUS_ENABLE | VECTOR_SPURIOUS);
    return NULL;
}

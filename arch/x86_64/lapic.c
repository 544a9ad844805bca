// SPDX-License-Identifier: GPL-3.0-only
//
// The local APIC of each CPU: acknowledgement, interrupts to other CPUs, and the timer.
//
// Source: Intel SDM vol. 3 chapter 11: sections 11.4.1 (registers), 11.5.4 (timer), 11.6.1
// (interrupt command register), 11.12 (x2APIC).
#include "arch/include/interrupt.h"
#include "arch/include/mmu.h"
#include "arch/include/port.h"
#include "arch/x86_64/apic.h"
#include "arch/x86_64/instructions.h"
#include "arch/x86_64/internal.h"
#include "arch/x86_64/registers.h"
#include "kernel/percpu.h"
#include "kernel/window.h"

// Offsets of the registers.
enum lapic_register {
    LAPIC_TASK_PRIORITY = 0x080,
    LAPIC_SPURIOUS = 0x0f0,
    LAPIC_COMMAND = 0x300,
    LAPIC_COMMAND_HIGH = 0x310,
    LAPIC_LVT_TIMER = 0x320,
    LAPIC_LVT_LINT0 = 0x350,
    LAPIC_LVT_LINT1 = 0x360,
    LAPIC_LVT_ERROR = 0x370,
    LAPIC_TIMER_INITIAL = 0x380,
    LAPIC_TIMER_CURRENT = 0x390,
    LAPIC_TIMER_DIVIDE = 0x3e0,
};

#define LAPIC_LENGTH          0x1000
#define LAPIC_SPURIOUS_ENABLE (1u << 8)
#define LAPIC_COMMAND_BUSY    (1u << 12)
#define LAPIC_LVT_MASKED      (1u << 16)
#define LAPIC_LVT_NMI         (4u << 8)
#define LAPIC_LVT_DEADLINE    (2u << 17)
#define LAPIC_DIVIDE_BY_1     0xbu

#define CALIBRATIONS_PER_SECOND 1000

uintptr_t x86_lapic;

// Written by the boot CPU only.
static uint32_t boot_cpu;    // who is told of NMIs
static bool has_deadline;    // the timer compares with the time stamp counter by itself
static uint64_t timer_scale; // else: x86_timer_scale

static void lapic_write(enum lapic_register reg, uint32_t value) {
    if (x86_lapic == 0) {
        msr_write(MSR_X2APIC + (uint32_t)reg / 16, value);
    } else {
        *(volatile uint32_t *)(x86_lapic + (uintptr_t)reg) = value;
    }
}

static uint32_t lapic_read(enum lapic_register reg) {
    if (x86_lapic == 0) {
        return (uint32_t)msr_read(MSR_X2APIC + (uint32_t)reg / 16);
    }
    return *(volatile uint32_t *)(x86_lapic + (uintptr_t)reg);
}

// x2APIC mode is for firmware that has chosen it, and for ids that are too long for the other:
// without interrupt remapping, which is nobody's here, devices can do no better with it.
static bool wants_x2apic(void) {
    if (msr_read(MSR_APIC_BASE) & APIC_BASE_X2APIC) {
        return true;
    }
    bool is_long = false;
    for (uint32_t i = 0; i < percpu_count(); i++) {
        is_long = is_long || percpu_get(i)->hardware_id > X86_APIC_ID_MAX;
    }
    return is_long && (cpuid(1, 0).ecx & CPUID_1_ECX_X2APIC) != 0;
}

const char *x86_lapic_find(void) {
    boot_cpu = percpu_index();
    has_deadline = (cpuid(1, 0).ecx & CPUID_1_ECX_TSC_DEADLINE) != 0;
    if (wants_x2apic()) {
        return NULL;
    }
    const struct helios_boot_intc *intc = x86_boot_intc(HELIOS_INTC_LAPIC, 0);
    if (intc == NULL) {
        return "a local APIC in the boot block";
    }
    x86_lapic = window_map(intc->base, LAPIC_LENGTH, MMU_DEVICE | MMU_WRITE);
    return x86_lapic == 0 ? "memory to map the local APIC" : NULL;
}

// Into the mode of all; from off to x2APIC it takes two steps, and there is no way back.
static bool enter_mode(void) {
    const uint64_t base = msr_read(MSR_APIC_BASE);
    if (x86_lapic != 0 && (base & APIC_BASE_X2APIC) != 0) {
        return false;
    }
    msr_write(MSR_APIC_BASE, base | APIC_BASE_ENABLE);
    if (x86_lapic == 0) {
        msr_write(MSR_APIC_BASE, base | APIC_BASE_ENABLE | APIC_BASE_X2APIC);
    }
    return true;
}

const char *x86_lapic_init(void) {
    if (!enter_mode()) {
        return "a local APIC in the mode of the boot CPU's";
    }
    lapic_write(LAPIC_TASK_PRIORITY, 0);
    lapic_write(LAPIC_LVT_TIMER, VECTOR_TIMER | (has_deadline ? LAPIC_LVT_DEADLINE : 0));
    lapic_write(LAPIC_TIMER_DIVIDE, LAPIC_DIVIDE_BY_1);
    lapic_write(LAPIC_LVT_LINT0, LAPIC_LVT_MASKED);
    lapic_write(LAPIC_LVT_LINT1, percpu_index() == boot_cpu ? LAPIC_LVT_NMI : LAPIC_LVT_MASKED);
    lapic_write(LAPIC_LVT_ERROR, LAPIC_LVT_MASKED);
    lapic_write(LAPIC_SPURIOUS, LAPIC_SPURIOUS_ENABLE | VECTOR_SPURIOUS);
    // The mode must have changed before the first deadline is written, which is an MSR.
    __asm__ volatile("mfence" : : : "memory");
    arch_timer_stop();
    return NULL;
}

bool x86_lapic_reaches(uint64_t apic_id) {
    return apic_id <= (x86_lapic == 0 ? UINT32_MAX - 1 : X86_APIC_ID_MAX);
}

// A write to an MSR of the x2APIC may overtake earlier stores (Intel SDM vol. 3 section 10.12.3).
void x86_lapic_send(uint32_t apic_id, uint32_t command) {
    if (x86_lapic == 0) {
        __asm__ volatile("mfence\n\tlfence" : : : "memory");
        msr_write(MSR_X2APIC + LAPIC_COMMAND / 16, (uint64_t)apic_id << 32 | command);
        return;
    }
    while (lapic_read(LAPIC_COMMAND) & LAPIC_COMMAND_BUSY) {
        arch_relax();
    }
    lapic_write(LAPIC_COMMAND_HIGH, apic_id << 24);
    lapic_write(LAPIC_COMMAND, command);
}

// Only for loaders that have not measured the timer.
static uint32_t measure(uint64_t tsc_hz) {
    const uint64_t start = arch_counter();
    lapic_write(LAPIC_LVT_TIMER, VECTOR_TIMER | LAPIC_LVT_MASKED);
    lapic_write(LAPIC_TIMER_INITIAL, UINT32_MAX);
    while (arch_counter() - start < tsc_hz / CALIBRATIONS_PER_SECOND) {
        arch_relax();
    }
    const uint32_t count = UINT32_MAX - lapic_read(LAPIC_TIMER_CURRENT);
    lapic_write(LAPIC_TIMER_INITIAL, 0);
    lapic_write(LAPIC_LVT_TIMER, VECTOR_TIMER);
    const uint64_t hz = (uint64_t)count * CALIBRATIONS_PER_SECOND;
    return hz > UINT32_MAX ? UINT32_MAX : (uint32_t)hz;
}

const char *x86_timer_init(uint64_t tsc_hz, uint64_t lapic_hz) {
    if (has_deadline) {
        return NULL;
    }
    if (tsc_hz == 0) {
        return "the frequency of the time stamp counter";
    }
    const bool is_measured = lapic_hz != 0 && lapic_hz <= UINT32_MAX;
    timer_scale = x86_timer_scale(is_measured ? (uint32_t)lapic_hz : measure(tsc_hz), tsc_hz);
    return timer_scale == 0 ? "a timer that counts" : NULL;
}

// A deadline of 0 would disarm.
void arch_timer_set(uint64_t counter) {
    if (has_deadline) {
        msr_write(MSR_TSC_DEADLINE, counter == 0 ? 1 : counter);
        return;
    }
    const uint64_t now = arch_counter();
    lapic_write(LAPIC_TIMER_INITIAL,
                x86_timer_count(counter > now ? counter - now : 0, timer_scale));
}

void arch_timer_stop(void) {
    if (has_deadline) {
        msr_write(MSR_TSC_DEADLINE, 0);
    } else {
        lapic_write(LAPIC_TIMER_INITIAL, 0);
    }
}

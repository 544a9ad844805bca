// SPDX-License-Identifier: GPL-3.0-only
//
// How fast the clocks run (Intel SDM volume 3, 11.5.4 and 18.17; Intel 8254 data sheet). The PIT's
// third counter drives the loudspeaker, whose gate and output the keyboard controller's port 0x61
// shows: it can be started and watched without interrupts.
#include "boot/multiboot/cpu.h"
#include "boot/multiboot/loader.h"

enum pit {
    PIT_COUNTER_2 = 0x42,
    PIT_COMMAND = 0x43,
    PIT_COUNTER_2_ONCE = 0xb0, // counter 2, both bytes, mode 0: output rises at zero
    SPEAKER = 0x61,
    SPEAKER_GATE = 1,
    SPEAKER_SOUND = 2,
    SPEAKER_OUTPUT = 0x20,
};

#define PIT_HZ          1193182u
#define INTERVAL_HZ     100u // 10 ms
#define PIT_PATIENCE    10000000u
#define MSR_APIC_BASE   0x1bu
#define APIC_ENABLED    (1u << 11)
#define APIC_X2         (1u << 10)
#define APIC_ADDRESS    0x000ffffffffff000ull
#define APIC_LVT_TIMER  0x320u
#define APIC_LVT_MASKED (1u << 16)
#define APIC_INITIAL    0x380u
#define APIC_CURRENT    0x390u
#define APIC_DIVIDE     0x3e0u
#define APIC_BY_1       0xbu

static volatile uint32_t *apic_register(uint64_t base, uint32_t offset) {
    return (volatile uint32_t *)((base & APIC_ADDRESS) + offset);
}

// Start the PIT, wait until it has counted down. false: it never does.
static bool wait_interval(void) {
    const uint32_t count = PIT_HZ / INTERVAL_HZ;
    uint8_t gate = cpu_in8(SPEAKER);
    gate = (uint8_t)((gate & ~SPEAKER_SOUND) | SPEAKER_GATE);
    cpu_out8(SPEAKER, gate);
    cpu_out8(PIT_COMMAND, PIT_COUNTER_2_ONCE);
    cpu_out8(PIT_COUNTER_2, (uint8_t)count);
    cpu_out8(PIT_COUNTER_2, (uint8_t)(count >> 8));
    for (uint32_t i = 0; i < PIT_PATIENCE; i++) {
        if ((cpu_in8(SPEAKER) & SPEAKER_OUTPUT) != 0) {
            return true;
        }
    }
    return false;
}

// What CPUID says of the TSC, in Hz; 0 if nothing.
static uint64_t tsc_from_cpuid(void) {
    const struct cpu_id ratio = cpu_id(0x15, 0);
    if (ratio.a != 0 && ratio.b != 0 && ratio.c != 0) {
        return (uint64_t)ratio.c * ratio.b / ratio.a;
    }
    return 0;
}

void clock_measure(struct helios_boot_timer *timer) {
    const uint64_t base = cpu_read_msr(MSR_APIC_BASE);
    const bool apic =
        (base & APIC_ENABLED) != 0 && (base & APIC_X2) == 0 && (base & APIC_ADDRESS) < LOADER_REACH;
    if (apic) {
        *apic_register(base, APIC_LVT_TIMER) = APIC_LVT_MASKED;
        *apic_register(base, APIC_DIVIDE) = APIC_BY_1;
        *apic_register(base, APIC_INITIAL) = UINT32_MAX;
    }
    const uint32_t apic_before = apic ? *apic_register(base, APIC_CURRENT) : 0;
    const uint64_t tsc_before = cpu_tsc();
    const bool good = wait_interval();
    const uint64_t tsc_after = cpu_tsc();
    const uint32_t apic_after = apic ? *apic_register(base, APIC_CURRENT) : 0;
    if (apic) {
        *apic_register(base, APIC_INITIAL) = 0;
    }
    timer->frequency_hz = tsc_from_cpuid();
    if (good && timer->frequency_hz == 0) {
        timer->frequency_hz = (tsc_after - tsc_before) * INTERVAL_HZ;
    }
    timer->lapic_hz = good ? (uint64_t)(apic_before - apic_after) * INTERVAL_HZ : 0;
}

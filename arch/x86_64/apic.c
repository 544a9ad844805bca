// SPDX-License-Identifier: GPL-3.0-only
#include "arch/x86_64/apic.h"

#include "arch/include/interrupt.h"

// Delivery mode 0 (fixed) and destination mode 0 (physical) are the zeros in all of these.
#define ENTRY_LOW_ACTIVE  (1u << 13)
#define ENTRY_DESTINATION 24

#define MSI_ADDRESS     0xfee00000u
#define MSI_DESTINATION 12

uint32_t x86_ioapic_entry_low(uint32_t vector, unsigned flags) {
    return vector | X86_IOAPIC_MASKED | ((flags & IRQ_LOW) ? ENTRY_LOW_ACTIVE : 0) |
           ((flags & IRQ_LEVEL) ? X86_IOAPIC_LEVEL : 0);
}

uint32_t x86_ioapic_entry_high(uint32_t apic_id) {
    return apic_id << ENTRY_DESTINATION;
}

uint64_t x86_msi_address(uint32_t apic_id) {
    return MSI_ADDRESS | apic_id << MSI_DESTINATION;
}

uint32_t x86_msi_data(uint32_t vector) {
    return vector;
}

uint64_t x86_timer_scale(uint32_t lapic_hz, uint64_t tsc_hz) {
    return ((uint64_t)lapic_hz << 32) / tsc_hz;
}

uint32_t x86_timer_count(uint64_t ticks, uint64_t scale) {
    const unsigned __int128 count = ((unsigned __int128)ticks * scale >> 32) + 1;
    return count > UINT32_MAX ? UINT32_MAX : (uint32_t)count;
}

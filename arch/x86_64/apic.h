// SPDX-License-Identifier: GPL-3.0-only
//
// Encodings and arithmetic of the interrupt controllers: no privileged instruction here, so that it
// is tested on the host.
//
// Source: Intel SDM vol. 3 chapter 11 (section 11.5.4 timer, 11.11 message-signalled interrupts);
// Intel 82093AA data sheet (IOAPIC) section 3.2.4.
#ifndef HELIOS_ARCH_X86_64_APIC_H
#define HELIOS_ARCH_X86_64_APIC_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Largest APIC id that a redirection entry or a message can name: 255 is everybody, and more than
// eight bits need interrupt remapping.
#define X86_APIC_ID_MAX 254

// Bits of the lower half of an IOAPIC's redirection entry.
#define X86_IOAPIC_MASKED (1u << 16)
#define X86_IOAPIC_LEVEL  (1u << 15)

// The lower half of the entry, masked; `flags` is enum irq_flags (arch/include/interrupt.h).
uint32_t x86_ioapic_entry_low(uint32_t vector, unsigned flags);
// The upper half: delivery to one APIC, by its id.
uint32_t x86_ioapic_entry_high(uint32_t apic_id);

// What a device has to write, and where, to raise `vector` at the APIC with this id.
uint64_t x86_msi_address(uint32_t apic_id);
uint32_t x86_msi_data(uint32_t vector);

// The local APIC's timer counts down in 32 bits at a rate of its own, while the kernel thinks in
// ticks of the time stamp counter. The scale is the ratio of the two, times 2^32. tsc_hz is not 0.
uint64_t x86_timer_scale(uint32_t lapic_hz, uint64_t tsc_hz);

// Initial count for an interrupt no earlier than `ticks` of the time stamp counter from now, but
// for those that 32 bits can't hold, which come early. Never 0, which would stop the timer.
uint32_t x86_timer_count(uint64_t ticks, uint64_t scale);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_X86_64_APIC_H

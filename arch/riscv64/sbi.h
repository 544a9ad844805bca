// SPDX-License-Identifier: GPL-3.0-only
//
// Calls to the machine's firmware (RISC-V Supervisor Binary Interface 2.0).
#ifndef HELIOS_ARCH_RISCV64_SBI_H
#define HELIOS_ARCH_RISCV64_SBI_H

#include <stdbool.h>
#include <stdint.h>

// Asks which of the extensions below the firmware has. Called once, by arch_boot.
void sbi_probe(void);

// Timer extension: an interrupt when the time CSR reaches `time`; ~0 for never.
void sbi_set_timer(uint64_t time);

// Debug console extension, or the legacy call. False where there is neither.
bool sbi_putchar(char c);

// Debug triggers extension (SBI 3.0, chapter 19), for the calling hart. A trigger to install is the
// first of an array whose physical address sbi_trigger_memory announces.
struct sbi_trigger {
    uint64_t state;
    uint64_t tdata1;
    uint64_t tdata2;
    uint64_t tdata3;
};

// How many of this hart's triggers can be `tdata1`, or (0) there are; 0 where there is no such
// extension.
unsigned sbi_trigger_count(uint64_t tdata1);
bool sbi_trigger_memory(uint64_t physical);

// False: firmware refuses it.
bool sbi_trigger_install(void);
void sbi_trigger_uninstall(unsigned number);

// Hart state management: has a hart that is stopped enter supervisor mode at the physical address
// `start`, without translation, `opaque` in a1. Returns a static text that says what is in the way;
// NULL on success, which does not mean that it is there yet.
const char *sbi_hart_start(uint64_t hart, uint64_t start, uint64_t opaque);

// IPI extension: makes a hart's supervisor software interrupt pending. It is there if
// sbi_hart_start succeeded.
void sbi_send_ipi(uint64_t hart);

// System reset extension. Return only where the firmware lacks it or refuses.
bool sbi_shutdown(void);
bool sbi_reboot(void);

#endif // HELIOS_ARCH_RISCV64_SBI_H

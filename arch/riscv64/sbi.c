// SPDX-License-Identifier: GPL-3.0-only
#include "arch/riscv64/sbi.h"

#include <stddef.h>

// Extension and function numbers: SBI 2.0, chapters 4 to 7, 9, 10 and 12; SBI 3.0, chapter 19.
#define EXT_LEGACY_PUTCHAR 0x01
#define EXT_BASE           0x10
#define EXT_HART_STATE     0x48534d
#define EXT_IPI            0x735049
#define EXT_SYSTEM_RESET   0x53525354
#define EXT_TIMER          0x54494d45
#define EXT_DEBUG_CONSOLE  0x4442434e
#define EXT_DEBUG_TRIGGER  0x44425452

#define BASE_PROBE_EXTENSION     3
#define DEBUG_CONSOLE_WRITE_BYTE 2
#define HART_START               0
#define SEND_IPI                 0
#define TRIGGER_COUNT            0
#define TRIGGER_SET_MEMORY       1
#define TRIGGER_INSTALL          3
#define TRIGGER_UNINSTALL        5
#define SYSTEM_RESET             0
#define SET_TIMER                0

#define RESET_TYPE_SHUTDOWN    0
#define RESET_TYPE_COLD_REBOOT 1

static struct {
    bool debug_console;
    bool legacy_putchar;
    bool system_reset;
    bool debug_trigger;
    bool hart_state;
    bool ipi;
} extensions;

struct sbi_result {
    int64_t error; // 0: success
    uint64_t value;
};

// The firmware keeps every register but a0 and a1 (chapter 3).
static struct sbi_result sbi_call_3(uint64_t extension, uint64_t function, uint64_t arg0,
                                    uint64_t arg1, uint64_t arg2) {
    register uint64_t a0 __asm__("a0") = arg0;
    register uint64_t a1 __asm__("a1") = arg1;
    register uint64_t a2 __asm__("a2") = arg2;
    register uint64_t a6 __asm__("a6") = function;
    register uint64_t a7 __asm__("a7") = extension;
    __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a2), "r"(a6), "r"(a7) : "memory");
    return (struct sbi_result){.error = (int64_t)a0, .value = a1};
}

static struct sbi_result sbi_call(uint64_t extension, uint64_t function, uint64_t arg0,
                                  uint64_t arg1) {
    return sbi_call_3(extension, function, arg0, arg1, 0);
}

static bool has_extension(uint64_t extension) {
    const struct sbi_result result = sbi_call(EXT_BASE, BASE_PROBE_EXTENSION, extension, 0);
    return result.error == 0 && result.value != 0;
}

void sbi_probe(void) {
    extensions.debug_console = has_extension(EXT_DEBUG_CONSOLE);
    extensions.legacy_putchar = has_extension(EXT_LEGACY_PUTCHAR);
    extensions.system_reset = has_extension(EXT_SYSTEM_RESET);
    extensions.debug_trigger = has_extension(EXT_DEBUG_TRIGGER);
    extensions.hart_state = has_extension(EXT_HART_STATE);
    extensions.ipi = has_extension(EXT_IPI);
}

bool sbi_putchar(char c) {
    const uint64_t byte = (uint8_t)c;
    if (extensions.debug_console) {
        return sbi_call(EXT_DEBUG_CONSOLE, DEBUG_CONSOLE_WRITE_BYTE, byte, 0).error == 0;
    }
    return extensions.legacy_putchar && sbi_call(EXT_LEGACY_PUTCHAR, 0, byte, 0).error == 0;
}

void sbi_set_timer(uint64_t time) {
    sbi_call(EXT_TIMER, SET_TIMER, time, 0);
}

unsigned sbi_trigger_count(uint64_t tdata1) {
    if (!extensions.debug_trigger) {
        return 0;
    }
    const struct sbi_result result = sbi_call(EXT_DEBUG_TRIGGER, TRIGGER_COUNT, tdata1, 0);
    return result.error == 0 ? (unsigned)result.value : 0;
}

bool sbi_trigger_memory(uint64_t physical) {
    return sbi_call(EXT_DEBUG_TRIGGER, TRIGGER_SET_MEMORY, physical, 0).error == 0;
}

// OpenSBI 1.6 refuses to install two at once, free or not: one at a time.
bool sbi_trigger_install(void) {
    return sbi_call(EXT_DEBUG_TRIGGER, TRIGGER_INSTALL, 1, 0).error == 0;
}

void sbi_trigger_uninstall(unsigned number) {
    sbi_call(EXT_DEBUG_TRIGGER, TRIGGER_UNINSTALL, number, 1);
}

const char *sbi_hart_start(uint64_t hart, uint64_t start, uint64_t opaque) {
    if (!extensions.hart_state || !extensions.ipi) {
        return "firmware lacks SBI's HSM or IPI extension";
    }
    switch (sbi_call_3(EXT_HART_STATE, HART_START, hart, start, opaque).error) {
    case 0:
        return NULL;
    case -3:
        return "firmware knows no such hart";
    case -6:
        return "it runs already";
    default:
        return "firmware can't start it";
    }
}

// One hart: bit 0 of a mask that begins with it.
void sbi_send_ipi(uint64_t hart) {
    sbi_call(EXT_IPI, SEND_IPI, 1, hart);
}

bool sbi_shutdown(void) {
    return extensions.system_reset &&
           sbi_call(EXT_SYSTEM_RESET, SYSTEM_RESET, RESET_TYPE_SHUTDOWN, 0).error == 0;
}

bool sbi_reboot(void) {
    return extensions.system_reset &&
           sbi_call(EXT_SYSTEM_RESET, SYSTEM_RESET, RESET_TYPE_COLD_REBOOT, 0).error == 0;
}

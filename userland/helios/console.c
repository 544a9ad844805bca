// SPDX-License-Identifier: MIT
#include "userland/helios/console.h"

#include <stdarg.h>
#include <stdint.h>

#include "toolchains/freestanding/format.h"
#include "uapi/object.h"
#include "userland/helios/syscall.h"

// Registers of the 16550 (PC16550D data sheet, section 8) and the PL011 (Arm DDI 0183,
// section 3.2).
enum {
    NS_DATA = 0,
    NS_LINE_STATUS = 5,
    NS_STATUS_DATA = 0x01,
    PL011_DATA = 0x00,
    PL011_FLAGS = 0x18,
    PL011_FLAG_EMPTY = 0x10,
};

static struct helios_bootinfo_console device;

void helios_printf(const char *format, ...) {
    // Formatted where the kernel reads it, so that it need not be copied.
    va_list arguments;
    va_start(arguments, format);
    size_t length = format_text_v(helios_buffer->text, HELIOS_MAX_TEXT, format, arguments);
    va_end(arguments);
    struct helios_message message = {
        .tag = helios_tag(0, 0, 1, 0),
        .params = {length},
    };
    helios_syscall(HELIOS_SYS_WRITECONS, &message);
}

void helios_console_open(const struct helios_bootinfo_console *console) {
    device = *console;
}

int helios_console_has_input(void) {
    return device.kind == HELIOS_BOOTINFO_CONSOLE_16550_PORT ||
           device.kind == HELIOS_BOOTINFO_CONSOLE_16550_MMIO ||
           device.kind == HELIOS_BOOTINFO_CONSOLE_PL011;
}

static uint32_t read_memory(uint64_t offset) {
    uintptr_t address = (uintptr_t)(device.base + offset);
    if (device.io_width == 4) {
        return *(const volatile uint32_t *)address;
    }
    return *(const volatile uint8_t *)address;
}

// A register of a 16550.
static uint32_t read_register(uint64_t index) {
    if (device.kind == HELIOS_BOOTINFO_CONSOLE_16550_PORT) {
        return (uint32_t)helios_call(device.capability, HELIOS_IO_PORT_IN8, 1, device.base + index,
                                     0)
            .value;
    }
    return read_memory(index << device.reg_shift);
}

int helios_console_poll(void) {
    if (device.kind == HELIOS_BOOTINFO_CONSOLE_PL011) {
        return read_memory(PL011_FLAGS) & PL011_FLAG_EMPTY ? -1
                                                           : (int)(read_memory(PL011_DATA) & 0xff);
    }
    if (!helios_console_has_input() || (read_register(NS_LINE_STATUS) & NS_STATUS_DATA) == 0) {
        return -1;
    }
    return (int)(read_register(NS_DATA) & 0xff);
}

char helios_console_read(void) {
    int c;
    while ((c = helios_console_poll()) < 0) {
        helios_yield();
    }
    return (char)c;
}

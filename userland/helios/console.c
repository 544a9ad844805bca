// SPDX-License-Identifier: MIT
#include "userland/helios/console.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include "toolchains/freestanding/format.h"
#include "uapi/object.h"
#include "userland/helios/log.h"
#include "userland/helios/startup.h"
#include "userland/helios/syscall.h"

// Registers of the 16550 (PC16550D data sheet, section 8) and the PL011 (Arm DDI 0183,
// section 3.2).
enum {
    NS_DATA = 0,
    NS_INTERRUPT_ENABLE = 1,
    NS_MODEM_CONTROL = 4,
    NS_LINE_STATUS = 5,
    NS_INTERRUPT_RECEIVED = 0x01,
    NS_MODEM_READY = 0x0b, // DTR, RTS, OUT2, which lets the interrupt out on PCs
    NS_STATUS_DATA = 0x01,
    NS_STATUS_ROOM = 0x20,
    PL011_DATA = 0x00,
    PL011_FLAGS = 0x18,
    PL011_INTERRUPT_MASK = 0x38,
    PL011_INTERRUPT_CLEAR = 0x44,
    PL011_FLAG_EMPTY = 0x10,
    PL011_FLAG_FULL = 0x20,
    PL011_INTERRUPT_RECEIVED = 0x50, // data, or data and a pause
};

enum { RING_ADDRESS_OFFSET = 4096 }; // from the console's registers

static struct {
    uint32_t kind; // enum helios_bootinfo_console_kind; NONE until it is claimed
    uint64_t base; // port, or virtual address
    uint32_t reg_shift;
    uint32_t io_width;
    uint64_t port;                      // IOPort capability
    uint64_t handler;                   // IRQHandler capability, 0: none
    uint64_t notification;              // that it signals
    const struct helios_bootinfo *info; // until the interrupt has been asked for
    const volatile struct helios_console_ring *ring;
    uint64_t ring_read; // bytes of the kernel's that were written
} device;

static uint32_t read_register(uint64_t index) {
    if (device.kind == HELIOS_BOOTINFO_CONSOLE_16550_PORT) {
        return (uint32_t)helios_call(device.port, HELIOS_IO_PORT_IN8, 1, device.base + index, 0)
            .value;
    }
    uint64_t offset =
        device.kind == HELIOS_BOOTINFO_CONSOLE_PL011 ? index : index << device.reg_shift;
    uintptr_t address = (uintptr_t)(device.base + offset);
    if (device.io_width == 4) {
        return *(const volatile uint32_t *)address;
    }
    return *(const volatile uint8_t *)address;
}

static void write_register(uint64_t index, uint32_t value) {
    if (device.kind == HELIOS_BOOTINFO_CONSOLE_16550_PORT) {
        helios_call(device.port, HELIOS_IO_PORT_OUT8, 2, device.base + index, value);
        return;
    }
    uint64_t offset =
        device.kind == HELIOS_BOOTINFO_CONSOLE_PL011 ? index : index << device.reg_shift;
    uintptr_t address = (uintptr_t)(device.base + offset);
    if (device.io_width == 4) {
        *(volatile uint32_t *)address = value;
    } else {
        *(volatile uint8_t *)address = (uint8_t)value;
    }
}

static bool has_room(void) {
    return device.kind == HELIOS_BOOTINFO_CONSOLE_PL011
               ? (read_register(PL011_FLAGS) & PL011_FLAG_FULL) == 0
               : (read_register(NS_LINE_STATUS) & NS_STATUS_ROOM) != 0;
}

static void put(char c) {
    while (!has_room()) {
    }
    write_register(device.kind == HELIOS_BOOTINFO_CONSOLE_PL011 ? (uint64_t)PL011_DATA
                                                                : (uint64_t)NS_DATA,
                   (uint8_t)c);
}

static void write_text(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\n') {
            put('\r');
        }
        put(text[i]);
    }
}

// What the kernel said since the last time.
static void write_kernel_text(void) {
    if (device.ring == NULL) {
        return;
    }
    uint64_t head = device.ring->head;
    if (head - device.ring_read > HELIOS_CONSOLE_RING) {
        device.ring_read = head - HELIOS_CONSOLE_RING;
    }
    for (; device.ring_read < head; device.ring_read++) {
        char c = device.ring->data[device.ring_read % HELIOS_CONSOLE_RING];
        write_text(&c, 1);
    }
}

void helios_console_write(const char *text, size_t length) {
    if (helios_startup != NULL) {
        helios_log_write(text, length);
        return;
    }
    if (device.kind == HELIOS_BOOTINFO_CONSOLE_NONE) {
        helios_writecons(text, length);
        return;
    }
    write_kernel_text();
    write_text(text, length);
}

void helios_printf(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char text[HELIOS_MAX_TEXT];
    size_t length = format_text_v(text, sizeof(text), format, arguments);
    va_end(arguments);
    helios_console_write(text, length);
}

static uint64_t slot_of_registers(const struct helios_bootinfo *info) {
    for (uint32_t i = 0; i < info->device_count; i++) {
        const struct helios_bootinfo_device *range = &info->devices[i];
        if (info->console.base - range->base < range->length) {
            return range->slot;
        }
    }
    return 0;
}

static bool map_registers(const struct helios_bootinfo *info) {
    uint64_t page_mask = info->page_size - 1ull;
    const uint64_t where[4] = {info->console.base & ~page_mask, 0, 0, 0};
    helios_buffer->caps[0] = info->memories[0].slot;
    struct helios_answer page =
        helios_invoke(slot_of_registers(info), HELIOS_DEVICE_MEMORY_ALLOCATE, 1, 2, where);
    if (page.status != HELIOS_OK) {
        return false;
    }
    device.base = info->console.address + (info->console.base & page_mask);
    return helios_call_with(HELIOS_INIT_VSPACE, HELIOS_VSPACE_MAP, helios_buffer->caps[0], 2,
                            info->console.address, HELIOS_MAP_WRITE | HELIOS_MAP_DEVICE, 0)
               .status == HELIOS_OK;
}

static bool claim(const struct helios_bootinfo *info) {
    switch (info->console.kind) {
    case HELIOS_BOOTINFO_CONSOLE_16550_PORT: {
        struct helios_answer answer = helios_call(HELIOS_INIT_IO_CONTROL, HELIOS_IO_CONTROL_ISSUE,
                                                  2, info->console.base, info->console.length);
        device.port = helios_buffer->caps[0];
        device.base = info->console.base;
        return answer.status == HELIOS_OK;
    }
    case HELIOS_BOOTINFO_CONSOLE_16550_MMIO:
    case HELIOS_BOOTINFO_CONSOLE_PL011:
        return map_registers(info);
    default:
        return false;
    }
}

static void map_ring(const struct helios_bootinfo *info) {
    uint64_t address = info->console.address + RING_ADDRESS_OFFSET;
    if (helios_call_with(HELIOS_INIT_VSPACE, HELIOS_VSPACE_MAP, HELIOS_INIT_CONSOLE, 2, address, 0,
                         0)
            .status == HELIOS_OK) {
        device.ring = (const volatile struct helios_console_ring *)(uintptr_t)address;
    }
}

static void enable_interrupt(void) {
    if (device.kind == HELIOS_BOOTINFO_CONSOLE_PL011) {
        write_register(PL011_INTERRUPT_MASK, PL011_INTERRUPT_RECEIVED);
    } else {
        write_register(NS_MODEM_CONTROL, NS_MODEM_READY);
        write_register(NS_INTERRUPT_ENABLE, NS_INTERRUPT_RECEIVED);
    }
}

// The trigger of a line that nobody describes: an ISA line is an edge, everything else a level.
static uint64_t trigger_of(const struct helios_bootinfo *info) {
    for (uint32_t i = 0; i < info->irq_count; i++) {
        if (info->irqs[i].line == info->console.irq) {
            return info->irqs[i].trigger;
        }
    }
    return info->console.kind == HELIOS_BOOTINFO_CONSOLE_16550_PORT ? 0 : HELIOS_IRQ_TRIGGER_LEVEL;
}

static void open_interrupt(const struct helios_bootinfo *info) {
    if (info->console.irq_valid == 0) {
        return;
    }
    struct helios_answer made =
        helios_allocate(info->memories[0].slot, HELIOS_TYPE_NOTIFICATION, 0);
    if (made.status != HELIOS_OK) {
        return;
    }
    device.notification = made.value;
    const uint64_t line[4] = {info->console.irq, trigger_of(info), 0, 0};
    if (helios_invoke(HELIOS_INIT_IRQ_CONTROL, HELIOS_IRQ_CONTROL_ISSUE, 0, 3, line).status !=
        HELIOS_OK) {
        return;
    }
    uint64_t handler = helios_buffer->caps[0];
    // An unbadged capability signals no bits, so bind one that has a badge.
    const uint64_t badged[4] = {HELIOS_CADDR_UNDEF, HELIOS_RIGHT_ALL, 1, 0};
    helios_buffer->caps[0] = device.notification;
    struct helios_answer copy = helios_invoke(HELIOS_INIT_CSPACE, HELIOS_CSPACE_COPY, 1, 3, badged);
    if (copy.status == HELIOS_OK &&
        helios_call_with(handler, HELIOS_IRQ_HANDLER_BIND, copy.value, 0, 0, 0, 0).status ==
            HELIOS_OK) {
        enable_interrupt();
        helios_call(handler, HELIOS_IRQ_HANDLER_ACK, 0, 0, 0);
        device.handler = handler;
    }
}

void helios_console_open(const struct helios_bootinfo *info) {
    device.reg_shift = info->console.reg_shift;
    device.io_width = info->console.io_width;
    if (claim(info)) {
        device.kind = info->console.kind;
        device.info = info;
        map_ring(info);
    }
}

int helios_console_has_input(void) {
    return device.kind != HELIOS_BOOTINFO_CONSOLE_NONE;
}

int helios_console_poll(void) {
    if (device.kind == HELIOS_BOOTINFO_CONSOLE_NONE) {
        return -1;
    }
    if (device.kind == HELIOS_BOOTINFO_CONSOLE_PL011) {
        bool is_empty = (read_register(PL011_FLAGS) & PL011_FLAG_EMPTY) != 0;
        return is_empty ? -1 : (int)(read_register(PL011_DATA) & 0xff);
    }
    bool is_empty = (read_register(NS_LINE_STATUS) & NS_STATUS_DATA) == 0;
    return is_empty ? -1 : (int)(read_register(NS_DATA) & 0xff);
}

static void wait_for_interrupt(void) {
    if (device.info != NULL) {
        open_interrupt(device.info);
        device.info = NULL;
        return; // what came before does not interrupt any more
    }
    if (device.handler == 0) {
        helios_yield();
        return;
    }
    struct helios_message message = {.capability = device.notification};
    helios_syscall(HELIOS_SYS_WAIT, &message);
    if (device.kind == HELIOS_BOOTINFO_CONSOLE_PL011) {
        write_register(PL011_INTERRUPT_CLEAR, PL011_INTERRUPT_RECEIVED);
    }
    helios_call(device.handler, HELIOS_IRQ_HANDLER_ACK, 0, 0, 0);
}

char helios_console_read(void) {
    write_kernel_text();
    int c;
    while ((c = helios_console_poll()) < 0) {
        wait_for_interrupt();
    }
    return (char)c;
}

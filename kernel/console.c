// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/console.h"

#include <stdarg.h>
#include <stdbool.h>

#include "arch/include/mmu.h"
#include "boot/protocol/protocol.h"
#include "kernel/frame.h"
#include "kernel/lock.h"
#include "kernel/memory.h"
#include "kernel/physmem.h"
#include "kernel/uart.h"
#include "kernel/window.h"
#include "toolchains/freestanding/format.h"
#include "uapi/bootinfo.h"

enum { LINE_LENGTH = 256 };

// Guards the device. No other lock is taken while it is held.
static struct lock console_lock = {.rank = LOCK_CONSOLE};
static bool lock_is_broken;
static struct uart uart;

// Where the registers are, as whoever claims them names them.
static uint64_t device_base;
static uint64_t device_length;
static bool is_claimed; // atomic

static struct helios_console_ring *ring;
static struct frame ring_frame;

void console_init(const struct helios_boot *boot) {
    const struct helios_boot_console *found = &boot->console;
    is_claimed = false;
    ring = NULL;
    device_base = found->base;
    device_length = found->kind == HELIOS_CONSOLE_16550_PORT ? CONSOLE_PORTS : found->length;
    uart = (struct uart){
        .base = found->base,
        .space = DEVICE_MEMORY,
        .reg_shift = found->reg_shift,
        .io_width = found->io_width == 4 ? 4 : 1,
    };
    if (found->kind == HELIOS_CONSOLE_16550_PORT && arch_has_ports()) {
        uart.space = DEVICE_PORT;
        uart.io_width = 1;
        uart.kind = UART_16550;
    } else if (found->kind == HELIOS_CONSOLE_16550_MMIO || found->kind == HELIOS_CONSOLE_PL011) {
        uart.base = window_map(found->base, found->length, MMU_DEVICE | MMU_WRITE);
        if (uart.base != 0) {
            uart.kind = found->kind == HELIOS_CONSOLE_PL011 ? UART_PL011 : UART_16550;
        }
    }
    uart_init(&uart, found->clock_hz);
}

bool console_ring_init(void) {
    uint64_t physical = physmem_alloc_page();
    if (physical == 0) {
        return false;
    }
    memory_zero(&ring_frame, sizeof(ring_frame));
    ring_frame.physical = physical | FRAME_PAGE;
    object_init(&ring_frame.object, HELIOS_TYPE_PAGE, NULL);
    ring = arch_direct(physical);
    return true;
}

struct object *console_ring_page(void) {
    return ring != NULL ? &ring_frame.object : NULL;
}

static bool has_claimant(void) {
    return __atomic_load_n(&is_claimed, __ATOMIC_RELAXED);
}

static void set_claimed(bool value) {
    __atomic_store_n(&is_claimed, value, __ATOMIC_RELAXED);
}

void console_claim(enum device_space space, uint64_t base, uint64_t length) {
    if (uart.kind != UART_NONE && uart.space == space && base < device_base + device_length &&
        device_base - (base < device_base ? base : device_base) < length) {
        lock_acquire(&console_lock); // what is being written is written
        set_claimed(ring != NULL);
        lock_release(&console_lock);
    }
}

void console_take_back(void) {
    set_claimed(false); // whoever is writing
}

static void put(char c) {
    if (has_claimant()) {
        // The claimant may write here: the position is the kernel's only in the page's own words.
        uint64_t head = ring->head;
        ring->data[head % HELIOS_CONSOLE_RING] = c;
        ring->head = head + 1;
        return;
    }
    if (uart.kind != UART_NONE) {
        uart_put(&uart, (uint8_t)c);
    } else {
        arch_firmware_putchar(c);
    }
}

void console_write(const char *text, size_t length) {
    bool locked = !lock_is_broken;
    if (locked) {
        lock_acquire(&console_lock);
    }
    for (size_t i = 0; i < length; i++) {
        char c = text[i]; // once: it may lie in memory that a user is writing to
        if (c == '\n' && !has_claimant()) {
            put('\r');
        }
        put(c);
    }
    if (locked) {
        lock_release(&console_lock);
    }
}

void console_printf(const char *format, ...) {
    char line[LINE_LENGTH];
    va_list arguments;
    va_start(arguments, format);
    size_t length = format_text_v(line, sizeof(line), format, arguments);
    va_end(arguments);
    console_write(line, length);
}

void console_break_lock(void) {
    lock_is_broken = true;
}

// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/uart.h"

enum {
    BAUD = 115200,
    // Polls before a device counts as dead. An emulator whose output nobody reads for a while must
    // not lose a character, so this is seconds, not the 33 ms that a byte takes at 300 baud.
    PATIENCE = 10000000,
};

// National Semiconductor PC16550D data sheet, section 8: register numbers.
enum {
    NS_DATA = 0,
    NS_DIVISOR_LOW = 0, // while LCR_DIVISOR
    NS_DIVISOR_HIGH = 1,
    NS_INTERRUPT_ENABLE = 1,
    NS_FIFO_CONTROL = 2,
    NS_LINE_CONTROL = 3,
    NS_MODEM_CONTROL = 4,
    NS_LINE_STATUS = 5,

    NS_FIFO_ENABLE = 1,
    NS_LINE_8N1 = 3,
    NS_LINE_DIVISOR = 0x80,
    NS_MODEM_READY = 3, // DTR, RTS
    NS_STATUS_ROOM = 0x20,
};

// Arm PrimeCell UART (PL011) Technical Reference Manual, DDI 0183, section 3.2: offsets.
enum {
    PL011_DATA = 0x00,
    PL011_FLAGS = 0x18,
    PL011_BAUD_INTEGER = 0x24,
    PL011_BAUD_FRACTION = 0x28,
    PL011_LINE_CONTROL = 0x2c,
    PL011_CONTROL = 0x30,
    PL011_INTERRUPT_MASK = 0x38,

    PL011_FLAG_FULL = 1 << 5,
    PL011_LINE_8N1_FIFO = 0x70,
    PL011_CONTROL_ON = 0x301, // UARTEN, TXE, RXE
};

static uintptr_t address_of(const struct uart *uart, unsigned reg) {
    return uart->base + (uart->kind == UART_16550 ? (uintptr_t)reg << uart->reg_shift : reg);
}

static uint32_t read_register(const struct uart *uart, unsigned reg) {
    return (uint32_t)arch_device_read(uart->space, address_of(uart, reg), uart->io_width);
}

static void write_register(const struct uart *uart, unsigned reg, uint32_t value) {
    arch_device_write(uart->space, address_of(uart, reg), uart->io_width, value);
}

static void init_16550(struct uart *uart, uint32_t clock_hz) {
    write_register(uart, NS_INTERRUPT_ENABLE, 0);
    uint32_t divisor = clock_hz / (16 * BAUD);
    if (divisor > 0 && divisor <= 0xffff) {
        write_register(uart, NS_LINE_CONTROL, NS_LINE_DIVISOR | NS_LINE_8N1);
        write_register(uart, NS_DIVISOR_LOW, divisor & 0xff);
        write_register(uart, NS_DIVISOR_HIGH, divisor >> 8);
    }
    write_register(uart, NS_LINE_CONTROL, NS_LINE_8N1);
    write_register(uart, NS_FIFO_CONTROL, NS_FIFO_ENABLE);
    write_register(uart, NS_MODEM_CONTROL, NS_MODEM_READY);
}

static void init_pl011(struct uart *uart, uint32_t clock_hz) {
    write_register(uart, PL011_INTERRUPT_MASK, 0);
    // In sixty-fourths, as the two divisor registers want it.
    uint32_t divisor = (uint32_t)((uint64_t)clock_hz * 4 / BAUD);
    if (divisor >= 64 && divisor >> 6 <= 0xffff) {
        write_register(uart, PL011_BAUD_INTEGER, divisor >> 6);
        write_register(uart, PL011_BAUD_FRACTION, divisor & 63);
    }
    write_register(uart, PL011_LINE_CONTROL, PL011_LINE_8N1_FIFO);
    write_register(uart, PL011_CONTROL, PL011_CONTROL_ON);
}

void uart_init(struct uart *uart, uint32_t clock_hz) {
    if (uart->kind == UART_16550) {
        init_16550(uart, clock_hz);
    } else if (uart->kind == UART_PL011) {
        init_pl011(uart, clock_hz);
    }
}

static bool has_room(const struct uart *uart) {
    if (uart->kind == UART_16550) {
        return (read_register(uart, NS_LINE_STATUS) & NS_STATUS_ROOM) != 0;
    }
    return (read_register(uart, PL011_FLAGS) & PL011_FLAG_FULL) == 0;
}

void uart_put(struct uart *uart, uint8_t byte) {
    if (uart->kind == UART_NONE) {
        return;
    }
    // A dead device gets one chance for each byte.
    unsigned patience = uart->dead ? 0 : PATIENCE;
    for (unsigned polls = 0; !has_room(uart); polls++) {
        if (polls == patience) {
            uart->dead = true;
            return;
        }
    }
    uart->dead = false;
    write_register(uart, uart->kind == UART_16550 ? (unsigned)NS_DATA : (unsigned)PL011_DATA, byte);
}

// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/serial/uart.h"

// 16550
enum {
    NS_DATA = 0,
    NS_INTERRUPT_ENABLE = 1,
    NS_INTERRUPT_IDENTITY = 2, // read
    NS_FIFO_CONTROL = 2,       // write
    NS_LINE_CONTROL = 3,
    NS_MODEM_CONTROL = 4,
    NS_LINE_STATUS = 5,
    NS_SCRATCH = 7,
    NS_ENABLE_RECEIVED = 1,
    NS_ENABLE_ROOM = 2,
    NS_FIFO_ON = 0x01, // interrupt at every byte, so that none waits for others
    NS_LINE_8N1 = 0x03,
    NS_LINE_STOP_2 = 0x04,
    NS_LINE_PARITY = 0x08,
    NS_LINE_EVEN = 0x10,
    NS_LINE_DIVISOR = 0x80, // the first two registers are the divisor's halves
    NS_CLOCKS_PER_BIT = 16,
    NS_MODEM_READY = 0x0b, // DTR, RTS, OUT2, which lets the interrupt out on PCs
    NS_STATUS_DATA = 0x01,
    NS_STATUS_ROOM = 0x20, // the whole FIFO is free
    NS_FIFO_BYTES = 16,
};

// PL011
enum {
    PL_DATA = 0x00,
    PL_FLAGS = 0x18,
    PL_DIVISOR = 0x24,
    PL_FRACTION = 0x28, // of the divisor, in 64ths
    PL_LINE_CONTROL = 0x2c,
    PL_CONTROL = 0x30,
    PL_INTERRUPT_MASK = 0x38,
    PL_MASKED_STATUS = 0x40,
    PL_INTERRUPT_CLEAR = 0x44,
    PL_PERIPHERAL_ID = 0xfe0,
    PL_FLAG_EMPTY = 0x10,
    PL_FLAG_FULL = 0x20,
    PL_LINE_PARITY = 0x02,
    PL_LINE_EVEN = 0x04,
    PL_LINE_STOP_2 = 0x08,
    PL_LINE_FIFO = 0x10,
    PL_LINE_BITS_SHIFT = 5,
    PL_FRACTIONS_PER_CLOCK = 4,   // 64 / 16 clocks of a bit
    PL_CONTROL_ON = 0x301,        // the port, its transmitter and receiver
    PL_INTERRUPT_RECEIVED = 0x50, // bytes, or bytes and a pause
    PL_INTERRUPT_ROOM = 0x20,
    PL_INTERRUPT_ALL = 0x7ff,
    PL_ID_LOW = 0x11,
    PL_ID_NEXT = 0x10,
};

static uint64_t offset_of(const struct uart *uart, uint32_t index) {
    return uart->kind == UART_PL011 ? index : (uint64_t)index << uart->reg_shift;
}

static uint32_t get(const struct uart *uart, uint32_t index) {
    return venus_read(&uart->registers, offset_of(uart, index), uart->io_width);
}

static void put(const struct uart *uart, uint32_t index, uint32_t value) {
    venus_write(&uart->registers, offset_of(uart, index), uart->io_width, value);
}

static bool open_16550(const struct uart *uart) {
    // Where nobody answers, all registers read as ones.
    put(uart, NS_SCRATCH, 0x5a);
    if ((get(uart, NS_SCRATCH) & 0xff) != 0x5a) {
        return false;
    }
    put(uart, NS_INTERRUPT_ENABLE, 0);
    put(uart, NS_LINE_CONTROL, NS_LINE_8N1);
    put(uart, NS_FIFO_CONTROL, NS_FIFO_ON);
    put(uart, NS_MODEM_CONTROL, NS_MODEM_READY);
    put(uart, NS_INTERRUPT_ENABLE, NS_ENABLE_RECEIVED);
    return true;
}

static bool open_pl011(const struct uart *uart) {
    if ((get(uart, PL_PERIPHERAL_ID) & 0xff) != PL_ID_LOW ||
        (get(uart, PL_PERIPHERAL_ID + 4) & 0xff) != PL_ID_NEXT) {
        return false;
    }
    put(uart, PL_INTERRUPT_MASK, 0);
    put(uart, PL_INTERRUPT_CLEAR, PL_INTERRUPT_ALL);
    put(uart, PL_LINE_CONTROL, get(uart, PL_LINE_CONTROL) | PL_LINE_FIFO);
    put(uart, PL_CONTROL, get(uart, PL_CONTROL) | PL_CONTROL_ON);
    put(uart, PL_INTERRUPT_MASK, PL_INTERRUPT_RECEIVED);
    return true;
}

bool uart_open(struct uart *uart) {
    uart->wants_room = false;
    return uart->kind == UART_PL011 ? open_pl011(uart) : open_16550(uart);
}

enum { LEAST_BITS = 5, MOST_BITS = 8, MOST_DIVISOR = 0xffff, TOLERANCE_PERCENT = 3 };

// The divisor for a speed, which is clock * numerator / (baud * denominator). 0: it can't be that
// fast, or slow.
static uint32_t divisor_for(const struct uart *uart, uint32_t baud, uint32_t numerator,
                            uint32_t denominator, uint32_t most) {
    uint64_t units = (uint64_t)uart->clock_hz * numerator;
    uint64_t per_unit = (uint64_t)baud * denominator;
    uint64_t divisor = (units + per_unit / 2) / per_unit;
    uint64_t reached = divisor * per_unit;
    uint64_t off = reached > units ? reached - units : units - reached;
    bool is_near = divisor > 0 && off * 100 <= units * TOLERANCE_PERCENT;
    return is_near && divisor <= most ? (uint32_t)divisor : 0;
}

static bool set_16550(const struct uart *uart, const struct uart_line *line) {
    uint32_t divisor =
        line->baud == 0 ? 0 : divisor_for(uart, line->baud, 1, NS_CLOCKS_PER_BIT, MOST_DIVISOR);
    // With five bits of data, two stop bits are one and a half.
    if ((line->baud != 0 && divisor == 0) ||
        (line->data_bits == LEAST_BITS && line->stop_bits == 2)) {
        return false;
    }
    uint32_t control = line->data_bits - (uint32_t)LEAST_BITS;
    control |= line->stop_bits == 2 ? (uint32_t)NS_LINE_STOP_2 : 0;
    control |= line->parity != UART_PARITY_NONE ? (uint32_t)NS_LINE_PARITY : 0;
    control |= line->parity == UART_PARITY_EVEN ? (uint32_t)NS_LINE_EVEN : 0;
    if (divisor != 0) {
        put(uart, NS_LINE_CONTROL, control | NS_LINE_DIVISOR);
        put(uart, NS_DATA, divisor & 0xff);
        put(uart, NS_INTERRUPT_ENABLE, divisor >> 8);
    }
    put(uart, NS_LINE_CONTROL, control);
    return true;
}

static bool set_pl011(const struct uart *uart, const struct uart_line *line) {
    uint32_t divisor = line->baud == 0 ? 0
                                       : divisor_for(uart, line->baud, PL_FRACTIONS_PER_CLOCK, 1,
                                                     MOST_DIVISOR * 64);
    if (line->baud != 0 && divisor < 64) {
        return false;
    }
    uint32_t control = (line->data_bits - (uint32_t)LEAST_BITS) << PL_LINE_BITS_SHIFT;
    control |= line->stop_bits == 2 ? (uint32_t)PL_LINE_STOP_2 : 0;
    control |= line->parity != UART_PARITY_NONE ? (uint32_t)PL_LINE_PARITY : 0;
    control |= line->parity == UART_PARITY_EVEN ? (uint32_t)PL_LINE_EVEN : 0;
    uint32_t on = get(uart, PL_CONTROL);
    put(uart, PL_CONTROL, on & ~1u); // the byte on its way still leaves
    if (divisor != 0) {
        put(uart, PL_DIVISOR, divisor / 64);
        put(uart, PL_FRACTION, divisor % 64);
    }
    put(uart, PL_LINE_CONTROL, control | PL_LINE_FIFO); // which is when the divisor counts
    put(uart, PL_CONTROL, on);
    return true;
}

bool uart_set_line(const struct uart *uart, const struct uart_line *line) {
    if (line->data_bits < LEAST_BITS || line->data_bits > MOST_BITS || line->stop_bits < 1 ||
        line->stop_bits > 2 || (uint32_t)line->parity > UART_PARITY_ODD) {
        return false;
    }
    return uart->kind == UART_PL011 ? set_pl011(uart, line) : set_16550(uart, line);
}

static bool has_data(const struct uart *uart) {
    return uart->kind == UART_PL011 ? (get(uart, PL_FLAGS) & PL_FLAG_EMPTY) == 0
                                    : (get(uart, NS_LINE_STATUS) & NS_STATUS_DATA) != 0;
}

static bool has_room(const struct uart *uart) {
    return uart->kind == UART_PL011 ? (get(uart, PL_FLAGS) & PL_FLAG_FULL) == 0
                                    : (get(uart, NS_LINE_STATUS) & NS_STATUS_ROOM) != 0;
}

struct uart_event uart_event(struct uart *uart) {
    if (uart->kind == UART_PL011) {
        put(uart, PL_INTERRUPT_CLEAR, get(uart, PL_MASKED_STATUS) & PL_INTERRUPT_ALL);
    } else {
        (void)get(uart, NS_INTERRUPT_IDENTITY); // which clears that there is room
    }
    return (struct uart_event){
        .is_readable = has_data(uart),
        .is_writable = uart->wants_room && has_room(uart),
    };
}

size_t uart_receive(struct uart *uart, uint8_t *bytes, size_t size) {
    uint32_t data = uart->kind == UART_PL011 ? (uint32_t)PL_DATA : (uint32_t)NS_DATA;
    size_t count = 0;
    while (count < size && has_data(uart)) {
        bytes[count++] = (uint8_t)get(uart, data);
    }
    return count;
}

size_t uart_send(struct uart *uart, const uint8_t *bytes, size_t length) {
    size_t count = 0;
    if (uart->kind == UART_PL011) {
        while (count < length && has_room(uart)) {
            put(uart, PL_DATA, bytes[count++]);
        }
        return count;
    }
    if (has_room(uart)) {
        while (count < length && count < NS_FIFO_BYTES) {
            put(uart, NS_DATA, bytes[count++]);
        }
    }
    return count;
}

void uart_want_room(struct uart *uart, bool wants) {
    if (uart->wants_room == wants) {
        return;
    }
    uart->wants_room = wants;
    if (uart->kind == UART_PL011) {
        put(uart, PL_INTERRUPT_MASK, PL_INTERRUPT_RECEIVED | (wants ? PL_INTERRUPT_ROOM : 0));
    } else {
        put(uart, NS_INTERRUPT_ENABLE, NS_ENABLE_RECEIVED | (wants ? NS_ENABLE_ROOM : 0));
    }
}

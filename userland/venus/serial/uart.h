// SPDX-License-Identifier: GPL-3.0-only
//
// The registers of serial ports: the 16550 and the PL011. Both interrupt when bytes have come and,
// while asked to, when there is room for bytes to go.
//
// Source: PC16550D data sheet, section 8; Arm DDI 0183 (PL011), chapter 3.
#ifndef HELIOS_USERLAND_VENUS_SERIAL_UART_H
#define HELIOS_USERLAND_VENUS_SERIAL_UART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "userland/venus/hardware/registers.h"

#ifdef __cplusplus
extern "C" {
#endif

enum uart_kind {
    UART_16550,
    UART_PL011,
};

struct uart {
    enum uart_kind kind;
    struct venus_registers registers;
    uint32_t reg_shift; // 16550: register n stands at n << reg_shift
    uint32_t io_width;  // bytes of one access: 1 or 4
    uint32_t clock_hz;  // of the baud rate generator; 0: unknown
    bool wants_room;
};

// Why it interrupted.
struct uart_event {
    bool is_readable;
    bool is_writable;
};

// Lets it receive, with its FIFOs on and as fast as whoever used it before. False if these are not
// the registers of such a port.
bool uart_open(struct uart *uart);

enum uart_parity {
    UART_PARITY_NONE,
    UART_PARITY_EVEN,
    UART_PARITY_ODD,
};

// How bytes travel.
struct uart_line {
    uint32_t baud; // 0: as fast as it is
    uint8_t data_bits;
    uint8_t stop_bits;
    enum uart_parity parity;
};

// Changes that. False, with nothing changed: the port can't do it, or not within 3 % of the speed.
bool uart_set_line(const struct uart *uart, const struct uart_line *line);

// What there is to do. Acknowledges what has to be.
struct uart_event uart_event(struct uart *uart);

// Takes up to `size` bytes that have come. Returns how many: one that always has more gets no more
// than that.
size_t uart_receive(struct uart *uart, uint8_t *bytes, size_t size);

// Hands over as many of the bytes as there is room for. Returns how many.
size_t uart_send(struct uart *uart, const uint8_t *bytes, size_t length);

// Whether it shall interrupt when there is room.
void uart_want_room(struct uart *uart, bool wants);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_VENUS_SERIAL_UART_H

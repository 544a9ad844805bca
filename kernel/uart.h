// SPDX-License-Identifier: GPL-3.0-only
//
// Output to the serial devices that the kernel knows: the 16550 family and Arm's PL011. Polling
// only; input and interrupts are a driver's business.
#ifndef HELIOS_KERNEL_UART_H
#define HELIOS_KERNEL_UART_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/include/device.h"

#ifdef __cplusplus
extern "C" {
#endif

enum uart_kind {
    UART_NONE = 0,
    UART_16550 = 1,
    UART_PL011 = 2,
};

struct uart {
    enum uart_kind kind;
    enum device_space space;
    uintptr_t base;
    unsigned reg_shift; // register n stands at base + (n << reg_shift); PL011: not used
    unsigned io_width;  // bytes of one access
    bool dead;          // did not take a byte in time: no more waiting until it is ready again
};

// 8 data bits, no parity, FIFO on, interrupts off; 115200 baud if clock_hz says how, otherwise the
// speed stays as firmware left it.
void uart_init(struct uart *uart, uint32_t clock_hz);

// Waits for room and sends one byte; drops it if the device is not ready within seconds.
void uart_put(struct uart *uart, uint8_t byte);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_UART_H

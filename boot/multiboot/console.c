// SPDX-License-Identifier: GPL-3.0-only
//
// Screen (VGA text mode, as a BIOS leaves it) and COM1.
#include "boot/multiboot/cpu.h"
#include "boot/multiboot/loader.h"

#include <string.h>

enum uart { // 16550 registers
    COM1 = 0x3f8,
    UART_DATA = 0,
    UART_INTERRUPTS = 1,
    UART_FIFO = 2,
    UART_LINE = 3,
    UART_MODEM = 4,
    UART_STATUS = 5,
    UART_SCRATCH = 7,
    LINE_8N1 = 3,
    LINE_DIVISOR = 0x80,
    STATUS_EMPTY = 0x20,
};

#define UART_PATIENCE 100000u // a port that is stuck must not keep the machine from booting

enum screen {
    SCREEN_COLUMNS = 80,
    SCREEN_ROWS = 25,
    SCREEN_WHITE = 0x0700,
};

static volatile uint16_t *const screen = (volatile uint16_t *)0xb8000;
static bool has_serial;
static bool has_screen;
static unsigned row;

bool console_has_serial(void) {
    return has_serial;
}

static bool keeps(uint8_t value) {
    cpu_out8(COM1 + UART_SCRATCH, value);
    return cpu_in8(COM1 + UART_SCRATCH) == value;
}

// Where there is no display adapter, reads of its memory give ones.
static bool find_screen(void) {
    const uint16_t before = screen[0];
    screen[0] = SCREEN_WHITE | ' ';
    const bool found = screen[0] == (SCREEN_WHITE | ' ');
    screen[0] = before;
    return found;
}

void console_begin(void) {
    has_screen = find_screen();
    has_serial = keeps(0x5a) && keeps(0xa5);
    if (has_serial) {
        cpu_out8(COM1 + UART_INTERRUPTS, 0);
        cpu_out8(COM1 + UART_LINE, LINE_DIVISOR);
        cpu_out8(COM1 + UART_DATA, 1); // 115200 baud
        cpu_out8(COM1 + UART_INTERRUPTS, 0);
        cpu_out8(COM1 + UART_LINE, LINE_8N1);
        cpu_out8(COM1 + UART_FIFO, 1);
        cpu_out8(COM1 + UART_MODEM, 3);
    }
}

static void serial_put(char c) {
    for (unsigned i = 0; i < UART_PATIENCE; i++) {
        if ((cpu_in8(COM1 + UART_STATUS) & STATUS_EMPTY) != 0) {
            cpu_out8(COM1 + UART_DATA, (uint8_t)c);
            return;
        }
    }
}

static void screen_clear(void) {
    for (unsigned i = 0; i < SCREEN_COLUMNS * SCREEN_ROWS; i++) {
        screen[i] = SCREEN_WHITE | ' ';
    }
}

static void screen_print(const char *line) {
    if (row == 0) {
        screen_clear();
    }
    for (unsigned column = 0; *line != '\0'; line++, column++) {
        if (column == SCREEN_COLUMNS) {
            column = 0;
            row++;
        }
        screen[(row % SCREEN_ROWS) * SCREEN_COLUMNS + column] =
            (uint16_t)(SCREEN_WHITE | (uint8_t)*line);
    }
    row = (row + 1) % SCREEN_ROWS;
}

void console_print(const char *line) {
    if (has_screen) {
        screen_print(line);
    }
    if (!has_serial) {
        return;
    }
    for (const char *at = line; *at != '\0'; at++) {
        serial_put(*at);
    }
    serial_put('\r');
    serial_put('\n');
}

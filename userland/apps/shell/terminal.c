// SPDX-License-Identifier: GPL-3.0-only
#include "userland/apps/shell/terminal.h"

#include <stdarg.h>

#include "toolchains/freestanding/format.h"
#include "userland/helios/memory.h"
#include "userland/interfaces/io.h"
#include "userland/interfaces/registry.h"

enum { TEXT = 512 };

static uint64_t serial;
static uint8_t input[IO_CHUNK];
static uint32_t input_length;
static uint32_t input_position;

void terminal_open(void) {
    struct registry_entry entry;
    helios_drop(serial);
    serial = 0;
    if (registry_lookup(HELIOS_PROCESS_REGISTRY, IO_SERIAL_ID, IO_SERIAL_VERSION, "serial", &entry,
                        &serial) != HELIOS_OK) {
        helios_exit(1);
    }
}

void terminal_write(const char *text, size_t length) {
    while (length > 0) {
        uint32_t taken = 0;
        uint32_t piece = length < IO_CHUNK ? (uint32_t)length : IO_CHUNK;
        if (io_stream_write(serial, text, piece, &taken) != HELIOS_OK || taken > piece) {
            terminal_open();
            continue;
        }
        text += taken;
        length -= taken;
    }
}

void terminal_printf(const char *format, ...) {
    char text[TEXT];
    char lines[2 * TEXT];
    size_t count = 0;
    va_list arguments;
    va_start(arguments, format);
    size_t length = format_text_v(text, sizeof text, format, arguments);
    va_end(arguments);
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\n') {
            lines[count++] = '\r';
        }
        lines[count++] = text[i];
    }
    terminal_write(lines, count);
}

char terminal_read(void) {
    while (input_position == input_length) {
        input_position = 0;
        input_length = 0;
        if (io_stream_read(serial, sizeof input, input, &input_length) != HELIOS_OK) {
            input_length = 0;
            terminal_open();
        }
    }
    return (char)input[input_position++];
}

// SPDX-License-Identifier: GPL-3.0-only
#include "userland/apps/shell/terminal.h"

#include <stdarg.h>

#include "toolchains/freestanding/format.h"
#include "uapi/object.h"
#include "userland/helios/memory.h"
#include "userland/interfaces/io.h"
#include "userland/interfaces/registry.h"

enum {
    TEXT = 512,
    FROM_SERIAL = 1,
    FROM_CONSOLE = 2,
    SERIAL_CHANGED = 4, // another driver
    CONSOLE_CHANGED = 8,
};

static struct {
    uint64_t serial;
    uint64_t console; // io::terminal; 0: there is none
    uint64_t notification;
    uint64_t serial_ready; // copies of it, with a bit each
    uint64_t console_ready;
    uint8_t input[IO_CHUNK];
    uint32_t length;
    uint32_t position;
} terminal;

static void open_serial(void) {
    struct registry_entry entry;
    helios_drop(terminal.serial);
    terminal.serial = 0;
    if (registry_lookup(HELIOS_PROCESS_REGISTRY, IO_SERIAL_ID, IO_SERIAL_VERSION, "serial", &entry,
                        &terminal.serial) != HELIOS_OK) {
        helios_exit(1);
    }
}

static void open_console(void) {
    struct registry_entry entry;
    uint64_t found = 0;
    helios_drop(terminal.console);
    terminal.console = 0;
    if (registry_lookup_expected(HELIOS_PROCESS_REGISTRY, IO_TERMINAL_ID, IO_TERMINAL_VERSION,
                                 "console", &entry, &found) == HELIOS_OK) {
        terminal.console = found;
    }
}

static uint64_t bit_of(uint64_t bit) {
    struct helios_answer copy = helios_copy(terminal.notification, HELIOS_RIGHT_ALL, bit);
    if (copy.status != HELIOS_OK) {
        helios_exit(1);
    }
    return copy.value;
}

static void watch_name(const char *name, uint64_t bit) {
    uint64_t copy = bit_of(bit);
    registry_watch(HELIOS_PROCESS_REGISTRY, copy, name);
    helios_drop(copy);
}

void terminal_open(void) {
    struct helios_answer made = helios_make(HELIOS_TYPE_NOTIFICATION, 0);
    if (made.status != HELIOS_OK) {
        helios_exit(1);
    }
    terminal.notification = made.value;
    terminal.serial_ready = bit_of(FROM_SERIAL);
    terminal.console_ready = bit_of(FROM_CONSOLE);
    watch_name("serial", SERIAL_CHANGED);
    watch_name("console", CONSOLE_CHANGED);
    open_serial();
    open_console();
}

// false: nobody takes it any more.
static bool write_all(uint64_t stream, const char *text, size_t length) {
    while (length > 0) {
        uint32_t taken = 0;
        uint32_t piece = length < IO_CHUNK ? (uint32_t)length : IO_CHUNK;
        if (io_stream_write(stream, text, piece, &taken) != HELIOS_OK || taken > piece) {
            return false;
        }
        text += taken;
        length -= taken;
    }
    return true;
}

void terminal_write(const char *text, size_t length) {
    if (terminal.console != 0 && !write_all(terminal.console, text, length)) {
        open_console();
    }
    while (!write_all(terminal.serial, text, length)) {
        open_serial();
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

// Has both say when there is something to read; that there was something before counts no more.
static void watch(void) {
    helios_nbwait(terminal.notification);
    while (io_stream_watch(terminal.serial, terminal.serial_ready) != HELIOS_OK) {
        open_serial();
    }
    if (terminal.console != 0 &&
        io_stream_watch(terminal.console, terminal.console_ready) != HELIOS_OK) {
        open_console();
    }
}

static void read_from(uint64_t stream) {
    terminal.position = 0;
    terminal.length = 0;
    if (stream != 0 && io_stream_read(stream, sizeof terminal.input, terminal.input,
                                      &terminal.length) != HELIOS_OK) {
        terminal.length = 0;
    }
}

// Each of them alone: what the other has is there the next time too.
static void wait_for_input(void) {
    watch();
    uint64_t word = helios_wait(terminal.notification, 0).value;
    if ((word & SERIAL_CHANGED) != 0) {
        open_serial();
    }
    if ((word & CONSOLE_CHANGED) != 0) {
        open_console();
    }
    if ((word & FROM_SERIAL) != 0 && (word & SERIAL_CHANGED) == 0) {
        read_from(terminal.serial);
    } else if ((word & FROM_CONSOLE) != 0 && (word & CONSOLE_CHANGED) == 0) {
        read_from(terminal.console);
    }
}

char terminal_read(void) {
    while (terminal.position == terminal.length) {
        wait_for_input();
    }
    return (char)terminal.input[terminal.position++];
}

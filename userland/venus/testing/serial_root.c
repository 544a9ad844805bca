// SPDX-License-Identifier: GPL-3.0-only
//
// Starts the driver of the console's serial port and talks through it: each line comes back in
// capitals; "long" is answered by more than any FIFO or ring holds, "configure" changes
// the speed and the bits, "exit" ends it.
#include <string.h>

#include "userland/helios/console.h"
#include "userland/helios/ipc.h"
#include "userland/helios/objects.h"
#include "userland/helios/start.h"
#include "userland/interfaces/io.h"
#include "userland/venus/testing/play.h"

enum { LINE_BYTES = 100, LONG_LINES = 500 };

static uint64_t port;
static bool has_clock;

static void say(const char *text) {
    uint32_t length = (uint32_t)strlen(text);
    while (length > 0) {
        uint32_t taken = 0;
        if (io_stream_write(port, text, length, &taken) != HELIOS_OK) {
            return;
        }
        text += taken;
        length -= taken;
    }
}

static bool read_line(char *line) {
    uint32_t length = 0;
    while (length + 1 < LINE_BYTES) {
        uint8_t bytes[IO_CHUNK];
        uint32_t count;
        if (io_stream_read(port, 1, bytes, &count) != HELIOS_OK || count != 1) {
            return false;
        }
        if (bytes[0] == '\r' || bytes[0] == '\n') {
            break;
        }
        line[length++] = (char)bytes[0];
    }
    line[length] = '\0';
    return true;
}

static void capitals(char *line) {
    for (; *line != '\0'; line++) {
        *line = *line >= 'a' && *line <= 'z' ? (char)(*line - 'a' + 'A') : *line;
    }
}

// Two stop bits are two for everybody; nine bits of data nobody has.
static void configure(void) {
    struct io_serial_config config = {.data_bits = 9, .stop_bits = 1};
    if (io_serial_set_config(port, &config) != HELIOS_ERROR_UNSUPPORTED) {
        say("nine bits were not refused\r\n");
    }
    config = (struct io_serial_config){.data_bits = 8, .stop_bits = 2, .parity = IO_PARITY_EVEN};
    config.baud = has_clock ? 57600 : 0;
    struct io_serial_config now = {0};
    if (io_serial_set_config(port, &config) != HELIOS_OK ||
        io_serial_get_config(port, &now) != HELIOS_OK || memcmp(&now, &config, sizeof(now)) != 0) {
        say("not configured\r\n");
    }
    say("configured\r\n");
}

static void talk(void) {
    char line[LINE_BYTES];
    say("serial: ready\r\n");
    while (read_line(line)) {
        if (strcmp(line, "exit") == 0) {
            say("helios: exit status 0\r\n");
            return;
        }
        if (strcmp(line, "configure") == 0) {
            configure();
            continue;
        }
        if (strcmp(line, "long") == 0) {
            for (unsigned i = 0; i < LONG_LINES; i++) {
                say("0123456789abcdefghijklmnopqrstuvwxyz\r\n");
            }
            say("that was long\r\n");
            continue;
        }
        capitals(line);
        say("you said ");
        say(line);
        say("\r\n");
    }
}

void helios_main(const struct helios_bootinfo *bootinfo) {
    struct play_device device;
    struct play_driver driver;
    play_begin(bootinfo);
    if (!play_find_console(&device) || !play_start(&driver, "bin/serial", &device)) {
        helios_printf("serial: no driver, status %d\n", (int)driver.end.status);
    } else {
        port = driver.service;
        has_clock = bootinfo->console.clock_hz != 0;
        talk();
    }
    helios_power_off(HELIOS_INIT_POWER);
}

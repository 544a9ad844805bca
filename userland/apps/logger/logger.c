// SPDX-License-Identifier: GPL-3.0-only
//
// Puts the log on the serial console: line by line, as they come. When the driver is gone it waits
// for the next one; what was not written then is written again.
#include <string.h>

#include "userland/helios/memory.h"
#include "userland/interfaces/io.h"
#include "userland/interfaces/log.h"
#include "userland/interfaces/registry.h"

static uint64_t find_serial(void) {
    struct registry_entry entry;
    uint64_t serial = 0;
    enum helios_error status = registry_lookup(HELIOS_PROCESS_REGISTRY, IO_SERIAL_ID,
                                               IO_SERIAL_VERSION, "serial", &entry, &serial);
    return status == HELIOS_OK ? serial : 0;
}

// All of it, or false: the driver is gone.
static bool write_all(uint64_t serial, const char *text, uint32_t length) {
    while (length > 0) {
        uint32_t taken = 0;
        uint32_t piece = length < IO_CHUNK ? length : IO_CHUNK;
        if (io_stream_write(serial, text, piece, &taken) != HELIOS_OK || taken > piece) {
            return false;
        }
        text += taken;
        length -= taken;
    }
    return true;
}

// A terminal wants a carriage return before each line feed.
static bool write_lines(uint64_t serial, const uint8_t *text, uint32_t length) {
    char out[2 * sizeof((struct log_chunk *)0)->text];
    uint32_t count = 0;
    for (uint32_t i = 0; i < length; i++) {
        if (text[i] == '\n') {
            out[count++] = '\r';
        }
        out[count++] = (char)text[i];
    }
    return write_all(serial, out, count);
}

int main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    uint64_t journal = helios_cap("journal");
    uint64_t serial = find_serial();
    uint64_t next = 0;
    while (serial != 0) {
        struct log_chunk chunk;
        if (log_follow(journal, next, &chunk) != HELIOS_OK) {
            return 1;
        }
        while (serial != 0 && !write_lines(serial, chunk.text, chunk.text_length)) {
            helios_drop(serial);
            serial = find_serial();
        }
        next = chunk.next;
    }
    return 1;
}

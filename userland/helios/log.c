// SPDX-License-Identifier: MIT
#include "userland/helios/log.h"

#include <stdbool.h>
#include <string.h>

#include "userland/helios/ipc.h"
#include "userland/helios/startup.h"

// One message. Returns whether somebody took it.
static bool send_piece(const char *text, size_t length) {
    uint64_t words[HELIOS_MAX_PARAMS] = {length};
    memcpy(&words[1], text, length);
    struct helios_message message = {0};
    uint32_t count = 1 + (uint32_t)((length + sizeof(words[0]) - 1) / sizeof(words[0]));
    message.tag = helios_tag(HELIOS_PROCESS_SAY_TEXT, 0, count, 0);
    for (unsigned i = 0; i < HELIOS_REGISTER_PARAMS; i++) {
        message.params[i] = words[i];
    }
    for (unsigned i = HELIOS_REGISTER_PARAMS; i < count; i++) {
        helios_buffer->params[i] = words[i];
    }
    return helios_send(HELIOS_PROCESS_LOG, message).status == HELIOS_OK;
}

static void write_to_kernel(const char *text, size_t length) {
    while (length != 0) {
        size_t piece = length < HELIOS_MAX_TEXT ? length : HELIOS_MAX_TEXT;
        helios_writecons(text, piece);
        text += piece;
        length -= piece;
    }
}

void helios_log_write(const char *text, size_t length) {
    while (length != 0) {
        size_t piece = length < HELIOS_PROCESS_TEXT ? length : HELIOS_PROCESS_TEXT;
        if (!send_piece(text, piece)) {
            write_to_kernel(text, length);
            return;
        }
        text += piece;
        length -= piece;
    }
}

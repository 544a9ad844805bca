// SPDX-License-Identifier: GPL-3.0-only
//
// Starts drivers anew under the talk: its arguments are the number of a slide, the name of the
// driver that is torn down when that slide is shown, and so on. For a test.
//
// Capabilities: "processes", "journal".
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "uapi/object.h"
#include "userland/helios/ipc.h"
#include "userland/helios/memory.h"
#include "userland/interfaces/log.h"
#include "userland/interfaces/process.h"

// Waits until the log has said `wanted`, behind what was looked at before.
static bool wait_for(const char *wanted, uint64_t ready, uint64_t *next) {
    struct log_chunk chunk;
    uint64_t journal = helios_cap("journal");
    for (;;) {
        if (log_read(journal, *next, &chunk) != HELIOS_OK) {
            return false;
        }
        *next = chunk.next;
        if (chunk.text_length > 0) {
            char text[sizeof chunk.text + 1];
            memcpy(text, chunk.text, chunk.text_length);
            text[chunk.text_length] = '\0';
            if (strstr(text, wanted) != NULL) {
                return true;
            }
        } else if (log_watch(journal, ready, *next) != HELIOS_OK ||
                   helios_wait(ready, 0).status != HELIOS_OK) {
            return false;
        }
    }
}

int main(int argc, char **argv) {
    uint64_t next = 0;
    struct helios_answer ready = helios_make(HELIOS_TYPE_NOTIFICATION, 0);
    for (int i = 1; i + 1 < argc && ready.status == HELIOS_OK; i += 2) {
        char wanted[32];
        uint32_t id = 0;
        snprintf(wanted, sizeof wanted, "slides: %s of ", argv[i]);
        if (!wait_for(wanted, ready.value, &next)) {
            printf("the log can't be read\n");
            return 1;
        }
        enum helios_error status =
            process_manager_restart(helios_cap("processes"), argv[i + 1], "", &id);
        printf("%s at slide %s: %s\n", argv[i + 1], argv[i], process_strerror(status));
    }
    return ready.status != HELIOS_OK;
}

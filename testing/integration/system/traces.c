// SPDX-License-Identifier: GPL-3.0-only
//
// Lets `ends` fault three calls deep, and compares what the log says of it with where its functions
// said they return to.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userland/helios/startup.h"
#include "userland/interfaces/log.h"
#include "userland/interfaces/process.h"

enum { CALLS = 3 };

struct trace {
    uint64_t said[CALLS]; // by the functions, the outermost first
    uint32_t said_count;
    uint64_t told[CALLS + 1]; // by Mercury; the place of the fault first
    uint64_t pc;              // of the fault
};

static void read_line(struct trace *trace, const char *line) {
    static const char said[] = "ends: returns to ";
    static const char told[] = "mercury: ends: #";
    static const char fault[] = "mercury: ends: fault WRITE at 0x0000000000000008, pc ";
    if (strncmp(line, said, sizeof said - 1) == 0 && trace->said_count < CALLS) {
        trace->said[trace->said_count++] = strtoull(line + sizeof said - 1, NULL, 16);
    } else if (strncmp(line, fault, sizeof fault - 1) == 0) {
        trace->pc = strtoull(line + sizeof fault - 1, NULL, 16);
    } else if (strncmp(line, told, sizeof told - 1) == 0) {
        char *end = NULL;
        unsigned long number = strtoul(line + sizeof told - 1, &end, 10);
        if (number <= CALLS) {
            trace->told[number] = strtoull(end, NULL, 16);
        }
    }
}

static void read_log(struct trace *trace) {
    struct log_chunk chunk;
    uint64_t journal = helios_cap("journal");
    for (uint64_t at = 0; log_read(journal, at, &chunk) == HELIOS_OK && chunk.text_length > 0;
         at = chunk.next) {
        char text[sizeof chunk.text + 1];
        memcpy(text, chunk.text, chunk.text_length);
        text[chunk.text_length] = '\0';
        for (const char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
            read_line(trace, line);
        }
    }
}

int main(void) {
    struct trace trace = {0};
    struct process_info info;
    uint64_t processes = helios_cap("processes");
    uint32_t id = 0;
    if (process_manager_start(processes, "bin/ends", "deep", &id) != HELIOS_OK ||
        process_manager_wait(processes, id, &info) != HELIOS_OK ||
        info.state != PROCESS_STATE_FAULTED) {
        printf("ends did not fault\n");
        return 1;
    }
    read_log(&trace);
    uint32_t right = 0;
    for (uint32_t i = 0; i < trace.said_count; i++) {
        right += trace.said[i] != 0 && trace.said[i] == trace.told[CALLS - i];
    }
    printf("%u of %u callers are where they said; the fault itself %s\n", right, CALLS,
           trace.pc != 0 && trace.pc == trace.told[0] ? "too" : "is NOT");
    return 0;
}

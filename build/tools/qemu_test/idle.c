// SPDX-License-Identifier: GPL-3.0-only
//
// The lines of QEMU's log: "Trace CPU: HOST-ADDRESS [...]", one for each block that is executed.
#include "build/tools/qemu_test/idle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CONTROL_MS = 30000, // for QEMU to do what it is told
    TYPED_MS = 1000,    // for the guest to take the key
};

bool idle_count(const struct buffer *log, uint64_t counts[IDLE_CPUS]) {
    static const char word[] = "Trace ";
    const char *line = log->data;
    memset(counts, 0, IDLE_CPUS * sizeof counts[0]);
    while (line != NULL && *line != '\0') {
        if (strncmp(line, word, strlen(word)) == 0) {
            unsigned long cpu = strtoul(line + strlen(word), NULL, 10);
            if (cpu >= IDLE_CPUS) {
                return false;
            }
            counts[cpu]++;
        }
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    return true;
}

// Gives QEMU's monitor a command that has nothing to say.
static bool command(struct guest *guest, const char *text, struct error *err) {
    struct buffer reply = {0};
    char *arguments = mem_format("{\"command-line\":\"%s\"}", text);
    bool ok = qemu_qmp(&guest->qemu, "human-monitor-command", arguments, clock_ms() + CONTROL_MS,
                       &guest->raw, &reply, err);
    if (ok && strstr(reply.data, "\"return\": \"\"") == NULL) {
        ok = error_set(err, "QEMU refused \"%s\": %s", text, reply.data);
    }
    buffer_free(&reply);
    free(arguments);
    return ok;
}

// Lets the guest run for so long.
static bool pass(struct guest *guest, int64_t ms, struct error *err) {
    int64_t end = clock_ms() + ms;
    while (clock_ms() < end) {
        if (guest_wait(guest, end) == GUEST_ENDED) {
            return error_set(err, "the guest has ended");
        }
    }
    return true;
}

// Counts what the guest executes in so long, `key` (NULL: none) being typed first.
static bool trace(struct guest *guest, int64_t ms, const char *key, uint64_t counts[IDLE_CPUS],
                  struct error *err) {
    struct buffer log = {0};
    char *path = mem_format("%s/trace", guest->qemu.temp_dir);
    char *logfile = mem_format("logfile %s", path);
    bool ok = command(guest, "one-insn-per-tb on", err) && command(guest, logfile, err) &&
              command(guest, "log exec,nochain", err);
    if (ok && key != NULL && !guest_send(guest, key, clock_ms() + CONTROL_MS)) {
        ok = error_set(err, "the guest takes no input");
    }
    ok = ok && pass(guest, ms, err) && command(guest, "log none", err) &&
         command(guest, "one-insn-per-tb off", err) && file_read(path, &log, err);
    if (ok && !idle_count(&log, counts)) {
        ok = error_set(err, "more than %u CPUs", IDLE_CPUS);
    }
    remove(path);
    buffer_free(&log);
    free(logfile);
    free(path);
    return ok;
}

bool idle_check(struct guest *guest, uint64_t seconds, uint64_t most, struct error *err) {
    uint64_t counts[IDLE_CPUS];
    uint64_t all = 0;
    if (!guest->running) {
        return error_set(err, "the guest has ended");
    }
    int64_t ms = (int64_t)seconds * 1000;
    if (!pass(guest, ms, err) || !trace(guest, ms, NULL, counts, err)) {
        return false;
    }
    for (unsigned int i = 0; i < IDLE_CPUS; i++) {
        if (counts[i] > most * seconds) {
            return error_set(err, "CPU %u executed %llu instructions in %llu seconds", i,
                             (unsigned long long)counts[i], (unsigned long long)seconds);
        }
        if (counts[i] > 0) {
            printf("idle: CPU %u: %llu instructions in %llu seconds\n", i,
                   (unsigned long long)counts[i], (unsigned long long)seconds);
        }
    }
    if (!trace(guest, TYPED_MS, "\r", counts, err)) {
        return false;
    }
    for (unsigned int i = 0; i < IDLE_CPUS; i++) {
        all += counts[i];
    }
    printf("idle: a key: %llu instructions\n", (unsigned long long)all);
    return all > 0 || error_set(err, "a key was typed and no instruction counted");
}

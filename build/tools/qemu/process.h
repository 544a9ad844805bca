// SPDX-License-Identifier: GPL-3.0-only
//
// A running QEMU: its console, its control connection, its end.
#ifndef HELIOS_BUILD_TOOLS_QEMU_PROCESS_H
#define HELIOS_BUILD_TOOLS_QEMU_PROCESS_H

#include <poll.h>
#include <sys/types.h>

#include "build/tools/qemu/command.h"

#ifdef __cplusplus
extern "C" {
#endif

struct qemu {
    pid_t pid;   // 0: not running
    int console; // -1: closed
    int qmp;     // -1: closed
    int net;     // the other end of network "peer" (non-blocking); -1: none
    char *temp_dir;
    struct buffer qmp_text; // what came over the control connection so far
    uint64_t gdb_port;      // 0: none
    int wait_status;        // as from waitpid, once it has ended
};

// What qemu_poll found: any of these at once, or QEMU_TIMEOUT alone.
enum qemu_event {
    QEMU_TIMEOUT = 0,
    QEMU_OUTPUT = 1,  // bytes were appended to the console buffer
    QEMU_CONTROL = 2, // bytes were appended to qmp_text
    QEMU_EXTRA = 4,   // some extra[i].revents is set
    QEMU_ENDED = 8,   // QEMU has ended, all its output was read, wait_status is set
    QEMU_FAILED = 16, // poll itself failed
};

// Starts QEMU. It dies with its parent. Errors: what qemu_command_check finds, no temporary
// directory, no sockets. That the program could not be executed shows as exit status 127.
bool qemu_start(struct qemu *qemu, const struct qemu_config *config,
                const struct qemu_options *options, struct error *err);

// Waits until something happens or the clock (clock_ms) reaches `deadline`; -1: no deadline.
// Console output is appended to *console. A console closed without QEMU ending ends it by force.
unsigned int qemu_poll(struct qemu *qemu, struct buffer *console, struct pollfd *extra,
                       size_t extra_count, int64_t deadline);

// Sends bytes to the guest's console. Returns how many QEMU took, which may be fewer.
size_t qemu_send(struct qemu *qemu, const void *data, size_t size);

// Executes a QMP command: `arguments` is a JSON object or NULL. *reply, if not NULL, gets the line
// of JSON that answered. Errors: QEMU refused, ended, or did not answer until `deadline`.
bool qemu_qmp(struct qemu *qemu, const char *command, const char *arguments, int64_t deadline,
              struct buffer *console, struct buffer *reply, struct error *err);

// Whether the guest has reset the machine (with no_reboot: has tried to).
bool qemu_was_reset(const struct qemu *qemu);

// Kills QEMU if it runs, waits for it and removes the temporary directory.
void qemu_stop(struct qemu *qemu);

// "QEMU ended with status 1", "QEMU was killed by signal 11", for people. Only once it has ended.
void qemu_describe_end(const struct qemu *qemu, char *text, size_t size);

#ifdef __cplusplus
}
#endif

#endif

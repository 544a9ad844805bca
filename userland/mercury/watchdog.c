// SPDX-License-Identifier: GPL-3.0-only
#include "uapi/object.h"
#include "userland/helios/clock.h"
#include "userland/helios/ipc.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/helios/thread.h"
#include "userland/mercury/mercury.h"
#include "userland/mercury/serve.h"

#define ANSWER_TIME 1000000000ull // ns within which a service has to answer anything

enum { QUESTION = 0x7fffffff }; // no interface has this call

static uint64_t ears;  // Endpoint: Mercury to the watchdog
static uint64_t voice; // the watchdog to Mercury

// Asks services whether they live. Any answer will do.
static void watch(void *argument) {
    (void)argument;
    helios_buffer->receive_count = 0; // an answer brings nothing
    for (;;) {
        struct helios_message message;
        if (helios_recv(ears, 0, &message) & HELIOS_FLAG_ERROR) {
            return;
        }
        uint64_t process = message.params[1];
        struct helios_message question =
            helios_message_of(helios_tag(QUESTION, 0, 0, HELIOS_FLAG_DEADLINE), 0, 0);
        helios_buffer->deadline = helios_after(ANSWER_TIME);
        const uint64_t endpoint = message.params[0];
        struct helios_answer answer = helios_exchange(endpoint, &question);
        helios_drop(endpoint);
        if (answer.status == HELIOS_ERROR_DEADLINE) {
            helios_send(voice, helios_message_of(helios_tag(0, 0, 1, 0), process, 0));
        }
    }
}

void watchdog_begin(void) {
    struct helios_thread *thread = NULL;
    const struct helios_thread_options options = {.name = "watchdog"};
    ears = helios_make(HELIOS_TYPE_ENDPOINT, 0).value;
    voice = helios_copy(proc_endpoint, HELIOS_RIGHT_WRITE, proc_badge(0, ROLE_WATCHDOG)).value;
    if (helios_thread_run(watch, NULL, &options, &thread) != HELIOS_OK) {
        say("there is no watchdog: it could not be started");
    }
}

bool watchdog_ask(uint64_t endpoint, uint32_t process) {
    struct helios_message message = helios_message_of(helios_tag(0, 0, 2, 0), endpoint, process);
    return helios_nbsend(ears, message).status == HELIOS_OK;
}

void serve_watchdog(const struct helios_message *message) {
    struct proc *proc = proc_find((uint32_t)message->params[0]);
    if (proc != NULL && proc->state == PROC_RUNNING) {
        say("%s: does not answer", proc->program.name);
        proc_crashed(proc, PROC_HUNG, 0);
    }
}

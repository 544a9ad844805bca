// SPDX-License-Identifier: GPL-3.0-only
//
// Mercury: the registry of services, the manager of processes and devices, and the log.
#include <stdarg.h>
#include <string.h>

#include "toolchains/freestanding/format.h"
#include "uapi/object.h"
#include "userland/helios/ipc.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/mercury/mercury.h"
#include "userland/mercury/resources.h"
#include "userland/mercury/serve.h"

enum { TEXT = 400 };

struct journal journal;
struct registry services;

static struct journal_source own_line;
static struct journal_source kernel_line;
static struct manifest_system programs;
static uint64_t ring_position;
static uint64_t to_drop;

void say(const char *format, ...) {
    char text[TEXT];
    va_list arguments;
    va_start(arguments, format);
    size_t length = format_text_v(text, sizeof text - 1, format, arguments);
    va_end(arguments);
    text[length] = '\n';
    journal_write(&journal, &own_line, "mercury", text, length + 1);
}

void kernel_ring_drain(void) {
    const struct helios_console_ring *ring = resources.console;
    if (ring == NULL) {
        return;
    }
    uint64_t head = __atomic_load_n(&ring->head, __ATOMIC_ACQUIRE);
    if (head - ring_position > HELIOS_CONSOLE_RING) {
        ring_position = head - HELIOS_CONSOLE_RING;
    }
    for (; ring_position < head; ring_position++) {
        journal_write(&journal, &kernel_line, "", &ring->data[ring_position % HELIOS_CONSOLE_RING],
                      1);
    }
}

void drop_later(uint64_t capability) {
    helios_drop(to_drop);
    to_drop = capability;
}

// The kernel prints it, or puts it into its ring once a driver has the console. Mercury has no log
// but its own.
static void echo(const char *line, size_t length) {
    helios_writecons(line, length);
}

static void tell(void *context, const struct manifest_error *error) {
    char text[TEXT];
    (void)context;
    manifest_format_error(text, sizeof text, error);
    say("%s", text);
}

const struct manifest_program *program_named(const char *name) {
    for (uint32_t i = 0; i < programs.count; i++) {
        if (strcmp(programs.programs[i].name, name) == 0) {
            return &programs.programs[i];
        }
    }
    return NULL;
}

static void start_programs(void) {
    static const char file_name[] = "etc/programs";
    struct bootfs_file file;
    struct manifest_report report = {tell, NULL};
    if (!bootfs_find(&resources.files, file_name, &file)) {
        say("there is no file \"%s\"", file_name);
        return;
    }
    manifest_read_system(file_name, file.data, file.size, report, &programs);
    for (uint32_t i = 0; i < programs.count; i++) {
        struct manifest_program *program = &programs.programs[i];
        if (program->memory == MANIFEST_MEMORY_REST) {
            say("%s: \"rest\" is for init's programs; it gets what is normal", program->name);
            program->memory = MANIFEST_MEMORY_NORMAL;
        }
        if (!program->on_demand) {
            proc_start(program, -1);
        }
    }
}

// Text of a process.
static void take_text(const struct helios_message *message) {
    struct proc *proc = proc_of_badge(message->capability);
    uint32_t params = helios_tag_params(message->tag);
    uint64_t words[HELIOS_MAX_PARAMS];
    uint64_t length = message->params[0];
    if (proc == NULL || helios_tag_label(message->tag) != HELIOS_PROCESS_SAY_TEXT || params < 2 ||
        length > (params - 1) * sizeof words[0]) {
        return;
    }
    for (uint32_t i = 0; i < params; i++) {
        words[i] = i < HELIOS_REGISTER_PARAMS ? message->params[i] : helios_buffer->params[i];
    }
    journal_write(&journal, &proc->line, proc->program.name, (const char *)&words[1], length);
}

// Whatever came with a message that is none of those that are served.
static void drop_capabilities(const struct helios_message *message) {
    uint64_t slots[HELIOS_MAX_CAPS];
    uint32_t count = helios_tag_caps(message->tag);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (!(helios_buffer->unwrapped >> i & 1)) {
            slots[kept++] = helios_buffer->caps[i];
        }
    }
    if (kept > 0) {
        helios_cspace_destroy(helios_environment.cspace, slots, kept);
    }
}

// One message. Returns whether *message is an answer to it now.
static bool handle(struct helios_message *message) {
    uint32_t flags = helios_tag_flags(message->tag);
    uint64_t role = message->capability & 0xff;
    if (flags & (HELIOS_FLAG_ERROR | HELIOS_FLAG_NOTIFIED)) {
        return false;
    }
    kernel_ring_drain();
    if (flags & HELIOS_FLAG_CALL && !(flags & HELIOS_FLAG_FAULT)) {
        return serve(message);
    }
    drop_capabilities(message);
    if (role == ROLE_MANAGER) {
        proc_event(flags, message);
    } else if (role == ROLE_LOG) {
        take_text(message);
    } else if (role == ROLE_WATCHDOG) {
        serve_watchdog(message);
    }
    return false;
}

// An answer stands in the IPC buffer until it is sent: nobody else may be answered before. A
// capability that went with it is dropped before anything is received, which could come to its slot
// if its object went meanwhile.
static void run(void) {
    struct helios_message message;
    bool answers = false;
    for (;;) {
        if (answers && (to_drop != 0 || followers_wait() || finders_wait())) {
            helios_reply(HELIOS_CADDR_UNDEF, message);
            answers = false;
        }
        drop_later(0);
        serve_followers();
        serve_finders();
        if (answers) {
            helios_reply_recv(proc_endpoint, &message);
        } else {
            helios_recv(proc_endpoint, 0, &message);
        }
        answers = handle(&message);
    }
}

static bool begin(void) {
    uint64_t control = helios_cap("asid_control");
    struct helios_answer answer = helios_make(HELIOS_TYPE_ENDPOINT, 0);
    proc_endpoint = answer.value;
    if (answer.status != HELIOS_OK) {
        say("no Endpoint");
        return false;
    }
    if (control != 0) {
        answer = helios_asid_control_make_pool(control, helios_environment.memories[0]);
        helios_environment.asid_pool = answer.status == HELIOS_OK ? helios_buffer->caps[0] : 0;
    }
    return resources_take();
}

int main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    journal.echo = echo;
    if (!begin()) {
        return 1;
    }
    say("up, with %u files and %lu KiB", resources.files.count,
        (unsigned long)(helios_memory_free() >> 10));
    serve_begin();
    start_programs();
    run();
    return 0;
}

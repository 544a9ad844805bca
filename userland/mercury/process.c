// SPDX-License-Identifier: GPL-3.0-only
#include "userland/mercury/process.h"

#include <string.h>

#include "uapi/object.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/mercury/mercury.h"
#include "userland/mercury/resources.h"

enum {
    INDEX_BITS = 6, // of an id: where its entry stands; the others count
    ARGUMENTS = 16,
    TEXT = 200,
    GRANTS = 8,
};

_Static_assert(PROC_COUNT == 1u << INDEX_BITS, "an id holds an index");

uint64_t proc_endpoint;

static struct proc procs[PROC_COUNT];
static uint32_t generation;
static uint64_t ends; // of processes, so far

// What a manifest can grant, beside what every process has.
static const struct {
    const char *name;
    enum role role;
} grants[] = {
    {"processes", ROLE_PROCESSES}, {"power", ROLE_POWER},     {"files", ROLE_FILES},
    {"journal", ROLE_JOURNAL},     {"devices", ROLE_DEVICES},
};

const char *proc_state_text(enum proc_state state) {
    static const char *const texts[] = {"unknown", "running", "exited", "faulted",
                                        "killed",  "hung",    "failed"};
    return (unsigned)state < sizeof texts / sizeof texts[0] ? texts[state] : texts[0];
}

struct proc *proc_find(uint32_t id) {
    struct proc *proc = &procs[id % PROC_COUNT];
    return id != 0 && proc->id == id ? proc : NULL;
}

struct proc *proc_of_badge(uint64_t badge) {
    struct proc *proc = proc_find((uint32_t)(badge >> 8));
    return proc != NULL && proc->state == PROC_RUNNING ? proc : NULL;
}

struct proc *proc_at(uint32_t index) {
    for (uint32_t i = 0; i < PROC_COUNT; i++) {
        if (procs[i].id != 0 && index-- == 0) {
            return &procs[i];
        }
    }
    return NULL;
}

struct proc *proc_named(const char *name) {
    for (uint32_t i = 0; i < PROC_COUNT; i++) {
        if (procs[i].id != 0 && procs[i].state == PROC_RUNNING &&
            strcmp(procs[i].program.name, name) == 0) {
            return &procs[i];
        }
    }
    return NULL;
}

// A place for a new process: an unused one, or the one whose process ended longest ago.
static struct proc *new_entry(void) {
    struct proc *best = NULL;
    for (uint32_t i = 0; i < PROC_COUNT; i++) {
        struct proc *proc = &procs[i];
        if (proc->state == PROC_RUNNING) {
            continue;
        }
        if (best == NULL || proc->end_order < best->end_order) {
            best = proc;
        }
    }
    if (best != NULL) {
        uint32_t index = (uint32_t)(best - procs);
        memset(best, 0, sizeof *best);
        best->id = ++generation << INDEX_BITS | index;
    }
    return best;
}

static uint32_t memory_bits(uint64_t bytes) {
    uint32_t bits = 0;
    while (1ull << bits < bytes) {
        bits++;
    }
    return bits;
}

// A small quota has no room for a large table of capabilities.
static uint32_t cspace_bits(uint64_t bytes) {
    // Who shares a framebuffer has a capability to each of its pages.
    return bytes >= 8u << 20 ? 13 : bytes >= 1u << 20 ? HELIOS_SPAWN_CSPACE_BITS : 8;
}

static void grant(struct helios_spawn_capability *to, const struct proc *proc, const char *name,
                  enum role role) {
    memset(to, 0, sizeof *to);
    to->name = name;
    to->capability = proc_endpoint;
    to->rights = HELIOS_RIGHT_WRITE | HELIOS_RIGHT_GRANT;
    to->badge = proc_badge(proc->id, role);
}

static uint32_t find_grants(const struct proc *proc, struct helios_spawn_capability *to) {
    const struct manifest_list *wanted = &proc->program.capabilities;
    uint32_t count = 0;
    if (proc->device >= 0) {
        grant(&to[count++], proc, "device", ROLE_DEVICE);
    }
    for (uint32_t i = 0; i < wanted->count; i++) {
        uint32_t j = 0;
        while (j < sizeof grants / sizeof grants[0] &&
               strcmp(wanted->names[i].name, grants[j].name) != 0) {
            j++;
        }
        if (j == sizeof grants / sizeof grants[0]) {
            say("%s: there is no capability \"%s\"; it goes without", proc->program.name,
                wanted->names[i].name);
        } else if (count < GRANTS) {
            grant(&to[count++], proc, grants[j].name, grants[j].role);
        }
    }
    return count;
}

static bool spawn(struct proc *proc, const struct bootfs_file *file) {
    struct helios_spawn_capability capabilities[GRANTS];
    char text[MANIFEST_ARGUMENTS];
    const char *arguments[ARGUMENTS + 1] = {proc->program.name};
    memcpy(text, proc->program.arguments, sizeof text);
    struct helios_spawn_config config = {
        .elf = file->data,
        .elf_size = file->size,
        .name = proc->program.name,
        .arguments = arguments,
        .argument_count = 1 + manifest_split(text, arguments + 1, ARGUMENTS),
        .capability_count = find_grants(proc, capabilities),
        .capabilities = capabilities,
        .memory_bits = memory_bits(proc->program.memory),
        .cspace_bits = cspace_bits(proc->program.memory),
        .priority = proc->program.priority,
        .manager = proc_endpoint,
        .badge = proc_badge(proc->id, ROLE_MANAGER),
        .keeps_tasks = true,
        .keeps_stack = true,
        .log = proc_endpoint,
        .log_badge = proc_badge(proc->id, ROLE_LOG),
        .registry = proc_endpoint,
        .registry_badge = proc_badge(proc->id, ROLE_REGISTRY),
    };
    if (helios_spawn(&config, &proc->process) == HELIOS_OK) {
        return true;
    }
    helios_spawn_describe(text, sizeof text, &proc->process);
    say("%s: can't be started: %s", proc->program.name, text);
    return false;
}

struct proc *proc_start(const struct manifest_program *program, int device) {
    struct bootfs_file file;
    if (!bootfs_find(&resources.files, program->file, &file)) {
        say("%s: there is no file \"%s\"", program->name, program->file);
        return NULL;
    }
    struct manifest_program copy = *program; // it may be an entry's own
    struct proc *proc = new_entry();
    if (proc == NULL) {
        say("%s: there are %u processes already", program->name, PROC_COUNT);
        return NULL;
    }
    proc->program = copy;
    proc->device = device;
    proc->state = PROC_RUNNING;
    devices_take(proc);
    if (!spawn(proc, &file)) {
        proc->state = PROC_FAILED;
        devices_forget(proc);
        return NULL;
    }
    services_changed(proc);
    return proc;
}

void proc_end(struct proc *proc, enum proc_state state, int64_t status) {
    journal_flush(&journal, &proc->line, proc->program.name);
    proc->state = state;
    proc->status = status;
    proc->end_order = ++ends;
    services_forget(proc->id);
    // Nobody drives the device when it is stopped, and nobody gets the memory before.
    helios_memory_reset(proc->process.memory);
    if (!devices_forget(proc)) {
        proc->process.memory = 0; // its slot stays, so nobody ever gets that memory
    }
    journal_forget(proc->id);
    waits_forget(proc->id);
    helios_process_destroy(&proc->process);
    services_changed(proc);
    proc_tell_waiters(proc);
}

void proc_crashed(struct proc *proc, enum proc_state state, int64_t status) {
    struct manifest_program program = proc->program;
    int device = proc->device;
    uint32_t restarts = proc->restarts + 1;
    uint32_t crashes = proc->crashes + 1;
    bool has_worked = proc->has_worked;
    proc_end(proc, state, status);
    if (!program.restart) {
        return;
    }
    bool provides = device >= 0 || program.provides.count > 0;
    if (provides && state == PROC_EXITED && !has_worked) {
        return; // it looked at the device, or at what else it needs, and can't or need not serve it
    }
    if (crashes >= PROC_CRASHES) {
        say("%s: failed %u times in a row; it stays down", program.name, crashes);
        return;
    }
    struct proc *next = proc_start(&program, device);
    if (next != NULL) {
        next->restarts = restarts;
        next->crashes = crashes;
        next->has_worked = has_worked;
    }
}

void proc_works(struct proc *proc) {
    proc->has_worked = true;
    proc->crashes = 0;
}

void proc_event(uint32_t flags, const struct helios_message *message) {
    struct helios_process_event event = helios_process_event_of(flags, message);
    struct proc *proc = proc_of_badge(message->capability);
    if (proc == NULL || event.end == HELIOS_PROCESS_NOTHING) {
        return;
    }
    if (event.end == HELIOS_PROCESS_FAULTED) {
        fault_report(proc, &event, message);
        proc_crashed(proc, PROC_FAULTED, event.fault);
        return;
    }
    if (event.status != 0 || proc->program.restart) {
        say("%s: ended with %ld", proc->program.name, (long)event.status);
    }
    proc_crashed(proc, PROC_EXITED, event.status);
}

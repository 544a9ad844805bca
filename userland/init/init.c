// SPDX-License-Identifier: GPL-3.0-only
//
// The root task: it starts what etc/system in the boot file system names, each program with exactly
// the arguments and capabilities that its stanza says, and starts again what ends and should not.
// Whatever is wrong is said on the console, and the rest goes on.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "uapi/object.h"
#include "userland/bootfs/bootfs.h"
#include "userland/helios/console.h"
#include "userland/helios/error.h"
#include "userland/helios/ipc.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/helios/spawn.h"
#include "userland/helios/start.h"
#include "userland/init/grant.h"
#include "userland/manifest/manifest.h"

enum {
    ARGUMENTS = 16,
    TEXT = 400,
    MEMORY_BITS_LEAST = 14,
    RESTARTS = 3, // of one program, after which init gives it up
};

static const char system_file[] = "etc/system";

static const struct helios_bootinfo *machine;
static struct bootfs files;
static struct manifest_system manifest;

static struct {
    struct helios_process process;
    bool runs;
    uint32_t restarts;
} running[MANIFEST_PROGRAMS];

static uint64_t manager; // Endpoint: how programs end; the badge is the index + 1

static void tell(void *context, const struct manifest_error *error) {
    char text[TEXT];
    (void)context;
    manifest_format_error(text, sizeof text, error);
    helios_printf("init: %s\n", text);
}

static void say_answer(const char *name, const char *what, struct helios_answer answer) {
    char text[TEXT];
    helios_format_refusal(text, sizeof text, answer.status, answer.value, answer.found,
                          answer.wanted);
    helios_printf("init: %s: %s: %s\n", name, what, text);
}

// log2 of the largest run of memory that is left.
static uint32_t largest_bits(void) {
    uint32_t largest = MEMORY_BITS_LEAST;
    for (uint32_t i = 0; i < helios_environment.memory_count; i++) {
        struct helios_answer answer = helios_memory_query(helios_environment.memories[i]);
        if (answer.status == HELIOS_OK && answer.more[0] > largest) {
            largest = (uint32_t)answer.more[0];
        }
    }
    return largest;
}

static uint32_t memory_bits(uint64_t bytes) {
    uint32_t bits = 0;
    if (bytes == MANIFEST_MEMORY_REST) {
        return largest_bits();
    }
    while (1ull << bits < bytes) {
        bits++;
    }
    return bits;
}

// Finds what a program is to get. Returns how many; made[] are to be dropped once it has them.
static uint32_t find_grants(const struct manifest_program *program,
                            struct helios_spawn_capability *grants, uint64_t *made,
                            uint32_t *made_count) {
    uint32_t count = 0;
    *made_count = 0;
    for (uint32_t i = 0; i < program->capabilities.count; i++) {
        const char *name = program->capabilities.names[i].name;
        bool is_made = false;
        struct helios_answer answer;
        if (!grant_find(machine, name, &grants[count], &is_made, &answer)) {
            if (answer.status == HELIOS_OK) {
                helios_printf("init: %s: there is no capability \"%s\"; it goes without\n",
                              program->name, name);
            } else {
                say_answer(program->name, name, answer);
            }
            continue;
        }
        if (is_made) {
            made[(*made_count)++] = grants[count].capability;
        }
        count++;
    }
    return count;
}

static bool spawn(const struct manifest_program *program, const struct bootfs_file *file,
                  uint32_t index) {
    struct helios_spawn_capability grants[MANIFEST_LIST];
    uint64_t made[MANIFEST_LIST];
    uint32_t made_count = 0;
    char text[MANIFEST_ARGUMENTS];
    const char *arguments[ARGUMENTS + 1] = {program->name};
    memcpy(text, program->arguments, sizeof text);
    struct helios_spawn_config config = {
        .elf = file->data,
        .elf_size = file->size,
        .name = program->name,
        .arguments = arguments,
        .argument_count = 1 + manifest_split(text, arguments + 1, ARGUMENTS),
        .capability_count = find_grants(program, grants, made, &made_count),
        .capabilities = grants,
        .memory_bits = memory_bits(program->memory),
        .cspace_bits = program->memory == MANIFEST_MEMORY_REST ? 16 : 0,
        .priority = program->priority,
        .manager = manager,
        .badge = index + 1,
    };
    enum helios_error status = helios_spawn(&config, &running[index].process);
    for (uint32_t i = 0; i < made_count; i++) {
        helios_drop(made[i]);
    }
    if (status != HELIOS_OK) {
        char why[TEXT];
        helios_spawn_describe(why, sizeof why, &running[index].process);
        helios_printf("init: %s: can't be started: %s\n", program->name, why);
    }
    return status == HELIOS_OK;
}

static void start(uint32_t index) {
    const struct manifest_program *program = &manifest.programs[index];
    struct bootfs_file file;
    if (!bootfs_find(&files, program->file, &file)) {
        helios_printf("init: %s: there is no file \"%s\"\n", program->name, program->file);
        return;
    }
    running[index].runs = spawn(program, &file, index);
}

// A program has ended: its memory is taken back, and it starts again if it should.
static void ended(const struct helios_process_event *event) {
    uint64_t index = event->badge - 1;
    if (index >= manifest.count || !running[index].runs) {
        return;
    }
    const struct manifest_program *program = &manifest.programs[index];
    if (event->end == HELIOS_PROCESS_FAULTED) {
        helios_printf("init: %s: fault %u at address %p, pc %p\n", program->name, event->fault,
                      (void *)(uintptr_t)event->address, (void *)(uintptr_t)event->pc);
    } else {
        helios_printf("init: %s: ended with %ld\n", program->name, (long)event->status);
    }
    running[index].runs = false;
    helios_process_destroy(&running[index].process);
    if (!program->restart) {
        return;
    }
    if (++running[index].restarts > RESTARTS) {
        helios_printf("init: %s: ended too often; it stays so\n", program->name);
        return;
    }
    start((uint32_t)index);
}

static bool open_files(void) {
    struct tar_error error;
    char text[TEXT];
    for (uint32_t i = 0; i < machine->module_count; i++) {
        const struct helios_bootinfo_module *module = &machine->modules[i];
        if (strcmp(module->name, "bootfs") != 0) {
            continue;
        }
        if (module->address == 0) {
            helios_printf("init: bootfs: the kernel had no room to map it\n");
        } else if (!bootfs_open(&files, (const void *)(uintptr_t)module->address, module->length,
                                &error)) {
            bootfs_format_error(text, sizeof text, &error);
            helios_printf("init: %s\n", text);
        } else {
            return true;
        }
        return false;
    }
    helios_printf("init: the loader brought no bootfs\n");
    return false;
}

static void start_all(void) {
    struct bootfs_file file;
    struct manifest_report report = {tell, NULL};
    if (!bootfs_find(&files, system_file, &file)) {
        helios_printf("init: there is no file \"%s\"\n", system_file);
        return;
    }
    manifest_read_system(system_file, file.data, file.size, report, &manifest);
    for (uint32_t i = 0; i < manifest.count; i++) {
        if (!manifest.programs[i].on_demand) {
            start(i);
        }
    }
}

// The console's device is for a driver.
void helios_root_console(const struct helios_bootinfo *bootinfo) {
    (void)bootinfo;
}

void helios_main(const struct helios_bootinfo *bootinfo) {
    machine = bootinfo;
    struct helios_answer answer = helios_make(HELIOS_TYPE_ENDPOINT, 0);
    if (answer.status != HELIOS_OK) {
        say_answer("init", "no Endpoint", answer);
        return;
    }
    manager = answer.value;
    if (open_files()) {
        start_all();
    }
    for (;;) {
        struct helios_message message;
        helios_buffer->receive_count = 0; // what it starts has no capability to give to it
        uint32_t flags = helios_recv(manager, 0, &message);
        helios_buffer->receive_count = HELIOS_MAX_CAPS;
        struct helios_process_event event = helios_process_event_of(flags, &message);
        if (event.end != HELIOS_PROCESS_NOTHING) {
            ended(&event);
        }
    }
}

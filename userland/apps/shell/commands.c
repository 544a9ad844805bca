// SPDX-License-Identifier: GPL-3.0-only
#include "userland/apps/shell/commands.h"

#include <stdbool.h>
#include <string.h>

#include "uapi/object.h"
#include "userland/apps/shell/terminal.h"
#include "userland/helios/ipc.h"
#include "userland/helios/memory.h"
#include "userland/interfaces/device.h"
#include "userland/interfaces/log.h"
#include "userland/interfaces/power.h"
#include "userland/interfaces/process.h"
#include "userland/interfaces/registry.h"
#include "userland/manifest/manifest.h"

enum {
    LOG_LINES = 24, // that `log` shows without a number
    BENCH_CALLS = 10000,
    TYPES = 24,
    KIBIBYTE = 1024,
};

static void say_error(const char *what, enum helios_error status) {
    terminal_printf("%s: %s\n", what, process_strerror(status));
}

static bool number_of(const char *text, uint64_t limit, uint64_t *value) {
    struct manifest_span span = {text, strlen(text), 1, 1};
    return manifest_number(span, limit, value);
}

static uint64_t processes(void) {
    return helios_cap("processes");
}

static const char *state_text(enum process_state state) {
    static const char *const texts[] = {"?",      "running", "exited", "faulted",
                                        "killed", "hung",    "failed"};
    return (unsigned)state < sizeof texts / sizeof texts[0] ? texts[state] : texts[0];
}

// Finds a process by its number or, if it runs, its name.
static bool find_process(const char *text, struct process_info *info) {
    uint64_t id = 0;
    bool is_number = number_of(text, UINT32_MAX, &id);
    for (uint32_t i = 0; process_manager_list(processes(), i, info) == HELIOS_OK; i++) {
        if (is_number ? info->id == id
                      : info->state == PROCESS_STATE_RUNNING && strcmp(info->name, text) == 0) {
            return true;
        }
    }
    terminal_printf("there is no process \"%s\"\n", text);
    return false;
}

static void print_process(const struct process_info *info) {
    terminal_printf("%6u %2u %7s %5u %6lu %7lu %7lu %5u  %s %s\n", info->id, info->priority,
                    state_text(info->state), info->tasks, (unsigned long)(info->time / 1000000),
                    (unsigned long)(info->memory / KIBIBYTE),
                    (unsigned long)((info->memory - info->memory_free) / KIBIBYTE),
                    info->capabilities, info->name, info->device);
}

static void run_ps(const struct command_line *line) {
    struct process_info info;
    bool all = line->count > 1 && strcmp(line->words[1], "-a") == 0;
    terminal_printf("    id pr   state tasks     ms     KiB    used  caps  name\n");
    for (uint32_t i = 0; process_manager_list(processes(), i, &info) == HELIOS_OK; i++) {
        if (all || info.state == PROCESS_STATE_RUNNING) {
            print_process(&info);
        }
    }
}

static const char *type_text(uint32_t type) {
    static const char *const texts[TYPES] = {
        [HELIOS_TYPE_MEMORY] = "Memory",
        [HELIOS_TYPE_DEVICE_MEMORY] = "DeviceMemory",
        [HELIOS_TYPE_CSPACE] = "CSpace",
        [HELIOS_TYPE_VSPACE] = "VSpace",
        [HELIOS_TYPE_PAGE] = "Page",
        [HELIOS_TYPE_TASK] = "Task",
        [HELIOS_TYPE_ENDPOINT] = "Endpoint",
        [HELIOS_TYPE_NOTIFICATION] = "Notification",
        [HELIOS_TYPE_REPLY] = "Reply",
        [HELIOS_TYPE_IO_PORT] = "IOPort",
        [HELIOS_TYPE_IRQ_HANDLER] = "IRQHandler",
    };
    return type < TYPES && texts[type] != NULL ? texts[type] : "other";
}

static void run_caps(const struct command_line *line) {
    struct process_info info;
    struct process_capability capability;
    if (line->count != 2) {
        terminal_printf("caps PROCESS\n");
        return;
    }
    if (!find_process(line->words[1], &info)) {
        return;
    }
    uint64_t slot = 0;
    while (process_manager_capability(processes(), info.id, slot, &capability) == HELIOS_OK) {
        terminal_printf("%6lu  %s\n", (unsigned long)capability.slot, type_text(capability.type));
        slot = capability.slot + 1;
    }
}

static void run_drivers(const struct command_line *line) {
    struct process_info info;
    (void)line;
    for (uint32_t i = 0; process_manager_list(processes(), i, &info) == HELIOS_OK; i++) {
        if (info.device[0] != '\0' && info.state == PROCESS_STATE_RUNNING) {
            terminal_printf("%6u  %s for %s, %u restarts, %s\n", info.id, info.name, info.device,
                            info.restarts, info.file);
        }
    }
}

static void run_services(const struct command_line *line) {
    struct registry_entry entry;
    (void)line;
    for (uint32_t i = 0; registry_list(HELIOS_PROCESS_REGISTRY, i, &entry) == HELIOS_OK; i++) {
        terminal_printf("%s: interface %p version %u, of process %u\n", entry.name,
                        (void *)(uintptr_t)entry.id, entry.version, entry.process);
    }
}

static void run_devices(const struct command_line *line) {
    struct device_summary summary;
    uint64_t devices = helios_cap("devices");
    (void)line;
    for (uint32_t i = 0; device_manager_get(devices, i, &summary) == HELIOS_OK; i++) {
        const struct device_info *info = &summary.info;
        terminal_printf("%s: ", info->name);
        if (info->bus == DEVICE_BUS_PCI) {
            terminal_printf("%04x:%04x class %06x", info->vendor, info->device, info->class_code);
        } else if (info->bus == DEVICE_BUS_VIRTIO_MMIO) {
            terminal_printf("virtio %u", info->device);
        } else {
            terminal_printf("%s", info->compatible);
        }
        terminal_printf(", %u ranges, %u interrupts%s%s\n", info->ranges, info->interrupts,
                        summary.driver[0] != '\0' ? ", driver " : "", summary.driver);
    }
}

static void run_log(const struct command_line *line) {
    struct log_chunk chunk;
    uint64_t journal = helios_cap("journal");
    uint64_t lines = LOG_LINES;
    if (line->count > 1 && !number_of(line->words[1], UINT32_MAX, &lines)) {
        terminal_printf("log [LINES]\n");
        return;
    }
    uint64_t end = 0;
    uint64_t at = UINT64_MAX;
    enum helios_error status = log_read(journal, at, &chunk);
    if (status != HELIOS_OK) {
        say_error("log", status);
        return;
    }
    end = chunk.next;
    at = end > lines ? end - lines : 0;
    while (at < end && log_read(journal, at, &chunk) == HELIOS_OK && chunk.next > at) {
        char text[sizeof chunk.text + 1];
        memcpy(text, chunk.text, chunk.text_length);
        text[chunk.text_length] = '\0';
        terminal_printf("%s", text);
        at = chunk.next;
    }
}

// Starts a program and waits for its end.
static void run_program(const char *file, const char *arguments) {
    struct process_info info;
    uint32_t id = 0;
    enum helios_error status = process_manager_start(processes(), file, arguments, &id);
    if (status == HELIOS_OK) {
        status = process_manager_wait(processes(), id, &info);
    }
    if (status != HELIOS_OK) {
        say_error(file, status);
    } else if (info.state != PROCESS_STATE_EXITED || info.status != 0) {
        terminal_printf("%s: %s with %d\n", info.name, state_text(info.state), (int)info.status);
    }
}

static void run_run(const struct command_line *line) {
    bool waits = line->count > 1 && strcmp(line->words[1], "-b") != 0;
    uint32_t first = waits ? 1 : 2;
    uint32_t id = 0;
    if (line->count <= first) {
        terminal_printf("run [-b] FILE [ARGUMENTS]\n");
        return;
    }
    const char *arguments = line->count > first + 1 ? line->rest[first + 1] : "";
    if (waits) {
        run_program(line->words[first], arguments);
        return;
    }
    enum helios_error status =
        process_manager_start(processes(), line->words[first], arguments, &id);
    if (status != HELIOS_OK) {
        say_error(line->words[first], status);
    } else {
        terminal_printf("process %u\n", id);
    }
}

static void run_slides(const struct command_line *line) {
    bool has_display = false;
    if (registry_expected(HELIOS_PROCESS_REGISTRY, "display", &has_display) != HELIOS_OK ||
        !has_display) {
        terminal_printf("there is no display to show slides on\n");
        return;
    }
    run_program("slides", line->count > 1 ? line->rest[1] : "");
}

static void run_kill(const struct command_line *line) {
    struct process_info info;
    if (line->count != 2) {
        terminal_printf("kill PROCESS\n");
    } else if (find_process(line->words[1], &info)) {
        enum helios_error status = process_manager_kill(processes(), info.id);
        if (status != HELIOS_OK) {
            say_error(line->words[1], status);
        }
    }
}

static void run_restart(const struct command_line *line) {
    uint32_t id = 0;
    if (line->count != 2 && line->count != 3) {
        terminal_printf("restart DRIVER [FILE]\n");
        return;
    }
    enum helios_error status = process_manager_restart(processes(), line->words[1],
                                                       line->count == 3 ? line->words[2] : "", &id);
    if (status != HELIOS_OK) {
        say_error(line->words[1], status);
    } else {
        terminal_printf("%s: restarted as process %u\n", line->words[1], id);
    }
}

static void run_mem(const struct command_line *line) {
    struct process_memory memory;
    (void)line;
    enum helios_error status = process_manager_memory(processes(), &memory);
    if (status != HELIOS_OK) {
        say_error("mem", status);
        return;
    }
    terminal_printf("%lu of %lu KiB free, largest run %lu KiB; %lu of %lu slots free\n",
                    (unsigned long)(memory.free / KIBIBYTE),
                    (unsigned long)(memory.total / KIBIBYTE),
                    (unsigned long)(memory.largest / KIBIBYTE), (unsigned long)memory.slots_free,
                    (unsigned long)memory.slots);
}

static uint64_t own_time(void) {
    return helios_call(HELIOS_PROCESS_TASK, HELIOS_TASK_QUERY, 0, 0, 0).value;
}

static void run_bench(const struct command_line *line) {
    (void)line;
    uint64_t begin = own_time();
    for (uint32_t i = 0; i < BENCH_CALLS; i++) {
        helios_yield();
    }
    uint64_t middle = own_time();
    for (uint32_t i = 0; i < BENCH_CALLS; i++) {
        helios_call(HELIOS_PROCESS_MEMORY, HELIOS_MEMORY_QUERY, 0, 0, 0);
    }
    uint64_t end = own_time();
    terminal_printf("yield %lu ns, an invocation (Memory.query) %lu ns\n",
                    (unsigned long)((middle - begin) / BENCH_CALLS),
                    (unsigned long)((end - middle) / BENCH_CALLS));
}

static void run_poweroff(const struct command_line *line) {
    uint64_t status = 0;
    if (line->count > 2 || (line->count == 2 && !number_of(line->words[1], 255, &status))) {
        terminal_printf("poweroff [STATUS], from 0 to 255\n");
        return;
    }
    enum helios_error error = power_off(helios_cap("power"), (uint32_t)status);
    if (error != HELIOS_OK) {
        say_error("poweroff", error);
    }
}

static void run_reboot(const struct command_line *line) {
    (void)line;
    enum helios_error error = power_reboot(helios_cap("power"));
    if (error != HELIOS_OK) {
        say_error("reboot", error);
    }
}

static void run_help(const struct command_line *line);

static const struct command {
    const char *name;
    const char *arguments;
    const char *help;
    void (*run)(const struct command_line *line);
} commands[] = {
    {"help", "", "this list", run_help},
    {"ps", "[-a]", "processes; with -a also those that have ended", run_ps},
    {"caps", "PROCESS", "what a process may use", run_caps},
    {"drivers", "", "drivers and their devices", run_drivers},
    {"services", "", "what is offered, and by whom", run_services},
    {"devices", "", "what the machine has", run_devices},
    {"log", "[LINES]", "the last lines of the log", run_log},
    {"run", "[-b] FILE [ARGUMENTS]", "start a program and wait for its end, or not (-b)", run_run},
    {"kill", "PROCESS", "end a process", run_kill},
    {"restart", "DRIVER [FILE]", "start a driver anew, or another one instead", run_restart},
    {"mem", "", "memory and slots that are free", run_mem},
    {"bench", "", "how long system calls take", run_bench},
    {"slides", "", "show the talk", run_slides},
    {"poweroff", "[STATUS]", "turn the machine off", run_poweroff},
    {"reboot", "", "start it again", run_reboot},
};

enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void run_help(const struct command_line *line) {
    (void)line;
    for (uint32_t i = 0; i < COMMANDS; i++) {
        terminal_printf("  %s%s%s: %s\n", commands[i].name,
                        commands[i].arguments[0] != '\0' ? " " : "", commands[i].arguments,
                        commands[i].help);
    }
}

void command_run(char *text) {
    static char whole[256];
    struct command_line line;
    size_t length = strnlen(text, sizeof whole - 1);
    memcpy(whole, text, length);
    whole[length] = '\0';
    line.count = manifest_split(text, line.words, sizeof line.words / sizeof line.words[0]);
    for (uint32_t i = 0; i < line.count; i++) {
        line.rest[i] = whole + (line.words[i] - text);
    }
    for (uint32_t i = 0; line.count > 0 && i < COMMANDS; i++) {
        if (strcmp(line.words[0], commands[i].name) == 0) {
            commands[i].run(&line);
            return;
        }
    }
    if (line.count > 0) {
        terminal_printf("there is no command \"%s\"; try help\n", line.words[0]);
    }
}

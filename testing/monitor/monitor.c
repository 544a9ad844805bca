// SPDX-License-Identifier: GPL-3.0-only
//
// The root task. For the time being: a prompt on the serial console, to look at the machine and to
// turn it off. It polls the device between yields; that ends when there are interrupts.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "uapi/bootinfo.h"
#include "uapi/object.h"
#include "userland/helios/console.h"
#include "userland/helios/error.h"
#include "userland/helios/start.h"
#include "userland/helios/syscall.h"

enum {
    LINE_LENGTH = 128,
    MEBIBYTE = 1024 * 1024,
};

static const struct helios_bootinfo *machine;

static const char *arch_name(uint32_t arch) {
    switch (arch) {
    case HELIOS_BOOTINFO_X86_64:
        return "x86_64";
    case HELIOS_BOOTINFO_AARCH64:
        return "aarch64";
    case HELIOS_BOOTINFO_RISCV64:
        return "riscv64";
    default:
        return "an unknown machine";
    }
}

static uint64_t to_mebibytes(uint64_t bytes) {
    return (bytes + MEBIBYTE / 2) / MEBIBYTE;
}

// Prints what the kernel said to an invocation of Power that should not have returned.
static void power(const char *what, uint32_t label) {
    struct helios_answer answer = helios_call(HELIOS_INIT_POWER, label, 0, 0, 0);
    helios_printf("init: %s: %s\n", what, helios_strerror(answer.status));
}

static bool parse_number(const char *text, uint64_t *number) {
    uint64_t value = 0;
    const char *at = text;
    for (; *at >= '0' && *at <= '9' && value < 1000000; at++) {
        value = value * 10 + (uint64_t)(*at - '0');
    }
    *number = value;
    return at != text && *at == '\0';
}

static void run_poweroff(const char *argument) {
    uint64_t status = 0;
    if (*argument != '\0') {
        if (!parse_number(argument, &status) || status > 255) {
            helios_printf("init: '%s' is no status (0 to 255)\n", argument);
            return;
        }
        helios_printf("helios: exit status %lu\n", (unsigned long)status);
    }
    power("poweroff", HELIOS_POWER_OFF);
}

static void run_reboot(const char *argument) {
    (void)argument;
    power("reboot", HELIOS_POWER_REBOOT);
}

static void run_panic_test(const char *argument) {
    (void)argument;
    power("panic-test", HELIOS_POWER_PANIC_TEST);
}

static uint64_t start_nanoseconds(void) {
    return machine->start_ticks * 1000000000 / machine->timer_hz;
}

static void run_info(const char *argument) {
    (void)argument;
    helios_printf("%s, %u CPUs, %lu of %lu MiB free, %s kernel%s\n", arch_name(machine->arch),
                  machine->cpu_count, (unsigned long)to_mebibytes(machine->free_bytes),
                  (unsigned long)to_mebibytes(machine->memory_bytes),
                  machine->flags & HELIOS_BOOTINFO_CHECKED ? "checked" : "release",
                  machine->flags & HELIOS_BOOTINFO_SECURE ? ", verified by firmware" : "");
    helios_printf("the kernel took %lu ns to start\n", (unsigned long)start_nanoseconds());
    for (uint32_t i = 0; i < machine->module_count; i++) {
        helios_printf("module %s: %lu bytes\n", machine->modules[i].name,
                      (unsigned long)machine->modules[i].length);
    }
    helios_printf("command line: %s\n", machine->command_line);
}

static void run_help(const char *argument);

static const struct command {
    const char *name;
    const char *help;
    void (*run)(const char *argument);
} commands[] = {
    {"help", "this list", run_help},
    {"info", "what the kernel told about the machine", run_info},
    {"poweroff", "[STATUS] turn the machine off", run_poweroff},
    {"reboot", "start it again", run_reboot},
    {"panic-test", "let a checked kernel panic that was booted with panic-test=1", run_panic_test},
};

enum { COMMAND_COUNT = sizeof(commands) / sizeof(commands[0]) };

static void run_help(const char *argument) {
    (void)argument;
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        helios_printf("  %s: %s\n", commands[i].name, commands[i].help);
    }
}

// If `line` starts with the word `name`, what follows it after blanks; NULL otherwise.
static const char *match(const char *line, const char *name) {
    while (*name != '\0' && *line == *name) {
        line++;
        name++;
    }
    if (*name != '\0' || (*line != '\0' && *line != ' ')) {
        return NULL;
    }
    while (*line == ' ') {
        line++;
    }
    return line;
}

static void run(const char *line) {
    while (*line == ' ') {
        line++;
    }
    if (*line == '\0') {
        return;
    }
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const char *argument = match(line, commands[i].name);
        if (argument != NULL) {
            commands[i].run(argument);
            return;
        }
    }
    helios_printf("init: no command '%s'; try help\n", line);
}

// Reads a line with echo and backspace; what does not fit is dropped. Ends at either line end, so
// that "\r\n" gives one line and an empty one, which nobody notices.
static void read_line(char *line, size_t size) {
    size_t length = 0;
    for (;;) {
        char c = helios_console_read();
        if (c == '\r' || c == '\n') {
            helios_printf("\n");
            break;
        }
        if ((c == '\b' || c == 0x7f) && length > 0) {
            length--;
            helios_printf("\b \b");
        } else if (c >= ' ' && c < 0x7f && length + 1 < size) {
            line[length++] = c;
            helios_printf("%c", c);
        }
    }
    line[length] = '\0';
}

void helios_main(const struct helios_bootinfo *bootinfo) {
    machine = bootinfo;
    helios_printf("init: up on %s with %u CPUs, %lu MiB\n", arch_name(machine->arch),
                  machine->cpu_count, (unsigned long)to_mebibytes(machine->memory_bytes));
    if (!helios_console_has_input()) {
        helios_printf("init: no console to read from\n");
        return;
    }
    for (;;) {
        char line[LINE_LENGTH];
        helios_printf("init> ");
        read_line(line, sizeof(line));
        run(line);
    }
}

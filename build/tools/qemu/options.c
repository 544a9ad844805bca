// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/qemu/options.h"

#include <stdlib.h>
#include <string.h>

#define MAX_CPUS       512u
#define MIN_MEMORY_MIB 16u
#define MAX_MEMORY_MIB (64u * 1024 * 1024) // 64 TiB, the size of the direct map

const char qemu_options_help[] =
    "  --memory SIZE      MiB, or with a suffix M, G or T (default 512)\n"
    "  --cpus N           number of CPUs (default 1)\n"
    "  --firmware NAME    edk2, uboot (aarch64, riscv64), multiboot or bios (x86_64)\n"
    "  --checked          the kernel with its checks on\n"
    "  --timeout SECONDS  end the guest after that long\n"
    "  --qemu-arg ARG     pass ARG on to QEMU (may be repeated)\n";

static const char *const firmware_names[] = {"edk2", "uboot", "multiboot", "bios"};

const char *qemu_firmware_name(enum qemu_firmware firmware) {
    return firmware_names[firmware];
}

void qemu_options_init(struct qemu_options *options) {
    *options = (struct qemu_options){.memory_mib = 512, .cpus = 1};
}

static bool memory_parse(const char *text, uint64_t *mib) {
    static const char suffixes[] = "MGT";
    size_t length = strlen(text);
    const char *suffix = length > 0 ? strchr(suffixes, text[length - 1]) : NULL;
    unsigned int shift = suffix == NULL ? 0 : 10 * (unsigned int)(suffix - suffixes);
    char *digits = mem_format("%.*s", (int)(length - (suffix != NULL ? 1 : 0)), text);
    bool ok = number_parse(digits, 1, MAX_MEMORY_MIB >> shift, mib);
    free(digits);
    *mib <<= shift;
    return ok && *mib >= MIN_MEMORY_MIB;
}

static bool set_memory(struct qemu_options *options, const char *value, struct error *err) {
    return memory_parse(value, &options->memory_mib) ||
           error_set(err, "--memory: \"%s\" is not a size from 16M to 64T", value);
}

static bool set_cpus(struct qemu_options *options, const char *value, struct error *err) {
    return number_parse(value, 1, MAX_CPUS, &options->cpus) ||
           error_set(err, "--cpus: \"%s\" is not a number from 1 to %u", value, MAX_CPUS);
}

static bool set_firmware(struct qemu_options *options, const char *value, struct error *err) {
    for (size_t i = 0; i < sizeof firmware_names / sizeof firmware_names[0]; i++) {
        if (strcmp(value, firmware_names[i]) == 0) {
            options->firmware = (enum qemu_firmware)i;
            return true;
        }
    }
    return error_set(err, "--firmware: \"%s\" is none of edk2, uboot, multiboot, bios", value);
}

static bool set_timeout(struct qemu_options *options, const char *value, struct error *err) {
    return number_parse(value, 1, 1000000, &options->timeout) ||
           error_set(err, "--timeout: \"%s\" is not a number of seconds from 1 to 1000000", value);
}

static bool set_qemu_arg(struct qemu_options *options, const char *value, struct error *err) {
    (void)err;
    strings_add(&options->qemu_args, value);
    return true;
}

static bool set_screenshot(struct qemu_options *options, const char *value, struct error *err) {
    options->screenshot = value;
    return value[0] != '\0' || error_set(err, "--screenshot: no file name");
}

static bool set_ready(struct qemu_options *options, const char *value, struct error *err) {
    options->ready = value;
    return value[0] != '\0' || error_set(err, "--ready: no text");
}

static bool set_checked(struct qemu_options *options, const char *value, struct error *err) {
    (void)value;
    (void)err;
    return options->checked = true;
}

static bool set_gdb(struct qemu_options *options, const char *value, struct error *err) {
    (void)value;
    (void)err;
    return options->gdb = true;
}

static bool set_help(struct qemu_options *options, const char *value, struct error *err) {
    (void)value;
    (void)err;
    return options->help = true;
}

static bool set_display(struct qemu_options *options, const char *value, struct error *err) {
    if (value == NULL) {
        options->display = QEMU_DISPLAY_AUTO;
    } else if (strcmp(value, "window") == 0) {
        options->display = QEMU_DISPLAY_WINDOW;
    } else if (strcmp(value, "vnc") == 0) {
        options->display = QEMU_DISPLAY_VNC;
    } else {
        return error_set(err, "--display: \"%s\" is neither window nor vnc", value);
    }
    return true;
}

enum value_kind {
    VALUE_NONE,
    VALUE_NEEDED,
    VALUE_OPTIONAL, // only as --name=value
};

static const struct option {
    const char *name;
    enum qemu_option_set set;
    enum value_kind value;
    bool (*apply)(struct qemu_options *options, const char *value, struct error *err);
} table[] = {
    {"--memory", QEMU_OPTIONS_TEST, VALUE_NEEDED, set_memory},
    {"--cpus", QEMU_OPTIONS_TEST, VALUE_NEEDED, set_cpus},
    {"--firmware", QEMU_OPTIONS_TEST, VALUE_NEEDED, set_firmware},
    {"--checked", QEMU_OPTIONS_TEST, VALUE_NONE, set_checked},
    {"--timeout", QEMU_OPTIONS_TEST, VALUE_NEEDED, set_timeout},
    {"--qemu-arg", QEMU_OPTIONS_TEST, VALUE_NEEDED, set_qemu_arg},
    {"--help", QEMU_OPTIONS_TEST, VALUE_NONE, set_help},
    {"--display", QEMU_OPTIONS_RUN, VALUE_OPTIONAL, set_display},
    {"--gdb", QEMU_OPTIONS_RUN, VALUE_NONE, set_gdb},
    {"--screenshot", QEMU_OPTIONS_RUN, VALUE_NEEDED, set_screenshot},
    {"--ready", QEMU_OPTIONS_RUN, VALUE_NEEDED, set_ready},
};

static const struct option *option_find(const char *arg, size_t length, enum qemu_option_set set) {
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (strlen(table[i].name) == length && strncmp(arg, table[i].name, length) == 0 &&
            table[i].set <= set) {
            return &table[i];
        }
    }
    return NULL;
}

bool qemu_options_read(struct qemu_options *options, enum qemu_option_set set, char *const *args,
                       size_t *index, struct error *err) {
    const char *arg = args[(*index)++];
    size_t length = strcspn(arg, "=");
    const char *value = arg[length] == '=' ? arg + length + 1 : NULL;
    const struct option *option = option_find(arg, length, set);
    if (option == NULL) {
        return error_set(err, "unknown option \"%s\"", arg);
    }
    if (option->value == VALUE_NONE && value != NULL) {
        return error_set(err, "%s takes no value", option->name);
    }
    if (option->value == VALUE_NEEDED && value == NULL) {
        value = args[*index];
        if (value == NULL) {
            return error_set(err, "%s needs a value", option->name);
        }
        (*index)++;
    }
    return option->apply(options, value, err);
}

bool qemu_firmware_configured(const struct qemu_config *config, enum qemu_firmware firmware) {
    static const char *const keys[] = {"edk2_code", "uboot", "multiboot_loader", "bios"};
    return qemu_config_get(config, keys[firmware], false) != NULL;
}

bool qemu_options_defaults(struct qemu_options *options, enum qemu_option_set set,
                           const struct qemu_config *config, struct error *err) {
    options->firmware = qemu_firmware_configured(config, QEMU_EDK2)        ? QEMU_EDK2
                        : qemu_firmware_configured(config, QEMU_UBOOT)     ? QEMU_UBOOT
                        : qemu_firmware_configured(config, QEMU_MULTIBOOT) ? QEMU_MULTIBOOT
                        : qemu_firmware_configured(config, QEMU_BIOS)      ? QEMU_BIOS
                                                                           : QEMU_EDK2;
    for (size_t i = 0; i < config->keys.count; i++) {
        if (strcmp(config->keys.items[i], "default") != 0) {
            continue;
        }
        char *const args[] = {config->values.items[i], NULL};
        size_t index = 0;
        if (!qemu_options_read(options, set, args, &index, err)) {
            return false;
        }
    }
    return true;
}

void qemu_options_free(struct qemu_options *options) {
    strings_free(&options->qemu_args);
}

// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/qemu/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const arch_names[] = {"x86_64", "aarch64", "riscv64"};

static const char *const text_keys[] = {
    "arch",
    "bios",
    "media",
    "firmware_bios",
    "default",
    "edk2_secure",
    "firmware_edk2",
    "firmware_multiboot",
    "firmware_uboot",
    "multiboot_cmdline",
    "ready",
    "window",
    "gdb",
    "window_target",
};
static const char *const path_keys[] = {
    "qemu",
    "qemu_modules",
    "qemu_data",
    "edk2_code",
    "edk2_vars",
    "uboot",
    "image",
    "kernel_elf",
    "multiboot_loader",
    "multiboot_kernel",
    "multiboot_init",
    "multiboot_bootfs",
};

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])

static bool contains(const char *const *list, size_t count, const char *text, size_t length) {
    for (size_t i = 0; i < count; i++) {
        if (strlen(list[i]) == length && strncmp(list[i], text, length) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_path_key(const char *key) {
    static const char suffix[] = "_checked";
    size_t length = strlen(key);
    if (length > strlen(suffix) && strcmp(key + length - strlen(suffix), suffix) == 0) {
        length -= strlen(suffix);
    }
    return contains(path_keys, LENGTH(path_keys), key, length);
}

const char *qemu_arch_name(enum qemu_arch arch) {
    return arch_names[arch];
}

static bool arch_set(struct qemu_config *config, const char *name, struct error *err) {
    for (size_t i = 0; i < LENGTH(arch_names); i++) {
        if (strcmp(name, arch_names[i]) == 0) {
            config->arch = (enum qemu_arch)i;
            return true;
        }
    }
    return error_set(err, "unknown architecture \"%s\"", name);
}

static bool line_read(struct qemu_config *config, const char *directory, char *line,
                      struct error *err) {
    char *value = strchr(line, '=');
    if (value == NULL) {
        return error_set(err, "\"%s\": expected key=value", line);
    }
    *value++ = '\0';
    if (is_path_key(line)) {
        char *path = path_absolute(directory, value);
        strings_add(&config->values, path);
        free(path);
    } else if (contains(text_keys, LENGTH(text_keys), line, strlen(line))) {
        strings_add(&config->values, value);
    } else {
        return error_set(err, "unknown key \"%s\"", line);
    }
    strings_add(&config->keys, line);
    return strcmp(line, "arch") != 0 || arch_set(config, value, err);
}

static bool lines_read(struct qemu_config *config, const char *path, char *text,
                       struct error *err) {
    char *directory = getcwd(NULL, 0);
    if (directory == NULL) {
        return error_set(err, "working directory: %s", strerror(errno));
    }
    bool ok = true;
    char *line;
    for (unsigned int number = 1; ok && (line = strsep(&text, "\n")) != NULL; number++) {
        struct error cause = {0};
        if (line[0] != '\0' && line[0] != '#' && !line_read(config, directory, line, &cause)) {
            ok = error_set(err, "%s:%u: %.900s", path, number, cause.text);
        }
    }
    free(directory);
    return ok;
}

bool qemu_config_read(const char *path, struct qemu_config *config, struct error *err) {
    struct buffer text = {0};
    bool ok = file_read(path, &text, err) && lines_read(config, path, text.data, err);
    buffer_free(&text);
    if (ok && qemu_config_get(config, "arch", false) == NULL) {
        ok = error_set(err, "%s: no arch", path);
    }
    if (ok && qemu_config_get(config, "qemu", false) == NULL) {
        ok = error_set(err, "%s: no qemu", path);
    }
    return ok;
}

const char *qemu_config_get(const struct qemu_config *config, const char *key, bool checked) {
    if (checked) {
        char *checked_key = mem_format("%s_checked", key);
        const char *value = qemu_config_get(config, checked_key, false);
        free(checked_key);
        if (value != NULL) {
            return value;
        }
    }
    for (size_t i = 0; i < config->keys.count; i++) {
        if (strcmp(config->keys.items[i], key) == 0) {
            return config->values.items[i];
        }
    }
    return NULL;
}

void qemu_config_free(struct qemu_config *config) {
    strings_free(&config->keys);
    strings_free(&config->values);
}

// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/qemu/command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// GICv2, QEMU's default on "virt", ends at 8 CPUs.
#define GICV2_MAX_CPUS 8u

static const char *get(const struct qemu_config *config, const struct qemu_options *options,
                       const char *key) {
    return qemu_config_get(config, key, options->checked);
}

static bool not_configured(const struct qemu_config *config, const struct qemu_options *options,
                           const char *key, struct error *err) {
    return error_set(err, "%s has no firmware \"%s\" here (%s is not configured)",
                     qemu_arch_name(config->arch), qemu_firmware_name(options->firmware), key);
}

static bool need(const struct qemu_config *config, const struct qemu_options *options,
                 const char *key, struct error *err) {
    const char *path = get(config, options, key);
    if (path != NULL) {
        return access(path, R_OK) == 0 || error_set(err, "%s: %s", path, strerror(errno));
    }
    return not_configured(config, options, key, err);
}

bool qemu_command_check(const struct qemu_config *config, const struct qemu_options *options,
                        struct error *err) {
    switch (options->firmware) {
    case QEMU_EDK2:
        return need(config, options, "edk2_code", err) && need(config, options, "image", err);
    case QEMU_UBOOT:
        return need(config, options, "uboot", err) && need(config, options, "image", err);
    case QEMU_MULTIBOOT:
        return need(config, options, "multiboot_loader", err) &&
               need(config, options, "multiboot_kernel", err) &&
               need(config, options, "multiboot_init", err) &&
               need(config, options, "multiboot_bootfs", err);
    case QEMU_BIOS:
        return (get(config, options, "bios") != NULL ||
                not_configured(config, options, "bios", err)) &&
               need(config, options, "image", err);
    }
    return false;
}

// QEMU's option syntax ends a value at a comma; a doubled one is a comma.
static char *escape(const char *path) {
    struct buffer out = {0};
    buffer_append(&out, "", 0);
    for (; *path != '\0'; path++) {
        buffer_append(&out, path, 1);
        if (*path == ',') {
            buffer_append(&out, path, 1);
        }
    }
    return out.data;
}

static void add(struct strings *argv, const char *option, const char *value) {
    strings_add(argv, option);
    strings_add(argv, value);
}

static void machine(const struct qemu_config *config, const struct qemu_options *options,
                    struct strings *argv) {
    bool secure = options->firmware == QEMU_EDK2 && get(config, options, "edk2_secure") != NULL;
    switch (config->arch) {
    case QEMU_X86_64:
        add(argv, "-machine", secure ? "q35,smm=on" : "q35");
        add(argv, "-cpu", "max");
        if (secure) {
            add(argv, "-global", "driver=cfi.pflash01,property=secure,value=on");
        }
        break;
    case QEMU_AARCH64:
        add(argv, "-machine", options->cpus > GICV2_MAX_CPUS ? "virt,gic-version=3" : "virt");
        add(argv, "-cpu", "cortex-a72");
        break;
    case QEMU_RISCV64:
        add(argv, "-machine", "virt");
        break;
    }
    add(argv, "-accel", "tcg");
    strings_add(argv, "-smp");
    strings_addf(argv, "%llu", (unsigned long long)options->cpus);
    strings_add(argv, "-m");
    strings_addf(argv, "%lluM", (unsigned long long)options->memory_mib);
}

static void flash(const char *path, int unit, bool writable, struct strings *argv) {
    char *escaped = escape(path);
    strings_add(argv, "-drive");
    strings_addf(argv, "if=pflash,unit=%d,format=raw%s,file=%s", unit,
                 writable ? "" : ",readonly=on", escaped);
    free(escaped);
}

static void edk2(const struct qemu_config *config, const struct qemu_options *options,
                 const char *temp_dir, struct strings *argv) {
    const char *code = get(config, options, "edk2_code");
    if (get(config, options, "edk2_vars") == NULL) {
        add(argv, "-bios", code);
    } else {
        char *vars = mem_format("%s/vars.fd", temp_dir);
        flash(code, 0, false, argv);
        flash(vars, 1, true, argv);
        free(vars);
    }
    // Without this, EDK II on aarch64 waits for a key.
    add(argv, "-boot", "menu=on,splash-time=0");
}

static void multiboot(const struct qemu_config *config, const struct qemu_options *options,
                      const char *temp_dir, struct strings *argv) {
    add(argv, "-kernel", get(config, options, "multiboot_loader"));
    strings_add(argv, "-initrd");
    strings_addf(argv, "%s/kernel,%s/init,%s/bootfs", temp_dir, temp_dir, temp_dir);
    const char *cmdline = get(config, options, "multiboot_cmdline");
    if (cmdline != NULL) {
        add(argv, "-append", cmdline);
    }
}

static void image(const struct qemu_config *config, const struct qemu_options *options,
                  struct strings *argv) {
    const char *media = get(config, options, "media");
    bool is_cdrom = media != NULL && strcmp(media, "cdrom") == 0;
    char *path = escape(get(config, options, "image"));
    strings_add(argv, "-drive");
    // What the guest writes goes to a temporary file: the image belongs to the build.
    strings_addf(argv, "if=none,id=disk,format=raw,%s,file=%s",
                 is_cdrom ? "media=cdrom,readonly=on" : "snapshot=on", path);
    add(argv, "-device",
        is_cdrom ? "ide-cd,drive=disk,bootindex=0" : "virtio-blk-pci,drive=disk,bootindex=0");
    free(path);
}

static void firmware(const struct qemu_config *config, const struct qemu_options *options,
                     const char *temp_dir, struct strings *argv) {
    switch (options->firmware) {
    case QEMU_EDK2:
        edk2(config, options, temp_dir, argv);
        break;
    case QEMU_UBOOT:
        add(argv, config->arch == QEMU_RISCV64 ? "-kernel" : "-bios",
            get(config, options, "uboot"));
        break;
    case QEMU_MULTIBOOT:
        multiboot(config, options, temp_dir, argv);
        return;
    case QEMU_BIOS: // built in
        break;
    }
    image(config, options, argv);
}

// Adapters whose memory the guest can draw into directly, as its loader finds it through GOP.
static void display(const struct qemu_config *config, const struct qemu_options *options,
                    struct strings *argv) {
    if (options->screen) {
        add(argv, "-device", config->arch == QEMU_X86_64 ? "VGA" : "ramfb");
    }
    if (options->display == QEMU_DISPLAY_NONE) {
        add(argv, "-display", "none");
        return;
    }
    if (config->arch != QEMU_X86_64) { // q35 has a PS/2 keyboard
        add(argv, "-device", "virtio-keyboard-pci");
    }
    if (options->display == QEMU_DISPLAY_VNC) {
        add(argv, "-vnc", "127.0.0.1:0,to=99");
    } else {
        add(argv, "-display", get(config, options, "window"));
    }
}

static void channel(struct strings *argv, const char *id, int fd, const char *more) {
    strings_add(argv, "-chardev");
    strings_addf(argv, "socket,id=%s,fd=%d%s", id, fd, more);
}

static void channels(const struct qemu_options *options, struct strings *argv) {
    channel(argv, "console", QEMU_FD_CONSOLE, "");
    add(argv, "-serial", "chardev:console");
    channel(argv, "qmp", QEMU_FD_QMP, "");
    add(argv, "-mon", "chardev=qmp,mode=control");
    if (options->gdb) {
        channel(argv, "gdb", QEMU_FD_GDB, ",server=on,wait=off");
        add(argv, "-gdb", "chardev:gdb");
        strings_add(argv, "-S");
    }
}

// What passed-on arguments may give devices to.
static void backends(const struct qemu_options *options, const char *temp_dir,
                     struct strings *argv) {
    if (options->net) {
        strings_add(argv, "-netdev");
        strings_addf(argv, "socket,id=peer,fd=%d", QEMU_FD_NET);
    }
    if (options->disk != NULL) {
        strings_add(argv, "-drive");
        strings_addf(argv, "if=none,id=data,format=raw,file=%s/%s", temp_dir, QEMU_DISK_COPY);
    }
}

void qemu_command_build(const struct qemu_config *config, const struct qemu_options *options,
                        const char *temp_dir, struct strings *argv) {
    strings_add(argv, get(config, options, "qemu"));
    strings_add(argv, "-nodefaults");
    strings_add(argv, "-no-user-config");
    for (size_t i = 0; i < config->keys.count; i++) {
        if (strcmp(config->keys.items[i], "qemu_data") == 0) {
            add(argv, "-L", config->values.items[i]);
        }
    }
    machine(config, options, argv);
    firmware(config, options, temp_dir, argv);
    display(config, options, argv);
    channels(options, argv);
    backends(options, temp_dir, argv);
    add(argv, "-nic", "none");
    if (options->no_reboot) {
        strings_add(argv, "-no-reboot");
    }
    for (size_t i = 0; i < options->qemu_args.count; i++) {
        strings_add(argv, options->qemu_args.items[i]);
    }
}

static bool link_file(const char *target, const char *temp_dir, const char *name,
                      struct error *err) {
    char *path = mem_format("%s/%s", temp_dir, name);
    bool ok = symlink(target, path) == 0 || error_set(err, "%s: %s", path, strerror(errno));
    free(path);
    return ok;
}

static bool stage_disk(const struct qemu_options *options, const char *temp_dir,
                       struct error *err) {
    char *copy = mem_format("%s/%s", temp_dir, QEMU_DISK_COPY);
    bool ok = options->disk == NULL || file_copy(options->disk, copy, err);
    free(copy);
    return ok;
}

bool qemu_command_stage(const struct qemu_config *config, const struct qemu_options *options,
                        const char *temp_dir, struct error *err) {
    if (!stage_disk(options, temp_dir, err)) {
        return false;
    }
    if (options->firmware == QEMU_MULTIBOOT) {
        return link_file(get(config, options, "multiboot_kernel"), temp_dir, "kernel", err) &&
               link_file(get(config, options, "multiboot_init"), temp_dir, "init", err) &&
               link_file(get(config, options, "multiboot_bootfs"), temp_dir, "bootfs", err);
    }
    const char *vars = get(config, options, "edk2_vars");
    if (options->firmware != QEMU_EDK2 || vars == NULL) {
        return true;
    }
    char *copy = mem_format("%s/vars.fd", temp_dir);
    bool ok = file_copy(vars, copy, err);
    free(copy);
    return ok;
}

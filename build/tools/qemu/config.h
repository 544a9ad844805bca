// SPDX-License-Identifier: GPL-3.0-only
//
// What the build says about a guest: a text file of key=value lines, made by a Bazel rule.
//
//   arch              x86_64, aarch64 or riscv64
//   qemu              the emulator; qemu_modules: directory for QEMU_MODULE_DIR
//   qemu_data         a directory for -L (may be repeated)
//   edk2_code         EDK II. With edk2_vars both are flash chips, else edk2_code goes to -bios
//   edk2_secure       yes: the variables are reachable from SMM only (x86_64, Secure Boot)
//   bios              yes: the BIOS that the emulator brings along boots the image (x86_64)
//   firmware_NAME     the Bazel target that has the firmware edk2, uboot, multiboot or bios, if
//   this
//                     configuration does not: so it is fetched only when asked for
//   uboot             U-Boot: -bios on aarch64, -kernel (S-mode payload of OpenSBI) on riscv64
//   image             the disk
//   media             cdrom: the image goes into a CD drive (x86_64)
//   kernel_elf        for the debugger
//   multiboot_loader, multiboot_kernel, multiboot_init, multiboot_bootfs
//   multiboot_cmdline the kernel's command line, as text
//   gdb               the words that start a debugger, for the line that --gdb prints
//   ready             the text on the console that --screenshot waits for
//   window            the display (gtk, sdl) that --display can open; none if absent
//   window_target     label of the run target whose QEMU can open one
//   default           an option to put before those of the command line, e.g. --memory=256
//
// image, kernel_elf, multiboot_kernel and any other path can have a second value for --checked,
// under the same name with "_checked" behind it. Relative paths are relative to the working
// directory at the time the file is read. Blank lines and lines that begin with '#' are skipped.
#ifndef HELIOS_BUILD_TOOLS_QEMU_CONFIG_H
#define HELIOS_BUILD_TOOLS_QEMU_CONFIG_H

#include "build/tools/util/util.h"

#ifdef __cplusplus
extern "C" {
#endif

enum qemu_arch {
    QEMU_X86_64,
    QEMU_AARCH64,
    QEMU_RISCV64,
};

struct qemu_config {
    enum qemu_arch arch;
    struct strings keys;
    struct strings values; // values.items[i] belongs to keys.items[i]; paths are absolute
};

// Reads the file. Errors name the file and the line: unknown key, no '=', unknown architecture,
// arch or qemu missing.
bool qemu_config_read(const char *path, struct qemu_config *config, struct error *err);

// The value of the key, or NULL. If `checked`, "KEY_checked" goes before "KEY".
const char *qemu_config_get(const struct qemu_config *config, const char *key, bool checked);

// "x86_64" and so on.
const char *qemu_arch_name(enum qemu_arch arch);

void qemu_config_free(struct qemu_config *config);

#ifdef __cplusplus
}
#endif

#endif

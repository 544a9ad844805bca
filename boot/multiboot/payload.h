// SPDX-License-Identifier: GPL-3.0-only
//
// The three modules: found, checked, and nothing moved yet.
#ifndef HELIOS_BOOT_MULTIBOOT_PAYLOAD_H
#define HELIOS_BOOT_MULTIBOOT_PAYLOAD_H

#include "boot/elf/elf.h"
#include "boot/multiboot/multiboot.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PAYLOAD_KERNEL_LIMIT 0x4000000ull // bytes of address space that a kernel may take

struct payload {
    const struct multiboot_module *kernel;
    const struct multiboot_module *init;
    const struct multiboot_module *bootfs; // NULL: there is none
    struct elf_image kernel_image;
};

// Find kernel, init and bootfs among the modules and check them. Kernel and init have to be there.
// Errors: BOOT_FILE_*, BOOT_ELF_*, BOOT_TAR_*.
enum boot_error payload_open(const struct multiboot_memory *memory,
                             const struct multiboot *multiboot, struct payload *payload,
                             struct boot_failure *failure);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_BOOT_MULTIBOOT_PAYLOAD_H

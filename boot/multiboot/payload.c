// SPDX-License-Identifier: GPL-3.0-only
#include "boot/multiboot/payload.h"

#include "boot/elf/report.h"
#include "boot/tar/report.h"

static const char *const names[] = {"kernel", "init", "bootfs"};

enum purpose {
    PURPOSE_KERNEL = 0,
    PURPOSE_INIT = 1,
    PURPOSE_BOOTFS = 2,
    PURPOSE_COUNT = 3,
};

static const void *data_of(const struct multiboot_memory *memory,
                           const struct multiboot_module *module) {
    return memory->map(memory->context, module->base, module->length);
}

static enum boot_error open_elf(const struct multiboot_memory *memory,
                                const struct multiboot_module *module, const char *name,
                                struct elf_image *image, struct boot_failure *failure) {
    struct elf_error error;
    if (module == NULL) {
        return boot_fail(failure, BOOT_FILE_MISSING, name, "module", 0, 0, 0);
    }
    if (module->length == 0) {
        return boot_fail(failure, BOOT_FILE_EMPTY, name, "module", 0, 0, 0);
    }
    if (!elf_open(data_of(memory, module), module->length, ELF_MACHINE_X86_64, image, &error)) {
        return elf_report(&error, name, failure);
    }
    return BOOT_OK;
}

static enum boot_error open_kernel(const struct multiboot_memory *memory, struct payload *payload,
                                   struct boot_failure *failure) {
    struct elf_image *image = &payload->kernel_image;
    const char *name = names[PURPOSE_KERNEL];
    enum boot_error error = open_elf(memory, payload->kernel, name, image, failure);
    if (error != BOOT_OK) {
        return error;
    }
    if (image->low != HELIOS_KERNEL_BASE) {
        return boot_fail(failure, BOOT_ELF_SEGMENT_OUTSIDE, name, "p_vaddr", image->low,
                         HELIOS_KERNEL_BASE, 0);
    }
    if (image->high - image->low >= PAYLOAD_KERNEL_LIMIT) {
        return boot_fail(failure, BOOT_ELF_SEGMENT_OUTSIDE, name, "p_memsz", image->high,
                         HELIOS_KERNEL_BASE + PAYLOAD_KERNEL_LIMIT - 1, 0);
    }
    return BOOT_OK;
}

static enum boot_error check_init(const struct multiboot_memory *memory,
                                  const struct payload *payload, struct boot_failure *failure) {
    static struct elf_image image;
    const char *name = names[PURPOSE_INIT];
    enum boot_error error = open_elf(memory, payload->init, name, &image, failure);
    if (error == BOOT_OK && image.high >= HELIOS_KERNEL_BASE) {
        error = boot_fail(failure, BOOT_ELF_SEGMENT_OUTSIDE, name, "p_vaddr", image.high,
                          HELIOS_KERNEL_BASE - 1, 0);
    }
    return error;
}

static enum boot_error check_bootfs(const struct multiboot_memory *memory,
                                    const struct payload *payload, struct boot_failure *failure) {
    struct tar_error error;
    if (payload->bootfs == NULL ||
        tar_check(data_of(memory, payload->bootfs), payload->bootfs->length, &error)) {
        return BOOT_OK;
    }
    return tar_report(&error, names[PURPOSE_BOOTFS], failure);
}

enum boot_error payload_open(const struct multiboot_memory *memory,
                             const struct multiboot *multiboot, struct payload *payload,
                             struct boot_failure *failure) {
    payload->kernel = multiboot_find(multiboot, names, PURPOSE_COUNT, PURPOSE_KERNEL);
    payload->init = multiboot_find(multiboot, names, PURPOSE_COUNT, PURPOSE_INIT);
    payload->bootfs = multiboot_find(multiboot, names, PURPOSE_COUNT, PURPOSE_BOOTFS);
    enum boot_error error = open_kernel(memory, payload, failure);
    if (error == BOOT_OK) {
        error = check_init(memory, payload, failure);
    }
    return error != BOOT_OK ? error : check_bootfs(memory, payload, failure);
}

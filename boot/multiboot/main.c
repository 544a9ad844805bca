// SPDX-License-Identifier: GPL-3.0-only
//
// The order of things; see loader.h.
#include "boot/multiboot/cpu.h"
#include "boot/multiboot/loader.h"

#define MSR_EFER 0xc0000080u
#define EFER_NXE (1u << 11)

// All state. Static because it is large.
static struct loader loader;

static void print_failure(const char *prefix, const struct boot_failure *failure) {
    char line[256];
    size_t length = 0;
    for (; prefix[length] != '\0'; length++) {
        line[length] = prefix[length];
    }
    boot_failure_format(failure, line + length, sizeof(line) - length);
    console_print(line);
}

_Noreturn void loader_stop(const struct boot_failure *failure) {
    print_failure("helios: ", failure);
    for (;;) {
        __asm__ volatile("cli; hlt");
    }
}

// Before there is a memory map, what the boot loader handed over may lie anywhere.
static const void *map_early(void *context, uint64_t address, size_t length) {
    (void)context;
    return length <= LOADER_REACH && address <= LOADER_REACH - length ? (const void *)address
                                                                      : NULL;
}

// QEMU copies modules to wherever they come to lie, also over firmware's tables at the end of a
// memory that is too small for them.
static enum boot_error check_module(struct loader *self, const struct multiboot_module *module) {
    struct memmap *map = &self->info.memory;
    if (!memmap_covers(map, module->base, module->length, 1u << HELIOS_MEM_FREE)) {
        return boot_fail(&self->failure, BOOT_MEMORY_TOO_SMALL, "modules", "end",
                         memmap_sum(map, HELIOS_MEM_FREE), module->base + module->length,
                         module->base);
    }
    return BOOT_OK;
}

// The loader and its modules lie in memory that the map calls free; page 0 is nobody's. All modules
// are looked at before any is marked, as two may share a page.
static enum boot_error reserve(struct loader *self) {
    struct memmap *map = &self->info.memory;
    enum boot_error error =
        memmap_set(map, 0, MEMMAP_PAGE_SIZE, HELIOS_MEM_RESERVED, &self->failure);
    if (error == BOOT_OK) {
        error = memmap_set(map, (uint64_t)loader_start, (uint64_t)(loader_end - loader_start),
                           HELIOS_MEM_MODULE, &self->failure);
    }
    for (uint32_t i = 0; error == BOOT_OK && i < self->multiboot.module_count; i++) {
        error = check_module(self, &self->multiboot.modules[i]);
    }
    for (uint32_t i = 0; error == BOOT_OK && i < self->multiboot.module_count; i++) {
        const struct multiboot_module *module = &self->multiboot.modules[i];
        error = memmap_set(map, module->base, module->length, HELIOS_MEM_MODULE, &self->failure);
    }
    return error;
}

static enum boot_error read_information(struct loader *self, uint32_t magic, uint32_t information) {
    const struct multiboot_memory memory = {.map = map_early, .context = NULL};
    if (magic != MULTIBOOT_MAGIC) {
        return boot_fail(&self->failure, BOOT_FIRMWARE, "Multiboot", "magic", magic,
                         MULTIBOOT_MAGIC, 0);
    }
    enum boot_error error =
        multiboot_read(&memory, information, &self->multiboot, &self->info.memory, &self->failure);
    if (error == BOOT_OK) {
        error = reserve(self);
    }
    if (error == BOOT_OK) {
        const char *line = self->multiboot.command_line;
        size_t length = 0;
        while (line[length] != '\0') {
            length++;
        }
        error = boot_info_set_command_line(&self->info, line, length, &self->failure);
    }
    return error != BOOT_OK
               ? error
               : payload_open(&memory, &self->multiboot, &self->payload, &self->failure);
}

static enum boot_error prepare(struct loader *self, uint32_t magic, uint32_t information,
                               struct place_block *block) {
    enum boot_error error = hardware_check_cpu(self);
    if (error == BOOT_OK) {
        error = read_information(self, magic, information);
    }
    if (error == BOOT_OK) {
        error = hardware_gather(self);
    }
    if (error == BOOT_OK) {
        error = video_choose(self);
    }
    return error != BOOT_OK ? error : place_kernel(self, block);
}

static void enter(struct loader *self, const struct place_block *block) {
    for (uint32_t i = 0; i < self->info.warning_count; i++) {
        print_failure("helios: warning: ", &self->info.warnings[i]);
    }
    video_set(self);
    if (boot_info_write(&self->info, (void *)block->base, block->size, &self->failure) != BOOT_OK) {
        return;
    }
    cpu_write_msr(MSR_EFER, cpu_read_msr(MSR_EFER) | EFER_NXE);
    loader_enter(self->info.boot.page_table_root, self->info.boot.direct_map_base + block->base,
                 self->payload.kernel_image.entry);
}

_Noreturn void loader_main(uint32_t magic, uint32_t information) {
    struct place_block block;
    console_begin();
    fault_begin();
    if (prepare(&loader, magic, information, &block) == BOOT_OK) {
        enter(&loader, &block);
    }
    loader_stop(&loader.failure);
}

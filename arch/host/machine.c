// SPDX-License-Identifier: GPL-3.0-only
//
// A boot block and a program, for tests to start from.
#include <elf.h>
#include <string.h>

#include "arch/host/host.h"

// The block with its arrays, as it lies in memory.
struct block {
    struct helios_boot boot;
    struct helios_boot_memory memory[4];
    struct helios_boot_module modules[1];
    struct helios_boot_cpu cpus[HOST_MAX_CPUS];
    char command_line[256];
};

#define ARRAY(member, number)                                                                      \
    ((struct helios_boot_array){.offset = offsetof(struct block, member),                          \
                                .count = (number),                                                 \
                                .stride = sizeof(((struct block *)0)->member[0])})

static void fill_header(struct helios_boot *boot) {
    *boot = (struct helios_boot){
        .magic = HELIOS_BOOT_MAGIC,
        .version = HELIOS_BOOT_VERSION,
        .size = sizeof(struct block),
        .arch = HELIOS_ARCH_HOST,
        .loader = HELIOS_LOADER_TEST,
        .paging_levels = 4,
        .direct_map_base = HELIOS_DIRECT_MAP_BASE,
        .direct_map_size = HELIOS_DIRECT_MAP_SIZE,
        .page_table_root = HOST_PAGE_TABLES,
        .memory = ARRAY(memory, 4),
        .modules = ARRAY(modules, 1),
        .cpus = ARRAY(cpus, host_cpu_count),
        .command_line = ARRAY(command_line, 1),
        .timer = {.frequency_hz = 1000},
        .console = {.kind = HELIOS_CONSOLE_16550_PORT, .base = 0x3f8, .io_width = 1},
        .power =
            {
                .kind = HELIOS_POWER_ACPI,
                .off = {.address = 0x604, .space = 1, .width = 16, .value = 0x2000},
                .reset = {.address = 0xcf9, .space = 1, .width = 8, .value = 6},
            },
    };
}

unsigned host_cpu_count = 1;
uint64_t host_free_memory_size = HOST_ARENA_SIZE - HOST_FREE;

struct helios_boot *host_boot_create(const void *init, size_t length) {
    struct block *block = arch_direct(HOST_BOOT_INFO);
    memset(block, 0, sizeof(*block));
    fill_header(&block->boot);
    const struct helios_boot_memory memory[4] = {
        {HOST_BOOT_INFO, HOST_PAGE_TABLES - HOST_BOOT_INFO, HELIOS_MEM_BOOT_INFO, 0},
        {HOST_PAGE_TABLES, HOST_MODULE - HOST_PAGE_TABLES, HELIOS_MEM_PAGE_TABLE, 0},
        {HOST_MODULE, HOST_MODULE_SIZE, HELIOS_MEM_MODULE, 0},
        {HOST_FREE, host_free_memory_size, HELIOS_MEM_FREE, 0},
    };
    memcpy(block->memory, memory, sizeof(memory));
    block->modules[0] = (struct helios_boot_module){HOST_MODULE, length, "init"};
    for (unsigned i = 0; i < host_cpu_count; i++) {
        block->cpus[i].hardware_id = i;
    }
    block->cpus[0].flags = HELIOS_CPU_BOOT;
    memcpy(arch_direct(HOST_MODULE), init, length);
    return &block->boot;
}

void host_boot_command_line(struct helios_boot *boot, const char *text) {
    char *line = (char *)boot + boot->command_line.offset;
    size_t length = strnlen(text, 255);
    memcpy(line, text, length);
    line[length] = '\0';
    boot->command_line.count = (uint32_t)length + 1;
}

size_t host_program(uint8_t *to) {
    memset(to, 0, HOST_PROGRAM_SIZE);
    const Elf64_Ehdr header = {
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_EXEC,
        .e_machine = ARCH_ELF_MACHINE,
        .e_version = EV_CURRENT,
        .e_entry = HOST_PROGRAM_ENTRY,
        .e_phoff = sizeof(Elf64_Ehdr),
        .e_ehsize = sizeof(Elf64_Ehdr),
        .e_phentsize = sizeof(Elf64_Phdr),
        .e_phnum = 3,
    };
    const Elf64_Phdr segments[3] = {
        {PT_LOAD, PF_R, 0x1000, 0x400000, 0, 2, 2, 0x1000},
        {PT_LOAD, PF_R | PF_X, 0x2000, 0x401000, 0, 0x20, 0x20, 0x1000},
        {PT_LOAD, PF_R | PF_W, 0x2f80, 0x402f80, 0, 0x100, 0x1080, 0x1000},
    };
    memcpy(to, &header, sizeof(header));
    memcpy(to + sizeof(header), segments, sizeof(segments));
    memcpy(to + 0x1000, "ro", 2);
    memset(to + 0x2000, 0xcc, 0x20);
    memset(to + 0x2f80, 0xdd, 0x100);
    return 0x3080;
}

// SPDX-License-Identifier: GPL-3.0-only
//
// The world that the root task wakes up in.
#include <stddef.h>

#include "testing/conformance/invoke.h"
#include "userland/helios/objects.h"

enum {
    PATTERN_WORDS = 1024,
    STACK_PAGES = 16,       // that the root task has
    STACK_WORDS = 3 * 1024, // of the 8 * 1024 in these
};

static uint64_t zeroed[PATTERN_WORDS];
static uint64_t initialised[4] = {0x1111, 0x2222, 0x3333, 0x4444};
static const uint64_t constant[2] = {0x5555, 0x6666};

// The compiler must not know what the arrays hold.
static uint64_t load(const uint64_t *word) {
    return *(const volatile uint64_t *)word;
}

TEST_CASE(bootinfo_has_magic_version_and_size) {
    const struct helios_bootinfo *info = helios_test_bootinfo;
    EXPECT_EQ(info->magic, HELIOS_BOOTINFO_MAGIC);
    EXPECT_EQ(info->version, HELIOS_BOOTINFO_VERSION);
    EXPECT_EQ(info->size, sizeof(*info));
    EXPECT_EQ(info->page_size, 4096);
}

TEST_CASE(bootinfo_counts_cpus_and_memory) {
    const struct helios_bootinfo *info = helios_test_bootinfo;
    EXPECT_TRUE(info->cpu_count >= 1 && info->cpu_count <= 64);
    EXPECT_TRUE(info->memory_bytes >= 16ull << 20);
    EXPECT_TRUE(info->free_bytes > 0 && info->free_bytes < info->memory_bytes);
    EXPECT_EQ(info->free_bytes % info->page_size, 0);
    EXPECT_TRUE(info->timer_hz > 0);
    EXPECT_TRUE(info->start_ticks > 0 && info->start_ticks < info->timer_hz * 60);
}

TEST_CASE(bootinfo_flags_are_known_ones) {
    uint32_t known = HELIOS_BOOTINFO_CHECKED | HELIOS_BOOTINFO_SECURE | HELIOS_BOOTINFO_SEED_WEAK;
    EXPECT_EQ(helios_test_bootinfo->flags & ~known, 0);
}

TEST_CASE(seed_is_no_pattern) {
    unsigned count = 0; // of bytes that differ from the one before
    for (unsigned i = 1; i < HELIOS_BOOTINFO_SEED; i++) {
        count += helios_test_bootinfo->seed[i] != helios_test_bootinfo->seed[i - 1] ? 1 : 0;
    }
    EXPECT_TRUE(count > HELIOS_BOOTINFO_SEED / 8);
}

TEST_CASE(every_cpu_has_an_identifier_of_its_own) {
    const struct helios_bootinfo *info = helios_test_bootinfo;
    for (uint32_t i = 0; i < info->cpu_count; i++) {
        for (uint32_t k = 0; k < i; k++) {
            EXPECT_TRUE(info->cpus[i].hardware_id != info->cpus[k].hardware_id);
        }
    }
}

TEST_CASE(firmware_has_left_tables) {
    const struct helios_bootinfo *info = helios_test_bootinfo;
    EXPECT_TRUE(info->acpi_rsdp != 0 || info->device_tree.length != 0);
}

TEST_CASE(command_line_is_terminated) {
    size_t length = 0;
    while (length < HELIOS_BOOTINFO_COMMAND_LINE &&
           helios_test_bootinfo->command_line[length] != '\0') {
        length++;
    }
    EXPECT_TRUE(length < HELIOS_BOOTINFO_COMMAND_LINE);
}

TEST_CASE(console_is_described) {
    const struct helios_bootinfo_console *console = &helios_test_bootinfo->console;
    EXPECT_TRUE(console->kind >= HELIOS_BOOTINFO_CONSOLE_16550_PORT &&
                console->kind <= HELIOS_BOOTINFO_CONSOLE_PL011);
    EXPECT_TRUE(console->base != 0);
    EXPECT_TRUE(console->io_width == 1 || console->io_width == 4);
}

// The image's bootfs (BUILD.bazel) holds one file, "empty". POSIX.1-2017, pax: a ustar header has
// the name at 0 and the magic at 257.
TEST_CASE(bootfs_is_mapped) {
    const struct helios_bootinfo_module *module = &helios_test_bootinfo->modules[0];
    EXPECT_EQ(helios_test_bootinfo->module_count, 1);
    EXPECT_TRUE(module->address % 4096 == 0 && module->address != 0);
    EXPECT_TRUE(module->length >= 1024 && module->length % 512 == 0);
    const char *archive = (const char *)(uintptr_t)module->address;
    EXPECT_TRUE(archive[0] == 'e' && archive[4] == 'y' && archive[5] == '\0');
    EXPECT_TRUE(archive[257] == 'u' && archive[261] == 'r');
    EXPECT_TRUE(module->name[0] == 'b' && module->name[5] == 's' && module->name[6] == '\0');
}

TEST_CASE(bytes_behind_the_bootfs_are_zero) {
    const struct helios_bootinfo_module *module = &helios_test_bootinfo->modules[0];
    const char *archive = (const char *)(uintptr_t)module->address;
    for (uint64_t i = module->length; i % 4096 != 0; i++) {
        EXPECT_EQ(archive[i], 0);
    }
}

TEST_CASE(bss_is_zero) {
    for (size_t i = 0; i < PATTERN_WORDS; i++) {
        EXPECT_EQ(load(&zeroed[i]), 0);
    }
}

TEST_CASE(data_is_initialised_and_writable) {
    for (uint64_t i = 0; i < 4; i++) {
        EXPECT_EQ(load(&initialised[i]), 0x1111 * (i + 1));
        *(volatile uint64_t *)&initialised[i] = ~i;
        EXPECT_EQ(load(&initialised[i]), ~i);
        *(volatile uint64_t *)&initialised[i] = 0x1111 * (i + 1);
    }
}

TEST_CASE(constants_are_there) {
    EXPECT_EQ(load(&constant[0]), 0x5555);
    EXPECT_EQ(load(&constant[1]), 0x6666);
}

TEST_CASE(ipc_buffer_is_a_page_of_its_own) {
    EXPECT_EQ((uintptr_t)helios_buffer % 4096, 0);
    volatile uint64_t *words = (volatile uint64_t *)(uintptr_t)helios_buffer;
    static uint64_t kept[512]; // receive slots, above all
    for (uint64_t i = 0; i < 512; i++) {
        kept[i] = words[i];
        words[i] = i * 0x9e3779b97f4a7c15ull;
    }
    for (uint64_t i = 0; i < 512; i++) {
        EXPECT_EQ(words[i], i * 0x9e3779b97f4a7c15ull);
        words[i] = kept[i];
    }
}

// From here down, no further than the stack is deep.
TEST_CASE(nothing_is_mapped_below_the_stack) {
    uint64_t page = (uintptr_t)__builtin_frame_address(0) & ~4095ull;
    const uint64_t end = page - STACK_PAGES * 4096ull;
    while (page > end && helios_vspace_query(HELIOS_INIT_VSPACE, page).status == HELIOS_OK) {
        page -= 4096;
    }
    EXPECT_EQ(helios_vspace_query(HELIOS_INIT_VSPACE, page).status, HELIOS_ERROR_NOT_MAPPED);
}

TEST_CASE(stack_is_deep_enough) {
    volatile uint64_t words[STACK_WORDS];
    for (uint64_t i = 0; i < STACK_WORDS; i++) {
        words[i] = ~i;
    }
    for (uint64_t i = 0; i < STACK_WORDS; i++) {
        EXPECT_EQ(words[i], ~i);
    }
}

// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/boot_check.h"

#include <cstring>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "arch/host/host.h"
#include "kernel/boot_block.h"
#include "kernel/physmem.h"
#include "gtest/gtest.h"

namespace {

// A good block, one change, and what the checks say.
struct Variant {
    const char *name;
    std::function<void(helios_boot *)> spoil;
    const char *field;
    const char *text;
};

helios_boot_memory *Memory(helios_boot *boot, unsigned index) {
    return const_cast<helios_boot_memory *>(boot_memory(boot, index));
}

helios_boot_module *Module(helios_boot *boot) {
    return const_cast<helios_boot_module *>(boot_module(boot, 0));
}

helios_boot_cpu *Cpu(helios_boot *boot) {
    return const_cast<helios_boot_cpu *>(boot_cpu(boot, 0));
}

class BootCheck : public ::testing::TestWithParam<Variant> {};

helios_boot *GoodBlock() {
    host_reset();
    return host_boot_create("", 1);
}

TEST(BootCheck, GoodBlockPasses) {
    boot_problem problem = {};
    helios_boot *boot = GoodBlock();
    EXPECT_TRUE(boot_check_base(boot, &problem)) << problem.field << " " << problem.text;
    EXPECT_TRUE(boot_check_rest(boot, &problem)) << problem.field << " " << problem.text;
}

TEST(BootCheck, LongerRecordsOfALaterRevisionPass) {
    helios_boot *boot = GoodBlock();
    boot->cpus.stride += 16;
    boot->size += 16;
    boot_problem problem = {};
    EXPECT_TRUE(boot_check_base(boot, &problem));
    EXPECT_TRUE(boot_check_rest(boot, &problem)) << problem.field << " " << problem.text;
}

TEST_P(BootCheck, NamesWhatIsWrong) {
    helios_boot *boot = GoodBlock();
    GetParam().spoil(boot);
    boot_problem problem = {};
    EXPECT_FALSE(boot_check_base(boot, &problem) && boot_check_rest(boot, &problem));
    EXPECT_STREQ(problem.field, GetParam().field);
    EXPECT_STREQ(problem.text, GetParam().text);
}

const Variant kVariants[] = {
    {"Magic", [](helios_boot *b) { b->magic++; }, "magic", "is not the boot protocol's"},
    {"Version", [](helios_boot *b) { b->version = 2; }, "version",
     "is another one than the kernel's"},
    {"Arch", [](helios_boot *b) { b->arch = HELIOS_ARCH_X86_64; }, "arch", "is not the kernel's"},
    {"Size", [](helios_boot *b) { b->size = sizeof(*b) - 1; }, "size", "is too small"},
    {"NoDirectMap", [](helios_boot *b) { b->direct_map_size = 0; }, "direct_map_base",
     "is not usable"},
    {"UnalignedDirectMap", [](helios_boot *b) { b->direct_map_base++; }, "direct_map_base",
     "is not usable"},
    {"NoRoot", [](helios_boot *b) { b->page_table_root = 0; }, "page_table_root", "is not a table"},
    {"UnalignedRoot", [](helios_boot *b) { b->page_table_root += 8; }, "page_table_root",
     "is not a table"},
    {"NoMemory", [](helios_boot *b) { b->memory.count = 0; }, "memory", "is missing"},
    {"MemoryOutside", [](helios_boot *b) { b->memory.offset = b->size - 8; }, "memory",
     "lies outside the block"},
    {"MemoryOverHeader", [](helios_boot *b) { b->memory.offset = 0; }, "memory",
     "lies outside the block"},
    {"MemoryCountWraps",
     [](helios_boot *b) {
         b->memory.count = 0xffffffff;
         b->memory.stride = 0xfffffff8;
     },
     "memory", "lies outside the block"},
    {"MemoryShortRecords", [](helios_boot *b) { b->memory.stride = 16; }, "memory",
     "has too small records"},
    {"MemoryUnaligned", [](helios_boot *b) { b->memory.offset += 4; }, "memory", "is not aligned"},
    {"MemoryUnalignedStride", [](helios_boot *b) { b->memory.stride += 4; }, "memory",
     "is not aligned"},
    {"MemoryTooManyRanges",
     [](helios_boot *b) {
         b->memory.count = PHYSMEM_CAPACITY + 1;
         b->size = b->memory.offset + b->memory.count * b->memory.stride;
     },
     "memory", "has too many ranges"},
    {"MemoryEmptyRange", [](helios_boot *b) { Memory(b, 1)->length = 0; }, "memory",
     "has an empty range"},
    {"MemoryUnalignedBase", [](helios_boot *b) { Memory(b, 1)->base += 8; }, "memory",
     "has a range that is not page aligned"},
    {"MemoryUnalignedLength", [](helios_boot *b) { Memory(b, 1)->length += 8; }, "memory",
     "has a range that is not page aligned"},
    {"MemoryWraps", [](helios_boot *b) { Memory(b, 3)->length = ~0ull << 12; }, "memory",
     "has a range that wraps around"},
    {"MemoryOverlaps", [](helios_boot *b) { Memory(b, 0)->length += 4096; }, "memory",
     "is not sorted or overlaps"},
    {"MemoryUnsorted", [](helios_boot *b) { std::swap(*Memory(b, 0), *Memory(b, 2)); }, "memory",
     "is not sorted or overlaps"},
    {"MemoryBeyondDirectMap", [](helios_boot *b) { b->direct_map_size = HOST_FREE; }, "memory",
     "goes beyond the direct map"},
    {"NothingFree", [](helios_boot *b) { Memory(b, 3)->kind = HELIOS_MEM_RESERVED; }, "memory",
     "has nothing free"},
    {"NoModules", [](helios_boot *b) { b->modules.count = 0; }, "modules", "has no init"},
    {"ModulesOutside", [](helios_boot *b) { b->modules.offset = 0xfffffff8; }, "modules",
     "lies outside the block"},
    {"ModuleUnaligned", [](helios_boot *b) { Module(b)->base += 16; }, "modules",
     "has one that is not page aligned"},
    {"ModuleElsewhere", [](helios_boot *b) { Module(b)->base = HOST_FREE; }, "modules",
     "has one outside module memory"},
    {"ModuleTooLong", [](helios_boot *b) { Module(b)->length = HOST_MODULE_SIZE + 1; }, "modules",
     "has one outside module memory"},
    {"ModuleLengthWraps", [](helios_boot *b) { Module(b)->length = ~0ull; }, "modules",
     "has one outside module memory"},
    {"ModuleNameWithoutEnd", [](helios_boot *b) { memset(Module(b)->name, 'x', 32); }, "modules",
     "has a name without end"},
    {"NoCpus", [](helios_boot *b) { b->cpus.count = 0; }, "cpus", "is missing"},
    {"CpusOutside", [](helios_boot *b) { b->cpus.count = 1000; }, "cpus", "lies outside the block"},
    {"BootCpuNotInList", [](helios_boot *b) { b->boot_cpu = 1; }, "boot_cpu", "is not in the list"},
    {"BootCpuNotMarked", [](helios_boot *b) { Cpu(b)->flags = 0; }, "cpus",
     "does not mark exactly the boot CPU"},
    {"IntcsShortRecords", [](helios_boot *b) { b->intcs = {b->memory.offset, 1, 8, 0}; }, "intcs",
     "has too small records"},
    {"IntcContextsOutside",
     [](helios_boot *b) { b->intc_contexts = {b->memory.offset, 10000, 16, 0}; }, "intc_contexts",
     "lies outside the block"},
    {"OverridesUnaligned",
     [](helios_boot *b) { b->irq_overrides = {b->memory.offset + 1, 1, 16, 0}; }, "irq_overrides",
     "is not aligned"},
    {"IommusOutside", [](helios_boot *b) { b->iommus = {0, 1, 24, 0}; }, "iommus",
     "lies outside the block"},
    {"PcisShortRecords", [](helios_boot *b) { b->pcis = {b->memory.offset, 1, 0, 0}; }, "pcis",
     "has too small records"},
    {"WindowsOutside", [](helios_boot *b) { b->windows = {b->size, 1, 32, 0}; }, "windows",
     "lies outside the block"},
    {"CommandLineOutside", [](helios_boot *b) { b->command_line.count = b->size; }, "command_line",
     "lies outside the block"},
    {"CommandLineWithoutEnd",
     [](helios_boot *b) {
         host_boot_command_line(b, "verbose");
         b->command_line.count--;
     },
     "command_line", "has no end"},
    {"CommandLineStride", [](helios_boot *b) { b->command_line.stride = 2; }, "command_line",
     "is not made of bytes"},
    {"RegisterShift", [](helios_boot *b) { b->console.reg_shift = 5; }, "console.reg_shift",
     "is too large"},
    {"NoTimer", [](helios_boot *b) { b->timer.frequency_hz = 0; }, "timer.frequency_hz",
     "is missing"},
    {"TimerOfAWrongMeasurement", [](helios_boot *b) { b->timer.frequency_hz = 0ull - 1000; },
     "timer.frequency_hz", "is too high"},
};

INSTANTIATE_TEST_SUITE_P(Variants, BootCheck, ::testing::ValuesIn(kVariants),
                         [](const ::testing::TestParamInfo<Variant> &info) {
                             return std::string(info.param.name);
                         });

// Whatever stands in the block: the checks read nothing outside it (the sanitizer sees to that),
// and what they accept can be read.
TEST(BootCheck, RandomDamageIsRefusedOrHarmless) {
    std::mt19937_64 random(1);
    helios_boot *good = GoodBlock();
    uint32_t size = good->size;
    std::vector<uint8_t> original(reinterpret_cast<uint8_t *>(good),
                                  reinterpret_cast<uint8_t *>(good) + size);
    unsigned accepted = 0;
    for (int i = 0; i < 100000; i++) {
        std::unique_ptr<uint64_t[]> copy(new uint64_t[(size + 7) / 8]);
        auto *bytes = reinterpret_cast<uint8_t *>(copy.get());
        memcpy(bytes, original.data(), size);
        for (uint64_t changes = 1 + random() % 3; changes > 0; changes--) {
            bytes[random() % size] = static_cast<uint8_t>(random());
        }
        auto *boot = reinterpret_cast<helios_boot *>(bytes);
        boot->size = size; // the loader's promise, which nothing can check
        boot_problem problem;
        if (boot_check_base(boot, &problem) && boot_check_rest(boot, &problem)) {
            accepted++;
            EXPECT_GT(boot_memory_total(boot), 0u);
            boot_has_option(boot, "panic-test=1");
        }
    }
    EXPECT_GT(accepted, 0u);
}

TEST(BootBlock, OptionsAreWholeWords) {
    helios_boot *boot = GoodBlock();
    host_boot_command_line(boot, "verbose  panic-test=1 log=x");
    EXPECT_TRUE(boot_has_option(boot, "verbose"));
    EXPECT_TRUE(boot_has_option(boot, "panic-test=1"));
    EXPECT_TRUE(boot_has_option(boot, "log=x"));
    EXPECT_FALSE(boot_has_option(boot, "panic-test"));
    EXPECT_FALSE(boot_has_option(boot, "panic-test=10"));
    EXPECT_FALSE(boot_has_option(boot, "log"));
    host_boot_command_line(boot, "panic-test=10 no-panic-test=1");
    EXPECT_FALSE(boot_has_option(boot, "panic-test=1"));
}

TEST(BootBlock, MissingCommandLineIsEmpty) {
    helios_boot *boot = GoodBlock();
    boot->command_line.count = 0;
    EXPECT_STREQ(boot_command_line(boot), "");
    EXPECT_FALSE(boot_has_option(boot, "verbose"));
}

TEST(BootBlock, MemoryTotalCountsWhatTheMachineCanUse) {
    helios_boot *boot = GoodBlock();
    EXPECT_EQ(boot_memory_total(boot),
              HOST_MODULE + HOST_MODULE_SIZE - HOST_BOOT_INFO + HOST_ARENA_SIZE - HOST_FREE);
    Memory(boot, 2)->kind = HELIOS_MEM_RESERVED;
    EXPECT_EQ(boot_memory_total(boot), HOST_MODULE - HOST_BOOT_INFO + HOST_ARENA_SIZE - HOST_FREE);
}

} // namespace

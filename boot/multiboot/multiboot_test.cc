// SPDX-License-Identifier: GPL-3.0-only
#include "boot/multiboot/multiboot.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

constexpr uint64_t kInfo = 0x9000, kMap = 0xa000, kModules = 0xb000, kLine = 0xc000;

// Pretended physical memory: separate allocations, so that reads beyond one are seen.
class Machine {
  public:
    Machine() {
        Put(kInfo, std::vector<uint8_t>(52));
        Set(kInfo, 44, 0);
    }
    void Put(uint64_t address, const std::vector<uint8_t> &bytes) {
        regions_[address] = bytes;
        regions_[address].shrink_to_fit();
    }
    void Text(uint64_t address, const std::string &text) {
        std::vector<uint8_t> bytes(text.begin(), text.end());
        bytes.push_back(0);
        Put(address, bytes);
    }
    void Set(uint64_t address, size_t offset, uint32_t value) {
        for (size_t i = 0; i < 4; i++) {
            regions_[address][offset + i] = static_cast<uint8_t>(value >> (8 * i));
        }
    }
    void Flags(uint32_t flags) {
        Set(kInfo, 0, flags);
    }
    void MemoryMap(const std::vector<std::vector<uint64_t>> &entries, uint32_t entry_size = 20) {
        std::vector<uint8_t> bytes;
        for (const auto &entry : entries) {
            Append(&bytes, entry_size, 4);
            Append(&bytes, entry[0], 8);
            Append(&bytes, entry[1], 8);
            Append(&bytes, entry[2], 4);
            bytes.resize(bytes.size() + entry_size - 20);
        }
        Put(kMap, bytes);
        Set(kInfo, 44, static_cast<uint32_t>(bytes.size()));
        Set(kInfo, 48, kMap);
    }
    void Modules(const std::vector<std::pair<uint32_t, std::string>> &modules) {
        std::vector<uint8_t> bytes;
        uint32_t base = 0x200000;
        for (const auto &[length, text] : modules) {
            Append(&bytes, base, 4);
            Append(&bytes, base + length, 4);
            Append(&bytes, 0x100000 + base / 16, 4);
            Append(&bytes, 0, 4);
            Put(base, std::vector<uint8_t>(length));
            Text(0x100000 + base / 16, text);
            base += 0x10000;
        }
        Put(kModules, bytes);
        Set(kInfo, 20, static_cast<uint32_t>(modules.size()));
        Set(kInfo, 24, kModules);
    }
    void CommandLine(const std::string &line) {
        Text(kLine, line);
        Set(kInfo, 16, kLine);
    }
    multiboot_memory memory() {
        return {Map, this};
    }

  private:
    static void Append(std::vector<uint8_t> *bytes, uint64_t value, int size) {
        for (int i = 0; i < size; i++) {
            bytes->push_back(static_cast<uint8_t>(value >> (8 * i)));
        }
    }
    static const void *Map(void *context, uint64_t address, size_t length) {
        auto *self = static_cast<Machine *>(context);
        auto found = self->regions_.upper_bound(address);
        if (found == self->regions_.begin()) {
            return nullptr;
        }
        --found;
        const uint64_t offset = address - found->first;
        const auto &bytes = found->second;
        return offset <= bytes.size() && length <= bytes.size() - offset ? bytes.data() + offset
                                                                         : nullptr;
    }

    std::map<uint64_t, std::vector<uint8_t>> regions_;
};

class Multiboot : public testing::Test {
  protected:
    Multiboot() {
        machine_.Flags(1 << 6 | 1 << 3 | 1 << 2);
        machine_.MemoryMap({{0, 0x9fc00, 1}, {0x100000, 0x7f00000, 1}});
        machine_.Modules({{100, "kernel"}, {200, "init"}, {300, "bootfs"}});
        machine_.CommandLine("/boot/loader a=1 b");
    }
    boot_error Read() {
        *map_ = {};
        multiboot_memory memory = machine_.memory();
        return multiboot_read(&memory, kInfo, result_.get(), map_.get(), &failure_);
    }
    // Position of the module for each purpose, -1 if there is none.
    std::vector<int> Find() {
        static const char *const names[] = {"kernel", "init", "bootfs"};
        std::vector<int> places;
        for (uint32_t i = 0; i < 3; i++) {
            const multiboot_module *module = multiboot_find(result_.get(), names, 3, i);
            places.push_back(module == nullptr ? -1 : static_cast<int>(module - result_->modules));
        }
        return places;
    }

    Machine machine_;
    std::unique_ptr<multiboot> result_ = std::make_unique<multiboot>();
    std::unique_ptr<memmap> map_ = std::make_unique<memmap>();
    boot_failure failure_ = {};
};

TEST_F(Multiboot, EverythingIsCopied) {
    ASSERT_EQ(Read(), BOOT_OK);
    ASSERT_EQ(result_->module_count, 3u);
    EXPECT_EQ(result_->modules[1].base, 0x210000u);
    EXPECT_EQ(result_->modules[1].length, 200u);
    EXPECT_STREQ(result_->modules[2].string, "bootfs");
    EXPECT_STREQ(result_->command_line, " a=1 b");
    EXPECT_EQ(memmap_sum(map_.get(), HELIOS_MEM_FREE), 0x9f000u + 0x7f00000u);
}

TEST_F(Multiboot, KindsOfMemory) {
    machine_.MemoryMap({{0x1000, 0x1000, 1},
                        {0x2000, 0x1000, 2},
                        {0x3000, 0x1000, 3},
                        {0x4000, 0x1000, 4},
                        {0x6000, 0x1000, 5},
                        {0x8000, 0x1000, 99}},
                       24);
    ASSERT_EQ(Read(), BOOT_OK);
    const uint32_t wanted[] = {HELIOS_MEM_FREE, HELIOS_MEM_RESERVED, HELIOS_MEM_ACPI,
                               HELIOS_MEM_BAD, HELIOS_MEM_RESERVED};
    ASSERT_EQ(map_->count, 5u);
    for (uint32_t i = 0; i < 5; i++) {
        EXPECT_EQ(map_->ranges[i].kind, wanted[i]);
    }
}

TEST_F(Multiboot, MissingMemoryMapIsAnError) {
    machine_.Flags(1 << 3);
    EXPECT_EQ(Read(), BOOT_MEMORY_MAP_MISSING);
    machine_.Flags(1 << 6);
    machine_.Set(kInfo, 44, 23);
    EXPECT_EQ(Read(), BOOT_MEMORY_MAP_MISSING);
}

TEST_F(Multiboot, MemoryMapNowhereOrTooLongIsAnError) {
    machine_.Set(kInfo, 48, 0xdead0000);
    EXPECT_EQ(Read(), BOOT_FIRMWARE);
    EXPECT_STREQ(failure_.field, "mmap");
    machine_.MemoryMap({{0, 0x1000, 1}});
    machine_.Set(kInfo, 44, 0xffffffff);
    EXPECT_EQ(Read(), BOOT_FIRMWARE);
}

TEST_F(Multiboot, MemoryMapEntryWithAnImpossibleSizeIsAnError) {
    for (uint32_t size : {0u, 19u, 45u, 0xffffffffu}) {
        machine_.MemoryMap({{0, 0x1000, 1}, {0x1000, 0x1000, 1}});
        machine_.Set(kMap, 0, size);
        EXPECT_EQ(Read(), BOOT_MEMORY_RANGE) << size;
    }
}

TEST_F(Multiboot, MemoryThatWrapsAroundIsAnError) {
    machine_.MemoryMap({{0xfffffffffffff000, 0x2000, 1}});
    EXPECT_EQ(Read(), BOOT_MEMORY_RANGE);
}

TEST_F(Multiboot, StructureNowhereIsAnError) {
    multiboot_memory memory = machine_.memory();
    EXPECT_EQ(multiboot_read(&memory, 0x1234, result_.get(), map_.get(), &failure_), BOOT_FIRMWARE);
}

TEST_F(Multiboot, ModulesNowhereAreAnError) {
    machine_.Set(kInfo, 24, 0xdead0000);
    EXPECT_EQ(Read(), BOOT_FIRMWARE);
    EXPECT_STREQ(failure_.field, "mods");
}

TEST_F(Multiboot, ModuleThatLeavesMemoryIsAnError) {
    machine_.Set(kModules, 4, 0x200065);
    EXPECT_EQ(Read(), BOOT_FIRMWARE);
    EXPECT_STREQ(failure_.field, "module");
    machine_.Set(kModules, 4, 0x1fffff);
    EXPECT_EQ(Read(), BOOT_FIRMWARE);
}

TEST_F(Multiboot, ModulesBeyondTheLimitAreNotLookedAt) {
    machine_.Modules(std::vector<std::pair<uint32_t, std::string>>(20, {1, "x"}));
    ASSERT_EQ(Read(), BOOT_OK);
    EXPECT_EQ(result_->module_count, uint32_t{MULTIBOOT_MODULES});
}

TEST_F(Multiboot, LongModuleStringIsCut) {
    machine_.Modules({{1, std::string(1000, 'x')}});
    ASSERT_EQ(Read(), BOOT_OK);
    EXPECT_EQ(std::string(result_->modules[0].string), std::string(MULTIBOOT_STRING - 1, 'x'));
}

TEST_F(Multiboot, CommandLineWithoutAnEndOrTooLongIsAnError) {
    machine_.Put(kLine, {'a', 'b'});
    EXPECT_EQ(Read(), BOOT_COMMAND_LINE_TOO_LONG);
    machine_.CommandLine(std::string(BOOT_INFO_COMMAND_LINE, 'x'));
    EXPECT_EQ(Read(), BOOT_COMMAND_LINE_TOO_LONG);
    machine_.CommandLine(std::string(BOOT_INFO_COMMAND_LINE - 1, 'x'));
    EXPECT_EQ(Read(), BOOT_OK);
}

TEST_F(Multiboot, OnlyTheLoadersFileNameIsDroppedFromTheCommandLine) {
    const std::pair<const char *, const char *> cases[] = {
        {"loader a=1", "loader a=1"}, {"/x/loader", ""},          {"x/loader  b", "  b"},
        {"a=/b/c d", "a=/b/c d"},     {"quiet a/b", "quiet a/b"}, {"", ""},
    };
    for (const auto &[line, wanted] : cases) {
        machine_.CommandLine(line);
        ASSERT_EQ(Read(), BOOT_OK);
        EXPECT_STREQ(result_->command_line, wanted) << line;
    }
}

TEST_F(Multiboot, WithoutModulesOrCommandLineBothAreEmpty) {
    machine_.Flags(1 << 6);
    ASSERT_EQ(Read(), BOOT_OK);
    EXPECT_EQ(result_->module_count, 0u);
    EXPECT_STREQ(result_->command_line, "");
    EXPECT_EQ(Find(), (std::vector<int>{-1, -1, -1}));
}

TEST_F(Multiboot, ModulesAreFoundByNameInAnyOrder) {
    machine_.Modules({{1, "/tmp/x/bootfs"}, {1, "other"}, {1, "init verbose"}, {1, "a/kernel"}});
    ASSERT_EQ(Read(), BOOT_OK);
    EXPECT_EQ(Find(), (std::vector<int>{3, 2, 0}));
}

TEST_F(Multiboot, MissingNameIsMissingWhereOthersHaveNames) {
    machine_.Modules({{1, "kernel"}, {1, "something"}});
    ASSERT_EQ(Read(), BOOT_OK);
    EXPECT_EQ(Find(), (std::vector<int>{0, -1, -1}));
}

TEST_F(Multiboot, ModulesWithoutKnownNamesCountByPosition) {
    machine_.Modules({{1, "helios.elf"}, {1, "kernel.old"}});
    ASSERT_EQ(Read(), BOOT_OK);
    EXPECT_EQ(Find(), (std::vector<int>{0, 1, -1}));
}

} // namespace

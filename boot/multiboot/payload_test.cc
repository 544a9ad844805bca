// SPDX-License-Identifier: GPL-3.0-only
#include "boot/multiboot/payload.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace {

// An ELF file with one segment of code, as small as can be.
std::vector<uint8_t> MakeElf(uint64_t address, uint16_t machine = ELF_MACHINE_X86_64,
                             uint64_t memory_size = 0x1000) {
    std::vector<uint8_t> file(0x1010);
    auto put = [&file](size_t at, uint64_t value, int size) {
        for (int i = 0; i < size; i++) {
            file[at + static_cast<size_t>(i)] = static_cast<uint8_t>(value >> (8 * i));
        }
    };
    std::memcpy(file.data(), "\177ELF\2\1\1", 7);
    put(16, 2, 2);       // executable
    put(18, machine, 2); //
    put(20, 1, 4);       // version
    put(24, address, 8); // entry
    put(32, 64, 8);      // program headers
    put(52, 64, 2);
    put(54, 56, 2);
    put(56, 1, 2);
    put(64, 1, 4);            // PT_LOAD
    put(68, 5, 4);            // read, execute
    put(72, 0x1000, 8);       // offset
    put(80, address, 8);      // virtual
    put(88, address, 8);      // physical
    put(96, 0x10, 8);         // in the file
    put(104, memory_size, 8); // in memory
    put(112, 0x1000, 8);
    return file;
}

class Payload : public testing::Test {
  protected:
    Payload() {
        kernel_ = MakeElf(HELIOS_KERNEL_BASE);
        init_ = MakeElf(0x400000);
        bootfs_ = std::vector<uint8_t>(1024);
    }
    static const void *Map(void *context, uint64_t address, size_t length) {
        auto *self = static_cast<Payload *>(context);
        const std::vector<uint8_t> *files[] = {&self->kernel_, &self->init_, &self->bootfs_};
        const std::vector<uint8_t> *file = files[address / 0x1000000 - 1];
        return length <= file->size() ? file->data() : nullptr;
    }
    boot_error Open(uint32_t modules = 3) {
        const char *const names[] = {"kernel", "init", "bootfs"};
        const std::vector<uint8_t> *files[] = {&kernel_, &init_, &bootfs_};
        *multiboot_ = {};
        for (uint32_t i = 0; i < modules; i++) {
            multiboot_->modules[i].base = 0x1000000 * (i + 1);
            multiboot_->modules[i].length = files[i]->size();
            std::strcpy(multiboot_->modules[i].string, names[i]);
        }
        multiboot_->module_count = modules;
        multiboot_memory memory = {Map, this};
        return payload_open(&memory, multiboot_.get(), &payload_, &failure_);
    }
    void ExpectError(boot_error error, const char *what, uint32_t modules = 3) {
        EXPECT_EQ(Open(modules), error) << boot_error_text(error);
        EXPECT_STREQ(failure_.what, what);
    }

    std::vector<uint8_t> kernel_, init_, bootfs_;
    std::unique_ptr<multiboot> multiboot_ = std::make_unique<multiboot>();
    payload payload_ = {};
    boot_failure failure_ = {};
};

TEST_F(Payload, ThreeGoodModules) {
    ASSERT_EQ(Open(), BOOT_OK) << boot_error_text(failure_.error);
    EXPECT_EQ(payload_.kernel, &multiboot_->modules[0]);
    EXPECT_EQ(payload_.init, &multiboot_->modules[1]);
    EXPECT_EQ(payload_.bootfs, &multiboot_->modules[2]);
    EXPECT_EQ(payload_.kernel_image.entry, HELIOS_KERNEL_BASE);
}

TEST_F(Payload, BootfsMayBeMissing) {
    EXPECT_EQ(Open(2), BOOT_OK);
    EXPECT_EQ(payload_.bootfs, nullptr);
}

TEST_F(Payload, KernelAndInitMayNot) {
    ExpectError(BOOT_FILE_MISSING, "kernel", 0);
    ExpectError(BOOT_FILE_MISSING, "init", 1);
}

TEST_F(Payload, EmptyFilesAreNamed) {
    kernel_.clear();
    ExpectError(BOOT_FILE_EMPTY, "kernel");
    kernel_ = MakeElf(HELIOS_KERNEL_BASE);
    init_.clear();
    ExpectError(BOOT_FILE_EMPTY, "init");
}

TEST_F(Payload, FilesForAnotherMachineAreNamed) {
    kernel_ = MakeElf(HELIOS_KERNEL_BASE, ELF_MACHINE_RISCV);
    ExpectError(BOOT_ELF_MACHINE, "kernel");
    kernel_ = MakeElf(HELIOS_KERNEL_BASE);
    init_ = MakeElf(0x400000, ELF_MACHINE_AARCH64);
    ExpectError(BOOT_ELF_MACHINE, "init");
}

TEST_F(Payload, TruncatedFilesAreNamed) {
    kernel_.resize(0x1008);
    ExpectError(BOOT_FILE_TRUNCATED, "kernel");
    kernel_ = MakeElf(HELIOS_KERNEL_BASE);
    init_.resize(10);
    ExpectError(BOOT_FILE_TRUNCATED, "init");
}

TEST_F(Payload, KernelLinkedElsewhereIsAnError) {
    kernel_ = MakeElf(HELIOS_KERNEL_BASE + 0x1000);
    ExpectError(BOOT_ELF_SEGMENT_OUTSIDE, "kernel");
    EXPECT_EQ(failure_.wanted, HELIOS_KERNEL_BASE);
}

TEST_F(Payload, KernelThatIsTooLargeIsAnError) {
    kernel_ = MakeElf(HELIOS_KERNEL_BASE, ELF_MACHINE_X86_64, PAYLOAD_KERNEL_LIMIT);
    EXPECT_EQ(Open(), BOOT_OK);
    kernel_ = MakeElf(HELIOS_KERNEL_BASE, ELF_MACHINE_X86_64, PAYLOAD_KERNEL_LIMIT + 1);
    ExpectError(BOOT_ELF_SEGMENT_OUTSIDE, "kernel");
}

TEST_F(Payload, InitThatReachesIntoTheKernelIsAnError) {
    init_ = MakeElf(HELIOS_KERNEL_BASE - 0x1000, ELF_MACHINE_X86_64, 0x1001);
    ExpectError(BOOT_ELF_SEGMENT_OUTSIDE, "init");
}

TEST_F(Payload, BootfsThatIsNoTarIsAnError) {
    bootfs_ = std::vector<uint8_t>(1024, 'x');
    ExpectError(BOOT_TAR_MAGIC, "bootfs");
    bootfs_ = std::vector<uint8_t>(512);
    ExpectError(BOOT_TAR_END, "bootfs");
}

} // namespace

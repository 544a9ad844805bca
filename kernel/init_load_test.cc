// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/init_load.h"

#include <string>

#include "kernel/boot_block.h"
#include "kernel/cspace.h"
#include "kernel/testing/booted_machine.h"

namespace {

class InitLoad : public BootedMachine {};

TEST_F(InitLoad, EntersAtTheElfEntryWithAnAlignedStack) {
    EXPECT_EQ(init_->arch.registers[0], HOST_PROGRAM_ENTRY);
    EXPECT_EQ(init_->arch.registers[1], INIT_STACK_TOP);
    EXPECT_EQ(init_->arch.registers[1] % 16, 0u);
    EXPECT_EQ(init_->arch.registers[3], INIT_REGION);
    EXPECT_STREQ(init_->name, "init");
}

TEST_F(InitLoad, SegmentsHaveThePermissionsOfTheFile) {
    EXPECT_EQ(UserFlags(0x400000), MMU_USER);
    EXPECT_EQ(UserFlags(0x401000), MMU_USER | MMU_EXECUTE);
    EXPECT_EQ(UserFlags(0x402000), MMU_USER | MMU_WRITE);
    EXPECT_EQ(UserFlags(0x403000), MMU_USER | MMU_WRITE);
    EXPECT_EQ(UserFlags(0x3ff000), -1);
    EXPECT_EQ(UserFlags(0x404000), -1);
}

TEST_F(InitLoad, SegmentsHaveTheContentsOfTheFileAndZeroes) {
    EXPECT_EQ(memcmp(UserMemory(0x400000), "ro", 3), 0);
    const auto *data = static_cast<const uint8_t *>(UserMemory(0x402000));
    EXPECT_EQ(data[0xf7f], 0) << "before the segment";
    EXPECT_EQ(data[0xf80], 0xdd);
    EXPECT_EQ(data[0xfff], 0xdd);
    const auto *rest = static_cast<const uint8_t *>(UserMemory(0x403000));
    EXPECT_EQ(rest[0x7f], 0xdd);
    for (int i = 0x80; i < 0x1000; i++) {
        ASSERT_EQ(rest[i], 0) << i;
    }
}

TEST_F(InitLoad, ExecutablePagesAreSynchronised) {
    EXPECT_EQ(host_record.instruction_syncs, 1u);
}

TEST_F(InitLoad, StackIsWritableWithAGuardPageBelow) {
    EXPECT_EQ(UserFlags(INIT_STACK_TOP - 8), MMU_USER | MMU_WRITE);
    EXPECT_EQ(UserFlags(INIT_STACK_TOP - INIT_STACK_SIZE), MMU_USER | MMU_WRITE);
    EXPECT_EQ(UserFlags(INIT_STACK_TOP - INIT_STACK_SIZE - 1), -1);
    EXPECT_EQ(UserFlags(INIT_STACK_TOP), -1);
}

TEST_F(InitLoad, BufferIsWhereTheTaskThinksItIs) {
    EXPECT_EQ(UserFlags(INIT_BUFFER), MMU_USER | MMU_WRITE);
    EXPECT_EQ(UserMemory(BootInfo()->ipc_buffer), init_->buffer);
}

TEST_F(InitLoad, NoPageIsWritableAndExecutableOrInTheKernelHalf) {
    for (uintptr_t address :
         {uintptr_t{0x400000}, uintptr_t{0x401000}, uintptr_t{0x402000}, uintptr_t{INIT_REGION},
          uintptr_t{INIT_BUFFER}, uintptr_t{INIT_STACK_TOP - 8}}) {
        int flags = UserFlags(address);
        EXPECT_NE(flags & (MMU_WRITE | MMU_EXECUTE), MMU_WRITE | MMU_EXECUTE);
        EXPECT_NE(flags & MMU_USER, 0);
    }
}

TEST_F(InitLoad, BootInfoDescribesTheMachine) {
    const helios_bootinfo *info = BootInfo();
    EXPECT_EQ(UserFlags(INIT_REGION), MMU_USER) << "read-only";
    EXPECT_EQ(info->magic, HELIOS_BOOTINFO_MAGIC);
    EXPECT_EQ(info->version, static_cast<uint32_t>(HELIOS_BOOTINFO_VERSION));
    EXPECT_EQ(info->size, sizeof(*info));
    EXPECT_EQ(info->flags, static_cast<uint32_t>(HELIOS_BOOTINFO_CHECKED));
    EXPECT_EQ(info->cpu_count, 1u);
    EXPECT_EQ(info->page_size, 4096u);
    EXPECT_GT(info->start_ticks, 0u);
    EXPECT_EQ(info->timer_hz, boot_->timer.frequency_hz);
    // A 64th is for descriptors, and init has to live somewhere.
    EXPECT_LT(info->free_bytes, (HOST_ARENA_SIZE - HOST_FREE) / 64 * 63);
    EXPECT_GT(info->free_bytes, (HOST_ARENA_SIZE - HOST_FREE) / 64 * 60);
    EXPECT_EQ(info->console.kind, static_cast<uint32_t>(HELIOS_BOOTINFO_CONSOLE_16550_PORT));
    EXPECT_EQ(info->console.base, 0x3f8u);
}

struct Given {
    uint64_t slot;
    unsigned type;
};

TEST_F(InitLoad, FixedSlotsHoldWhatTheABISays) {
    const Given wanted[] = {
        {0, HELIOS_TYPE_NULL},
        {HELIOS_INIT_CSPACE, HELIOS_TYPE_CSPACE},
        {HELIOS_INIT_VSPACE, HELIOS_TYPE_VSPACE},
        {HELIOS_INIT_TASK, HELIOS_TYPE_TASK},
        {HELIOS_INIT_BUFFER, HELIOS_TYPE_PAGE},
        {HELIOS_INIT_CONSOLE, HELIOS_TYPE_PAGE},
        {HELIOS_INIT_POWER, HELIOS_TYPE_POWER},
        {HELIOS_INIT_IRQ_CONTROL, HELIOS_TYPE_IRQ_CONTROL},
        {HELIOS_INIT_ASID_CONTROL, HELIOS_TYPE_ASID_CONTROL},
        {HELIOS_INIT_IO_CONTROL, HELIOS_TYPE_IO_CONTROL},
    };
    for (const Given &given : wanted) {
        const slot *found = cspace_slot(init_->cspace, given.slot);
        EXPECT_EQ(found->type, given.type) << "slot " << given.slot;
        if (given.type != HELIOS_TYPE_NULL) {
            EXPECT_EQ(found->rights, HELIOS_RIGHT_ALL) << "slot " << given.slot;
            EXPECT_EQ(found->level, CAP_ORIGINAL) << "slot " << given.slot;
        }
    }
}

TEST_F(InitLoad, RunsOfSlotsHoldPagesAndTables) {
    const helios_bootinfo *info = BootInfo();
    // Five pages of the program (one of them twice as long as the others), and the stack.
    EXPECT_EQ(info->image_pages, 4 + INIT_STACK_SIZE / 4096);
    for (uint64_t i = 0; i < info->image_pages; i++) {
        EXPECT_EQ(cspace_slot(init_->cspace, info->image_slot + i)->type, HELIOS_TYPE_PAGE);
    }
    EXPECT_GT(info->table_count, 0u);
    for (uint64_t i = 0; i < info->table_count; i++) {
        unsigned type = cspace_slot(init_->cspace, info->table_slot + i)->type;
        EXPECT_GE(type, unsigned{HELIOS_TYPE_TABLE_0});
        EXPECT_LE(type, unsigned{HELIOS_TYPE_TABLE_2});
    }
}

TEST_F(InitLoad, MemoryIsHandedOutWithItsRange) {
    const helios_bootinfo *info = BootInfo();
    ASSERT_EQ(info->memory_count, 1u);
    EXPECT_EQ(cspace_slot(init_->cspace, info->memories[0].slot)->type, HELIOS_TYPE_MEMORY);
    EXPECT_GE(info->memories[0].base, HOST_FREE);
    EXPECT_LE(info->memories[0].base + info->memories[0].length, HOST_ARENA_SIZE);
}

TEST_F(InitLoad, SlotsBehindTheLastAreUntouched) {
    const helios_bootinfo *info = BootInfo();
    EXPECT_EQ(info->cspace_slots, init_->cspace->slot_count);
    EXPECT_LT(info->first_free, info->cspace_slots / 2) << "half of the slots are free";
    EXPECT_NE(cspace_slot(init_->cspace, info->first_free - 1)->type, HELIOS_TYPE_NULL);
    for (uint64_t slot = info->first_free; slot < info->cspace_slots; slot++) {
        ASSERT_EQ(cspace_slot(init_->cspace, slot)->type, HELIOS_TYPE_NULL) << slot;
    }
}

class InitLoadVariant : public BootedMachine {
  protected:
    void SetUp() override {
        Prepare();
    }
};

TEST_F(InitLoadVariant, CommandLineIsPassedOn) {
    host_boot_command_line(boot_, "one two=2");
    ASSERT_EQ(Boot(), HOST_RESUMED);
    EXPECT_STREQ(BootInfo()->command_line, "one two=2");
}

TEST_F(InitLoadVariant, SecureBootIsPassedOn) {
    boot_->flags = HELIOS_BOOT_SECURE;
    ASSERT_EQ(Boot(), HOST_RESUMED);
    EXPECT_NE(BootInfo()->flags & HELIOS_BOOTINFO_SECURE, 0u);
}

TEST_F(InitLoadVariant, SeedIsPassedOn) {
    for (size_t i = 0; i < sizeof(boot_->seed); i++) {
        boot_->seed[i] = static_cast<uint8_t>(3 * i + 1);
    }
    ASSERT_EQ(Boot(), HOST_RESUMED);
    EXPECT_EQ(memcmp(BootInfo()->seed, boot_->seed, sizeof(boot_->seed)), 0);
    EXPECT_EQ(BootInfo()->flags & HELIOS_BOOTINFO_SEED_WEAK, 0u);
}

TEST_F(InitLoadVariant, WeakSeedIsSaid) {
    boot_->flags |= HELIOS_BOOT_SEED_WEAK;
    ASSERT_EQ(Boot(), HOST_RESUMED);
    EXPECT_NE(BootInfo()->flags & HELIOS_BOOTINFO_SEED_WEAK, 0u);
}

TEST_F(InitLoadVariant, TablesOfFirmwareArePassedOn) {
    boot_->acpi_rsdp = 0xe0000;
    boot_->smbios = 0xf0000;
    boot_->efi_system_table = 0xf8000;
    boot_->device_tree = {0x40001000, 0x2345};
    ASSERT_EQ(Boot(), HOST_RESUMED) << host_output();
    EXPECT_EQ(BootInfo()->acpi_rsdp, 0xe0000u);
    EXPECT_EQ(BootInfo()->smbios, 0xf0000u);
    EXPECT_EQ(BootInfo()->efi_system_table, 0xf8000u);
    EXPECT_EQ(BootInfo()->device_tree.base, 0x40001000u);
    EXPECT_EQ(BootInfo()->device_tree.length, 0x2345u);
}

TEST_F(InitLoadVariant, FramebufferIsDescribedAndADevice) {
    helios_boot_framebuffer *from = &boot_->framebuffer;
    from->base = 0xc0000000;
    from->length = 640 * 480 * 4;
    from->width = 640;
    from->height = 480;
    from->pitch = 640 * 4;
    from->bits_per_pixel = 32;
    from->format = HELIOS_FB_XBGR8888;
    ASSERT_EQ(Boot(), HOST_RESUMED) << host_output();
    const helios_bootinfo_framebuffer *to = &BootInfo()->framebuffer;
    EXPECT_EQ(to->base, 0xc0000000u);
    EXPECT_EQ(to->width, 640u);
    EXPECT_EQ(to->height, 480u);
    EXPECT_EQ(to->pitch, 2560u);
    EXPECT_EQ(to->red_mask, 0xffu);
    EXPECT_EQ(to->blue_mask, 0xff0000u);
    ASSERT_EQ(BootInfo()->device_count, 1u);
    const helios_bootinfo_device *device = &BootInfo()->devices[0];
    EXPECT_EQ(device->kind, static_cast<uint32_t>(HELIOS_BOOTINFO_FRAMEBUFFER));
    EXPECT_EQ(device->base, 0xc0000000u);
    EXPECT_EQ(cspace_slot(init_->cspace, device->slot)->type, HELIOS_TYPE_DEVICE_MEMORY);
}

TEST_F(InitLoadVariant, ConsoleInMemoryIsADeviceOfItsOwn) {
    boot_->console = {};
    boot_->console.kind = HELIOS_CONSOLE_PL011;
    boot_->console.base = 0x9000800;
    boot_->console.length = 0x100;
    boot_->console.io_width = 4;
    ASSERT_EQ(Boot(), HOST_RESUMED);
    const helios_bootinfo_console *console = &BootInfo()->console;
    EXPECT_EQ(console->kind, static_cast<uint32_t>(HELIOS_BOOTINFO_CONSOLE_PL011));
    EXPECT_EQ(console->base, 0x9000800u);
    EXPECT_EQ(console->address, INIT_CONSOLE);
    EXPECT_EQ(console->io_width, 4u);
    EXPECT_EQ(UserFlags(INIT_CONSOLE), -1) << "free, for whoever claims it";
    ASSERT_EQ(BootInfo()->device_count, 1u);
    const helios_bootinfo_device *device = &BootInfo()->devices[0];
    EXPECT_EQ(device->kind, static_cast<uint32_t>(HELIOS_BOOTINFO_CONSOLE));
    EXPECT_EQ(device->base, 0x9000000u);
    EXPECT_EQ(device->length, 0x1000u);
    EXPECT_EQ(cspace_slot(init_->cspace, device->slot)->type, HELIOS_TYPE_DEVICE_MEMORY);
}

TEST_F(InitLoadVariant, RegisterLayoutOfA16550InMemoryIsPassedOn) {
    boot_->console = {};
    boot_->console.kind = HELIOS_CONSOLE_16550_MMIO;
    boot_->console.base = 0x10000000;
    boot_->console.length = 0x100;
    boot_->console.reg_shift = 2;
    boot_->console.io_width = 3; // no such width
    ASSERT_EQ(Boot(), HOST_RESUMED);
    const helios_bootinfo_console *console = &BootInfo()->console;
    EXPECT_EQ(console->kind, static_cast<uint32_t>(HELIOS_BOOTINFO_CONSOLE_16550_MMIO));
    EXPECT_EQ(console->base, 0x10000000u);
    EXPECT_EQ(console->reg_shift, 2u);
    EXPECT_EQ(console->io_width, 1u);
}

TEST_F(InitLoadVariant, NoConsoleIsSaid) {
    boot_->console = {};
    ASSERT_EQ(Boot(), HOST_RESUMED);
    EXPECT_EQ(BootInfo()->console.kind, static_cast<uint32_t>(HELIOS_BOOTINFO_CONSOLE_NONE));
    EXPECT_EQ(BootInfo()->device_count, 0u);
}

TEST_F(InitLoadVariant, OtherModulesAreMappedReadOnly) {
    // Three modules, with records behind the block's own.
    auto *modules =
        reinterpret_cast<helios_boot_module *>(reinterpret_cast<uint8_t *>(boot_) + 2048);
    modules[0] = *boot_module(boot_, 0);
    modules[1] = {HOST_MODULE + 0x10000, 0x1001, "bootfs"};
    modules[2] = {HOST_MODULE + 0x20000, 0, "nothing"};
    boot_->modules = {2048, 3, sizeof(helios_boot_module), 0};
    boot_->size = 4096;
    static_cast<uint8_t *>(arch_direct(HOST_MODULE + 0x11000))[0] = 0x77;
    ASSERT_EQ(Boot(), HOST_RESUMED) << host_output();
    const helios_bootinfo *info = BootInfo();
    ASSERT_EQ(info->module_count, 2u);
    EXPECT_STREQ(info->modules[0].name, "bootfs");
    EXPECT_EQ(info->modules[0].address, INIT_MODULES);
    EXPECT_EQ(info->modules[0].length, 0x1001u);
    EXPECT_STREQ(info->modules[1].name, "nothing");
    EXPECT_EQ(UserFlags(INIT_MODULES), MMU_USER);
    EXPECT_EQ(*static_cast<const uint8_t *>(UserMemory(INIT_MODULES + 0x1000)), 0x77);
    EXPECT_EQ(UserFlags(INIT_MODULES + 0x2000), -1);
}

TEST_F(InitLoadVariant, ModuleThatIsTooLongIsListedButNotMapped) {
    auto *modules =
        reinterpret_cast<helios_boot_module *>(reinterpret_cast<uint8_t *>(boot_) + 2048);
    auto *memory = reinterpret_cast<helios_boot_memory *>(reinterpret_cast<uint8_t *>(boot_) +
                                                          boot_->memory.offset);
    modules[0] = *boot_module(boot_, 0);
    modules[1] = {HOST_MODULE, INIT_REGION - INIT_MODULES, "huge"};
    boot_->modules = {2048, 2, sizeof(helios_boot_module), 0};
    boot_->size = 4096;
    // As if the module memory went on up to the end of the arena and beyond.
    memory[3].kind = HELIOS_MEM_RESERVED;
    memory[2].length = INIT_REGION;
    memory[3].base = HOST_MODULE + INIT_REGION;
    memory[1].kind = HELIOS_MEM_FREE;
    ASSERT_EQ(Boot(), HOST_RESUMED) << host_output();
    EXPECT_EQ(BootInfo()->module_count, 1u);
    EXPECT_EQ(BootInfo()->modules[0].address, 0u);
    EXPECT_EQ(UserFlags(INIT_MODULES), -1);
}

TEST_F(InitLoadVariant, FirmwareConsoleGivesNoDevice) {
    boot_->console = {};
    boot_->console.kind = HELIOS_CONSOLE_SBI;
    ASSERT_EQ(Boot(), HOST_RESUMED);
    EXPECT_EQ(BootInfo()->console.kind, static_cast<uint32_t>(HELIOS_BOOTINFO_CONSOLE_FIRMWARE));
    EXPECT_EQ(UserFlags(INIT_CONSOLE), -1);
}

// Programs that the ELF reader takes but that lie where they must not.
class InitLoadDeathTest : public InitLoadVariant {
  protected:
    // Moves the first segment and the others behind it.
    void MoveTo(uint64_t address) {
        auto *file = static_cast<uint8_t *>(arch_direct(HOST_MODULE));
        for (int i = 0; i < 3; i++) {
            uint64_t vaddr;
            memcpy(&vaddr, file + 64 + 56 * i + 16, 8);
            vaddr += address - 0x400000;
            memcpy(file + 64 + 56 * i + 16, &vaddr, 8);
        }
        uint64_t entry = HOST_PROGRAM_ENTRY + address - 0x400000;
        memcpy(file + 24, &entry, 8);
    }

    [[noreturn]] void BootAndPrint() {
        host_exit how = Boot();
        fputs(host_output(), stderr);
        exit(how == HOST_HALTED ? 3 : 4);
    }
};

TEST_F(InitLoadDeathTest, SegmentsInTheFirstPagesAreRefused) {
    MoveTo(0);
    EXPECT_EXIT(BootAndPrint(), ::testing::ExitedWithCode(3), "KERNEL PANIC: init: lies at 0x0 ");
}

TEST_F(InitLoadDeathTest, SegmentsInTheKernelHalfAreRefused) {
    MoveTo(0xffffffff90000000);
    EXPECT_EXIT(BootAndPrint(), ::testing::ExitedWithCode(3),
                "KERNEL PANIC: init: lies at 0xffffffff90000000 ");
}

TEST_F(InitLoadDeathTest, SegmentsOverTheKernelsOwnPagesAreRefused) {
    MoveTo(INIT_REGION - 0x1000);
    EXPECT_EXIT(BootAndPrint(), ::testing::ExitedWithCode(3), "KERNEL PANIC: init: lies at ");
}

} // namespace

// SPDX-License-Identifier: GPL-3.0-only
#include <set>
#include <string>

#include "kernel/panic.h"
#include "kernel/percpu.h"
#include "kernel/physmem.h"
#include "kernel/testing/booted_machine.h"
#include "gmock/gmock.h"

namespace {

using ::testing::HasSubstr;

class Main : public BootedMachine {};

TEST_F(Main, BootReachesTheRootTask) {
    EXPECT_EQ(host_resumed, &init_->arch);
    EXPECT_EQ(host_percpu->arch_current, &init_->arch);
    EXPECT_EQ(host_record.active_root, table_physical(&init_->vspace->root));
    EXPECT_STREQ(host_output(), "") << "a kernel without trouble says nothing";
}

TEST_F(Main, BootCpuIsSetUpOnce) {
    EXPECT_EQ(host_percpu, percpu_get(boot_->boot_cpu));
    EXPECT_EQ(host_percpu->arch.init_count, 1u);
    EXPECT_EQ(host_record.identity_map_drops, 1u);
}

TEST_F(Main, GuardPageBelowTheStackIsUnmapped) {
    uintptr_t guard = host_percpu->stack_top - ARCH_STACK_SIZE - 4096;
    mmu_mapping mapping;
    EXPECT_FALSE(mmu_query(arch_kernel_root(), guard, &mapping));
    EXPECT_EQ(host_record.flushed_page, guard);
}

// A boot that does not come to an end: what is printed, in a process of its own, because a kernel
// that has panicked stays so.
class MainDeathTest : public BootedMachine {
  protected:
    void SetUp() override {
        Prepare();
    }

    [[noreturn]] void BootAndPrint() {
        host_exit how = Boot();
        fputs(host_output(), stderr);
        exit(how == HOST_HALTED ? 3 : 4);
    }
};

TEST_F(MainDeathTest, BadBlockIsNamed) {
    boot_->version = 7;
    EXPECT_EXIT(BootAndPrint(), ::testing::ExitedWithCode(3),
                "KERNEL PANIC: boot block: version is another one than the kernel's "
                "\\(found 0x7, wanted 0x1\\)");
}

TEST_F(MainDeathTest, BadDetailsAreNamedToo) {
    boot_->cpus.count = 0;
    EXPECT_EXIT(BootAndPrint(), ::testing::ExitedWithCode(3),
                "KERNEL PANIC: boot block: cpus is missing");
}

TEST_F(MainDeathTest, CpuThatLacksAFeatureIsRefused) {
    host_cpu_lacks = "no-execute pages";
    EXPECT_EXIT(BootAndPrint(), ::testing::ExitedWithCode(3),
                "KERNEL PANIC: this CPU lacks no-execute pages");
}

TEST_F(MainDeathTest, TooLittleMemoryIsSaid) {
    auto *memory = reinterpret_cast<helios_boot_memory *>(reinterpret_cast<uint8_t *>(boot_) +
                                                          boot_->memory.offset);
    // A few pages more each time, until there are enough.
    // Boot takes between 60 and 72 pages on this port; what is less fails at another step.
    for (uint64_t pages = 1; pages < 59; pages += 3) {
        memory[3].length = pages * 4096;
        EXPECT_EXIT(BootAndPrint(), ::testing::ExitedWithCode(3), "KERNEL PANIC: .*memory")
            << pages;
    }
    memory[3].length = 72 * 4096;
    EXPECT_EQ(Boot(), HOST_RESUMED) << host_output();
}

TEST_F(MainDeathTest, StackWithoutAGuardPageIsRefused) {
    // The tables lie one behind the other, the leaves in the last one.
    memset(arch_direct(HOST_PAGE_TABLES + 3 * 4096), 0, 4096);
    EXPECT_EXIT(BootAndPrint(), ::testing::ExitedWithCode(3),
                "KERNEL PANIC: no guard page below stack 0");
}

TEST_F(MainDeathTest, InitThatIsNoProgramIsNamed) {
    static_cast<uint8_t *>(arch_direct(HOST_MODULE))[1] = 'X';
    EXPECT_EXIT(BootAndPrint(), ::testing::ExitedWithCode(3), "KERNEL PANIC: init: ");
}

TEST_F(MainDeathTest, PanicPrintsABacktrace) {
    boot_->version = 7;
    EXPECT_EXIT(BootAndPrint(), ::testing::ExitedWithCode(3), "backtrace:\r\n  0x0000000000001234");
}

TEST_F(MainDeathTest, KernelFaultIsDescribed) {
    EXPECT_EXIT(
        {
            Boot();
            host_run(
                [](void *) {
                    fault fault = {FAULT_WRITE, 0xdead000, 0xffffffff80001234, 2};
                    // The host port does not look into it.
                    kernel_fault(&fault, reinterpret_cast<const arch_trap_frame *>(&fault));
                },
                nullptr);
            fputs(host_output(), stderr);
            exit(3);
        },
        ::testing::ExitedWithCode(3),
        "KERNEL PANIC: write fault at 0x000000000dead000, pc 0xffffffff80001234, code 0x2, "
        "CPU 0\r\n  trap frame\r\nbacktrace:");
}

TEST_F(MainDeathTest, PanicInsideAPanicHaltsWithoutMoreWords) {
    EXPECT_EXIT(
        {
            boot_->version = 7;
            Boot();
            std::string first = host_output();
            host_exit again = Boot();
            exit(again == HOST_HALTED && first == host_output() ? 3 : 4);
        },
        ::testing::ExitedWithCode(3), "");
}

TEST(FaultKind, EveryKindHasATextOfItsOwn) {
    std::set<std::string> texts;
    for (int kind = FAULT_READ; kind <= FAULT_OTHER; kind++) {
        texts.insert(fault_kind_text(static_cast<fault_kind>(kind)));
    }
    EXPECT_EQ(texts.size(), static_cast<size_t>(FAULT_OTHER));
    EXPECT_STREQ(fault_kind_text(static_cast<fault_kind>(99)), "other fault");
}

TEST_F(Main, UserFaultIsDescribedAndStops) {
    host_exit how = host_run(
        [](void *) {
            fault fault = {FAULT_READ, 0x10, 0x401010, 4};
            kernel_user_fault(&fault);
        },
        nullptr);
    EXPECT_EQ(how, HOST_HALTED);
    EXPECT_THAT(host_output(), HasSubstr("init faulted: read fault at 0x0000000000000010, pc "
                                         "0x0000000000401010, code 0x4"));
    EXPECT_THAT(host_output(), HasSubstr("pc 401010")) << "registers in a checked kernel";
    EXPECT_THAT(host_output(), ::testing::Not(HasSubstr("KERNEL PANIC")));
}

TEST_F(Main, RootTaskThatDiesRebootsTheMachineWhereTheCommandLineSaysSo) {
    Prepare();
    host_boot_command_line(boot_, "panic=reboot");
    ASSERT_EQ(Boot(), HOST_RESUMED);
    auto die = [](void *) {
        fault fault = {FAULT_ILLEGAL, 0, 0x401010, 0};
        kernel_user_fault(&fault);
    };
    EXPECT_EQ(host_run(die, nullptr), HOST_HALTED) << "after the reboot that the host refuses";
    EXPECT_EQ(host_record.power_reset_calls, 1u);
}

TEST_F(Main, RootTaskThatDiesHaltsOtherwise) {
    auto die = [](void *) {
        fault fault = {FAULT_ILLEGAL, 0, 0x401010, 0};
        kernel_user_fault(&fault);
    };
    EXPECT_EQ(host_run(die, nullptr), HOST_HALTED);
    EXPECT_EQ(host_record.power_reset_calls, 0u);
}

TEST_F(Main, InterruptOfNobodyGoesBackToTheTask) {
    EXPECT_EQ(kernel_interrupt(3), &init_->arch);
    EXPECT_FALSE(host_irqs[3].is_enabled);
}

} // namespace

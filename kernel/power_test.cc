// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/power.h"

#include <string>

#include "kernel/testing/booted_machine.h"

namespace {

class Power : public BootedMachine {
  public:
    // Boots again with other registers or options.
    void BootAgain(void (*change)(helios_boot *boot)) {
        Prepare();
        change(boot_);
        ASSERT_EQ(Boot(), HOST_RESUMED) << host_output();
    }

    message_registers Invoke(uint32_t label) {
        return Call(HELIOS_INIT_POWER, label);
    }
};

TEST_F(Power, OffAsksFirmwareFirstAndThenWritesTheRegister) {
    EXPECT_REFUSAL(Invoke(HELIOS_POWER_OFF), HELIOS_ERROR_UNSUPPORTED, HELIOS_ARGUMENT_LABEL,
                   HELIOS_POWER_OFF, 0);
    EXPECT_EQ(host_record.power_off_calls, 1u);
    EXPECT_EQ(host_last_write.space, DEVICE_PORT);
    EXPECT_EQ(host_last_write.address, 0x604u);
    EXPECT_EQ(host_last_write.width, 2u);
    EXPECT_EQ(host_last_write.value, 0x2000u);
}

TEST_F(Power, RebootWritesTheResetRegister) {
    Invoke(HELIOS_POWER_REBOOT);
    EXPECT_EQ(host_record.power_reset_calls, 1u);
    EXPECT_EQ(host_record.power_off_calls, 0u);
    EXPECT_EQ(host_last_write.address, 0xcf9u);
    EXPECT_EQ(host_last_write.width, 1u);
    EXPECT_EQ(host_last_write.value, 6u);
}

TEST_F(Power, RegistersInMemoryAreMapped) {
    BootAgain([](helios_boot *boot) { boot->power.off = {0xfed00010, 0, 32, 0x34, 0}; });
    Invoke(HELIOS_POWER_OFF);
    EXPECT_EQ(host_last_write.space, DEVICE_MEMORY);
    EXPECT_EQ(host_last_write.value, 0x34u);
    mmu_mapping mapping = {};
    ASSERT_TRUE(mmu_query(arch_kernel_root(), host_last_write.address, &mapping));
    EXPECT_EQ(mapping.physical, 0xfed00010u);
    EXPECT_NE(mapping.flags & MMU_DEVICE, 0u);
}

TEST_F(Power, FirmwareThatClaimsSuccessGetsASecondAndThenTheRegister) {
    host_has_firmware_power = true;
    uint64_t before = host_counter;
    Invoke(HELIOS_POWER_OFF);
    EXPECT_GE(host_counter - before, 2 * boot_->timer.frequency_hz);
    EXPECT_EQ(host_last_write.address, 0x604u);
    Invoke(HELIOS_POWER_REBOOT);
    EXPECT_EQ(host_last_write.address, 0xcf9u);
}

TEST_F(Power, SecondRegisterIsWrittenAfterTheFirst) {
    BootAgain([](helios_boot *boot) { boot->power.off_b = {0x704, 1, 16, 0x2400, 0}; });
    Invoke(HELIOS_POWER_OFF);
    EXPECT_EQ(host_last_write.address, 0x704u);
    EXPECT_EQ(host_last_write.value, 0x2400u);
}

TEST_F(Power, RegistersThatMakeNoSenseAreNotWritten) {
    for (helios_boot_register bad :
         {helios_boot_register{0, 1, 16, 1, 0}, helios_boot_register{0x604, 1, 0, 1, 0},
          helios_boot_register{0x604, 1, 12, 1, 0}, helios_boot_register{0x604, 7, 16, 1, 0}}) {
        Prepare();
        boot_->power.off = bad;
        ASSERT_EQ(Boot(), HOST_RESUMED);
        host_last_write = {};
        Invoke(HELIOS_POWER_OFF);
        EXPECT_EQ(host_last_write.width, 0u);
    }
}

TEST_F(Power, WithoutAnyMeansTheCallIsRefused) {
    BootAgain([](helios_boot *boot) { boot->power = {}; });
    host_last_write = {};
    EXPECT_REFUSAL(Invoke(HELIOS_POWER_OFF), HELIOS_ERROR_UNSUPPORTED, HELIOS_ARGUMENT_LABEL,
                   HELIOS_POWER_OFF, 0);
    EXPECT_REFUSAL(Invoke(HELIOS_POWER_REBOOT), HELIOS_ERROR_UNSUPPORTED, HELIOS_ARGUMENT_LABEL,
                   HELIOS_POWER_REBOOT, 0);
    EXPECT_EQ(host_last_write.width, 0u);
}

TEST_F(Power, UnknownInvocationsAreRefused) {
    for (uint32_t label : {0u, 4u, ~0u}) {
        EXPECT_REFUSAL(Invoke(label), HELIOS_ERROR_INVOCATION, HELIOS_ARGUMENT_LABEL, label, 0);
    }
}

TEST_F(Power, EveryInvocationNeedsTheRightToWrite) {
    uint64_t others = HELIOS_RIGHT_ALL & ~HELIOS_RIGHT_WRITE;
    uint64_t weaker = Weaker(HELIOS_INIT_POWER, HELIOS_RIGHT_ALL & ~HELIOS_RIGHT_WRITE);
    for (uint32_t label : {HELIOS_POWER_OFF, HELIOS_POWER_REBOOT, HELIOS_POWER_PANIC_TEST}) {
        EXPECT_REFUSAL(Call(weaker, label), HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAPABILITY, others,
                       HELIOS_RIGHT_WRITE);
    }
    EXPECT_EQ(host_record.power_off_calls, 0u);
}

TEST_F(Power, ArgumentsAreRefused) {
    EXPECT_REFUSAL(Call(HELIOS_INIT_POWER, HELIOS_POWER_OFF, 1), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_PARAM_COUNT, 1, 0);
    EXPECT_EQ(host_record.power_off_calls, 0u);
}

TEST_F(Power, PanicTestIsDisabledUnlessTheCommandLineSaysSo) {
    EXPECT_REFUSAL(Invoke(HELIOS_POWER_PANIC_TEST), HELIOS_ERROR_DISABLED, HELIOS_ARGUMENT_LABEL,
                   HELIOS_POWER_PANIC_TEST, 0);
    EXPECT_EQ(std::string(host_output()).find("KERNEL PANIC"), std::string::npos);
}

using PowerDeathTest = Power;

TEST_F(PowerDeathTest, PanicTestPanicsWhereItIsEnabled) {
    EXPECT_EXIT(
        {
            BootAgain([](helios_boot *boot) { host_boot_command_line(boot, "panic-test=1"); });
            const uint64_t none[4] = {};
            arch_task *next;
            host_exit how = host_syscall(HELIOS_SYS_CALL, HELIOS_INIT_POWER,
                                         HELIOS_POWER_PANIC_TEST, none, &next);
            fputs(host_output(), stderr);
            exit(how == HOST_HALTED ? 3 : 4);
        },
        ::testing::ExitedWithCode(3), "KERNEL PANIC: panic test");
}

} // namespace

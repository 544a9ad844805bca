// SPDX-License-Identifier: GPL-3.0-only
//
// CPUs that the boot block names and that do not come up: it is said, and the system goes on
// without them.
#include "kernel/smp.h"

#include <string>

#include "kernel/testing/booted_machine.h"
#include "gmock/gmock.h"

namespace {

using ::testing::HasSubstr;

enum class Fate { kComes, kIsSilent, kLacksSomething };

class SmpStart : public BootedMachine {
  protected:
    static constexpr unsigned kCpus = 4;

    void SetUp() override {
        std::fill(fates, fates + kCpus, Fate::kComes);
        std::fill(started, started + kCpus, false);
        relaxed = 0;
        host_smp = &kSmp;
        host_cpu_count = kCpus;
        Prepare();
    }

    void TearDown() override {
        host_smp = nullptr;
        host_cpu_count = 1;
    }

    void BootTo(uint64_t online) {
        ASSERT_EQ(Boot(), HOST_RESUMED) << host_output();
        EXPECT_EQ(smp_online(), online);
        EXPECT_EQ(BootInfo()->cpu_count, kCpus) << "what the machine has: the others' indices stay";
        EXPECT_EQ(BootInfo()->cpus_online, static_cast<unsigned>(__builtin_popcountll(online)));
    }

    static host_exit Come(unsigned cpu) {
        host_become(cpu);
        host_exit how = host_run([](void *self) { kernel_secondary(static_cast<percpu *>(self)); },
                                 percpu_get(cpu));
        host_become(0);
        return how;
    }

    static void Start(percpu *cpu) {
        started[cpu->index] = true;
        if (fates[cpu->index] != Fate::kIsSilent) {
            host_cpu_lacks = fates[cpu->index] == Fate::kComes ? nullptr : "no-execute pages";
            host_exit how = Come(cpu->index);
            EXPECT_EQ(how, host_cpu_lacks == nullptr ? HOST_IDLE : HOST_HALTED);
            host_cpu_lacks = nullptr;
        }
    }

    static void Relax() {
        relaxed++;
    }

    static inline const host_side_by_side kSmp = {Start, Relax, host_stop, nullptr, nullptr};
    static inline Fate fates[kCpus];
    static inline bool started[kCpus];
    static inline unsigned relaxed;
};

TEST_F(SmpStart, CpuThatThePortCannotStartIsNamedAndTheOthersCome) {
    host_cpus_refused = 1 << 1;
    BootTo(0b1101);
    EXPECT_STREQ(host_output(), "CPU 1 does not start: the host port refuses\r\n");
}

TEST_F(SmpStart, CpuThatLacksSomethingIsNamedAndTheOthersCome) {
    fates[2] = Fate::kLacksSomething;
    BootTo(0b1011);
    EXPECT_STREQ(host_output(), "CPU 2 does not start: it lacks no-execute pages\r\n");
}

// What it needs until it is up may be in use whenever it comes.
TEST_F(SmpStart, CpuThatGivesNoSignIsNamedAndTheOnesAfterItAreLeftAlone) {
    fates[2] = Fate::kIsSilent;
    BootTo(0b0011);
    EXPECT_THAT(host_output(), HasSubstr("CPU 2 does not start: no sign of it"));
    EXPECT_FALSE(started[3]);
}

TEST_F(SmpStart, CpuThatGivesNoSignIsWaitedForSomeSeconds) {
    fates[1] = Fate::kIsSilent;
    BootTo(1);
    EXPECT_GE(relaxed, 3 * boot_->timer.frequency_hz) << "each look at the clock is a tick of it";
    EXPECT_LE(relaxed, 10 * boot_->timer.frequency_hz);
}

TEST_F(SmpStart, CpuThatComesTooLateHaltsAndIsNotInUse) {
    fates[1] = Fate::kIsSilent;
    BootTo(1);
    EXPECT_EQ(Come(1), HOST_HALTED);
    EXPECT_EQ(smp_online(), 1u);
    EXPECT_EQ(percpu_get(0)->shares_kernel, 0) << "it is alone";
}

TEST_F(SmpStart, AffinityToACpuThatDoesNotRunIsRefused) {
    host_cpus_refused = 1 << 1;
    BootTo(0b1101);
    message_registers result =
        Invoke(HELIOS_INIT_TASK, HELIOS_TASK_SET_AFFINITY, {0b10}, {HELIOS_INIT_TASK});
    EXPECT_EQ(helios_tag_label(result.tag), HELIOS_ERROR_RANGE);
    EXPECT_EQ(result.params[0], HELIOS_ARGUMENT_PARAM);
    EXPECT_EQ(result.params[1], 0b10u);
    EXPECT_EQ(result.params[2], 0b1101u);
}

TEST_F(SmpStart, InterruptsGoToNoCpuThatDoesNotRun) {
    host_cpus_refused = 1 << 1;
    BootTo(0b1101);
    message_registers result =
        Invoke(HELIOS_INIT_IRQ_CONTROL, HELIOS_IRQ_CONTROL_ISSUE_MSI, {0x1234, 1});
    EXPECT_EQ(helios_tag_label(result.tag), HELIOS_ERROR_UNSUPPORTED);
    EXPECT_EQ(result.params[0], HELIOS_ARGUMENT_PARAM + 1u);
    EXPECT_EQ(result.params[1], 1u);
}

} // namespace

// SPDX-License-Identifier: GPL-3.0-only
//
// The end of a kernel with several CPUs. Each in a process of its own: who has panicked stays so.
#include "kernel/panic.h"

#include <string>

#include "kernel/console.h"
#include "kernel/testing/smp_machine.h"

namespace {

class PanicDeathTest : public SmpMachine {
  protected:
    // CPU `cpu` panics; the console has it all then, and this process ends with 3.
    [[noreturn]] static void PanicOn(unsigned cpu) {
        Be(cpu);
        EXPECT_EQ(host_run([](void *) { panic("number %u", 1); }, nullptr), HOST_HALTED);
        Print();
        exit(::testing::Test::HasFailure() ? 4 : 3);
    }

    static void Print() {
        fputs(host_output(), stderr);
    }

    static bool HasBegun() {
        return strstr(host_output(), "PANIC") != nullptr;
    }

    // The CPU takes its interrupt.
    static host_exit Stop(unsigned cpu) {
        unsigned before = host_percpu->index;
        Be(cpu);
        host_exit how = host_run([](void *) { smp_serve_flushes(); }, nullptr);
        Be(before);
        return how;
    }
};

TEST_F(PanicDeathTest, CpuIsNamed) {
    on_relax = [] {
        Stop(0);
        Stop(1);
    };
    EXPECT_EXIT(PanicOn(2), ::testing::ExitedWithCode(3), "KERNEL PANIC: number 1, CPU 2\r\n");
}

TEST_F(PanicDeathTest, NothingIsPrintedBeforeTheOthersHaveStopped) {
    unsigned stopped = 0;
    on_relax = [&] {
        EXPECT_FALSE(HasBegun());
        stopped++;
        console_printf("CPU %u has its say\n", stopped);
        EXPECT_EQ(Stop(stopped), HOST_HALTED);
    };
    EXPECT_EXIT(PanicOn(0), ::testing::ExitedWithCode(3),
                "^CPU 1 has its say\r\nCPU 2 has its say\r\n\r\nKERNEL PANIC: number 1, CPU 0\r\n"
                "backtrace:\r\n");
}

TEST_F(PanicDeathTest, OneThatHangsIsWaitedForASecond) {
    unsigned turns = 0;
    on_relax = [&] {
        EXPECT_FALSE(HasBegun());
        turns++;
        EXPECT_LE(turns, 2 * boot_->timer.frequency_hz) << "each look at the clock is a tick of it";
    };
    EXPECT_EXIT(PanicOn(0), ::testing::ExitedWithCode(3), "KERNEL PANIC: number 1, CPU 0\r\n");
}

TEST_F(PanicDeathTest, OfTwoAtOnceTheFirstReports) {
    unsigned turns = 0;
    on_relax = [&] {
        if (turns++ != 0) {
            EXPECT_EQ(Stop(2), HOST_HALTED);
            return;
        }
        Be(1);
        EXPECT_EQ(host_run([](void *) { panic("number 2"); }, nullptr), HOST_HALTED);
        Be(0);
    };
    EXPECT_EXIT(PanicOn(0), ::testing::ExitedWithCode(3),
                "^\r\nKERNEL PANIC: number 1, CPU 0\r\nbacktrace:\r\n[^K]*$");
}

TEST_F(PanicDeathTest, SecondOneHasStopped) {
    unsigned turns = 0;
    on_relax = [&] {
        turns++;
        ASSERT_EQ(turns, 1u) << "nobody is left to be waited for";
        EXPECT_EQ(Stop(2), HOST_HALTED);
        Be(1);
        EXPECT_EQ(host_run([](void *) { panic("number 2"); }, nullptr), HOST_HALTED);
        Be(0);
    };
    EXPECT_EXIT(PanicOn(0), ::testing::ExitedWithCode(3), "KERNEL PANIC: number 1");
}

} // namespace

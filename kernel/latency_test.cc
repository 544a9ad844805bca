// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/latency.h"

#include <string>

#include "kernel/console.h"
#include "kernel/testing/task_machine.h"

namespace {

// Counter ticks are nanoseconds; each look at the counter takes one.
class Latency : public TaskMachine {
  protected:
    void SetUp() override {
        TaskMachine::SetUp();
        const uint8_t init[] = {0};
        helios_boot *boot = host_boot_create(init, sizeof(init));
        host_boot_command_line(boot, "quiet latency=1");
        console_init(boot);
        latency_init(boot);
        host_percpu->current = NewTask(1).task;
        Spend(1); // counter value 0 means "never"
    }

    void TearDown() override {
        latency_is_on = false;
        host_percpu->current = nullptr;
        TaskMachine::TearDown();
    }

    // What has been printed since the last time.
    std::string Printed() {
        std::string all = host_output();
        std::string since = all.substr(seen_);
        seen_ = all.size();
        return since;
    }

    static void Spend(uint64_t ticks) {
        host_counter += ticks;
    }

  private:
    size_t seen_ = 0;
};

TEST_F(Latency, LongerStretchThanAllBeforeIsPrintedWithItsPlace) {
    latency_begin(HELIOS_SYS_CALL, memory_slot_, helios_tag(HELIOS_MEMORY_ALLOCATE, 0, 3, 0));
    Spend(99);
    latency_end();
    EXPECT_EQ(Printed(), "latency: 100 ns in Memory.allocate, step 0x0\r\n");
    latency_begin(HELIOS_SYS_RECV, 0, 0);
    Spend(98);
    latency_end();
    EXPECT_EQ(Printed(), "");
    latency_begin(LATENCY_INTERRUPT, 0, 0);
    Spend(100);
    latency_end();
    EXPECT_EQ(Printed(), "latency: 101 ns in interrupt, step 0x0\r\n");
}

TEST_F(Latency, StretchEndsWhereInterruptsAreTakenBetweenSteps) {
    latency_begin(HELIOS_SYS_CALL, cspace_slot_, helios_tag(HELIOS_CSPACE_REVOKE, 0, 1, 0));
    Spend(50);
    latency_pass();
    Printed();
    LATENCY_STEP(0x1234);
    Spend(60);
    latency_end();
    EXPECT_EQ(Printed(), "latency: 61 ns in CSpace.revoke, step 0x1234\r\n");
}

TEST_F(Latency, WaitingForOtherCpusIsCountedApart) {
    latency_begin(HELIOS_SYS_YIELD, 0, 0);
    Spend(10);
    uint64_t began = latency_begin_wait();
    Spend(1000);
    latency_end_wait(began);
    EXPECT_EQ(Printed(), "latency: 1001 ns of waiting in yield, step 0x0\r\n");
    latency_end();
    std::string printed = Printed();
    EXPECT_NE(printed.find("ns in yield"), std::string::npos) << printed;
    EXPECT_LT(std::stoul(printed.substr(9)), 30u);
}

TEST_F(Latency, WhatACheckedKernelPrintsDoesNotCount) {
    latency_begin(HELIOS_SYS_YIELD, 0, 0);
    uint64_t began = latency_begin_wait();
    Spend(1000);
    latency_end_print(began);
    latency_end();
    EXPECT_LT(std::stoul(Printed().substr(9)), 10u);
}

TEST_F(Latency, NothingHappensUnlessTheCommandLineSaysSo) {
    const uint8_t init[] = {0};
    latency_init(host_boot_create(init, sizeof(init)));
    latency_begin(HELIOS_SYS_YIELD, 0, 0);
    Spend(1000);
    latency_end();
    EXPECT_EQ(Printed(), "");
}

} // namespace

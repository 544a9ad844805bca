// SPDX-License-Identifier: GPL-3.0-only
//
// Task.dump: what it prints.
#include "kernel/table.h"
#include "kernel/testing/invoked_task.h"
#include "gmock/gmock.h"

namespace {

using ::testing::HasSubstr;

class TaskDump : public TaskInvokeBase {
  protected:
    static constexpr uint64_t kBase = 0x40000000;

    void SetUp() override {
        TaskInvokeBase::SetUp();
        for (unsigned level = 3; level-- > 0;) {
            MapTable(kBase, level);
        }
        memcpy(other_.task->name, "dumped", 7);
    }

    void MapTable(uint64_t address, unsigned level) {
        uint64_t table = New(static_cast<helios_type>(HELIOS_TYPE_TABLE_0 + level));
        Expect(Invoke(other_.vspace_slot, HELIOS_VSPACE_MAP, {address, 0}, {table}));
    }

    void Map(uint64_t page, uint64_t address, uint64_t flags) {
        Expect(Invoke(other_.vspace_slot, HELIOS_VSPACE_MAP, {address, flags}, {page}));
    }

    // The lines about mappings.
    std::string Dump() {
        size_t before = std::string(host_output()).size();
        Expect(Do(HELIOS_TASK_DUMP));
        std::string text = std::string(host_output()).substr(before);
        size_t first = text.find("  0x");
        return first == std::string::npos ? "" : text.substr(first);
    }
};

TEST_F(TaskDump, PrintsStateAndCapabilities) {
    uint64_t badged = Copy(New(HELIOS_TYPE_ENDPOINT), HELIOS_RIGHT_WRITE, 0xbad);
    Dump();
    EXPECT_THAT(host_output(), HasSubstr("dumped: state 0, suspended, priority 7"));
    EXPECT_THAT(host_output(),
                HasSubstr("slot " + std::to_string(badged) + ": Endpoint -w-- badge 0xbad"));
}

TEST_F(TaskDump, NeighboursThatAreMappedAlikeAreOneLine) {
    uint64_t page = New(HELIOS_TYPE_PAGE);
    for (unsigned i = 0; i < 100; i++) {
        Map(page, kBase + i * 0x1000, HELIOS_MAP_WRITE);
    }
    Map(page, kBase + 0x64000, HELIOS_MAP_EXECUTE);
    Map(page, kBase + 0x66000, HELIOS_MAP_EXECUTE);
    EXPECT_EQ(Dump(), "  0x0000000040000000: 400 KiB, rw-\r\n"
                      "  0x0000000040064000: 4 KiB, r-x\r\n"
                      "  0x0000000040066000: 4 KiB, r-x\r\n");
}

TEST_F(TaskDump, ARunGoesOnFromOneTableToTheNext) {
    uint64_t page = New(HELIOS_TYPE_PAGE);
    Map(page, kBase + 0x1ff000, 0);
    Map(New(HELIOS_TYPE_PAGE, 1), kBase + 0x200000, 0);
    MapTable(kBase + 0x400000, 0);
    Map(page, kBase + 0x400000, 0);
    EXPECT_EQ(Dump(), "  0x00000000401ff000: 2056 KiB, r--\r\n");
}

TEST_F(TaskDump, TheFirstAndTheLastPageArePrinted) {
    constexpr uint64_t kLast = USER_LIMIT - 0x1000;
    for (unsigned level = 3; level-- > 0;) {
        MapTable(kLast, level);
    }
    for (unsigned level = 2; level-- > 0;) {
        MapTable(0, level);
    }
    uint64_t page = New(HELIOS_TYPE_PAGE);
    Map(page, 0, 0);
    Map(page, kLast, HELIOS_MAP_WRITE);
    EXPECT_EQ(Dump(), "  0x0000000000000000: 4 KiB, r--\r\n"
                      "  0x00007fffffffd000: 4 KiB, rw-\r\n");
}

TEST_F(TaskDump, UncachedPagesAreToldByTheirPlace) {
    uint64_t first = New(HELIOS_TYPE_PAGE);
    uint64_t other = New(HELIOS_TYPE_PAGE);
    Map(first, kBase, HELIOS_MAP_DEVICE | HELIOS_MAP_WRITE);
    Map(first, kBase + 0x1000, HELIOS_MAP_DEVICE | HELIOS_MAP_WRITE);
    Map(other, kBase + 0x2000, HELIOS_MAP_WRITE_COMBINE);
    auto physical = [this](uint64_t page) {
        char text[32];
        snprintf(text, sizeof(text), "physical 0x%lx\r\n",
                 static_cast<unsigned long>(frame_physical(frame_of(At(page)->object))));
        return std::string(text);
    };
    EXPECT_EQ(Dump(), "  0x0000000040000000: 4 KiB, rw-, device, " + physical(first) +
                          "  0x0000000040001000: 4 KiB, rw-, device, " + physical(first) +
                          "  0x0000000040002000: 4 KiB, r--, write-combined, " + physical(other));
}

// Who dumps a task of another CPU has gone there, and is inside the steps of that.
TEST_F(TaskDump, BeginsInsideAnOperationThatRuns) {
    operation &running = self_.task->operation;
    running.is_running = true;
    const struct syscall call = {};
    EXPECT_EQ(task_dump(self_.task, other_.task, &call), self_.task);
    EXPECT_TRUE(running.is_running) << "its steps are left to whoever takes them already";
    EXPECT_NE(running.step, nullptr);
    EXPECT_EQ(running.abort, nullptr);
    running.is_running = false;
    operation_abort(self_.task);
}

TEST_F(TaskDump, OfATaskWithNothingEnds) {
    uint64_t fresh = New(HELIOS_TYPE_TASK);
    Expect(Invoke(fresh, HELIOS_TASK_DUMP));
}

} // namespace

// SPDX-License-Identifier: MIT
#include "userland/helios/ipc.h"
#include "userland/helios/objects.h"
#include "userland/test/test.h"

static _Alignas(16) uint8_t stack[4096];
static uint64_t done;

static void work(void) {
    helios_signal(done);
    for (;;) {
        helios_yield();
    }
}

// A task in this address space, with these capabilities.
TEST_CASE(example_task) {
    uint64_t memory = helios_test_bootinfo->memories[0].slot;
    const uint64_t task = helios_allocate(memory, HELIOS_TYPE_TASK, 0).value;
    done = helios_allocate(memory, HELIOS_TYPE_NOTIFICATION, 0).value;
    const uint64_t parts[] = {HELIOS_INIT_CSPACE, HELIOS_INIT_VSPACE};
    EXPECT_EQ(helios_task_configure(task, parts, 2, HELIOS_TASK_CSPACE | HELIOS_TASK_VSPACE).status,
              HELIOS_OK);

    struct helios_answer registers = helios_task_read_registers(task);
    uint64_t *words = &helios_buffer->params[4];
    bool pushes = helios_test_bootinfo->arch == HELIOS_BOOTINFO_X86_64; // a call does
    words[HELIOS_REGISTER_PC] = (uintptr_t)work;
    words[HELIOS_REGISTER_SP] = (uintptr_t)stack + sizeof(stack) - (pushes ? 8 : 0);
    uint64_t mask = 1 << HELIOS_REGISTER_PC | 1 << HELIOS_REGISTER_SP;
    EXPECT_EQ(helios_task_write_registers(task, mask, words, (uint32_t)registers.more[0]).status,
              HELIOS_OK);

    EXPECT_EQ(helios_task_set_priority(task, HELIOS_INIT_TASK, 10, 10).status, HELIOS_OK);
    EXPECT_EQ(helios_task_resume(task).status, HELIOS_OK);
    EXPECT_EQ(helios_wait(done, 0).value, 1);
    EXPECT_EQ(helios_task_query(task).more[0], HELIOS_TASK_READY);
    const uint64_t both[] = {task, done};
    helios_cspace_destroy(HELIOS_INIT_CSPACE, both, 2);
}

// SPDX-License-Identifier: GPL-3.0-only
//
// Processes: started, heard of, taken down.
#include "userland/helios/spawn.h"

#include <string.h>

#include "testing/library/files.h"
#include "uapi/fault.h"
#include "uapi/object.h"
#include "userland/helios/console.h"
#include "userland/helios/ipc.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/test/test.h"

enum { BADGE = 0x77, TEXT_SIZE = 256 };

static uint64_t manager;

static uint64_t manager_endpoint(void) {
    if (manager == 0) {
        manager = helios_make(HELIOS_TYPE_ENDPOINT, 0).value;
    }
    return manager;
}

static struct helios_spawn_config config_for(const char *const *arguments, uint32_t count) {
    struct helios_spawn_config config = {
        .name = "guest",
        .arguments = arguments,
        .argument_count = count,
        .manager = manager_endpoint(),
        .badge = BADGE,
        .log = manager_endpoint(),
    };
    config.elf = files_find("bin/guest", &config.elf_size);
    return config;
}

// Whether it was started; says why not.
static bool start(const struct helios_spawn_config *config, struct helios_process *process) {
    enum helios_error error = helios_spawn(config, process);
    if (error != HELIOS_OK) {
        char text[TEXT_SIZE];
        helios_spawn_describe(text, sizeof(text), process);
        helios_printf("test: %s\n", text);
    }
    return EXPECT_EQ(error, HELIOS_OK);
}

// Waits for the end of a process and gathers what it writes until then.
static struct helios_process_event wait_for_end(char *text, size_t size) {
    size_t length = 0;
    for (;;) {
        struct helios_message message;
        uint32_t flags = helios_recv(manager, 0, &message);
        struct helios_process_event event = helios_process_event_of(flags, &message);
        if (event.end != HELIOS_PROCESS_NOTHING) {
            text[length] = '\0';
            return event;
        }
        helios_buffer->params[0] = message.params[0];
        helios_buffer->params[1] = message.params[1];
        helios_buffer->params[2] = message.params[2];
        helios_buffer->params[3] = message.params[3];
        uint64_t bytes = message.params[0];
        if (length + bytes < size) {
            memcpy(text + length, &helios_buffer->params[1], bytes);
            length += bytes;
        }
    }
}

TEST_CASE(a_process_gets_its_arguments_and_its_status_comes_back) {
    const char *const arguments[] = {"guest", "arguments", "", "the last one"};
    struct helios_spawn_config config = config_for(arguments, 4);
    struct helios_process process;
    if (!start(&config, &process)) {
        return;
    }
    char text[TEXT_SIZE];
    struct helios_process_event event = wait_for_end(text, sizeof(text));
    EXPECT_EQ(event.end, HELIOS_PROCESS_EXITED);
    EXPECT_EQ(event.status, 4);
    EXPECT_EQ(event.badge, BADGE);
    const char expected[] = "guest;arguments;;the last one;";
    EXPECT_EQ(strlen(text), strlen(expected));
    EXPECT_EQ(memcmp(text, expected, sizeof(expected)), 0);
    helios_process_destroy(&process);
}

TEST_CASE(a_fault_of_a_process_reaches_its_manager) {
    const char *const arguments[] = {"guest", "fault"};
    struct helios_spawn_config config = config_for(arguments, 2);
    struct helios_process process;
    if (!start(&config, &process)) {
        return;
    }
    char text[TEXT_SIZE];
    struct helios_process_event event = wait_for_end(text, sizeof(text));
    EXPECT_EQ(event.end, HELIOS_PROCESS_FAULTED);
    EXPECT_EQ(event.fault, HELIOS_FAULT_WRITE);
    EXPECT_EQ(event.address, 0x123450);
    EXPECT_EQ(event.badge, BADGE);
    EXPECT_TRUE(event.pc >= process.image_base && event.pc < process.image_end);
    EXPECT_TRUE(event.sp > process.image_end);
    helios_process_destroy(&process);
}

// Comes after the others: what the library keeps for itself is there by now.
TEST_CASE(a_process_that_is_destroyed_leaves_nothing_behind) {
    const char *const arguments[] = {"guest", "arguments"};
    struct helios_spawn_config config = config_for(arguments, 2);
    uint64_t memory = helios_memory_free();
    uint64_t slots = helios_cspace_query(HELIOS_INIT_CSPACE).found;
    for (unsigned i = 0; i < 10; i++) {
        struct helios_process process;
        if (!start(&config, &process)) {
            return;
        }
        char text[TEXT_SIZE];
        EXPECT_EQ(wait_for_end(text, sizeof(text)).status, 2);
        helios_process_destroy(&process);
    }
    EXPECT_EQ(helios_memory_free(), memory);
    EXPECT_EQ(helios_cspace_query(HELIOS_INIT_CSPACE).found, slots);
}

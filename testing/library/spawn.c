// SPDX-License-Identifier: GPL-3.0-only
//
// Processes: started, heard of, taken down.
#include "userland/helios/spawn.h"

#include <string.h>

#include "testing/library/files.h"
#include "uapi/fault.h"
#include "uapi/object.h"
#include "userland/helios/clock.h"
#include "userland/helios/console.h"
#include "userland/helios/ipc.h"
#include "userland/helios/map.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/test/test.h"

enum { BADGE = 0x77, TEXT_SIZE = 512 };

static uint64_t manager;
static char text[TEXT_SIZE]; // what the last process wrote

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
        .memory_bits = 23,
    };
    config.elf = files_find("bin/guest", &config.elf_size);
    return config;
}

// Whether it was started; says why not.
static bool start(const struct helios_spawn_config *config, struct helios_process *process) {
    enum helios_error error = helios_spawn(config, process);
    if (error != HELIOS_OK) {
        char why[TEXT_SIZE];
        helios_spawn_describe(why, sizeof(why), process);
        helios_printf("test: %s\n", why);
    }
    return EXPECT_EQ(error, HELIOS_OK);
}

// Waits for the end of a process and gathers what it writes until then.
static struct helios_process_event wait_for_end(void) {
    size_t length = 0;
    for (;;) {
        struct helios_message message;
        uint32_t flags = helios_recv(manager, 0, &message);
        struct helios_process_event event = helios_process_event_of(flags, &message);
        if (event.end != HELIOS_PROCESS_NOTHING) {
            text[length] = '\0';
            return event;
        }
        memcpy(helios_buffer->params, message.params, sizeof(message.params));
        uint64_t bytes = message.params[0];
        if (length + bytes < sizeof(text)) {
            memcpy(text + length, &helios_buffer->params[1], bytes);
            length += bytes;
        }
    }
}

// Runs a process with one argument.
static struct helios_process_event run(const char *what) {
    const char *const arguments[] = {"guest", what};
    struct helios_spawn_config config = config_for(arguments, 2);
    struct helios_process process;
    struct helios_process_event event = {.end = HELIOS_PROCESS_NOTHING};
    if (start(&config, &process)) {
        event = wait_for_end();
        helios_process_destroy(&process);
    }
    return event;
}

static void expect_success(const char *what) {
    struct helios_process_event event = run(what);
    if (event.status != 0 || event.end != HELIOS_PROCESS_EXITED) {
        helios_printf("test: %s: end %d, status %ld, pc 0x%lx, address 0x%lx: %s\n", what,
                      event.end, (long)event.status, (unsigned long)event.pc,
                      (unsigned long)event.address, text);
    }
    EXPECT_EQ(event.end, HELIOS_PROCESS_EXITED);
    EXPECT_EQ(event.status, 0);
}

static void expect_text(const char *expected) {
    if (strcmp(text, expected) != 0) {
        helios_printf("test: \"%s\" instead of \"%s\"\n", text, expected);
    }
    EXPECT_EQ(strcmp(text, expected), 0);
}

TEST_CASE(a_process_gets_its_arguments_and_its_status_comes_back) {
    const char *const arguments[] = {"guest", "arguments", "", "the last one"};
    struct helios_spawn_config config = config_for(arguments, 4);
    struct helios_process process;
    if (!start(&config, &process)) {
        return;
    }
    struct helios_process_event event = wait_for_end();
    EXPECT_EQ(event.end, HELIOS_PROCESS_EXITED);
    EXPECT_EQ(event.status, 4);
    EXPECT_EQ(event.badge, BADGE);
    expect_text("guest;arguments;;the last one;");
    helios_process_destroy(&process);
}

TEST_CASE(a_fault_of_a_process_reaches_its_manager) {
    const char *const arguments[] = {"guest", "fault"};
    struct helios_spawn_config config = config_for(arguments, 2);
    struct helios_process process;
    if (!start(&config, &process)) {
        return;
    }
    struct helios_process_event event = wait_for_end();
    EXPECT_EQ(event.end, HELIOS_PROCESS_FAULTED);
    EXPECT_EQ(event.fault, HELIOS_FAULT_WRITE);
    EXPECT_EQ(event.address, 0x123450);
    EXPECT_EQ(event.badge, BADGE);
    EXPECT_TRUE(event.pc >= process.image_base && event.pc < process.image_end);
    EXPECT_TRUE(event.sp > process.image_end);
    helios_process_destroy(&process);
}

TEST_CASE(the_page_below_a_stack_is_not_there) {
    struct helios_process_event event = run("overflow");
    EXPECT_EQ(event.end, HELIOS_PROCESS_FAULTED);
    EXPECT_EQ(event.fault, HELIOS_FAULT_WRITE);
    EXPECT_EQ(event.address % HELIOS_PAGE_BYTES, HELIOS_PAGE_BYTES - 1);
}

TEST_CASE(the_page_below_the_stack_of_a_thread_is_not_there_and_the_manager_hears_of_it) {
    enum { STACK_BYTES = 64 << 10 };
    struct helios_process_event event = run("thread_overflow");
    EXPECT_EQ(event.end, HELIOS_PROCESS_FAULTED);
    EXPECT_EQ(event.fault, HELIOS_FAULT_WRITE);
    EXPECT_EQ(event.badge, BADGE);
    EXPECT_TRUE(event.address < event.sp && event.sp - event.address <= STACK_BYTES);
}

TEST_CASE(lent_pages_may_go_while_they_are_used) {
    expect_success("lent");
}

TEST_CASE(what_is_not_lent_any_more_faults_and_the_manager_hears_of_it) {
    struct helios_process_event event = run("lent_before");
    EXPECT_EQ(event.end, HELIOS_PROCESS_FAULTED);
    EXPECT_EQ(event.fault, HELIOS_FAULT_WRITE);
    EXPECT_EQ(event.badge, BADGE);
    EXPECT_EQ(event.address % HELIOS_PAGE_BYTES, 0);
}

TEST_CASE(an_assertion_that_fails_says_which_and_ends_the_process) {
    struct helios_process_event event = run("assertion");
    EXPECT_EQ(event.end, HELIOS_PROCESS_FAULTED);
    EXPECT_EQ(event.fault, HELIOS_FAULT_ILLEGAL);
    EXPECT_TRUE(strstr(text, "guest.c") != NULL);
    EXPECT_TRUE(strstr(text, "assertion failed: argc == 0") != NULL);
    EXPECT_TRUE(strstr(text, "#0 0x4") != NULL);
}

TEST_CASE(a_process_has_what_it_was_granted_and_nothing_else) {
    const char *const arguments[] = {"guest", "capabilities"};
    uint64_t notification = helios_make(HELIOS_TYPE_NOTIFICATION, 0).value;
    const struct helios_spawn_capability granted[] = {
        {.name = "second", .capability = notification, .rights = HELIOS_RIGHT_READ, .slot = 20},
        {.name = "first", .capability = manager_endpoint(), .rights = HELIOS_RIGHT_WRITE},
    };
    struct helios_spawn_config config = config_for(arguments, 2);
    config.capabilities = granted;
    config.capability_count = 2;
    struct helios_process process;
    if (start(&config, &process)) {
        EXPECT_EQ(wait_for_end().status, 0);
        expect_text("11 1 2 3 4 5 6 7 8 9 16 20");
        helios_process_destroy(&process);
    }
    helios_drop(notification);
}

TEST_CASE(the_c_library_works) {
    expect_success("library");
}

TEST_CASE(malloc_gives_back_what_is_freed) {
    expect_success("memory");
}

TEST_CASE(threads_count_under_a_lock) {
    expect_success("threads");
}

TEST_CASE(conditions_and_semaphores_lose_no_wakeup) {
    expect_success("conditions");
}

TEST_CASE(deadlines_pass) {
    expect_success("deadlines");
}

TEST_CASE(memory_for_devices_is_contiguous) {
    expect_success("dma");
}

// --- Nothing is left behind. By now the library has for itself what it keeps.

struct books {
    uint64_t memory;
    uint64_t slots;
};

static struct books look(void) {
    return (struct books){helios_memory_free(), helios_cspace_query(HELIOS_INIT_CSPACE).found};
}

static void expect_same(struct books before) {
    struct books now = look();
    EXPECT_EQ(now.memory, before.memory);
    EXPECT_EQ(now.slots, before.slots);
}

// The address has page tables of its own, for which there is no need any more in the end.
TEST_CASE(what_is_unmapped_gives_back_its_page_tables) {
    enum { OF_ONE_TABLE = 2 << 20 };
    struct books before = look();
    for (unsigned i = 0; i < 3; i++) {
        uint64_t address = helios_vm_reserve(HELIOS_PAGE_BYTES, OF_ONE_TABLE);
        EXPECT_TRUE(address != 0);
        EXPECT_EQ(helios_vm_fill(address, HELIOS_PAGE_BYTES, HELIOS_MAP_WRITE).status, HELIOS_OK);
        *(volatile uint32_t *)(uintptr_t)address = i;
        struct books during = look();
        EXPECT_EQ(during.slots, before.slots);
        EXPECT_TRUE(during.memory + HELIOS_PAGE_BYTES < before.memory);
        helios_vm_release(address);
        expect_same(before);
    }
}

TEST_CASE(page_tables_that_a_mapping_needs_take_no_slots) {
    struct books before = look();
    uint64_t memory = helios_make(HELIOS_TYPE_MEMORY, 18).value;
    uint64_t slots = look().slots;
    struct helios_answer page =
        helios_map_new(HELIOS_INIT_VSPACE, memory, 0x5000000000, HELIOS_MAP_WRITE);
    EXPECT_EQ(page.status, HELIOS_OK);
    *(volatile uint32_t *)(uintptr_t)0x5000000000 = 1;
    helios_drop(page.value);
    EXPECT_EQ(look().slots, slots);
    helios_memory_reset(memory);
    helios_drop(memory);
    expect_same(before);
}

TEST_CASE(a_process_that_is_destroyed_leaves_nothing_behind) {
    run("arguments");
    struct books before = look();
    for (unsigned i = 0; i < 10; i++) {
        EXPECT_EQ(run(i % 2 == 0 ? "arguments" : "fault").badge, BADGE);
    }
    expect_same(before);
}

static void expect_refused(const struct helios_spawn_config *config,
                           enum helios_spawn_stage stage) {
    struct books before = look();
    struct helios_process process;
    EXPECT_TRUE(helios_spawn(config, &process) != HELIOS_OK);
    EXPECT_EQ(process.stage, stage);
    char why[TEXT_SIZE];
    EXPECT_TRUE(helios_spawn_describe(why, sizeof(why), &process) > 10);
    expect_same(before);
}

// Every byte of the ELF header and the program headers, changed one at a time: the file is refused
// or runs into its own mistakes, and the machine is as before.
TEST_CASE(a_bad_elf_file_is_refused_and_leaves_nothing_behind) {
    enum { HEADERS = 64 + 5 * 56 };
    struct helios_spawn_config config = config_for(NULL, 0);
    char *copy = helios_pages_new(config.elf_size, HELIOS_MAP_WRITE);
    if (!EXPECT_TRUE(copy != NULL)) {
        return;
    }
    memcpy(copy, config.elf, config.elf_size);
    config.elf = copy;
    config.suspended = true;
    run("arguments");
    struct books before = look();
    unsigned refused = 0;
    for (unsigned at = 0; at < HEADERS; at++) {
        copy[at] = (char)~copy[at];
        struct helios_process process;
        refused += helios_spawn(&config, &process) != HELIOS_OK;
        helios_process_destroy(&process);
        copy[at] = (char)~copy[at];
    }
    expect_same(before);
    EXPECT_TRUE(refused > HEADERS / 3);
    helios_pages_free(copy);
}

TEST_CASE(a_file_that_is_cut_off_is_refused) {
    struct helios_spawn_config config = config_for(NULL, 0);
    for (size_t size = 0; size < 400; size += 13) {
        config.elf_size = size;
        expect_refused(&config, HELIOS_SPAWN_ELF);
    }
}

TEST_CASE(a_quota_that_is_too_small_is_refused_and_leaves_nothing_behind) {
    struct helios_spawn_config config = config_for(NULL, 0);
    for (uint32_t bits = 14; bits < 19; bits++) {
        struct books before = look();
        struct helios_process process;
        config.memory_bits = bits;
        EXPECT_EQ(helios_spawn(&config, &process), HELIOS_ERROR_NO_MEMORY);
        expect_same(before);
    }
}

TEST_CASE(a_config_that_asks_for_what_is_not_there_is_refused) {
    struct helios_spawn_config config = config_for(NULL, 0);
    struct helios_spawn_capability granted[] = {
        {.name = "a", .capability = manager_endpoint(), .rights = HELIOS_RIGHT_WRITE},
        {.name = "b", .capability = 0, .rights = HELIOS_RIGHT_WRITE},
    };
    config.capabilities = granted;
    config.capability_count = 2;
    expect_refused(&config, HELIOS_SPAWN_CAPABILITY);
    granted[1].capability = manager_endpoint();
    granted[1].slot = HELIOS_PROCESS_MEMORY;
    expect_refused(&config, HELIOS_SPAWN_CAPABILITY);
    granted[1].slot = 1 << 20;
    expect_refused(&config, HELIOS_SPAWN_CAPABILITY);
    granted[1].slot = 0;
    granted[1].name = "a name that has more than the thirty-nine characters";
    expect_refused(&config, HELIOS_SPAWN_CAPABILITY);
    config.capability_count = 0;
    config.priority = 64;
    expect_refused(&config, HELIOS_SPAWN_TASK);
    config.priority = 0;
    config.cspace_bits = 40;
    expect_refused(&config, HELIOS_SPAWN_CONFIG);
}

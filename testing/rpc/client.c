// SPDX-License-Identifier: GPL-3.0-only
//
// A client and a server that ipcgen made, in two processes; and a client that keeps to no rule.
#include <string.h>

#include "build/tools/ipcgen/testdata/sample.h"
#include "testing/library/files.h"
#include "uapi/object.h"
#include "userland/helios/console.h"
#include "userland/helios/ipc.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/helios/spawn.h"
#include "userland/test/test.h"

static uint64_t endpoint;
static uint64_t manager;
static struct helios_process server;

static bool start(const char *what, uint64_t rights, uint64_t bell,
                  struct helios_process *process) {
    const char *const arguments[] = {"server", what};
    const struct helios_spawn_capability capabilities[] = {
        {.name = "server", .capability = endpoint, .rights = rights},
        {.name = "bell", .capability = bell, .rights = HELIOS_RIGHT_ALL},
    };
    struct helios_spawn_config config = {
        .name = "server",
        .arguments = arguments,
        .argument_count = 2,
        .capability_count = bell == 0 ? 1 : 2,
        .capabilities = capabilities,
        .manager = manager,
        .priority = 20,
    };
    config.elf = files_find("bin/server", &config.elf_size);
    enum helios_error status = helios_spawn(&config, process);
    if (status != HELIOS_OK) {
        char text[256];
        helios_spawn_describe(text, sizeof text, process);
        helios_printf("test: %s\n", text);
    }
    return EXPECT_EQ(status, HELIOS_OK);
}

// The server of all cases.
static uint64_t serving(void) {
    if (endpoint == 0) {
        endpoint = helios_make(HELIOS_TYPE_ENDPOINT, 0).value;
        manager = helios_make(HELIOS_TYPE_ENDPOINT, 0).value;
        start("serve", HELIOS_RIGHT_ALL, 0, &server);
    }
    return endpoint;
}

// Free slots of the server's CSpace.
static uint64_t free_slots(void) {
    return helios_cspace_query(server.cspace).found;
}

TEST_CASE(scalars_come_back_as_they_went) {
    uint8_t a = 0;
    int32_t b = 0;
    enum sample_parity c = SAMPLE_PARITY_NONE;
    bool d = false;
    uint32_t e = 0;
    int64_t f = 0;
    EXPECT_EQ(sample_file_turn(serving(), 255, -2, SAMPLE_PARITY_ODD, true, SAMPLE_MODE_WRITE,
                               INT64_MIN, &a, &b, &c, &d, &e, &f),
              HELIOS_OK);
    EXPECT_EQ(a, 255);
    EXPECT_EQ(b, -2);
    EXPECT_EQ(c, SAMPLE_PARITY_ODD);
    EXPECT_TRUE(d);
    EXPECT_EQ(e, SAMPLE_MODE_WRITE);
    EXPECT_EQ(f, INT64_MIN);
}

TEST_CASE(a_page_is_filled_by_the_server) {
    uint64_t page = helios_make(HELIOS_TYPE_PAGE, 0).value;
    uint32_t length = 0;
    uint64_t slots = 0;
    EXPECT_EQ(sample_file_read(serving(), page, 7, 100, &length), HELIOS_OK);
    slots = free_slots(); // page tables of its own are made by now
    EXPECT_EQ(sample_file_read(serving(), page, 7, 100, &length), HELIOS_OK);
    EXPECT_EQ(length, 100);
    EXPECT_EQ(free_slots(), slots);
    uint8_t *bytes = helios_pages_map(&page, 1, HELIOS_MAP_WRITE, NULL);
    if (EXPECT_TRUE(bytes != NULL)) {
        EXPECT_EQ(bytes[0], 7);
        EXPECT_EQ(bytes[99], 106);
        helios_pages_free(bytes);
    }
    EXPECT_EQ(sample_file_read(serving(), page, 7, 5000, &length), SAMPLE_ERROR_FULL);
    EXPECT_EQ(free_slots(), slots);
    helios_drop(page);
}

TEST_CASE(bytes_strings_and_structs_arrive) {
    uint32_t sum = 0;
    uint8_t ones[100];
    memset(ones, 1, sizeof ones);
    EXPECT_EQ(sample_file_write(serving(), ones, sizeof ones, 11, &sum), HELIOS_OK);
    EXPECT_EQ(sum, 111);
    const uint32_t weights[3] = {3, 4, 5};
    struct sample_point at;
    char name[17];
    struct sample_point all[2];
    EXPECT_EQ(sample_file_find(serving(), "a/path/of/more/than/16", weights, &at, name, all),
              HELIOS_OK);
    EXPECT_EQ(memcmp(name, "a/path/of/more/t", 17), 0);
    EXPECT_EQ(at.y, 4);
    EXPECT_EQ(all[1].y, 5);
    EXPECT_EQ(all[1].parity, SAMPLE_PARITY_ODD);
}

TEST_CASE(capabilities_come_back) {
    uint64_t count = 0;
    uint64_t slots[8];
    uint32_t slots_count = 7;
    EXPECT_EQ(sample_file_pages(serving(), 8, &count, &slots[0], slots + 1, &slots_count),
              HELIOS_OK);
    EXPECT_EQ(slots_count, 7);
    for (unsigned i = 0; i < 8; i++) {
        EXPECT_EQ(helios_identify(slots[i]).value, HELIOS_TYPE_PAGE);
        helios_drop(slots[i]);
    }
    slots_count = 7;
    EXPECT_EQ(sample_file_pages(serving(), 9, &count, &slots[0], slots + 1, &slots_count),
              SAMPLE_FILE_ERROR_END);
}

TEST_CASE(more_capabilities_than_there_is_room_for_are_destroyed) {
    uint64_t count = 0;
    uint64_t slots[2];
    uint32_t slots_count = 1;
    uint64_t before = helios_cspace_query(HELIOS_INIT_CSPACE).found;
    EXPECT_EQ(sample_file_pages(serving(), 8, &count, &slots[0], slots + 1, &slots_count),
              HELIOS_RPC_BAD_REPLY);
    EXPECT_EQ(helios_cspace_query(HELIOS_INIT_CSPACE).found, before);
}

TEST_CASE(a_capability_to_the_server_itself_arrives_as_its_badge) {
    uint64_t minted = helios_copy(serving(), HELIOS_RIGHT_ALL, 0x55).value;
    uint8_t badge = 0;
    uint64_t done = 1;
    uint64_t page = helios_make(HELIOS_TYPE_PAGE, 0).value;
    EXPECT_EQ(sample_file_share(serving(), minted, &page, 1, "n", &badge, &done), HELIOS_OK);
    EXPECT_EQ(badge, 0x55);
    EXPECT_EQ(done, 0);
    EXPECT_EQ(sample_file_share(serving(), manager, &page, 1, "n", &badge, &done),
              HELIOS_ERROR_TYPE);
    uint32_t length = 0;
    EXPECT_EQ(sample_file_read(serving(), minted, 0, 1, &length), HELIOS_ERROR_TYPE);
    helios_drop(page);
    helios_drop(minted);
}

TEST_CASE(a_capability_to_another_object_is_refused_and_destroyed) {
    uint64_t minted = helios_copy(serving(), HELIOS_RIGHT_ALL, 0x55).value;
    uint64_t page = helios_make(HELIOS_TYPE_PAGE, 0).value;
    const uint64_t pages[3] = {page, page, manager};
    uint8_t badge = 0;
    uint64_t done = 1;
    uint64_t slots = free_slots();
    EXPECT_EQ(sample_file_share(serving(), minted, pages, 3, "n", &badge, &done),
              HELIOS_ERROR_TYPE);
    EXPECT_EQ(sample_file_share(serving(), minted, pages, 2, "n", &badge, &done), HELIOS_OK);
    EXPECT_EQ(free_slots(), slots);
    helios_drop(page);
    helios_drop(minted);
}

TEST_CASE(a_deadline_ends_a_call) {
    uint8_t bytes[24];
    uint32_t length = 0;
    EXPECT_EQ(sample_file_signal_until(serving(), 1, 0, bytes, &length), HELIOS_ERROR_DEADLINE);
    // If the call got as far as the server, nobody waits for that answer any more.
    enum helios_error status = sample_file_close(serving());
    EXPECT_TRUE(status == HELIOS_ERROR_STATE || status == HELIOS_ERROR_NO_CALL);
}

TEST_CASE(an_answer_may_come_later) {
    uint64_t bell = helios_make(HELIOS_TYPE_NOTIFICATION, 0).value;
    struct helios_process client;
    serving();
    if (!start("ask", HELIOS_RIGHT_WRITE | HELIOS_RIGHT_GRANT, bell, &client)) {
        return;
    }
    helios_wait(bell, 0); // the server has its question
    EXPECT_EQ(sample_file_close(serving()), HELIOS_OK);
    struct helios_message message;
    uint32_t flags = helios_recv(manager, 0, &message);
    struct helios_process_event event = helios_process_event_of(flags, &message);
    EXPECT_EQ(event.end, HELIOS_PROCESS_EXITED);
    EXPECT_EQ(event.status, 6);
    helios_process_destroy(&client);
    helios_drop(bell);
}

static uint64_t next_random(void) {
    static uint64_t state = 88172645463325252ull;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

TEST_CASE(no_message_harms_the_server) {
    static const uint32_t labels[] = {SAMPLE_FILE_READ,  SAMPLE_FILE_WRITE,
                                      SAMPLE_FILE_TURN,  SAMPLE_FILE_FIND,
                                      SAMPLE_FILE_SHARE, SAMPLE_FILE_PAGES,
                                      SAMPLE_FILE_MANY,  SAMPLE_SERIAL_SET_CONFIG,
                                      SAMPLE_FILE_CLOSE, 1};
    uint64_t slots = 0;
    unsigned refused = 0;
    for (unsigned i = 0; i < 3000; i++) {
        uint64_t first[4];
        for (unsigned k = 0; k < HELIOS_MAX_PARAMS; k++) {
            uint64_t word = next_random() >> next_random() % 64;
            helios_buffer->params[k] = word;
            first[k % 4] = k < 4 ? word : first[k % 4];
        }
        uint32_t caps = (uint32_t)(next_random() % 4);
        for (uint32_t k = 0; k < caps; k++) {
            helios_buffer->caps[k] = next_random() % 2 == 0 ? endpoint : manager;
        }
        uint32_t label = labels[i % (sizeof labels / sizeof *labels)];
        uint32_t params = (uint32_t)(next_random() % (next_random() % 2 == 0 ? 5 : 65));
        struct helios_answer answer = helios_invoke(serving(), label, caps, params, first);
        refused += answer.status != HELIOS_OK;
        for (uint32_t k = 0; k < answer.caps; k++) {
            uint64_t slot = helios_buffer->caps[k];
            helios_buffer->caps[k] = 0;
            if (slot != 0) {
                helios_drop(slot);
                break; // the buffer is another's then
            }
        }
        slots = i == 100 ? free_slots() : slots;
    }
    helios_printf("test: %u of 3000 refused\n", refused);
    uint64_t count = 0;
    uint64_t slot = 0;
    uint32_t none = 0;
    sample_file_pages(serving(), 0, &count, &slot, NULL, &none);
    EXPECT_TRUE(free_slots() + 8 >= slots);
    uint32_t sum = 0;
    EXPECT_EQ(sample_file_write(serving(), "a", 1, 0, &sum), HELIOS_OK);
    EXPECT_EQ(sum, 'a');
}

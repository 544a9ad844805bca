// SPDX-License-Identifier: GPL-3.0-only
//
// What docs/reference/library.md shows, as cases: quotes.sh compares.
#include <stdlib.h>
#include <string.h>

#include "testing/library/files.h"
#include "uapi/object.h"
#include "userland/helios/clock.h"
#include "userland/helios/console.h"
#include "userland/helios/debug.h"
#include "userland/helios/ipc.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/helios/random.h"
#include "userland/helios/spawn.h"
#include "userland/helios/sync.h"
#include "userland/helios/thread.h"
#include "userland/test/test.h"

TEST_CASE(the_page_starts_a_process) {
    size_t size;
    const void *file = files_find("bin/guest", &size);
    uint64_t endpoint = helios_make(HELIOS_TYPE_ENDPOINT, 0).value;
    uint64_t interrupt = helios_make(HELIOS_TYPE_NOTIFICATION, 0).value;

    const char *const arguments[] = {"disk", "--read-only"};
    const struct helios_spawn_capability granted[] = {
        {.name = "interrupt", .capability = interrupt, .rights = HELIOS_RIGHT_READ},
    };
    struct helios_spawn_config config = {
        .elf = file,
        .elf_size = size,
        .name = "disk",
        .arguments = arguments,
        .argument_count = 2,
        .capabilities = granted,
        .capability_count = 1,
        .manager = endpoint,
        .badge = 7,
    };
    struct helios_process process;
    if (helios_spawn(&config, &process) != HELIOS_OK) {
        char why[160];
        helios_spawn_describe(why, sizeof why, &process); // "segment 2: not enough memory (...)"
        helios_printf("disk: %s\n", why);
    }

    struct helios_message message;
    uint32_t flags = helios_recv(endpoint, 0, &message);
    struct helios_process_event event = helios_process_event_of(flags, &message);
    if (event.badge == 7 && event.end == HELIOS_PROCESS_EXITED) {
        helios_printf("disk: ended with %ld\n", (long)event.status);
    }
    helios_process_destroy(&process);

    enum { WRONG_ARGUMENTS = 99 }; // guest.c
    EXPECT_EQ(event.end, HELIOS_PROCESS_EXITED);
    EXPECT_EQ(event.status, WRONG_ARGUMENTS);
    helios_drop(interrupt);
    helios_drop(endpoint);
}

TEST_CASE(the_page_maps_memory) {
    uint64_t before = helios_memory_free();

    char *buffer = helios_pages_new(3 * HELIOS_PAGE_BYTES, HELIOS_MAP_WRITE);
    if (buffer != NULL) {
        helios_random(buffer, 16);
    }

    uint64_t page = helios_make(HELIOS_TYPE_PAGE, 0).value; // a capability, to send to somebody
    struct helios_answer answer;
    char *shared = helios_pages_map(&page, 1, HELIOS_MAP_WRITE, &answer);
    if (shared == NULL) {
        helios_refused("map the page", answer);
    }

    EXPECT_TRUE(buffer != NULL && shared != NULL);
    struct helios_dma dma;
    EXPECT_EQ(helios_dma_new(100000, &dma).status, HELIOS_OK);
    helios_dma_free(&dma);

    helios_pages_free(shared);
    helios_drop(page);
    helios_pages_free(buffer);

    EXPECT_EQ(helios_memory_free(), before);
}

static struct helios_mutex lock;
static struct helios_condition changed;
static unsigned done;

static void work(void *argument) {
    helios_mutex_lock(&lock);
    done += *(const unsigned *)argument;
    helios_condition_wake_all(&changed);
    helios_mutex_unlock(&lock);
}

TEST_CASE(the_page_runs_a_thread) {
    unsigned amount = 3;
    struct helios_thread *thread;
    helios_assert(helios_thread_run(work, &amount, NULL, &thread) == HELIOS_OK);
    helios_mutex_lock(&lock);
    while (done < amount) {
        helios_condition_wait(&changed, &lock, HELIOS_FOREVER);
    }
    helios_mutex_unlock(&lock);
    helios_thread_join(thread, HELIOS_FOREVER);

    EXPECT_EQ(done, amount);
    uint64_t then = helios_now();
    helios_sleep_until(helios_after(2 * HELIOS_MILLISECOND));
    EXPECT_TRUE(helios_now() - then >= 2 * HELIOS_MILLISECOND);
}

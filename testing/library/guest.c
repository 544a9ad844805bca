// SPDX-License-Identifier: GPL-3.0-only
//
// A process that does what its first argument says, and exits with 0 if that went well.
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "uapi/object.h"
#include "userland/helios/clock.h"
#include "userland/helios/debug.h"
#include "userland/helios/lent.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/helios/startup.h"
#include "userland/helios/sync.h"
#include "userland/helios/thread.h"

enum { WRONG_ARGUMENTS = 99 };

static int print_arguments(int argc, char **argv) {
    for (int i = 0; i < argc; i++) {
        printf("%s;", argv[i]);
    }
    return argc;
}

static int fault(int argc, char **argv) {
    (void)argc;
    (void)argv;
    *(volatile uint32_t *)(uintptr_t)0x123450 = 1;
    return 1;
}

// Deeper and deeper, into the page below the stack.
static int overflow(int argc, char **argv) {
    (void)argc;
    (void)argv;
    volatile char *below = (volatile char *)(uintptr_t)helios_startup->stack_base;
    below[-1] = 1;
    return 1;
}

static void go_down(void *argument) {
    (void)argument;
    volatile char *stack = (volatile char *)__builtin_frame_address(0);
    for (;;) {
        stack -= HELIOS_PAGE_BYTES;
        *stack = 1;
    }
}

static int thread_overflow(int argc, char **argv) {
    (void)argc;
    (void)argv;
    struct helios_thread *thread;
    if (helios_thread_run(go_down, NULL, NULL, &thread) != HELIOS_OK) {
        return 1;
    }
    helios_thread_join(thread, HELIOS_FOREVER);
    return 2;
}

static int assertion(int argc, char **argv) {
    (void)argv;
    helios_assert(argc == 0);
    return 1;
}

// What it was granted, and nothing else.
static int capabilities(int argc, char **argv) {
    (void)argc;
    (void)argv;
    if (helios_cap("nothing") != 0 || helios_cap("second") == 0 ||
        helios_cap("first") != HELIOS_PROCESS_FIRST) {
        return 1;
    }
    printf("%u", (unsigned)helios_identify(helios_cap("second")).value);
    for (uint64_t slot = 1; slot < helios_startup->cspace_slots; slot++) {
        if (helios_identify(slot).value != HELIOS_TYPE_NULL) {
            printf(" %u", (unsigned)slot);
        }
    }
    return 0;
}

static int compare(const void *a, const void *b) {
    int x = *(const int *)a;
    int y = *(const int *)b;
    return (x > y) - (x < y);
}

static bool sorts(void) {
    int numbers[] = {5, -3, 99, 0, 7};
    qsort(numbers, 5, sizeof(numbers[0]), compare);
    return numbers[0] == -3 && numbers[4] == 99;
}

static bool converts(void) {
    char text[64];
    int number;
    double fraction;
    snprintf(text, sizeof(text), "%d %.3f %s %" PRIx64, 42, 1.0 / 3, "x", (uint64_t)255);
    return strcmp(text, "42 0.333 x ff") == 0 &&
           sscanf("17 2.5", "%d %lf", &number, &fraction) == 2 && number == 17 && fraction == 2.5 &&
           strtod("1e3", NULL) == 1000.0 && fabs(sin(0.5) - 0.479425538) < 1e-8;
}

static bool jumps(void) {
    static jmp_buf place;
    volatile int count = 0;
    if (setjmp(place) < 3) {
        count++;
        longjmp(place, count);
    }
    return count == 3;
}

static bool errors(void) {
    errno = 0;
    bool refused = fopen("/nowhere", "r") == NULL && errno == ENOENT;
    return refused && strtoul("99999999999999999999", NULL, 10) == UINT64_MAX && errno == ERANGE;
}

static int library(int argc, char **argv) {
    (void)argc;
    (void)argv;
    return !sorts() * 1 + !converts() * 2 + !jumps() * 4 + !errors() * 8;
}

// Blocks of many sizes, of which none may touch another; all comes back.
static bool allocates(unsigned seed, unsigned count) {
    enum { BLOCKS = 100 };
    unsigned char *blocks[BLOCKS];
    size_t sizes[BLOCKS];
    for (unsigned i = 0; i < count; i++) {
        sizes[i] = (size_t)(seed * 7919u + i * i * 31u) % 9000 + 1;
        blocks[i] = malloc(sizes[i]);
        if (blocks[i] == NULL) {
            return false;
        }
        memset(blocks[i], (int)i, sizes[i]);
    }
    bool intact = true;
    for (unsigned i = 0; i < count; i++) {
        intact = intact && blocks[i][0] == i && blocks[i][sizes[i] - 1] == i;
        free(blocks[i]);
    }
    return intact;
}

// What malloc keeps for the next is zeroed again for calloc.
static bool clears(void) {
    enum { BYTES = 20000 };
    for (unsigned round = 0; round < 4; round++) {
        unsigned char *block = calloc(1, BYTES);
        if (block == NULL) {
            return false;
        }
        for (unsigned i = 0; i < BYTES; i++) {
            if (block[i] != 0) {
                return false;
            }
        }
        memset(block, 0xff, BYTES);
        free(block);
    }
    return true;
}

static int memory(int argc, char **argv) {
    (void)argc;
    (void)argv;
    if (!allocates(1, 100) || !clears()) {
        return 1;
    }
    uint64_t before = 0;
    for (unsigned i = 0; i < 5; i++) {
        before = i == 1 ? helios_memory_free() : before; // page tables that the first brought stay
        void *large = malloc(1 << 20);
        if (large == NULL) {
            return 2;
        }
        memset(large, 1, 1 << 20);
        large = realloc(large, 1 << 21);
        if (large == NULL || ((char *)large)[(1 << 20) - 1] != 1) {
            return 3;
        }
        free(large);
    }
    if (helios_memory_free() != before) {
        return 4;
    }
    return malloc(1ull << 30) == NULL && errno == ENOMEM ? 0 : 5;
}

enum { THREADS = 6, ROUNDS = 500 };

static struct helios_mutex mutex;
static uint64_t total;
static _Thread_local uint64_t own = 17;
static uint64_t sum_of_own;

static void count(void *argument) {
    unsigned index = (unsigned)(uintptr_t)argument;
    for (unsigned i = 0; i < ROUNDS; i++) {
        helios_mutex_lock(&mutex);
        uint64_t seen = total;
        if (i % 64 == index) {
            helios_yield(); // with the lock held
        }
        total = seen + 1;
        helios_mutex_unlock(&mutex);
        own += 1;
    }
    if (!allocates(index, 20)) {
        own = 0;
    }
    errno = (int)index;
    helios_mutex_lock(&mutex);
    helios_yield();
    sum_of_own += errno == (int)index ? own : 0;
    helios_mutex_unlock(&mutex);
}

static int threads(int argc, char **argv) {
    (void)argc;
    (void)argv;
    uint64_t before = 0;
    for (unsigned round = 0; round < 3; round++) {
        struct helios_thread *all[THREADS];
        total = 0;
        sum_of_own = 0;
        for (uintptr_t i = 0; i < THREADS; i++) {
            enum helios_error error = helios_thread_run(count, (void *)i, NULL, &all[i]);
            if (error != HELIOS_OK) {
                printf("thread: %d\n", error);
                return 1;
            }
        }
        for (unsigned i = 0; i < THREADS; i++) {
            if (helios_thread_join(all[i], HELIOS_FOREVER) != HELIOS_OK) {
                return 2;
            }
        }
        if (total != THREADS * ROUNDS || sum_of_own != THREADS * (17 + ROUNDS)) {
            printf("%" PRIu64 " %" PRIu64 "\n", total, sum_of_own);
            return 3;
        }
        if (round == 2 && helios_cspace_query(HELIOS_PROCESS_CSPACE).found != before) {
            return 4;
        }
        before = helios_cspace_query(HELIOS_PROCESS_CSPACE).found;
    }
    return 0;
}

// A queue of one place between two threads.
static struct helios_condition changed;
static int64_t place = -1;

static void produce(void *argument) {
    (void)argument;
    for (int64_t i = 0; i < ROUNDS; i++) {
        helios_mutex_lock(&mutex);
        while (place >= 0) {
            helios_condition_wait(&changed, &mutex, HELIOS_FOREVER);
        }
        place = i;
        helios_condition_wake_all(&changed);
        helios_mutex_unlock(&mutex);
    }
}

static struct helios_semaphore semaphore;

static void give(void *argument) {
    (void)argument;
    for (unsigned i = 0; i < ROUNDS; i++) {
        helios_semaphore_give(&semaphore);
    }
}

static int conditions(int argc, char **argv) {
    (void)argc;
    (void)argv;
    struct helios_thread *producer;
    if (helios_thread_run(produce, NULL, NULL, &producer) != HELIOS_OK) {
        return 1;
    }
    for (int64_t i = 0; i < ROUNDS; i++) {
        helios_mutex_lock(&mutex);
        while (place < 0) {
            helios_condition_wait(&changed, &mutex, HELIOS_FOREVER);
        }
        if (place != i) {
            return 2;
        }
        place = -1;
        helios_condition_wake_all(&changed);
        helios_mutex_unlock(&mutex);
    }
    if (helios_thread_join(producer, HELIOS_FOREVER) != HELIOS_OK) {
        return 3;
    }
    struct helios_thread *giver;
    if (helios_thread_run(give, NULL, NULL, &giver) != HELIOS_OK) {
        return 4;
    }
    for (unsigned i = 0; i < ROUNDS; i++) {
        if (helios_semaphore_take(&semaphore, HELIOS_FOREVER) != HELIOS_OK) {
            return 5;
        }
    }
    return helios_thread_join(giver, HELIOS_FOREVER) == HELIOS_OK ? 0 : 6;
}

// Deadlines pass neither early nor never.
static int deadlines(int argc, char **argv) {
    (void)argc;
    (void)argv;
    uint64_t until = helios_after(5 * HELIOS_MILLISECOND);
    enum helios_error error = helios_sleep_until(until);
    uint64_t now = helios_now();
    if (error != HELIOS_OK || now < until) {
        printf("%d, %" PRIu64 " ns early\n", error, until - now);
        return 1;
    }
    until = helios_after(5 * HELIOS_MILLISECOND);
    if (helios_semaphore_take(&semaphore, until) != HELIOS_ERROR_DEADLINE || helios_now() < until) {
        return 2;
    }
    helios_mutex_lock(&mutex);
    until = helios_after(5 * HELIOS_MILLISECOND);
    if (helios_condition_wait(&changed, &mutex, until) != HELIOS_ERROR_DEADLINE ||
        helios_now() < until || helios_mutex_try(&mutex)) {
        return 3;
    }
    helios_mutex_unlock(&mutex);
    return 0;
}

static int dma(int argc, char **argv) {
    (void)argc;
    (void)argv;
    uint64_t before = 0;
    for (unsigned round = 0; round < 3; round++) {
        struct helios_dma buffer;
        if (helios_refused("dma", helios_dma_new(100000, &buffer)) || buffer.bytes < 100000) {
            return 1;
        }
        for (uint64_t at = 0; at < buffer.bytes; at += HELIOS_PAGE_BYTES) {
            struct helios_answer found =
                helios_vspace_query(HELIOS_PROCESS_VSPACE, (uintptr_t)buffer.address + at);
            if (found.status != HELIOS_OK || found.value != buffer.physical + at) {
                return 2;
            }
        }
        memset(buffer.address, 1, buffer.bytes);
        helios_dma_free(&buffer);
        if (round == 2 && helios_memory_free() != before) {
            return 3;
        }
        before = helios_memory_free();
    }
    return 0;
}

static struct helios_lent pair;

// Two pages of a Memory that goes while they are used, as a driver's does that ends.
static volatile uint32_t *lose_pages(void) {
    uint64_t owner = helios_make(HELIOS_TYPE_MEMORY, 14).value;
    const uint64_t pages[] = {helios_allocate(owner, HELIOS_TYPE_PAGE, 0).value,
                              helios_allocate(owner, HELIOS_TYPE_PAGE, 0).value};
    volatile uint32_t *words = helios_pages_map(pages, 2, HELIOS_MAP_WRITE, NULL);
    if (words == NULL ||
        helios_lent_begin(&pair, (uintptr_t)words, 2 * HELIOS_PAGE_BYTES) != HELIOS_OK) {
        return NULL;
    }
    words[0] = 1;
    if (words[0] != 1 || helios_lent_is_gone(&pair)) {
        return NULL;
    }
    helios_memory_reset(owner);
    return words;
}

static int lent(int argc, char **argv) {
    (void)argc;
    (void)argv;
    volatile uint32_t *words = lose_pages();
    if (words == NULL) {
        return 1;
    }
    for (uint32_t i = 0; i < 2 * HELIOS_PAGE_BYTES / sizeof(*words); i++) {
        words[i] = i;
    }
    // Another thread, or the same one again, changes nothing of what is known.
    if (helios_lent_begin(&pair, pair.address, pair.bytes) != HELIOS_OK) {
        return 3;
    }
    return helios_lent_is_gone(&pair) ? 0 : 2;
}

// What is not lent any more is like any other address.
static int lent_before(int argc, char **argv) {
    (void)argc;
    (void)argv;
    volatile uint32_t *words = lose_pages();
    if (words == NULL) {
        return 1;
    }
    words[0] = 2;
    helios_lent_end(&pair);
    helios_pages_free((void *)(uintptr_t)words);
    words[0] = 3;
    return 2;
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        int (*run)(int argc, char **argv);
    } acts[] = {
        {"arguments", print_arguments},
        {"fault", fault},
        {"overflow", overflow},
        {"thread_overflow", thread_overflow},
        {"assertion", assertion},
        {"library", library},
        {"memory", memory},
        {"capabilities", capabilities},
        {"threads", threads},
        {"conditions", conditions},
        {"deadlines", deadlines},
        {"dma", dma},
        {"lent", lent},
        {"lent_before", lent_before},
    };
    for (size_t i = 0; argc > 1 && i < sizeof(acts) / sizeof(acts[0]); i++) {
        if (strcmp(argv[1], acts[i].name) == 0) {
            return acts[i].run(argc, argv);
        }
    }
    return WRONG_ARGUMENTS;
}

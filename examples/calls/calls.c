// SPDX-License-Identifier: MIT
//
// Two address spaces, a task in each, and a call between them: what every system above the kernel
// begins with. The server knows squares; the client wants some and reports to the root task.
#include "uapi/bootinfo.h"
#include "uapi/object.h"
#include "userland/helios/console.h"
#include "userland/helios/error.h"
#include "userland/helios/ipc.h"
#include "userland/helios/map.h"
#include "userland/helios/start.h"
#include "userland/helios/syscall.h"
#include "userland/helios/thread.h"

enum { PAGE = 4096, STACK = 8192, QUESTIONS = 4 };
enum { SQUARE = 1, RESULT = 2 }; // labels of our own messages

#define IMAGE 0x400000ull // where programs are linked
#define BUFFER                                                                                     \
    0x10000000ull // a page for the IPC buffer of each task, at one address in both spaces

static const struct helios_bootinfo *machine;
static uint64_t service; // Endpoint: client calls server
static uint64_t report;  // Endpoint: client tells the root task
static struct helios_thread threads[2];
static _Alignas(16) char stacks[2][STACK];

static void must(struct helios_answer answer, const char *what) {
    if (answer.status != HELIOS_OK) {
        helios_printf("calls: %s: %s\n", what, helios_strerror(answer.status));
        helios_call(HELIOS_INIT_POWER, HELIOS_POWER_OFF, 0, 0, 0);
    }
}

static void serve(void *unused) {
    (void)unused;
    struct helios_message message;
    helios_recv(service, 0, &message);
    for (;;) {
        uint64_t x = message.params[0];
        message = helios_message_of(helios_tag(HELIOS_OK, 0, 1, 0), x * x, 0);
        helios_reply_recv(service, &message); // answers, and waits for the next one
    }
}

static void ask(void *unused) {
    (void)unused;
    for (uint64_t x = 1; x <= QUESTIONS; x++) {
        struct helios_answer answer = helios_call(service, SQUARE, 1, x, 0);
        helios_call(report, RESULT, 2, x, answer.value);
    }
    helios_call(threads[1].task, HELIOS_TASK_SUSPEND, 0, 0, 0);
}

// Maps the pages of this program's own image, which stand in a run of slots, at the same addresses.
// Sharing them, data included, is good enough for an example.
static void share_image(uint64_t vspace) {
    for (uint64_t address = IMAGE;; address += PAGE) {
        struct helios_answer here =
            helios_call(HELIOS_INIT_VSPACE, HELIOS_VSPACE_QUERY, 1, address, 0);
        if (here.status == HELIOS_ERROR_NOT_MAPPED || here.status == HELIOS_ERROR_MISSING_TABLE) {
            return;
        }
        must(here, "query");
        for (uint64_t i = 0; i < machine->image_pages; i++) {
            uint64_t slot = machine->image_slot + i;
            if (helios_call(slot, HELIOS_PAGE_QUERY, 0, 0, 0).value == here.value) {
                must(helios_map(vspace, machine->memories[0].slot, slot, address, here.more[0]),
                     "share");
            }
        }
    }
}

static void start(unsigned index, void (*entry)(void *)) {
    uint64_t memory = machine->memories[0].slot;
    struct helios_answer vspace = helios_allocate(memory, HELIOS_TYPE_VSPACE, 0);
    must(vspace, "address space");
    share_image(vspace.value);
    // The thread is made in our own address space, where its buffer can be written, and then moved.
    uint64_t buffer = BUFFER + index * PAGE;
    struct helios_thread_config config = {
        .memory = memory,
        .own_cspace = HELIOS_INIT_CSPACE,
        .cspace = HELIOS_INIT_CSPACE,
        .vspace = HELIOS_INIT_VSPACE,
        .authority = HELIOS_INIT_TASK,
        .stack = stacks[index],
        .stack_size = STACK,
        .buffer_address = buffer,
        .priority = 20,
        .entry = entry,
    };
    must(helios_thread_create(&threads[index], &config), "task");
    must(helios_map(vspace.value, memory, threads[index].buffer_page, buffer, HELIOS_MAP_WRITE),
         "buffer");
    must(helios_call_with(threads[index].task, HELIOS_TASK_CONFIGURE, vspace.value, 1,
                          HELIOS_TASK_VSPACE, 0, 0),
         "configure");
    must(helios_call(threads[index].task, HELIOS_TASK_RESUME, 0, 0, 0), "resume");
}

void helios_main(const struct helios_bootinfo *bootinfo) {
    machine = bootinfo;
    uint64_t memory = machine->memories[0].slot;
    service = helios_allocate(memory, HELIOS_TYPE_ENDPOINT, 0).value;
    report = helios_allocate(memory, HELIOS_TYPE_ENDPOINT, 0).value;
    // A page beside the buffers brings the page tables that they need into this address space.
    must(helios_map_new(HELIOS_INIT_VSPACE, memory, BUFFER + 2 * PAGE, 0), "tables");
    start(0, serve);
    start(1, ask);
    for (unsigned i = 0; i < QUESTIONS; i++) {
        struct helios_message message;
        helios_recv(report, 0, &message);
        helios_printf("calls: the square of %lu is %lu\n", (unsigned long)message.params[0],
                      (unsigned long)message.params[1]);
        helios_reply(HELIOS_CADDR_UNDEF, helios_message_of(HELIOS_OK, 0, 0));
    }
    helios_printf("helios: exit status 0\n");
    helios_call(HELIOS_INIT_POWER, HELIOS_POWER_OFF, 0, 0, 0);
}

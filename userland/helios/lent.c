// SPDX-License-Identifier: MIT
//
// A thread gets the faults of those that use lent pages. Where one is missing it maps the spare
// page, the same for all: nobody is to find anything there.
#include "userland/helios/lent.h"

#include <stddef.h>

#include "uapi/fault.h"
#include "uapi/object.h"
#include "userland/helios/ipc.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/helios/sync.h"
#include "userland/helios/thread.h"

enum {
    STACK_BYTES = 16384,
    STAND_STILL = 0xff, // no enum helios_fault_answer: the task is suspended
};

static struct {
    struct helios_mutex lock; // guards `first`
    struct helios_lent *first;
    uint64_t endpoint; // faults; their badge is the slot of the task. 0: nothing has begun
    uint64_t spare;    // Page
} self;

static bool stand_in(uint64_t address) {
    bool is_there = false;
    helios_mutex_lock(&self.lock);
    for (struct helios_lent *lent = self.first; lent != NULL && !is_there; lent = lent->next) {
        if (address - lent->address < lent->bytes) {
            __atomic_store_n(&lent->is_gone, true, __ATOMIC_RELEASE);
            is_there =
                helios_vm_map(self.spare, address & ~(HELIOS_PAGE_BYTES - 1), HELIOS_MAP_WRITE)
                    .status == HELIOS_OK;
        }
    }
    helios_mutex_unlock(&self.lock);
    return is_there;
}

// Any other fault: the task does it again, and it goes to whom it would have gone to.
static uint32_t pass_on(uint64_t task) {
    const uint64_t manager = helios_environment.fault;
    bool is_passed =
        manager != 0 &&
        helios_task_configure(task, &manager, 1, HELIOS_TASK_FAULT_ENDPOINT).status == HELIOS_OK;
    return is_passed ? HELIOS_FAULT_RETRY : STAND_STILL;
}

static uint32_t answer_to(const struct helios_message *message) {
    uint32_t fault = helios_tag_label(message->tag);
    uint64_t task = message->capability;
    bool is_access = fault == HELIOS_FAULT_READ || fault == HELIOS_FAULT_WRITE;
    return is_access && stand_in(message->params[0]) ? HELIOS_FAULT_RETRY : pass_on(task);
}

static void serve(void *argument) {
    struct helios_message message;
    (void)argument;
    uint32_t flags = helios_recv(self.endpoint, 0, &message);
    while ((flags & HELIOS_FLAG_ERROR) == 0) {
        message = helios_message_of(helios_tag(answer_to(&message), 0, 0, 0), 0, 0);
        flags = helios_reply_recv(self.endpoint, &message);
    }
}

static enum helios_error begin(void) {
    static const struct helios_thread_options options = {.name = "lent", .stack_size = STACK_BYTES};
    struct helios_thread *thread;
    struct helios_answer endpoint = helios_make(HELIOS_TYPE_ENDPOINT, 0);
    if (endpoint.status != HELIOS_OK) {
        return endpoint.status;
    }
    struct helios_answer spare = helios_make(HELIOS_TYPE_PAGE, 0);
    enum helios_error status = spare.status;
    if (status == HELIOS_OK) {
        self.endpoint = endpoint.value;
        self.spare = spare.value;
        status = helios_thread_run(serve, NULL, &options, &thread);
    }
    if (status != HELIOS_OK) {
        helios_drop(endpoint.value);
        helios_drop(spare.status == HELIOS_OK ? spare.value : 0);
        self.endpoint = 0;
    }
    return status;
}

// The calling thread's faults come to the other one from now on.
static enum helios_error take_faults(void) {
    uint64_t task = helios_self()->task;
    struct helios_answer copy =
        helios_copy(self.endpoint, HELIOS_RIGHT_WRITE | HELIOS_RIGHT_GRANT, task);
    if (copy.status != HELIOS_OK) {
        return copy.status;
    }
    const uint64_t part = copy.value;
    struct helios_answer answer = helios_task_configure(task, &part, 1, HELIOS_TASK_FAULT_ENDPOINT);
    helios_drop(part);
    return answer.status;
}

// Where the list says that it is; NULL there: it is not in it. The caller has the lock.
static struct helios_lent **find(const struct helios_lent *lent) {
    struct helios_lent **at = &self.first;
    while (*at != NULL && *at != lent) {
        at = &(*at)->next;
    }
    return at;
}

static void add(struct helios_lent *lent, uint64_t address, uint64_t bytes) {
    helios_mutex_lock(&self.lock);
    bool is_in = *find(lent) != NULL;
    bool is_same = is_in && lent->address == address && lent->bytes == bytes;
    if (!is_same) {
        struct helios_lent *next = is_in ? lent->next : self.first;
        *lent = (struct helios_lent){.address = address, .bytes = bytes, .next = next};
    }
    if (!is_in) {
        self.first = lent;
    }
    helios_mutex_unlock(&self.lock);
}

enum helios_error helios_lent_begin(struct helios_lent *lent, uint64_t address, uint64_t bytes) {
    static struct helios_mutex beginning;
    enum helios_error status = HELIOS_OK;
    helios_mutex_lock(&beginning);
    if (self.endpoint == 0) {
        status = begin();
    }
    if (status == HELIOS_OK) {
        status = take_faults();
    }
    helios_mutex_unlock(&beginning);
    if (status == HELIOS_OK) {
        add(lent, address, bytes);
    }
    return status;
}

bool helios_lent_is_gone(const struct helios_lent *lent) {
    return __atomic_load_n(&lent->is_gone, __ATOMIC_ACQUIRE);
}

void helios_lent_end(struct helios_lent *lent) {
    helios_mutex_lock(&self.lock);
    struct helios_lent **at = find(lent);
    if (*at != NULL) {
        *at = lent->next;
    }
    helios_mutex_unlock(&self.lock);
}

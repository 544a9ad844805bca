// SPDX-License-Identifier: GPL-3.0-only
#include "testing/fuzz/guest/witness.h"

#include <stddef.h>

#include "testing/fuzz/guest/state.h"
#include "uapi/object.h"
#include "userland/helios/objects.h"

enum { PERIOD_NS = 400000 };

bool witness_expect(struct witness *self, uint64_t found, uint64_t wanted, const char *what) {
    if (found != wanted && self->wrong == NULL) {
        self->found = found;
        self->wanted = wanted;
        self->wrong = what;
    }
    return found == wanted;
}

static bool works(struct witness *self, struct helios_answer answer, const char *what) {
    return witness_expect(self, answer.status, HELIOS_OK, what);
}

static void fill(struct helios_message *message, uint64_t first, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        uint64_t *word = i < 4 ? &message->params[i] : &helios_buffer->params[i];
        *word = i == 0 ? first : witness_word(first, i);
    }
    message->tag = helios_tag(0, 0, count, 0);
}

static void check(struct witness *self, const struct helios_message *message, uint64_t first,
                  uint32_t count, const char *what) {
    witness_expect(self, helios_tag_label(message->tag), 0, what);
    witness_expect(self, helios_tag_params(message->tag), count, what);
    for (uint32_t i = 1; i < count; i++) {
        uint64_t word = i < 4 ? message->params[i] : helios_buffer->params[i];
        witness_expect(self, word, witness_word(first, i), what);
    }
}

static void prepare(void) {
    for (unsigned i = 0; i < HELIOS_MAX_CAPS; i++) {
        helios_buffer->receive[i] = HELIOS_CADDR_UNDEF;
    }
    helios_buffer->receive_count = HELIOS_MAX_CAPS;
}

_Noreturn void witness_server(void *witness) {
    struct witness *self = witness;
    prepare();
    struct helios_message message = {.capability = WITNESS_SLOT_ENDPOINT};
    for (;;) {
        helios_syscall(HELIOS_SYS_RECV, &message);
        witness_expect(self, helios_tag_flags(message.tag), HELIOS_FLAG_CALL, "a server is called");
        witness_expect(self, message.capability, WITNESS_BADGE, "the badge of a call");
        uint32_t count = helios_tag_params(message.tag);
        uint64_t first = message.params[0];
        check(self, &message, first, count, "what a call says");
        fill(&message, first + 1, count);
        message.capability = WITNESS_SLOT_ENDPOINT;
        message.tag |= helios_tag(0, 0, 0, HELIOS_FLAG_REPLY);
        self->beats++;
    }
}

static void talk(struct witness *self) {
    struct helios_message message = {.capability = WITNESS_SLOT_ENDPOINT};
    uint64_t first = fuzz_random(&self->random);
    uint32_t count = 1 + (uint32_t)(first >> 32) % HELIOS_MAX_PARAMS;
    fill(&message, first, count);
    helios_syscall(HELIOS_SYS_CALL, &message);
    witness_expect(self, message.params[0], first + 1, "the first word of an answer");
    check(self, &message, first + 1, count, "what an answer says");
}

static void signal_and_wait(struct witness *self) {
    struct helios_message message = {.capability = WITNESS_SLOT_NOTIFICATION};
    helios_syscall(HELIOS_SYS_SIGNAL, &message);
    witness_expect(self, helios_tag_label(message.tag), HELIOS_OK, "signal");
    message = (struct helios_message){.capability = WITNESS_SLOT_NOTIFICATION};
    helios_syscall(HELIOS_SYS_WAIT, &message);
    witness_expect(self, message.params[0], WITNESS_BADGE, "what is waited for");
}

static void map(struct witness *self, uint64_t page) {
    works(self, helios_vspace_map(WITNESS_SLOT_VSPACE, page, self->page_address, HELIOS_MAP_WRITE),
          "map a page");
}

// By name, or by taking back what was derived from its capability.
static void unmap(struct witness *self, uint64_t page) {
    if (fuzz_random(&self->random) % 2 == 0) {
        works(self, helios_vspace_unmap(WITNESS_SLOT_VSPACE, self->page_address), "unmap a page");
    } else {
        works(self, helios_cspace_revoke(WITNESS_SLOT_CSPACE, page), "revoke a page");
    }
}

// Two pages take turns at one address: what is read has to be what the one that is there holds.
static void use_pages(struct witness *self) {
    volatile uint64_t *words = (volatile uint64_t *)(uintptr_t)self->page_address;
    uint64_t at = fuzz_random(&self->random) % (FUZZ_PAGE / sizeof(*words));
    if (!works(self, helios_memory_allocate(WITNESS_SLOT_MEMORY, HELIOS_TYPE_PAGE, 0, 2),
               "make pages")) {
        return;
    }
    const uint64_t pages[2] = {helios_buffer->caps[0], helios_buffer->caps[1]};
    for (uint64_t i = 0; i < 2; i++) {
        map(self, pages[i]);
        witness_expect(self, words[at], 0, "a page that was just made");
        words[at] = witness_word(i, at);
        unmap(self, pages[i]);
    }
    for (uint64_t i = 0; i < 2; i++) {
        map(self, pages[i]);
        witness_expect(self, words[at], witness_word(i, at), "a page that is mapped again");
        unmap(self, pages[i]);
    }
    works(self, helios_cspace_destroy(WITNESS_SLOT_CSPACE, pages, 2), "destroy pages");
}

static void copy_and_revoke(struct witness *self) {
    struct helios_answer made =
        helios_memory_allocate(WITNESS_SLOT_MEMORY, HELIOS_TYPE_ENDPOINT, 0, 1);
    uint64_t endpoint = helios_buffer->caps[0];
    if (!works(self, made, "make an endpoint")) {
        return;
    }
    for (uint64_t badge = 1; badge < 6; badge++) {
        struct helios_answer copy = helios_cspace_copy(WITNESS_SLOT_CSPACE, endpoint,
                                                       HELIOS_CADDR_UNDEF, HELIOS_RIGHT_ALL, badge);
        works(self, copy, "copy a capability");
        witness_expect(self, helios_identify(copy.value).more[1], badge, "the badge of a copy");
    }
    works(self, helios_cspace_revoke(WITNESS_SLOT_CSPACE, endpoint), "revoke an endpoint");
    works(self, helios_cspace_destroy(WITNESS_SLOT_CSPACE, &endpoint, 1), "destroy an endpoint");
}

// Nothing of what was made is left. The first time, this is how it has to stay: a Memory keeps a
// page for the next small object.
static void count(struct witness *self) {
    uint64_t bytes = helios_memory_query(WITNESS_SLOT_MEMORY).value;
    uint64_t slots = helios_cspace_query(WITNESS_SLOT_CSPACE).found;
    if (self->beats == 0) {
        self->free_bytes = bytes;
        self->free_slots = slots;
    }
    witness_expect(self, bytes, self->free_bytes, "what is free in a Memory");
    witness_expect(self, slots, self->free_slots, "what is free in a CSpace");
}

_Noreturn void witness_client(void *witness) {
    struct witness *self = witness;
    prepare();
    for (;;) {
        talk(self);
        signal_and_wait(self);
        use_pages(self);
        copy_and_revoke(self);
        count(self);
        self->beats++;
        struct helios_message message = {
            .tag = helios_tag(0, 0, 2, 0),
            .params = {0, fuzz_now(self->clock_hz) + PERIOD_NS},
        };
        helios_syscall(HELIOS_SYS_POLLX, &message);
        witness_expect(self, helios_tag_label(message.tag), HELIOS_ERROR_DEADLINE,
                       "how a sleep ends");
    }
}

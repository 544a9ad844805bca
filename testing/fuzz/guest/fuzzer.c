// SPDX-License-Identifier: GPL-3.0-only
//
// What a fuzzing task does: one random step after another, for ever. It runs on its own stack and
// state page and writes nowhere else but into its IPC buffer and what it has mapped itself, so that
// it can be begun anew at any time.
#include <stddef.h>

#include "testing/fuzz/guest/state.h"
#include "testing/fuzz/invocations.h"
#include "uapi/object.h"
#include "uapi/registers.h"

#include <fuzz_arch.h>

enum { LONGEST_WAIT_NS = 300000, TASK_CEILING = 40 };

static uint64_t pick(struct fuzz_state *self, uint64_t count) {
    return (fuzz_random(&self->random) >> 16) % count;
}

static uint64_t soon(struct fuzz_state *self) {
    return fuzz_now(self->clock_hz) + pick(self, LONGEST_WAIT_NS);
}

static size_t length(const char *text) {
    size_t count = 0;
    while (text[count] != '\0') {
        count++;
    }
    return count;
}

// What the task believes of a slot is made true.
static uint32_t look(struct fuzz_state *self, uint64_t slot) {
    struct helios_message answer =
        fuzz_enter(self, HELIOS_SYS_IDENTIFY, (struct helios_message){.capability = slot});
    uint32_t type =
        helios_tag_label(answer.tag) == HELIOS_OK ? (uint32_t)answer.params[0] : HELIOS_TYPE_NULL;
    if (slot < FUZZ_SLOTS) {
        self->types[slot] = (uint8_t)type;
    }
    return type;
}

// What an answer or a message brought.
static void look_at_caps(struct fuzz_state *self, uint64_t tag) {
    for (uint32_t i = 0; i < helios_tag_caps(tag) && i < 4; i++) {
        look(self, fuzz_buffer(self)->caps[i]);
    }
}

// Where what arrives is to go.
static void offer_slots(struct fuzz_state *self) {
    struct helios_ipc_buffer *buffer = fuzz_buffer(self);
    for (unsigned i = 0; i < 4; i++) {
        buffer->receive[i] = pick(self, 16) == 0 ? pick(self, FUZZ_SLOTS + 2) : HELIOS_CADDR_UNDEF;
    }
    for (unsigned i = 4; i < HELIOS_MAX_CAPS; i++) {
        buffer->receive[i] = HELIOS_CADDR_UNDEF;
    }
    buffer->receive_count = pick(self, 8) == 0 ? pick(self, 40) : HELIOS_MAX_CAPS;
    buffer->deadline = soon(self);
}

// Registers that somebody is to go on with: rarely those of a task that runs.
static void random_registers(struct fuzz_state *self, uint64_t *words) {
    static const uint64_t flags[] = {0, 0x202, 0x102, ~0ull, 0x3c5, 0x10, 0x2400d5};
    for (unsigned i = 0; i < HELIOS_STUB_REGISTERS; i++) {
        words[i] = pick(self, 2) == 0 ? fuzz_value(self, 'a') : fuzz_strange(self);
    }
    words[HELIOS_REGISTER_FLAGS] = flags[pick(self, sizeof(flags) / sizeof(flags[0]))];
    if (pick(self, 4) == 0) {
        words[HELIOS_REGISTER_PC] = (uint64_t)(uintptr_t)fuzz_task;
    }
}

static struct helios_message call(struct fuzz_state *self, uint64_t number, uint64_t capability,
                                  uint32_t label, const char *caps, const char *params,
                                  uint32_t flags) {
    struct helios_ipc_buffer *buffer = fuzz_buffer(self);
    struct helios_message message = {.capability = capability};
    uint32_t count = 0;
    offer_slots(self);
    for (; params[count] != '\0' && params[count] != 'x'; count++) {
        uint64_t value = fuzz_value(self, params[count]);
        *(count < 4 ? &message.params[count] : &buffer->params[count]) = value;
    }
    if (params[count] == 'x') {
        random_registers(self, &buffer->params[count]);
        message.params[0] = fuzz_strange(self) & ((1ull << HELIOS_STUB_REGISTERS) - 1);
        count += HELIOS_STUB_REGISTERS;
    }
    uint32_t cap_count = (uint32_t)length(caps);
    for (uint32_t i = 0; i < cap_count; i++) {
        buffer->caps[i] = fuzz_capability(self, caps[i]);
    }
    cap_count = pick(self, 128) == 0 ? (uint32_t)pick(self, 40) : cap_count;
    count = pick(self, 128) == 0 ? (uint32_t)pick(self, 80) : count;
    message.tag = helios_tag(label, cap_count, count, flags);
    struct helios_message answer = fuzz_enter(self, number, message);
    look_at_caps(self, answer.tag);
    return answer;
}

static void invoke(struct fuzz_state *self) {
    static const char kinds[] = "***mcvvt"; // pages are many
    uint64_t capability = fuzz_capability(self, kinds[pick(self, sizeof(kinds) - 1)]);
    uint32_t type = capability < FUZZ_SLOTS ? self->types[capability] : HELIOS_TYPE_CSPACE;
    const struct fuzz_invocation *known =
        fuzz_invocation_of(type, (uint32_t)fuzz_random(&self->random));
    uint64_t number = pick(self, 16) == 0 ? HELIOS_SYS_SEND : HELIOS_SYS_CALL;
    if (known == NULL || pick(self, 64) == 0) {
        call(self, number, capability, (uint32_t)pick(self, 24), "", "www", 0);
        return;
    }
    // The console is slow, and so are hundreds of lines.
    if (known->type == HELIOS_TYPE_TASK && known->label == HELIOS_TASK_DUMP &&
        pick(self, 64) != 0) {
        return;
    }
    struct helios_message answer =
        call(self, number, capability, known->label, known->caps, known->params, 0);
    size_t row = (size_t)(known - fuzz_invocations);
    bool is_accepted = helios_tag_label(answer.tag) == HELIOS_OK;
    (*(is_accepted ? &self->totals.accepted[row] : &self->totals.refused[row]))++;
}

// Several calls in a row, as programs make them: what random ones alone hardly ever reach.
// -----------

static bool invoke_with(struct fuzz_state *self, uint64_t capability, uint32_t label,
                        const uint64_t caps[4], uint32_t cap_count, const uint64_t params[4],
                        uint32_t count) {
    struct helios_ipc_buffer *buffer = fuzz_buffer(self);
    buffer->receive[0] = HELIOS_CADDR_UNDEF;
    buffer->receive_count = HELIOS_MAX_CAPS;
    for (uint32_t i = 0; i < cap_count; i++) {
        buffer->caps[i] = caps[i];
    }
    struct helios_message answer =
        fuzz_enter(self, HELIOS_SYS_CALL,
                   (struct helios_message){
                       .capability = capability,
                       .tag = helios_tag(label, cap_count, count, 0),
                       .params = {params[0], params[1], params[2], params[3]},
                   });
    return helios_tag_label(answer.tag) == HELIOS_OK;
}

#define CAPS(...)   ((const uint64_t[4]){__VA_ARGS__})
#define PARAMS(...) ((const uint64_t[4]){__VA_ARGS__})

// Where a new object's capability is; UNDEF if there is none.
static uint64_t make(struct fuzz_state *self, uint64_t type, uint64_t size) {
    if (!invoke_with(self, fuzz_capability(self, 'm'), HELIOS_MEMORY_ALLOCATE, CAPS(0), 0,
                     PARAMS(type, size, 1), 3)) {
        return HELIOS_CADDR_UNDEF;
    }
    uint64_t slot = fuzz_buffer(self)->caps[0];
    look(self, slot);
    return slot;
}

// Maps a page with the tables that it takes.
static bool map(struct fuzz_state *self, uint64_t space, uint64_t page, uint64_t address,
                uint64_t flags) {
    for (unsigned level = 3; level-- > 0;) {
        if (invoke_with(self, space, HELIOS_VSPACE_MAP, CAPS(page), 1, PARAMS(address, flags), 2)) {
            return true;
        }
        uint64_t table = make(self, HELIOS_TYPE_TABLE_0 + level, 0);
        invoke_with(self, space, HELIOS_VSPACE_MAP, CAPS(table), 1, PARAMS(address), 2);
    }
    return invoke_with(self, space, HELIOS_VSPACE_MAP, CAPS(page), 1, PARAMS(address, flags), 2);
}

// A task that does anything at all, from the first instruction on.
static void spawn(struct fuzz_state *self) {
    uint64_t task = make(self, HELIOS_TYPE_TASK, 0);
    uint64_t buffer = make(self, HELIOS_TYPE_PAGE, 0);
    invoke_with(self, task, HELIOS_TASK_CONFIGURE,
                CAPS(fuzz_capability(self, 'c'), fuzz_capability(self, 'v'), buffer,
                     fuzz_capability(self, 'e')),
                4, PARAMS(HELIOS_TASK_PARTS), 1);
    random_registers(self, &fuzz_buffer(self)->params[4]);
    invoke_with(self, task, HELIOS_TASK_WRITE_REGISTERS, CAPS(0), 0,
                PARAMS((1ull << HELIOS_STUB_REGISTERS) - 1), 4 + HELIOS_STUB_REGISTERS);
    invoke_with(self, task, HELIOS_TASK_SET_PRIORITY, CAPS(fuzz_capability(self, 't')), 1,
                PARAMS(28 + pick(self, 8), TASK_CEILING), 2);
    invoke_with(self, task, HELIOS_TASK_RESUME, CAPS(0), 0, PARAMS(0), 0);
}

// Everything that came from a capability, and itself.
static void end(struct fuzz_state *self, char kind) {
    uint64_t victim = fuzz_capability(self, kind);
    invoke_with(self, FUZZ_SLOT_CSPACE, HELIOS_CSPACE_REVOKE, CAPS(0), 0, PARAMS(victim), 1);
    if (victim > FUZZ_SLOT_MEMORY || pick(self, 16) == 0) {
        invoke_with(self, FUZZ_SLOT_CSPACE, HELIOS_CSPACE_DESTROY, CAPS(0), 0, PARAMS(victim), 1);
        look(self, victim);
    }
}

// Room for others.
static void tidy(struct fuzz_state *self) {
    uint64_t slots[4];
    for (unsigned i = 0; i < 4; i++) {
        slots[i] = FUZZ_SLOT_MEMORY + 1 + pick(self, FUZZ_SLOTS - FUZZ_SLOT_MEMORY - 1);
    }
    invoke_with(self, FUZZ_SLOT_CSPACE, HELIOS_CSPACE_DESTROY, CAPS(0), 0, slots, 4);
    for (unsigned i = 0; i < 4; i++) {
        look(self, slots[i]);
    }
}

// As many copies as there is room for, so that revoking them takes long.
static void multiply(struct fuzz_state *self) {
    uint64_t source = fuzz_capability(self, '*');
    uint64_t into =
        pick(self, 2) == 0 ? make(self, HELIOS_TYPE_CSPACE, 7) : (uint64_t)FUZZ_SLOT_CSPACE;
    for (uint64_t i = pick(self, 64); i > 0; i--) {
        if (!invoke_with(self, into, HELIOS_CSPACE_COPY, CAPS(source), 1,
                         PARAMS(HELIOS_CADDR_UNDEF, HELIOS_RIGHT_ALL), 3)) {
            break;
        }
    }
}

// Takes what there is of one Memory.
static void exhaust(struct fuzz_state *self) {
    for (unsigned i = 0; i < 16 && make(self, HELIOS_TYPE_PAGE, 0) != HELIOS_CADDR_UNDEF; i++) {
    }
}

// Code of any kind, and off into it.
static void run_code(struct fuzz_state *self) {
    static const uint64_t words[] = FUZZ_CODE_WORDS;
    uint64_t page = make(self, HELIOS_TYPE_PAGE, 0);
    uint64_t at = fuzz_value(self, 'a') & ~(FUZZ_PAGE - 1);
    if (at < FUZZ_REGION || !map(self, FUZZ_SLOT_VSPACE, page, at, HELIOS_MAP_WRITE)) {
        return;
    }
    uint32_t *code = (uint32_t *)(uintptr_t)at;
    for (unsigned i = 0; i < FUZZ_PAGE / sizeof(*code); i += 2) {
        uint64_t random = fuzz_random(&self->random);
        uint64_t word = words[random / 2 % (sizeof(words) / sizeof(words[0]))];
        bool is_known = random % 2 == 0;
        code[i] = is_known ? (uint32_t)word : fuzz_code((uint32_t)random);
        code[i + 1] = is_known ? (uint32_t)(word >> 32) : fuzz_code((uint32_t)(random >> 32));
    }
    invoke_with(self, page, HELIOS_PAGE_SYNC_CODE, CAPS(0), 0, PARAMS(0, FUZZ_PAGE), 2);
    invoke_with(self, FUZZ_SLOT_VSPACE, HELIOS_VSPACE_UNMAP, CAPS(0), 0, PARAMS(at), 1);
    if (map(self, FUZZ_SLOT_VSPACE, page, at, HELIOS_MAP_EXECUTE)) {
        ((void (*)(void))(uintptr_t)(at + pick(self, FUZZ_PAGE / 8) * 8))();
    }
}

// Something that others are made of, or stand in.
static void nest(struct fuzz_state *self) {
    bool is_memory = pick(self, 2) == 0;
    make(self, is_memory ? HELIOS_TYPE_MEMORY : HELIOS_TYPE_CSPACE,
         is_memory ? 14 + pick(self, 3) : 2 + pick(self, 6));
}

static void several(struct fuzz_state *self) {
    switch (pick(self, 16)) {
    case 0:
        spawn(self);
        break;
    case 1:
        end(self, 't');
        break;
    case 2:
        end(self, '*');
        break;
    case 3:
    case 4:
        map(self, fuzz_capability(self, 'v'), fuzz_capability(self, 'P'), fuzz_value(self, 'a'),
            fuzz_value(self, 'f'));
        break;
    case 5:
        multiply(self);
        break;
    case 6:
        exhaust(self);
        break;
    case 7:
        end(self, 'R');
        break;
    case 8:
        run_code(self);
        break;
    case 9:
    case 10:
    case 11:
    case 12:
        tidy(self);
        break;
    case 13:
        nest(self);
        break;
    case 14:
        make(self, HELIOS_TYPE_CSPACE + pick(self, 9), 0);
        break;
    default:
        invoke_with(self, FUZZ_SLOT_CSPACE, HELIOS_CSPACE_SAVE_REPLY, CAPS(0), 0,
                    PARAMS(HELIOS_CADDR_UNDEF), 1);
    }
}

// Messages.
// ------------------------------------------------------------------------------------------

static void message(struct fuzz_state *self) {
    static const uint8_t numbers[] = {HELIOS_SYS_CALL,  HELIOS_SYS_RECV, HELIOS_SYS_CALL,
                                      HELIOS_SYS_RECV,  HELIOS_SYS_SEND, HELIOS_SYS_NBRECV,
                                      HELIOS_SYS_NBSEND};
    static const char *const all_caps[] = {"", "", "", "", "e", "*", "**", "****"};
    static const char *const all_params[] = {"", "w", "wwww", "wwwwwwww"};
    uint64_t number = numbers[pick(self, sizeof(numbers))];
    bool receives = number == HELIOS_SYS_RECV || number == HELIOS_SYS_NBRECV;
    bool waits = number != HELIOS_SYS_NBRECV && number != HELIOS_SYS_NBSEND;
    uint32_t flags = waits && pick(self, 16) != 0 ? HELIOS_FLAG_DEADLINE : 0;
    flags |= receives && pick(self, 2) == 0 ? HELIOS_FLAG_REPLY : 0;
    flags |= pick(self, 64) == 0 ? 1u << pick(self, 16) : 0;
    bool brings = !receives || (flags & HELIOS_FLAG_REPLY) != 0 || pick(self, 16) == 0;
    const char *caps = brings ? all_caps[pick(self, 8)] : "";
    const char *params = brings ? all_params[pick(self, 4)] : "";
    call(self, number, fuzz_capability(self, 'e'), (uint32_t)pick(self, 4), caps, params, flags);
}

static void reply(struct fuzz_state *self) {
    static const char *const all_caps[] = {"", "", "*", "e"};
    static const char *const all_params[] = {"", "w", "wwww", "w000x"};
    uint64_t capability = pick(self, 2) == 0 ? HELIOS_CADDR_UNDEF : fuzz_capability(self, 'R');
    call(self, HELIOS_SYS_REPLY, capability, (uint32_t)pick(self, 4), all_caps[pick(self, 4)],
         all_params[pick(self, 4)], 0);
}

static void notification(struct fuzz_state *self) {
    static const uint8_t numbers[] = {HELIOS_SYS_SIGNAL, HELIOS_SYS_WAIT, HELIOS_SYS_SIGNAL,
                                      HELIOS_SYS_NBWAIT};
    uint64_t number = numbers[pick(self, 4)];
    bool has_deadline = number == HELIOS_SYS_WAIT && pick(self, 16) != 0;
    call(self, number, fuzz_capability(self, 'n'), 0, "", "",
         has_deadline ? HELIOS_FLAG_DEADLINE : 0);
}

static void poll(struct fuzz_state *self) {
    struct helios_ipc_buffer *buffer = fuzz_buffer(self);
    uint64_t count = pick(self, 32) == 0 ? pick(self, 40) : pick(self, 5);
    for (uint64_t i = 0; i < count && i < HELIOS_MAX_POLL; i++) {
        buffer->poll[i].capability = fuzz_capability(self, pick(self, 2) == 0 ? 'e' : 'n');
        buffer->poll[i].events =
            (uint32_t)(pick(self, 32) == 0 ? fuzz_strange(self) : 1 + pick(self, 3));
    }
    bool sleeps = pick(self, 16) != 0;
    fuzz_enter(self, sleeps ? HELIOS_SYS_POLLX : HELIOS_SYS_POLL,
               (struct helios_message){
                   .tag = helios_tag(0, 0, sleeps ? 2 : 1, 0),
                   .params = {count, soon(self)},
               });
}

// The rest.
// ------------------------------------------------------------------------------------------

static void simple(struct fuzz_state *self) {
    struct helios_message message = {.capability = fuzz_capability(self, '*')};
    switch (pick(self, 8)) {
    case 0:
        message.tag = helios_tag(0, 0, 1, 0);
        message.params[0] = pick(self, 8) == 0 ? fuzz_strange(self) : pick(self, 32);
        fuzz_enter(self, HELIOS_SYS_WRITECONS, message);
        break;
    case 1:
        fuzz_enter(self, HELIOS_SYS_COUNT + pick(self, 4), message);
        break;
    case 2:
    case 3:
        fuzz_enter(self, HELIOS_SYS_YIELD, message);
        break;
    default:
        look(self, pick(self, FUZZ_SLOTS));
    }
}

// Anything at all.
static void raw(struct fuzz_state *self) {
    struct helios_message message = {
        .capability = fuzz_capability(self, '*'),
        .tag = fuzz_random(&self->random),
    };
    if (pick(self, 2) == 0) { // counts and labels that exist
        message.tag &= 0x0003070300000007ull;
    }
    for (unsigned i = 0; i < 4; i++) {
        message.params[i] = fuzz_strange(self);
    }
    fuzz_enter(self, pick(self, HELIOS_SYS_COUNT + 1), message);
}

// Anything in the buffer but in the text, which people have to read.
static void scribble(struct fuzz_state *self) {
    volatile uint64_t *words = (volatile uint64_t *)(uintptr_t)FUZZ_BUFFER(self->index);
    size_t count = offsetof(struct helios_ipc_buffer, text) / sizeof(*words);
    for (uint64_t i = pick(self, 32); i > 0; i--) {
        words[pick(self, count)] = fuzz_strange(self);
    }
}

// Reads, writes or runs what may be mapped or not.
static void touch(struct fuzz_state *self) {
    uint64_t at = pick(self, 4) == 0 ? fuzz_strange(self) : fuzz_value(self, 'a');
    volatile uint64_t *word = (volatile uint64_t *)(uintptr_t)(at + (pick(self, 64) << 3));
    switch (pick(self, 4)) {
    case 0:
        (void)*word;
        break;
    case 1:
    case 2:
        if (at >= FUZZ_REGION) {
            *word = fuzz_strange(self);
        }
        break;
    default:
        fuzz_trap(fuzz_random(&self->random), fuzz_strange(self));
    }
}

static void step(struct fuzz_state *self) {
    switch (pick(self, 16)) {
    case 0:
        raw(self);
        break;
    case 1:
        scribble(self);
        break;
    case 2:
        if (pick(self, 4) == 0) {
            touch(self);
        }
        break;
    case 3:
    case 4:
    case 5:
        message(self);
        break;
    case 6:
        reply(self);
        break;
    case 7:
        notification(self);
        break;
    case 8:
        poll(self);
        break;
    case 9:
        simple(self);
        break;
    case 10:
    case 11:
        several(self);
        break;
    default:
        invoke(self);
    }
}

_Noreturn void fuzz_task(void *state) {
    struct fuzz_state *self = state;
    for (;;) {
        self->steps++;
        step(self);
    }
}

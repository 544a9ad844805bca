// SPDX-License-Identifier: GPL-3.0-only
#include "testing/conformance/refusals.h"

#include "testing/conformance/refusals_table.h"
#include "testing/conformance/wrapped.h"
#include "uapi/object.h"

#define ROW(row_type, row_label, row_name, row_error, row_argument, many)                          \
    {.type = (row_type),                                                                           \
     .is_many = (many),                                                                            \
     .label = (row_label),                                                                         \
     .error = HELIOS_ERROR_##row_error,                                                            \
     .argument = HELIOS_ARGUMENT_##row_argument,                                                   \
     .name = (row_name)},

struct refusal_row refusal_rows[] = {REFUSALS(ROW)};
const size_t refusal_row_count = sizeof(refusal_rows) / sizeof(refusal_rows[0]);

struct refusal_unknown refusals_unknown[REFUSALS_UNKNOWN];
size_t refusals_unknown_count;

// Noting. ------------------------------------------------------------------------------------

// Parameters, poll entries and capabilities each have a range of numbers.
static uint64_t range_of(uint64_t argument) {
    if (argument >= HELIOS_ARGUMENT_CAP) {
        return HELIOS_ARGUMENT_CAP;
    }
    return argument >= HELIOS_ARGUMENT_POLL ? HELIOS_ARGUMENT_POLL : HELIOS_ARGUMENT_PARAM;
}

static bool is_meant(const struct refusal_row *row, const struct refusal_unknown *seen) {
    if (row->type != seen->type || row->label != seen->label || row->error != seen->error) {
        return false;
    }
    return row->argument == seen->argument || (row->is_many && seen->argument >= row->argument &&
                                               range_of(seen->argument) == range_of(row->argument));
}

static bool is_same(const struct refusal_unknown *a, const struct refusal_unknown *b) {
    return a->type == b->type && a->label == b->label && a->error == b->error &&
           a->argument == b->argument;
}

static void keep_unknown(const struct refusal_unknown *seen) {
    for (size_t i = 0; i < refusals_unknown_count; i++) {
        if (is_same(&refusals_unknown[i], seen)) {
            return;
        }
    }
    if (refusals_unknown_count < REFUSALS_UNKNOWN) {
        refusals_unknown[refusals_unknown_count++] = *seen;
    }
}

// The manual's first page says these of all invocations; no table repeats them.
static bool is_of_every_invocation(const struct refusal_unknown *seen) {
    return seen->type != REFUSALS_OF_SYSCALLS &&
           (seen->error == HELIOS_ERROR_INVOCATION || seen->error == HELIOS_ERROR_CANCELLED ||
            (seen->error == HELIOS_ERROR_GONE && seen->argument == HELIOS_ARGUMENT_CAPABILITY));
}

static void note(const struct refusal_unknown *seen) {
    bool is_known = is_of_every_invocation(seen);
    for (size_t i = 0; i < refusal_row_count; i++) {
        if (is_meant(&refusal_rows[i], seen)) {
            refusal_rows[i].was_seen = true;
            is_known = true;
        }
    }
    // What a server answers may look like anything.
    bool may_be_a_servers = seen->type == REFUSALS_OF_SYSCALLS && seen->label == HELIOS_SYS_CALL;
    if (!is_known && !may_be_a_servers) {
        keep_unknown(seen);
    }
}

// Who is asked. ------------------------------------------------------------------------------

static bool may_invoke(uint64_t number) {
    return number == HELIOS_SYS_CALL || number == HELIOS_SYS_SEND || number == HELIOS_SYS_NBSEND;
}

// The type of an object that is going to be invoked, or REFUSALS_OF_SYSCALLS.
static uint64_t find_type(uint64_t number, uint64_t capability) {
    if (!may_invoke(number)) {
        return REFUSALS_OF_SYSCALLS;
    }
    struct helios_message message = {.capability = capability};
    helios_syscall(HELIOS_SYS_IDENTIFY, &message);
    bool is_object = helios_tag_label(message.tag) == HELIOS_OK &&
                     message.params[0] != HELIOS_TYPE_NULL &&
                     message.params[0] != HELIOS_TYPE_ENDPOINT;
    return is_object ? message.params[0] : REFUSALS_OF_SYSCALLS;
}

// A refusal has three parameters, and says so if it is no message.
static bool is_refusal(uint64_t number, uint64_t tag) {
    bool is_receive = number == HELIOS_SYS_RECV || number == HELIOS_SYS_NBRECV;
    bool is_error = !is_receive || (helios_tag_flags(tag) & HELIOS_FLAG_ERROR) != 0;
    return is_error && helios_tag_label(tag) != HELIOS_OK && helios_tag_params(tag) == 3 &&
           helios_tag_label(tag) < HELIOS_ERROR_COUNT && helios_tag_caps(tag) == 0;
}

void refusals_syscall(uint64_t number, struct helios_message *message) {
    uint64_t type = find_type(number, message->capability);
    uint32_t label = helios_tag_label(message->tag);
    helios_syscall(number, message);
    if (number < HELIOS_SYS_COUNT && is_refusal(number, message->tag)) {
        note(&(struct refusal_unknown){
            .type = type,
            .label = type == REFUSALS_OF_SYSCALLS ? number : label,
            .error = helios_tag_label(message->tag),
            .argument = message->params[0],
        });
    }
}

// The wrappers. ------------------------------------------------------------------------------

struct helios_answer WRAP(helios_invoke)(uint64_t capability, uint32_t label, uint32_t caps,
                                         uint32_t params, const uint64_t first[4]) {
    uint64_t type = find_type(HELIOS_SYS_CALL, capability);
    struct helios_answer answer = REAL(helios_invoke)(capability, label, caps, params, first);
    if (answer.status != HELIOS_OK && answer.status < HELIOS_ERROR_COUNT && answer.caps == 0) {
        note(&(struct refusal_unknown){
            .type = type,
            .label = type == REFUSALS_OF_SYSCALLS ? HELIOS_SYS_CALL : label,
            .error = answer.status,
            .argument = answer.value,
        });
    }
    return answer;
}

// SPDX-License-Identifier: GPL-3.0-only
#include "testing/fuzz/guest/report.h"

#include <stddef.h>

#include "uapi/names.h"
#include "uapi/object.h"
#include "userland/helios/console.h"
#include "userland/helios/error.h"
#include "userland/helios/objects.h"

struct fuzz_run fuzz_run;

static unsigned long number(uint64_t value) {
    return (unsigned long)value;
}

static _Noreturn void end(int status) {
    helios_printf("helios: exit status %d\n", status);
    for (;;) {
        helios_power_off(HELIOS_INIT_POWER);
    }
}

_Noreturn void fuzz_finding(const char *what, uint64_t found, uint64_t wanted) {
    helios_printf("\nfuzz: found: %s: 0x%lx, wanted 0x%lx, in round %lu after %lu calls\n", what,
                  number(found), number(wanted), number(fuzz_run.round), number(fuzz_run.made));
    helios_printf("fuzz: again: seed=%lu first=%lu\n", number(fuzz_run.seed),
                  number(fuzz_run.round));
    helios_printf("fuzz: FINDING\n"); // last: who drives the guest reads no further
    end(1);
}

struct helios_answer fuzz_must(struct helios_answer answer, const char *what) {
    if (answer.status != HELIOS_OK) {
        helios_printf("\nfuzz: %s: %s, argument %lu, found 0x%lx, wanted 0x%lx\n", what,
                      helios_strerror(answer.status), number(answer.value), number(answer.found),
                      number(answer.wanted));
        fuzz_finding("the supervisor was refused", answer.status, HELIOS_OK);
    }
    return answer;
}

void fuzz_progress(void) {
    helios_printf("\nfuzz: %lu calls, %lu rounds, %lu faults, %lu restarts, %lu rebuilt\n",
                  number(fuzz_run.made), number(fuzz_run.round), number(fuzz_run.faults),
                  number(fuzz_run.restarts), number(fuzz_run.rebuilt));
}

// The type's name, and the names of its invocations from label 1 on with blanks between them.
static const char *names_of(uint32_t type, const char **labels) {
    switch (type) {
#define CASE(object, names)                                                                        \
    case HELIOS_TYPE_##object:                                                                     \
        *labels = (names);                                                                         \
        return #object;
        HELIOS_INVOCATION_NAMES(CASE)
#undef CASE
    default:
        *labels = "";
        return "?";
    }
}

// One for each way to call an invocation: how often it was accepted and refused.
static void print_invocation(const struct fuzz_invocation *invocation, uint64_t accepted,
                             uint64_t refused) {
    const char *labels;
    const char *type = names_of(invocation->type, &labels);
    for (uint32_t label = 1; label < invocation->label && *labels != '\0'; labels++) {
        label += *labels == ' ' ? 1 : 0;
    }
    char name[32];
    size_t length = 0;
    for (; labels[length] != '\0' && labels[length] != ' ' && length + 1 < sizeof(name); length++) {
        name[length] = labels[length];
    }
    name[length] = '\0';
    helios_printf("fuzz: %s.%s{%s}(%s) accepted %lu, refused %lu\n", type, name, invocation->caps,
                  invocation->params, number(accepted), number(refused));
}

_Noreturn void fuzz_done(void) {
    static const char *const names[HELIOS_SYS_COUNT + 1] = {
        "writecons", "yield",  "identify", "send",   "recv", "call",  "reply",  "signal",
        "wait",      "nbsend", "nbrecv",   "nbwait", "poll", "pollx", "unknown"};
    fuzz_progress();
    if (fuzz_run.audit != 0) {
        helios_printf("fuzz: %lu audits of up to %lu objects\n", number(fuzz_run.audits),
                      number(fuzz_run.objects));
    }
    helios_printf("fuzz: woken at most %lu ns late\n", number(fuzz_run.late_ns));
    for (unsigned i = 0; i <= HELIOS_SYS_COUNT; i++) {
        helios_printf("fuzz: %s %lu\n", names[i], number(fuzz_run.totals.calls[i]));
    }
    for (unsigned i = 0; i < FUZZ_STATUSES; i++) {
        if (fuzz_run.totals.answers[i] != 0) {
            helios_printf("fuzz: answered %lu times: %s\n", number(fuzz_run.totals.answers[i]),
                          helios_strerror((enum helios_error)i));
        }
    }
    for (unsigned i = 0; i < FUZZ_INVOCATIONS; i++) {
        print_invocation(&fuzz_invocations[i], fuzz_run.totals.accepted[i],
                         fuzz_run.totals.refused[i]);
    }
    helios_printf("fuzz: done, no finding, seed=%lu, %lu calls\n", number(fuzz_run.seed),
                  number(fuzz_run.made));
    end(0);
}

// SPDX-License-Identifier: GPL-3.0-only
//
// What the objects' invocations take, for fuzzers: those of the host and of the guest make calls by
// this table, and then spoil some.
#ifndef HELIOS_TESTING_FUZZ_INVOCATIONS_H
#define HELIOS_TESTING_FUZZ_INVOCATIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "uapi/object.h"

#ifdef __cplusplus
extern "C" {
#endif

// One way to call an invocation. A letter for each capability, by type: * any, p page or table,
// m Memory, c CSpace, v VSpace, P Page, t Task, n Notification, e Endpoint, R Reply. A letter for
// each parameter, by meaning: s slot, d slot or UNDEF, r rights, b badge, a address, l level,
// f map flags, o offset, t type, z size, c count, i interrupt line, w word, a digit: itself; x: as
// many words as a task has registers.
struct fuzz_invocation {
    uint32_t type;
    uint32_t label;
    const char *caps;
    const char *params;
};

// By type. An input of libFuzzer's corpus names a row by its number within its type.
static const struct fuzz_invocation fuzz_invocations[] = {
    {HELIOS_TYPE_MEMORY, HELIOS_MEMORY_ALLOCATE, "", "tzc"},
    {HELIOS_TYPE_MEMORY, HELIOS_MEMORY_QUERY, "", ""},
    {HELIOS_TYPE_MEMORY, HELIOS_MEMORY_RESET, "", ""},
    {HELIOS_TYPE_DEVICE_MEMORY, HELIOS_DEVICE_MEMORY_ALLOCATE, "m", "yl"},
    {HELIOS_TYPE_DEVICE_MEMORY, HELIOS_DEVICE_MEMORY_SPLIT, "m", "yo"},
    {HELIOS_TYPE_DEVICE_MEMORY, HELIOS_DEVICE_MEMORY_QUERY, "", ""},
    {HELIOS_TYPE_CSPACE, HELIOS_CSPACE_COPY, "*", "drb"},
    {HELIOS_TYPE_CSPACE, HELIOS_CSPACE_MOVE, "", "sd"},
    {HELIOS_TYPE_CSPACE, HELIOS_CSPACE_DESTROY, "", "s"},
    {HELIOS_TYPE_CSPACE, HELIOS_CSPACE_REVOKE, "", "s"},
    {HELIOS_TYPE_CSPACE, HELIOS_CSPACE_IDENTIFY, "", "s"},
    {HELIOS_TYPE_CSPACE, HELIOS_CSPACE_LIST, "", "s"},
    {HELIOS_TYPE_CSPACE, HELIOS_CSPACE_QUERY, "", ""},
    {HELIOS_TYPE_CSPACE, HELIOS_CSPACE_SAVE_REPLY, "", "d"},
    {HELIOS_TYPE_CSPACE, HELIOS_CSPACE_MOVE, "c", "sd"},
    {HELIOS_TYPE_CSPACE, HELIOS_CSPACE_DESTROY, "", "ssss"},
    {HELIOS_TYPE_VSPACE, HELIOS_VSPACE_MAP, "p", "af"},
    {HELIOS_TYPE_VSPACE, HELIOS_VSPACE_UNMAP, "", "a"},
    {HELIOS_TYPE_VSPACE, HELIOS_VSPACE_UNMAP_TABLE, "", "al"},
    {HELIOS_TYPE_VSPACE, HELIOS_VSPACE_QUERY, "", "a"},
    {HELIOS_TYPE_PAGE, HELIOS_PAGE_QUERY, "", ""},
    {HELIOS_TYPE_PAGE, HELIOS_PAGE_CLEAN, "", "oo"},
    {HELIOS_TYPE_PAGE, HELIOS_PAGE_INVALIDATE, "", "oo"},
    {HELIOS_TYPE_PAGE, HELIOS_PAGE_SYNC_CODE, "", "oo"},
    {HELIOS_TYPE_TASK, HELIOS_TASK_CONFIGURE, "c", "1"},
    {HELIOS_TYPE_TASK, HELIOS_TASK_READ_REGISTERS, "", ""},
    {HELIOS_TYPE_TASK, HELIOS_TASK_WRITE_REGISTERS, "", "w000x"},
    {HELIOS_TYPE_TASK, HELIOS_TASK_SET_TLS, "", "w"},
    {HELIOS_TYPE_TASK, HELIOS_TASK_SET_PRIORITY, "t", "ll"},
    {HELIOS_TYPE_TASK, HELIOS_TASK_SET_AFFINITY, "t", "k"},
    {HELIOS_TYPE_TASK, HELIOS_TASK_SUSPEND, "", ""},
    {HELIOS_TYPE_TASK, HELIOS_TASK_RESUME, "", ""},
    {HELIOS_TYPE_TASK, HELIOS_TASK_CANCEL, "", ""},
    {HELIOS_TYPE_TASK, HELIOS_TASK_QUERY, "", ""},
    {HELIOS_TYPE_TASK, HELIOS_TASK_BIND, "n", ""},
    {HELIOS_TYPE_TASK, HELIOS_TASK_UNBIND, "", ""},
    {HELIOS_TYPE_TASK, HELIOS_TASK_SET_STEP, "", "l"},
    {HELIOS_TYPE_TASK, HELIOS_TASK_SET_BREAKPOINT, "", "llal"},
    {HELIOS_TYPE_TASK, HELIOS_TASK_SET_NAME, "", "ww"},
    {HELIOS_TYPE_TASK, HELIOS_TASK_LIST, "", "s"},
    {HELIOS_TYPE_TASK, HELIOS_TASK_DUMP, "", ""},
    {HELIOS_TYPE_TASK, HELIOS_TASK_GET_TLS, "", ""},
    {HELIOS_TYPE_TASK, HELIOS_TASK_CONFIGURE, "v", "2"},
    {HELIOS_TYPE_TASK, HELIOS_TASK_CONFIGURE, "P", "4"},
    {HELIOS_TYPE_TASK, HELIOS_TASK_CONFIGURE, "e", "8"},
    {HELIOS_TYPE_TASK, HELIOS_TASK_CONFIGURE, "cvP", "7"},
    {HELIOS_TYPE_ASID_CONTROL, HELIOS_ASID_CONTROL_MAKE_POOL, "m", ""},
    {HELIOS_TYPE_ASID_POOL, HELIOS_ASID_POOL_ASSIGN, "v", ""},
    {HELIOS_TYPE_ASID_POOL, HELIOS_ASID_POOL_QUERY, "", ""},
    {HELIOS_TYPE_IO_CONTROL, HELIOS_IO_CONTROL_ISSUE, "", "wl"},
    {HELIOS_TYPE_IO_PORT, HELIOS_IO_PORT_IN8, "", "q"},
    {HELIOS_TYPE_IO_PORT, HELIOS_IO_PORT_IN16, "", "q"},
    {HELIOS_TYPE_IO_PORT, HELIOS_IO_PORT_IN32, "", "q"},
    {HELIOS_TYPE_IO_PORT, HELIOS_IO_PORT_OUT8, "", "qw"},
    {HELIOS_TYPE_IO_PORT, HELIOS_IO_PORT_OUT16, "", "qw"},
    {HELIOS_TYPE_IO_PORT, HELIOS_IO_PORT_OUT32, "", "qw"},
    {HELIOS_TYPE_IRQ_CONTROL, HELIOS_IRQ_CONTROL_ISSUE, "", "ilu"},
    {HELIOS_TYPE_IRQ_CONTROL, HELIOS_IRQ_CONTROL_ISSUE_MSI, "", "wu"},
    {HELIOS_TYPE_IRQ_CONTROL, HELIOS_IRQ_CONTROL_QUERY, "", ""},
    {HELIOS_TYPE_IRQ_HANDLER, HELIOS_IRQ_HANDLER_BIND, "n", ""},
    {HELIOS_TYPE_IRQ_HANDLER, HELIOS_IRQ_HANDLER_ACK, "", ""},
    {HELIOS_TYPE_IRQ_HANDLER, HELIOS_IRQ_HANDLER_UNBIND, "", ""},
    {HELIOS_TYPE_IRQ_HANDLER, HELIOS_IRQ_HANDLER_ROUTE, "", "u"},
    {HELIOS_TYPE_POWER, HELIOS_POWER_OFF, "", ""},
    {HELIOS_TYPE_POWER, HELIOS_POWER_REBOOT, "", ""},
    {HELIOS_TYPE_POWER, HELIOS_POWER_PANIC_TEST, "", ""},
};

#define FUZZ_INVOCATIONS (sizeof(fuzz_invocations) / sizeof(fuzz_invocations[0]))

// Row `choice`, counted round and round, of those of a type; NULL: it knows no invocations.
static inline const struct fuzz_invocation *fuzz_invocation_of(uint32_t type, uint32_t choice) {
    uint32_t first = 0;
    while (first < FUZZ_INVOCATIONS && fuzz_invocations[first].type != type) {
        first++;
    }
    uint32_t end = first;
    while (end < FUZZ_INVOCATIONS && fuzz_invocations[end].type == type) {
        end++;
    }
    return first != end ? &fuzz_invocations[first + choice % (end - first)] : 0;
}

// Whether a capability of this type is what the letter means.
static inline bool fuzz_matches(char kind, uint32_t type) {
    switch (kind) {
    case 'p':
        return type == HELIOS_TYPE_PAGE ||
               (type >= HELIOS_TYPE_TABLE_0 && type <= HELIOS_TYPE_TABLE_2);
    case 'm':
        return type == HELIOS_TYPE_MEMORY;
    case 'c':
        return type == HELIOS_TYPE_CSPACE;
    case 'v':
        return type == HELIOS_TYPE_VSPACE;
    case 'P':
        return type == HELIOS_TYPE_PAGE;
    case 't':
        return type == HELIOS_TYPE_TASK;
    case 'n':
        return type == HELIOS_TYPE_NOTIFICATION;
    case 'e':
        return type == HELIOS_TYPE_ENDPOINT;
    case 'R':
        return type == HELIOS_TYPE_REPLY;
    default:
        return type != HELIOS_TYPE_NULL;
    }
}

#ifdef __cplusplus
}
#endif

#endif // HELIOS_TESTING_FUZZ_INVOCATIONS_H

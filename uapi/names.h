// SPDX-License-Identifier: MIT
//
// Made by abigen of uapi/helios.abi; `bazel run //uapi:generate` makes it anew.
//
// The words of the interface, for messages.
#ifndef HELIOS_UAPI_NAMES_H
#define HELIOS_UAPI_NAMES_H

#ifdef __cplusplus
extern "C" {
#endif

// X(object, names of its invocations from label 1 on, with blanks between them)
// clang-format off
#define HELIOS_INVOCATION_NAMES(X)                                                                 \
    X(MEMORY,                                                                                      \
      "allocate query reset")                                                                      \
    X(DEVICE_MEMORY,                                                                               \
      "allocate split query")                                                                      \
    X(CSPACE,                                                                                      \
      "copy move destroy revoke identify list query save_reply")                                   \
    X(VSPACE,                                                                                      \
      "map unmap unmap_table query")                                                               \
    X(PAGE,                                                                                        \
      "query clean invalidate sync_code")                                                          \
    X(TASK,                                                                                        \
      "configure read_registers write_registers set_tls set_priority set_affinity suspend resume cancel query bind unbind set_step set_breakpoint set_name list dump get_tls")\
    X(ASID_CONTROL,                                                                                \
      "make_pool")                                                                                 \
    X(ASID_POOL,                                                                                   \
      "assign query")                                                                              \
    X(IO_CONTROL,                                                                                  \
      "issue")                                                                                     \
    X(IO_PORT,                                                                                     \
      "in8 in16 in32 out8 out16 out32")                                                            \
    X(IRQ_CONTROL,                                                                                 \
      "issue issue_msi query")                                                                     \
    X(IRQ_HANDLER,                                                                                 \
      "bind ack unbind route")                                                                     \
    X(POWER,                                                                                       \
      "off reboot panic_test")

// Names of the system calls from 0 on, with blanks between them.
#define HELIOS_SYSCALL_NAMES                                                                       \
      "writecons yield identify send recv call reply signal wait nbsend nbrecv nbwait poll pollx"

// X(argument, its name): those from PARAM on have an index.
#define HELIOS_ARGUMENT_NAMES(X)                                                                   \
    X(NONE, "")                                                                                    \
    X(NUMBER, "system call number")                                                                \
    X(CAPABILITY, "the capability")                                                                \
    X(LABEL, "label")                                                                              \
    X(CAP_COUNT, "number of capabilities")                                                         \
    X(PARAM_COUNT, "number of parameters")                                                         \
    X(FLAGS, "flags")                                                                              \
    X(RECEIVE, "receive slots")                                                                    \
    X(DEADLINE, "deadline")                                                                        \
    X(PARAM, "parameter")                                                                          \
    X(POLL, "poll entry")                                                                          \
    X(CAP, "capability")
// clang-format on

#ifdef __cplusplus
}
#endif

#endif // HELIOS_UAPI_NAMES_H

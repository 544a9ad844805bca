// SPDX-License-Identifier: MIT
//
// What a system call can answer. One list; the enum and the texts come from it.
//
// An answer of the kernel is a message that any server could have sent: the status is the label of
// its tag. A refusal has three parameters: p0 says which argument (enum helios_argument), p1 what
// was found there and p2 what was wanted: a limit, a type, a number of arguments; 0 if that says
// nothing.
#ifndef HELIOS_UAPI_ERROR_H
#define HELIOS_UAPI_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

// X(name, text)
#define HELIOS_ERRORS(X)                                                                           \
    X(OK, "success")                                                                               \
    X(ERROR_SYSCALL, "unknown system call")                                                        \
    X(ERROR_CAPABILITY, "no capability at this address")                                           \
    X(ERROR_TYPE, "capability of the wrong type")                                                  \
    X(ERROR_INVOCATION, "the object does not know this invocation")                                \
    X(ERROR_ARGUMENTS, "wrong number of arguments")                                                \
    X(ERROR_RANGE, "outside the range that is allowed")                                            \
    X(ERROR_ALIGNMENT, "not aligned")                                                              \
    X(ERROR_BUFFER, "no IPC buffer")                                                               \
    X(ERROR_UNSUPPORTED, "not supported by this machine or kernel")                                \
    X(ERROR_DISABLED, "disabled by the configuration")                                             \
    X(ERROR_RIGHTS, "the capability lacks a right")                                                \
    X(ERROR_OCCUPIED, "something is there already")                                                \
    X(ERROR_NOT_MAPPED, "nothing is mapped there")                                                 \
    X(ERROR_MISSING_TABLE, "a page table is missing")                                              \
    X(ERROR_NO_MEMORY, "not enough memory")                                                        \
    X(ERROR_NO_SLOT, "no free slot")                                                               \
    X(ERROR_BADGE, "a badge can't be set here")                                                    \
    X(ERROR_STATE, "not possible in the object's present state")                                   \
    X(ERROR_BUSY, "in use by an operation that is under way")                                      \
    X(ERROR_GONE, "the object was destroyed")                                                      \
    X(ERROR_CANCELLED, "cancelled")                                                                \
    X(ERROR_DEADLINE, "the deadline has passed")                                                   \
    X(ERROR_WOULD_BLOCK, "nobody is ready for this")                                               \
    X(ERROR_NO_CALL, "there is no call to answer")                                                 \
    X(ERROR_ABANDONED, "the call will never be answered")                                          \
    X(ERROR_RECEIVER, "the receiver can't take this message")

enum helios_error {
#define HELIOS_ERROR_ENUM(name, text) HELIOS_##name,
    HELIOS_ERRORS(HELIOS_ERROR_ENUM)
#undef HELIOS_ERROR_ENUM
        HELIOS_ERROR_COUNT
};

// Which argument of a system call is meant.
enum helios_argument {
    HELIOS_ARGUMENT_NONE = 0,
    HELIOS_ARGUMENT_NUMBER = 1,     // the system call's number
    HELIOS_ARGUMENT_CAPABILITY = 2, // the capability that was invoked
    HELIOS_ARGUMENT_LABEL = 3,      // parts of the tag
    HELIOS_ARGUMENT_CAP_COUNT = 4,
    HELIOS_ARGUMENT_PARAM_COUNT = 5,
    HELIOS_ARGUMENT_FLAGS = 6,
    HELIOS_ARGUMENT_RECEIVE = 7,  // the receive slots in the IPC buffer
    HELIOS_ARGUMENT_DEADLINE = 8, // the deadline in the IPC buffer
    HELIOS_ARGUMENT_POLL = 64,    // + index of the poll entry
    HELIOS_ARGUMENT_PARAM = 16,   // + index of the parameter
    HELIOS_ARGUMENT_CAP = 128,    // + index of the capability
};

#ifdef __cplusplus
}
#endif

#endif // HELIOS_UAPI_ERROR_H

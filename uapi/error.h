// SPDX-License-Identifier: MIT
//
// Made by abigen of uapi/helios.abi; `bazel run //uapi:generate` makes it anew.
//
// What a system call can answer.
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

// The status. A server that stands in for an object of the kernel uses the same.
enum helios_error {
    HELIOS_OK,
    // A task with a fault endpoint sends a fault message instead: an emulator is asked first.
    HELIOS_ERROR_SYSCALL,
    // The address is outside the CSpace, the slot is Null, or the task has no CSpace.
    HELIOS_ERROR_CAPABILITY,
    HELIOS_ERROR_TYPE,
    HELIOS_ERROR_INVOCATION,
    HELIOS_ERROR_ARGUMENTS,
    HELIOS_ERROR_RANGE,
    HELIOS_ERROR_ALIGNMENT,
    // The caller has none, and something of its message has to stand there.
    HELIOS_ERROR_BUFFER,
    HELIOS_ERROR_UNSUPPORTED,
    HELIOS_ERROR_DISABLED,
    HELIOS_ERROR_RIGHTS,
    HELIOS_ERROR_OCCUPIED,
    HELIOS_ERROR_NOT_MAPPED,
    // Wanted is the type of the table that has to be made and mapped first.
    HELIOS_ERROR_MISSING_TABLE,
    // Found is what is free, wanted what it takes, in bytes.
    HELIOS_ERROR_NO_MEMORY,
    HELIOS_ERROR_NO_SLOT,
    HELIOS_ERROR_BADGE,
    HELIOS_ERROR_STATE,
    // A revoke, reset or destroy of it has not ended yet; try again.
    HELIOS_ERROR_BUSY,
    // Of somebody who waits: what he waited at was destroyed under him.
    HELIOS_ERROR_GONE,
    // By Task.cancel or Task.write_registers.
    HELIOS_ERROR_CANCELLED,
    HELIOS_ERROR_DEADLINE,
    // Only of the system calls that never wait: nbsend, nbrecv, nbwait.
    HELIOS_ERROR_WOULD_BLOCK,
    HELIOS_ERROR_NO_CALL,
    // The server received again, died, or destroyed its last Reply.
    HELIOS_ERROR_ABANDONED,
    // It has no IPC buffer for a long message, or not enough free receive slots. The sender is
    // told; the receiver goes on waiting.
    HELIOS_ERROR_RECEIVER,
    HELIOS_ERROR_COUNT,
};

// Which argument of a system call is meant.
enum helios_argument {
    HELIOS_ARGUMENT_NONE = 0,
    // The system call's number.
    HELIOS_ARGUMENT_NUMBER = 1,
    // The capability that was invoked.
    HELIOS_ARGUMENT_CAPABILITY = 2,
    // A part of the tag, as the next three.
    HELIOS_ARGUMENT_LABEL = 3,
    HELIOS_ARGUMENT_CAP_COUNT = 4,
    HELIOS_ARGUMENT_PARAM_COUNT = 5,
    HELIOS_ARGUMENT_FLAGS = 6,
    // The receive slots in the IPC buffer.
    HELIOS_ARGUMENT_RECEIVE = 7,
    // That of the IPC buffer, or pollx's.
    HELIOS_ARGUMENT_DEADLINE = 8,
    // + index of the parameter.
    HELIOS_ARGUMENT_PARAM = 16,
    // + index of the poll entry.
    HELIOS_ARGUMENT_POLL = 64,
    // + index of the capability.
    HELIOS_ARGUMENT_CAP = 128,
};

#ifdef __cplusplus
}
#endif

#endif // HELIOS_UAPI_ERROR_H

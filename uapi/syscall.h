// SPDX-License-Identifier: MIT
//
// Made by abigen of uapi/helios.abi; `bazel run //uapi:generate` makes it anew.
//
// The fourteen system calls and what stands in registers.
//
// The registers that bring a message to the kernel carry the result back: a badge where the
// capability was, a tag, parameters; zero where the number was. A system call preserves the program
// counter, the TLS base, FP/SIMD state and the registers that are kept, through which compilers
// address frames. Lost ones hold anything. Every other register comes back zero.
#ifndef HELIOS_UAPI_SYSCALL_H
#define HELIOS_UAPI_SYSCALL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

//           entered by  number  capability  tag  parameters     kept            lost
//  x86_64   syscall     rax     rdi         rsi  rdx r10 r8 r9  rsp rbp rbx     rcx r11
//  aarch64  svc #0      x8      x0          x1   x2 x3 x4 x5    sp x29 x19      -
//  riscv64  ecall       a7      a0          a1   a2 a3 a4 a5    sp gp tp s0 s1  -
//
// x86_64: SYSCALL leaves the address to return to in rcx and the flags in r11.
// riscv64: tp is the TLS base.

enum helios_syscall {
    // writecons(length) -> (written)
    // Writes text to the console.
    HELIOS_SYS_WRITECONS = 0,
    // yield()
    // Lets another task of the same priority run. It looks at no argument and never fails.
    HELIOS_SYS_YIELD = 1,
    // identify() -> (type, rights, badge, size)
    // Says what a capability is: of the caller's own CSpace, by its address, with no right needed.
    HELIOS_SYS_IDENTIFY = 2,
    // send{capabilities...}(words...)  [WRITE]
    // Sends a message through an Endpoint and waits until somebody has received it.
    HELIOS_SYS_SEND = 3,
    // recv{capabilities...}(words...) -> (message...) {caps...}  [READ]
    // Waits for a message of an Endpoint; with HELIOS_FLAG_REPLY it answers the last call first.
    HELIOS_SYS_RECV = 4,
    // call{capabilities...}(words...) -> (answer...) {caps...}  [WRITE]
    // Sends a message and waits for the answer: invokes an object, or asks a server.
    HELIOS_SYS_CALL = 5,
    // reply{capabilities...}(words...)
    // Answers a call: the pending one, or that of a Reply capability, which is used up.
    HELIOS_SYS_REPLY = 6,
    // signal()  [WRITE]
    // Signals a Notification: sets the bits of the capability's badge in its word. It never waits.
    HELIOS_SYS_SIGNAL = 7,
    // wait() -> (word)  [READ]
    // Waits until a Notification is signalled; takes the word and clears it.
    HELIOS_SYS_WAIT = 8,
    // nbsend{capabilities...}(words...)  [WRITE]
    // As send, if somebody waits for it; WOULD_BLOCK otherwise.
    HELIOS_SYS_NBSEND = 9,
    // nbrecv{capabilities...}(words...) -> (message...) {caps...}  [READ]
    // As recv, if somebody sends; WOULD_BLOCK otherwise.
    HELIOS_SYS_NBRECV = 10,
    // nbwait() -> (word)  [READ]
    // As wait, if the Notification is signalled; WOULD_BLOCK otherwise.
    HELIOS_SYS_NBWAIT = 11,
    // poll(count) -> (ready)
    // Waits until one of several Endpoints and Notifications is ready.
    HELIOS_SYS_POLL = 12,
    // pollx(count, until) -> (ready)
    // As poll, with a deadline; without entries it is a sleep.
    HELIOS_SYS_POLLX = 13,
    HELIOS_SYS_COUNT = 14,
};

// Number of parameters that travel in registers; the others stand in the IPC buffer.
#define HELIOS_REGISTER_PARAMS 4

// A message as it crosses the register interface, in either direction.
struct helios_message {
    uint64_t capability; // in: capability address; out: badge
    uint64_t tag;        // uapi/message.h
    uint64_t params[HELIOS_REGISTER_PARAMS];
};

#ifdef __cplusplus
}
#endif

#endif // HELIOS_UAPI_SYSCALL_H

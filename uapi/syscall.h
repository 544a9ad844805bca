// SPDX-License-Identifier: MIT
//
// The fourteen system calls and what stands in registers.
//
//               number  capability/badge  tag   parameters 0..3
//   x86_64      rax     rdi               rsi   rdx r10 r8 r9     entered by syscall
//   aarch64     x8      x0                x1    x2 x3 x4 x5       svc #0
//   riscv64     a7      a0                a1    a2 a3 a4 a5       ecall
//
// The same registers carry the result, the number's excepted, which comes back zero. A system call
// preserves the stack pointer, the program counter, the TLS base, the registers that compilers
// address frames through (rbp, rbx; x29, x19; s0, s1, gp) and FP/SIMD state. Every other register
// is an argument, a result, or zero on return.
#ifndef HELIOS_UAPI_SYSCALL_H
#define HELIOS_UAPI_SYSCALL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum helios_syscall {
    HELIOS_SYS_WRITECONS = 0, // p0: length of the text in the IPC buffer
    HELIOS_SYS_YIELD = 1,
    HELIOS_SYS_IDENTIFY = 2, // answers as CSpace.identify, of the caller's own CSpace
    HELIOS_SYS_SEND = 3,
    HELIOS_SYS_RECV = 4,
    HELIOS_SYS_CALL = 5,
    // The message goes to the task whose call was received last and has not been answered
    // (capability HELIOS_CADDR_UNDEF), or through a Reply capability, which is used up.
    HELIOS_SYS_REPLY = 6,
    HELIOS_SYS_SIGNAL = 7, // ors the capability's badge into the word; unbadged: bit 0
    HELIOS_SYS_WAIT = 8,   // answers with the word as badge and p0, which is cleared
    HELIOS_SYS_NBSEND = 9,
    HELIOS_SYS_NBRECV = 10,
    HELIOS_SYS_NBWAIT = 11,
    // p0: number of entries in the IPC buffer; answers the number ready. At most 32 entries of all
    // tasks together can wait for one object at the same time: HELIOS_ERROR_BUSY.
    HELIOS_SYS_POLL = 12,
    HELIOS_SYS_POLLX = 13, // p1: deadline, ns; without entries it is a sleep
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

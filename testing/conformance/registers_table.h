// SPDX-License-Identifier: GPL-3.0-only
//
// Made by abigen of uapi/helios.abi; `bazel run //uapi:generate` makes it anew.
//
// What the manual says becomes of each register in a system call: X(register, its fate) as the
// machine numbers them, those of a message's words, and that of the number.
#ifndef HELIOS_TESTING_CONFORMANCE_REGISTERS_TABLE_H
#define HELIOS_TESTING_CONFORMANCE_REGISTERS_TABLE_H

// clang-format off

#define X86_64_REGISTERS(X)                                                                        \
    X(rax, ZERO)                                                                                   \
    X(rcx, HARDWARE)                                                                               \
    X(rdx, RESULT)                                                                                 \
    X(rbx, PRESERVED)                                                                              \
    X(rsp, PRESERVED)                                                                              \
    X(rbp, PRESERVED)                                                                              \
    X(rsi, RESULT)                                                                                 \
    X(rdi, RESULT)                                                                                 \
    X(r8, RESULT)                                                                                  \
    X(r9, RESULT)                                                                                  \
    X(r10, RESULT)                                                                                 \
    X(r11, HARDWARE)                                                                               \
    X(r12, ZERO)                                                                                   \
    X(r13, ZERO)                                                                                   \
    X(r14, ZERO)                                                                                   \
    X(r15, ZERO)
#define X86_64_MESSAGE(X)                                                                          \
    X(rdi)                                                                                         \
    X(rsi)                                                                                         \
    X(rdx)                                                                                         \
    X(r10)                                                                                         \
    X(r8)                                                                                          \
    X(r9)
#define X86_64_NUMBER(X) X(rax)

#define AARCH64_REGISTERS(X)                                                                       \
    X(x0, RESULT)                                                                                  \
    X(x1, RESULT)                                                                                  \
    X(x2, RESULT)                                                                                  \
    X(x3, RESULT)                                                                                  \
    X(x4, RESULT)                                                                                  \
    X(x5, RESULT)                                                                                  \
    X(x6, ZERO)                                                                                    \
    X(x7, ZERO)                                                                                    \
    X(x8, ZERO)                                                                                    \
    X(x9, ZERO)                                                                                    \
    X(x10, ZERO)                                                                                   \
    X(x11, ZERO)                                                                                   \
    X(x12, ZERO)                                                                                   \
    X(x13, ZERO)                                                                                   \
    X(x14, ZERO)                                                                                   \
    X(x15, ZERO)                                                                                   \
    X(x16, ZERO)                                                                                   \
    X(x17, ZERO)                                                                                   \
    X(x18, ZERO)                                                                                   \
    X(x19, PRESERVED)                                                                              \
    X(x20, ZERO)                                                                                   \
    X(x21, ZERO)                                                                                   \
    X(x22, ZERO)                                                                                   \
    X(x23, ZERO)                                                                                   \
    X(x24, ZERO)                                                                                   \
    X(x25, ZERO)                                                                                   \
    X(x26, ZERO)                                                                                   \
    X(x27, ZERO)                                                                                   \
    X(x28, ZERO)                                                                                   \
    X(x29, PRESERVED)                                                                              \
    X(x30, ZERO)                                                                                   \
    X(sp, PRESERVED)
#define AARCH64_MESSAGE(X)                                                                         \
    X(x0)                                                                                          \
    X(x1)                                                                                          \
    X(x2)                                                                                          \
    X(x3)                                                                                          \
    X(x4)                                                                                          \
    X(x5)
#define AARCH64_NUMBER(X) X(x8)

#define RISCV64_REGISTERS(X)                                                                       \
    X(ra, ZERO)                                                                                    \
    X(sp, PRESERVED)                                                                               \
    X(gp, PRESERVED)                                                                               \
    X(tp, PRESERVED)                                                                               \
    X(t0, ZERO)                                                                                    \
    X(t1, ZERO)                                                                                    \
    X(t2, ZERO)                                                                                    \
    X(s0, PRESERVED)                                                                               \
    X(s1, PRESERVED)                                                                               \
    X(a0, RESULT)                                                                                  \
    X(a1, RESULT)                                                                                  \
    X(a2, RESULT)                                                                                  \
    X(a3, RESULT)                                                                                  \
    X(a4, RESULT)                                                                                  \
    X(a5, RESULT)                                                                                  \
    X(a6, ZERO)                                                                                    \
    X(a7, ZERO)                                                                                    \
    X(s2, ZERO)                                                                                    \
    X(s3, ZERO)                                                                                    \
    X(s4, ZERO)                                                                                    \
    X(s5, ZERO)                                                                                    \
    X(s6, ZERO)                                                                                    \
    X(s7, ZERO)                                                                                    \
    X(s8, ZERO)                                                                                    \
    X(s9, ZERO)                                                                                    \
    X(s10, ZERO)                                                                                   \
    X(s11, ZERO)                                                                                   \
    X(t3, ZERO)                                                                                    \
    X(t4, ZERO)                                                                                    \
    X(t5, ZERO)                                                                                    \
    X(t6, ZERO)
#define RISCV64_MESSAGE(X)                                                                         \
    X(a0)                                                                                          \
    X(a1)                                                                                          \
    X(a2)                                                                                          \
    X(a3)                                                                                          \
    X(a4)                                                                                          \
    X(a5)
#define RISCV64_NUMBER(X) X(a7)
// clang-format on

#endif // HELIOS_TESTING_CONFORMANCE_REGISTERS_TABLE_H

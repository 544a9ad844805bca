// SPDX-License-Identifier: MIT
//
// In the place of musl's own header of this name: what would enter a kernel calls a function
// (userland/helios/libc/syscalls.c). One numbering, that of riscv64, serves all architectures.
#ifndef HELIOS_USERLAND_HELIOS_LIBC_OVERLAY_SYSCALL_ARCH_H
#define HELIOS_USERLAND_HELIOS_LIBC_OVERLAY_SYSCALL_ARCH_H

#ifdef __cplusplus
extern "C" {
#endif

#define __SYSCALL_LL_E(x) (x)
#define __SYSCALL_LL_O(x) (x)

// Returns the result or a negated errno.
long helios_libc_syscall(long number, long a, long b, long c, long d, long e, long f);

static inline long __syscall0(long n) {
    return helios_libc_syscall(n, 0, 0, 0, 0, 0, 0);
}

static inline long __syscall1(long n, long a) {
    return helios_libc_syscall(n, a, 0, 0, 0, 0, 0);
}

static inline long __syscall2(long n, long a, long b) {
    return helios_libc_syscall(n, a, b, 0, 0, 0, 0);
}

static inline long __syscall3(long n, long a, long b, long c) {
    return helios_libc_syscall(n, a, b, c, 0, 0, 0);
}

static inline long __syscall4(long n, long a, long b, long c, long d) {
    return helios_libc_syscall(n, a, b, c, d, 0, 0);
}

static inline long __syscall5(long n, long a, long b, long c, long d, long e) {
    return helios_libc_syscall(n, a, b, c, d, e, 0);
}

static inline long __syscall6(long n, long a, long b, long c, long d, long e, long f) {
    return helios_libc_syscall(n, a, b, c, d, e, f);
}

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_HELIOS_LIBC_OVERLAY_SYSCALL_ARCH_H

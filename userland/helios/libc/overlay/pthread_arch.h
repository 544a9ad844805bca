// SPDX-License-Identifier: MIT
//
// In the place of musl's own header of this name: its struct pthread is a thread-local variable of
// this library (userland/helios/libc/thread.c) and does not stand at the thread register.
#ifndef HELIOS_USERLAND_HELIOS_LIBC_OVERLAY_PTHREAD_ARCH_H
#define HELIOS_USERLAND_HELIOS_LIBC_OVERLAY_PTHREAD_ARCH_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

uintptr_t helios_libc_thread(void);

static inline uintptr_t __get_tp(void) {
    return helios_libc_thread();
}

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_HELIOS_LIBC_OVERLAY_PTHREAD_ARCH_H

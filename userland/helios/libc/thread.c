// SPDX-License-Identifier: MIT
//
// What musl knows of a thread, and of the process: compiled with musl's internal headers.
#include <elf.h>

#include "libc.h"
#include "locale_impl.h"
#include "pthread_impl.h"
#include "stdio_impl.h"
#include "userland/helios/libc/glue.h"

enum { PAGE = 4096 };

extern char **__environ;

static _Thread_local struct pthread own;

uintptr_t helios_libc_thread(void) {
    if (own.self == NULL) {
        own.self = &own;
        own.tid = (int)helios_libc_thread_id();
        own.locale = &libc.global_locale;
        own.robust_list.head = &own.robust_list.head;
    }
    return (uintptr_t)&own;
}

void helios_libc_begin(void *seed) {
    static size_t auxiliary[6];
    auxiliary[0] = AT_RANDOM;
    auxiliary[1] = (size_t)seed;
    auxiliary[2] = AT_PAGESZ;
    auxiliary[3] = PAGE;
    static char *environment[1];
    __environ = environment;
    libc.auxv = auxiliary;
    libc.page_size = PAGE;
    libc.can_do_threads = 1;
}

static void make_lockable(FILE *file) {
    if (file != NULL && file->lock < 0) {
        file->lock = 0;
    }
}

// As pthread_create does it the first time.
void helios_libc_go_threaded(void) {
    if (libc.threaded) {
        return;
    }
    for (FILE *file = *__ofl_lock(); file != NULL; file = file->next) {
        make_lockable(file);
    }
    __ofl_unlock();
    make_lockable(__stdin_used);
    make_lockable(__stdout_used);
    make_lockable(__stderr_used);
    libc.need_locks = 1;
    libc.threaded = 1;
}

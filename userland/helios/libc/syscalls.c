// SPDX-License-Identifier: MIT
//
// What musl would ask a Linux kernel for, done with this library. Numbers are those of riscv64.
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "userland/helios/clock.h"
#include "userland/helios/console.h"
#include "userland/helios/debug.h"
#include "userland/helios/libc/glue.h"
#include "userland/helios/memory.h"
#include "userland/helios/random.h"
#include "userland/helios/startup.h"
#include "userland/helios/sync.h"

enum {
    FUTEX_WAIT = 0,
    FUTEX_WAKE = 1,
    FUTEX_COMMAND = 0x7f, // without PRIVATE and CLOCK_REALTIME
    HEAP_BYTES = 1 << 28, // addresses of brk's; memory comes as it grows
};

// Called by the overlay's syscall_arch.h.
long helios_libc_syscall(long number, long a, long b, long c, long d, long e, long f);

uint64_t helios_libc_thread_id(void) {
    return helios_self()->task;
}

static bool is_console(long file) {
    return file >= STDIN_FILENO && file <= STDERR_FILENO;
}

// --- Streams: standard output and error go to the console, there is nothing to read.

static long write_text(long file, const void *bytes, size_t size) {
    if (file != STDOUT_FILENO && file != STDERR_FILENO) {
        return -EBADF;
    }
    helios_console_write(bytes, size);
    return (long)size;
}

// The pieces in as few messages as they fit in.
static long write_pieces(long file, const struct iovec *pieces, long count) {
    char text[HELIOS_PROCESS_TEXT];
    size_t length = 0;
    long total = 0;
    for (long i = 0; i < count; i++) {
        if (pieces[i].iov_len > sizeof(text) - length) {
            write_text(file, text, length);
            length = 0;
        }
        if (pieces[i].iov_len > sizeof(text)) {
            write_text(file, pieces[i].iov_base, pieces[i].iov_len);
        } else {
            memcpy(text + length, pieces[i].iov_base, pieces[i].iov_len);
            length += pieces[i].iov_len;
        }
        total += (long)pieces[i].iov_len;
    }
    long result = write_text(file, text, length);
    return result < 0 ? result : total;
}

static long control(long file, long request) {
    return is_console(file) && request == TIOCGWINSZ ? 0 : -ENOTTY;
}

// --- Memory.

static uint64_t heap_base;
static uint64_t heap_end; // memory is there up to here

static bool begin_heap(void) {
    if (heap_base == 0) {
        heap_base = helios_vm_reserve(HEAP_BYTES, 0);
        heap_end = heap_base;
    }
    return heap_base != 0;
}

static uint64_t page_up(uint64_t value) {
    return (value + HELIOS_PAGE_BYTES - 1) & ~(HELIOS_PAGE_BYTES - 1);
}

// The end stays where it was if there is no memory. musl's allocator holds its lock.
static long set_break(uint64_t end) {
    static uint64_t current;
    if (!begin_heap()) {
        return 0;
    }
    current = current != 0 ? current : heap_base;
    if (end < heap_base || end > heap_base + HEAP_BYTES) {
        return (long)current;
    }
    if (page_up(end) > heap_end) {
        uint64_t more = page_up(end) - heap_end;
        if (helios_vm_fill(heap_end, more, HELIOS_MAP_WRITE).status != HELIOS_OK) {
            return (long)current;
        }
        heap_end += more;
    }
    current = end;
    return (long)current;
}

// Set once there is a range that may have holes: from then on nothing is kept that is unmapped.
static bool has_holes;

static long map_memory(uint64_t bytes, long protection, long flags) {
    if ((flags & MAP_ANONYMOUS) == 0 || (flags & MAP_FIXED) != 0) {
        return -ENODEV;
    }
    uint64_t address;
    if ((protection & PROT_WRITE) != 0) {
        address = (uintptr_t)helios_libc_block_new(bytes);
    } else {
        __atomic_store_n(&has_holes, true, __ATOMIC_RELAXED);
        address = helios_vm_reserve(bytes, 0);
    }
    return address != 0 ? (long)address : -ENOMEM;
}

static long unmap_memory(uint64_t address, uint64_t bytes) {
    if (helios_vm_size(address) != page_up(bytes)) {
        return -EINVAL; // no part of what was mapped
    }
    if (__atomic_load_n(&has_holes, __ATOMIC_RELAXED)) {
        helios_vm_release(address);
    } else {
        helios_libc_block_free((void *)(uintptr_t)address, bytes);
    }
    return 0;
}

// From nothing to writable; what is there stays.
static long protect_memory(uint64_t address, uint64_t bytes, long protection) {
    if ((protection & PROT_WRITE) == 0) {
        return -EINVAL;
    }
    for (uint64_t at = 0; at < bytes; at += HELIOS_PAGE_BYTES) {
        enum helios_error error =
            helios_vm_fill(address + at, HELIOS_PAGE_BYTES, HELIOS_MAP_WRITE).status;
        if (error != HELIOS_OK && error != HELIOS_ERROR_OCCUPIED) {
            return -ENOMEM;
        }
    }
    return 0;
}

// --- Threads and time.

static uint64_t deadline_in(const struct timespec *time) {
    if (time == NULL) {
        return HELIOS_FOREVER;
    }
    return helios_after((uint64_t)time->tv_sec * HELIOS_SECOND + (uint64_t)time->tv_nsec);
}

static long wait_or_wake(const uint32_t *word, long operation, long value,
                         const struct timespec *timeout) {
    switch (operation & FUTEX_COMMAND) {
    case FUTEX_WAIT:
        switch (helios_wait_word(word, (uint32_t)value, deadline_in(timeout))) {
        case HELIOS_OK:
            return 0;
        case HELIOS_ERROR_STATE:
            return -EAGAIN;
        case HELIOS_ERROR_DEADLINE:
            return -ETIMEDOUT;
        default:
            return -EINTR;
        }
    case FUTEX_WAKE:
        return helios_wake_word(word, (uint32_t)value);
    default:
        return -ENOSYS;
    }
}

// There is one clock; nobody has told the date.
static long read_clock(struct timespec *time) {
    uint64_t now = helios_now();
    time->tv_sec = (time_t)(now / HELIOS_SECOND);
    time->tv_nsec = (long)(now % HELIOS_SECOND);
    return 0;
}

static long sleep_for(long flags, const struct timespec *time) {
    uint64_t at = (uint64_t)time->tv_sec * HELIOS_SECOND + (uint64_t)time->tv_nsec;
    helios_sleep_until((flags & TIMER_ABSTIME) != 0 ? at : helios_after(at));
    return 0;
}

static long random_bytes(void *bytes, size_t size) {
    helios_random(bytes, size);
    return (long)size;
}

static long yield(void) {
    helios_yield();
    return 0;
}

static void *pointer(long word) {
    return (void *)(uintptr_t)word;
}

long helios_libc_syscall(long number, long a, long b, long c, long d, long e, long f) {
    (void)e;
    (void)f;
    switch (number) {
    case SYS_write:
        return write_text(a, pointer(b), (size_t)c);
    case SYS_writev:
        return write_pieces(a, pointer(b), c);
    case SYS_read:
    case SYS_readv:
        return is_console(a) ? 0 : -EBADF;
    case SYS_close:
        return is_console(a) ? 0 : -EBADF;
    case SYS_lseek:
        return is_console(a) ? -ESPIPE : -EBADF;
    case SYS_ioctl:
        return control(a, b);
    case SYS_openat:
        return -ENOENT;
    case SYS_brk:
        return set_break((uint64_t)a);
    case SYS_mmap:
        return map_memory((uint64_t)b, c, d);
    case SYS_munmap:
        return unmap_memory((uint64_t)a, (uint64_t)b);
    case SYS_mprotect:
        return protect_memory((uint64_t)a, (uint64_t)b, c);
    case SYS_madvise:
        return 0;
    case SYS_futex:
        return wait_or_wake(pointer(a), b, c, pointer(d));
    case SYS_clock_gettime:
        return read_clock(pointer(b));
    case SYS_nanosleep:
        return sleep_for(0, pointer(a));
    case SYS_clock_nanosleep:
        return sleep_for(b, pointer(c));
    case SYS_sched_yield:
        return yield();
    case SYS_getrandom:
        return random_bytes(pointer(a), (size_t)b);
    case SYS_gettid:
        return (long)helios_libc_thread_id();
    case SYS_exit:
    case SYS_exit_group:
        helios_exit((int)a);
    default:
        return -ENOSYS;
    }
}

void abort(void) {
    helios_printf("aborted\n");
    helios_backtrace();
    helios_abort();
}

// SPDX-License-Identifier: GPL-3.0-only
//
// What the compiler calls for each access of code that is compiled with -fsanitize=thread: here
// they are points at which another CPU can go on, and nothing else.
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernel/ipc_wait.h"
#include "kernel/lock.h"
#include "kernel/percpu.h"
#include "kernel/task.h"
#include "testing/explore/engine.h"

namespace explore {

Mistake mistake = Mistake::kNone;

namespace {

template <typename T> T Spoil(const volatile T *at, T value) {
    (void)at;
    return value;
}

uint32_t SpoilLoad(const volatile uint32_t *, uint32_t value) {
    return value;
}

uint64_t SpoilLoad(const volatile uint64_t *at, uint64_t value) {
    bool is_waiting = at == &host_percpu->flush_waiting;
    return mistake == Mistake::kNoAcknowledgment && is_waiting ? 0 : value;
}

uint8_t SpoilLoad(const volatile uint8_t *at, uint8_t value) {
    if (mistake == Mistake::kNoGrace && Running() < kMaxCpus) {
        for (uint32_t i = 0; i < percpu_count(); i++) {
            if (at == &percpu_get(i)->is_idle) {
                return 1;
            }
        }
    }
    return value;
}

uint16_t SpoilLoad(const volatile uint16_t *, uint16_t value) {
    return value;
}

template <typename T> T SpoilOr(T old) {
    return old;
}

// Only a task's `pending` is a word of 32 bits.
uint32_t SpoilOr(uint32_t old) {
    return mistake == Mistake::kMailedTwice ? 0 : old;
}

// Whether a compare-and-exchange is one that a mistake leaves out: it succeeds, and changes
// nothing.
bool IsLeftOut(const volatile uint16_t *, uint16_t, uint16_t) {
    return false;
}

// The token of a CPU's stack of dying objects.
bool IsLeftOut(const volatile uint8_t *at, uint8_t, uint8_t) {
    bool is_token = false;
    for (uint32_t i = 0; i < percpu_count() && mistake == Mistake::kNoToken; i++) {
        is_token = is_token || at == &percpu_get(i)->reaping;
    }
    return is_token;
}

// A lock's word; that of the idle CPU that reaps looks the same, and means nothing.
bool IsLeftOut(const volatile uint32_t *, uint32_t expected, uint32_t value) {
    return mistake == Mistake::kNoLock && expected == 0 && value == LOCK_HELD;
}

// A claim: of words of 64 bits that are emptied like this there are links of calls, and the
// reaper's stacks.
bool IsLeftOut(const volatile uint64_t *at, uint64_t, uint64_t value) {
    if (mistake != Mistake::kNoClaim || value != 0 || Running() >= kMaxCpus) {
        return false;
    }
    for (uint32_t i = 0; i < percpu_count(); i++) {
        if (static_cast<const volatile void *>(at) == &percpu_get(i)->dying) {
            return false;
        }
    }
    return true;
}

// A word that is stored late: after so many locks have been released, those of what is polled, and
// so many atomic accesses after that, before which its CPU has not yet found somebody else to run.
struct Late {
    volatile uint8_t *word;
    unsigned looks;
    unsigned accesses;
};

constexpr unsigned kLateAccesses = 8;

Late late[kMaxCpus];

template <typename T> bool IsLate(volatile T *, T) {
    return false;
}

// The word with which a task says that its poll can be ended.
bool IsLate(volatile uint8_t *at, uint8_t value) {
    if (mistake != Mistake::kLateWord || Running() >= kMaxCpus) {
        return false;
    }
    Late &mine = late[Running()];
    const task *current = host_percpu->current;
    if (current != nullptr && at == &current->poll_claim && value == POLL_OPEN) {
        mine = {at, current->poll_count, kLateAccesses};
        return true;
    }
    mine.looks -= mine.looks != 0;
    return false;
}

// What has been late for long enough.
void StoreLate() {
    if (mistake != Mistake::kLateWord || Running() >= kMaxCpus) {
        return;
    }
    Late &mine = late[Running()];
    if (mine.word != nullptr && mine.looks == 0 && mine.accesses-- == 0) {
        __atomic_store_n(mine.word, POLL_OPEN, __ATOMIC_SEQ_CST);
        mine.word = nullptr;
    }
}

} // namespace

} // namespace explore

using explore::PlainPoint;
using explore::Point;

#define HERE __builtin_return_address(0)

// Of an atomic access.
#define POINT() (Point(HERE), explore::StoreLate())

#define ATOMICS(bits)                                                                              \
    uint##bits##_t __tsan_atomic##bits##_load(const volatile uint##bits##_t *at, int) {            \
        POINT();                                                                                   \
        return explore::SpoilLoad(at, __atomic_load_n(at, __ATOMIC_SEQ_CST));                      \
    }                                                                                              \
    void __tsan_atomic##bits##_store(volatile uint##bits##_t *at, uint##bits##_t value, int) {     \
        POINT();                                                                                   \
        if (!explore::IsLate(at, value)) {                                                         \
            __atomic_store_n(at, value, __ATOMIC_SEQ_CST);                                         \
        }                                                                                          \
    }                                                                                              \
    uint##bits##_t __tsan_atomic##bits##_exchange(volatile uint##bits##_t *at,                     \
                                                  uint##bits##_t value, int) {                     \
        POINT();                                                                                   \
        return __atomic_exchange_n(at, value, __ATOMIC_SEQ_CST);                                   \
    }                                                                                              \
    uint##bits##_t __tsan_atomic##bits##_fetch_add(volatile uint##bits##_t *at,                    \
                                                   uint##bits##_t value, int) {                    \
        POINT();                                                                                   \
        return __atomic_fetch_add(at, value, __ATOMIC_SEQ_CST);                                    \
    }                                                                                              \
    uint##bits##_t __tsan_atomic##bits##_fetch_sub(volatile uint##bits##_t *at,                    \
                                                   uint##bits##_t value, int) {                    \
        POINT();                                                                                   \
        return __atomic_fetch_sub(at, value, __ATOMIC_SEQ_CST);                                    \
    }                                                                                              \
    uint##bits##_t __tsan_atomic##bits##_fetch_and(volatile uint##bits##_t *at,                    \
                                                   uint##bits##_t value, int) {                    \
        POINT();                                                                                   \
        return __atomic_fetch_and(at, value, __ATOMIC_SEQ_CST);                                    \
    }                                                                                              \
    uint##bits##_t __tsan_atomic##bits##_fetch_or(volatile uint##bits##_t *at,                     \
                                                  uint##bits##_t value, int) {                     \
        POINT();                                                                                   \
        return explore::SpoilOr(__atomic_fetch_or(at, value, __ATOMIC_SEQ_CST));                   \
    }                                                                                              \
    uint##bits##_t __tsan_atomic##bits##_fetch_xor(volatile uint##bits##_t *at,                    \
                                                   uint##bits##_t value, int) {                    \
        POINT();                                                                                   \
        return __atomic_fetch_xor(at, value, __ATOMIC_SEQ_CST);                                    \
    }                                                                                              \
    uint##bits##_t __tsan_atomic##bits##_compare_exchange_val(                                     \
        volatile uint##bits##_t *at, uint##bits##_t expected, uint##bits##_t value, int, int) {    \
        POINT();                                                                                   \
        if (explore::IsLeftOut(at, expected, value)) {                                             \
            return expected;                                                                       \
        }                                                                                          \
        __atomic_compare_exchange_n(at, &expected, value, false, __ATOMIC_SEQ_CST,                 \
                                    __ATOMIC_SEQ_CST);                                             \
        return expected;                                                                           \
    }

#define PLAIN(bytes)                                                                               \
    void __tsan_read##bytes(const void *) {                                                        \
        PlainPoint(HERE);                                                                          \
    }                                                                                              \
    void __tsan_write##bytes(const void *) {                                                       \
        PlainPoint(HERE);                                                                          \
    }                                                                                              \
    void __tsan_unaligned_read##bytes(const void *) {                                              \
        PlainPoint(HERE);                                                                          \
    }                                                                                              \
    void __tsan_unaligned_write##bytes(const void *) {                                             \
        PlainPoint(HERE);                                                                          \
    }                                                                                              \
    void __tsan_read_write##bytes(const void *) {                                                  \
        PlainPoint(HERE);                                                                          \
    }                                                                                              \
    void __tsan_unaligned_read_write##bytes(const void *) {                                        \
        PlainPoint(HERE);                                                                          \
    }

extern "C" {
ATOMICS(8)
ATOMICS(16)
ATOMICS(32)
ATOMICS(64)
PLAIN(1)
PLAIN(2)
PLAIN(4)
PLAIN(8)
PLAIN(16)

void __tsan_init() {
}

void __tsan_func_entry(const void *) {
}

void __tsan_func_exit() {
}

void __tsan_atomic_thread_fence(int) {
    Point(HERE);
}

void __tsan_atomic_signal_fence(int) {
}

void *__tsan_memcpy(void *to, const void *from, size_t length) {
    PlainPoint(HERE);
    return memcpy(to, from, length);
}

void *__tsan_memmove(void *to, const void *from, size_t length) {
    PlainPoint(HERE);
    return memmove(to, from, length);
}

void *__tsan_memset(void *to, int value, size_t length) {
    PlainPoint(HERE);
    return memset(to, value, length);
}
}

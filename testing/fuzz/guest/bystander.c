// SPDX-License-Identifier: GPL-3.0-only
#include "testing/fuzz/guest/bystander.h"

#include "testing/fuzz/guest/state.h"

enum { INTEGERS = 10, NUMBERS = 8 };

uint64_t bystander_compute(uint64_t length) {
    uint64_t integers[INTEGERS];
    double numbers[NUMBERS];
    for (unsigned i = 0; i < INTEGERS; i++) {
        integers[i] = 0x9e3779b97f4a7c15ull * (i + 1);
    }
    for (unsigned i = 0; i < NUMBERS; i++) {
        numbers[i] = 1.0 + i;
    }
    for (uint64_t n = 0; n < length; n++) {
        for (unsigned i = 0; i < INTEGERS; i++) {
            uint64_t next = integers[(i + 1) % INTEGERS];
            integers[i] = (integers[i] << 7 | integers[i] >> 57) ^ next * 0xbf58476d1ce4e5b9ull;
        }
        for (unsigned i = 0; i < NUMBERS; i++) {
            double next = numbers[(i + 1) % NUMBERS];
            numbers[i] = (numbers[i] + next) * 0.5 + (double)(integers[i] & 0xff);
        }
    }
    uint64_t sum = 0;
    for (unsigned i = 0; i < INTEGERS; i++) {
        sum = sum * 31 + integers[i];
    }
    for (unsigned i = 0; i < NUMBERS; i++) {
        sum = sum * 31 + (uint64_t)(numbers[i] * 1024.0);
    }
    return sum;
}

_Noreturn void bystander_task(void *argument) {
    struct bystander *self = argument;
    for (;;) {
        uint64_t sum = bystander_compute(self->length);
        if (sum != self->expected) {
            self->got = sum;
            self->wrong++;
        }
        self->beats++;
        struct helios_message message = {
            .tag = helios_tag(0, 0, 2, 0),
            .params = {0, fuzz_now(self->clock_hz) + self->period_ns},
        };
        helios_syscall(HELIOS_SYS_POLLX, &message);
    }
}

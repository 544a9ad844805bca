// SPDX-License-Identifier: GPL-3.0-only
#include "testing/fuzz/guest/prober.h"

#include "testing/fuzz/guest/state.h"
#include "uapi/object.h"

enum { LONGEST_WAIT_NS = 300000 };

// System calls that end by themselves: at once, by a timer, or by somebody's answer.
static const struct {
    uint32_t number;
    uint32_t slot;
    uint32_t params;
    uint32_t flags;
} calls[] = {
    {HELIOS_SYS_YIELD, 0, 0, 0},
    {HELIOS_SYS_IDENTIFY, WITNESS_SLOT_MEMORY, 0, 0},
    {HELIOS_SYS_SIGNAL, WITNESS_SLOT_NOTIFICATION, 0, 0},
    {HELIOS_SYS_WAIT, WITNESS_SLOT_NOTIFICATION, 0, HELIOS_FLAG_DEADLINE},
    {HELIOS_SYS_NBWAIT, WITNESS_SLOT_NOTIFICATION, 0, 0},
    {HELIOS_SYS_CALL, WITNESS_SLOT_ENDPOINT, 4, 0},
    {HELIOS_SYS_CALL, WITNESS_SLOT_ENDPOINT, 1, 0},
    {HELIOS_SYS_CALL, WITNESS_SLOT_CSPACE, 0, 0},
    {HELIOS_SYS_RECV, WITNESS_SLOT_OWN_ENDPOINT, 0, HELIOS_FLAG_DEADLINE},
    {HELIOS_SYS_SEND, WITNESS_SLOT_OWN_ENDPOINT, 2, HELIOS_FLAG_DEADLINE},
    {HELIOS_SYS_NBSEND, WITNESS_SLOT_OWN_ENDPOINT, 2, 0},
    {HELIOS_SYS_NBRECV, WITNESS_SLOT_OWN_ENDPOINT, 0, 0},
    {HELIOS_SYS_REPLY, 0, 0, 0},
    {HELIOS_SYS_POLLX, 0, 2, 0},
    {HELIOS_SYS_COUNT, 0, 0, 0},
};

static void enter(struct prober *self, uint64_t choice) {
    struct probe *probe = &self->probe;
    uint64_t deadline =
        fuzz_now(self->witness.clock_hz) + fuzz_random(&self->witness.random) % LONGEST_WAIT_NS;
    self->witness.thread.buffer->deadline = deadline;
    for (unsigned i = 0; i < PROBE_REGISTERS; i++) {
        probe->in[i] = fuzz_random(&self->witness.random);
    }
    for (unsigned i = 0; i < PROBE_FP_WORDS; i++) {
        probe->fp_in[i] = fuzz_random(&self->witness.random);
    }
    uint32_t number = calls[choice].number;
    probe->in[probe_number] = number;
    probe->in[probe_result[0]] = calls[choice].slot;
    probe->in[probe_result[1]] = helios_tag(0, 0, calls[choice].params, calls[choice].flags);
    if (number == HELIOS_SYS_POLLX) {
        probe->in[probe_result[2]] = 0;
        probe->in[probe_result[3]] = deadline;
    }
    for (unsigned i = 1; i < 4 && number == HELIOS_SYS_CALL; i++) {
        probe->in[probe_result[2 + i]] = witness_word(probe->in[probe_result[2]], i);
    }
    probe_syscall(probe);
}

static void check(struct prober *self) {
    const struct probe *probe = &self->probe;
    for (unsigned i = 0; i < PROBE_REGISTERS; i++) {
        if (probe_fates[i] == PROBE_ZERO) {
            witness_expect(&self->witness, probe->out[i], 0, "a register that is to be zero");
        } else if (probe_fates[i] == PROBE_PRESERVED) {
            witness_expect(&self->witness, probe->out[i], probe->in[i],
                           "a register that is to be preserved");
        } else if (probe_fates[i] == PROBE_HARDWARE) {
            witness_expect(&self->witness, (uint64_t)probe_hardware_is_fine(i, probe), 1,
                           "a register that the instruction takes");
        }
    }
    for (unsigned i = 0; i < probe_fp_words; i++) {
        witness_expect(&self->witness, probe->fp_out[i], probe->fp_in[i],
                       "a floating-point register");
    }
}

_Noreturn void prober_task(void *prober) {
    struct prober *self = prober;
    for (;;) {
        enter(self, self->witness.beats % (sizeof(calls) / sizeof(calls[0])));
        check(self);
        self->witness.beats++;
    }
}

// SPDX-License-Identifier: GPL-3.0-only
//
// The interval timer (Intel 8254), which counts down once and raises ISA interrupt 0.
#include "testing/bench/counter.h"
#include "uapi/object.h"
#include "userland/helios/syscall.h"

enum {
    PIT = 0x40,
    PIT_COMMAND = 0x43,
    PIT_ONCE = 0x30, // counter 0, both bytes, mode 0: interrupt on terminal count
    TICKS = 20,      // of 838 ns
};

static uint64_t ports;

bool bench_irq_open(const struct helios_bootinfo *info, uint32_t *line, uint64_t *trigger) {
    if (helios_call(HELIOS_INIT_IO_CONTROL, HELIOS_IO_CONTROL_ISSUE, 2, PIT, 4).status !=
        HELIOS_OK) {
        return false;
    }
    ports = helios_buffer->caps[0];
    *line = 0;
    *trigger = 0;
    for (uint32_t i = 0; i < info->irq_count; i++) {
        if (info->irqs[i].source == 0) {
            *line = info->irqs[i].line;
            *trigger = info->irqs[i].trigger;
        }
    }
    return true;
}

void bench_irq_trigger(void) {
    helios_call(ports, HELIOS_IO_PORT_OUT8, 2, PIT_COMMAND, PIT_ONCE);
    helios_call(ports, HELIOS_IO_PORT_OUT8, 2, PIT, TICKS);
    helios_call(ports, HELIOS_IO_PORT_OUT8, 2, PIT, 0);
}

void bench_irq_quiet(void) {
}

// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/percpu.h"

#include "boot/protocol/protocol.h"
#include "kernel/boot_block.h"
#include "kernel/check.h"
#include "kernel/memory.h"
#include "kernel/physmem.h"

bool percpu_ready;

static struct percpu *cpus;
static uint32_t cpu_count;

struct percpu *percpu_init(const struct helios_boot *boot) {
    uint64_t length = align_up(boot->cpus.count * sizeof(struct percpu), KERNEL_PAGE_SIZE);
    uint64_t physical = physmem_alloc(length, KERNEL_PAGE_SIZE);
    if (physical == 0) {
        return NULL;
    }
    cpus = arch_direct(physical);
    cpu_count = boot->cpus.count;
    memory_zero(cpus, length);
    for (uint32_t i = 0; i < cpu_count; i++) {
        cpus[i].self = &cpus[i];
        cpus[i].index = i;
        cpus[i].hardware_id = boot_cpu(boot, i)->hardware_id;
        for (uint64_t state = 0; state < sizeof(cpus[i].own_state) / sizeof(uint64_t); state++) {
            cpus[i].own_state[state] = (uint64_t)i << 32 | state;
        }
    }
    return &cpus[boot->boot_cpu];
}

uint32_t percpu_count(void) {
    return cpu_count;
}

struct percpu *percpu_get(uint32_t index) {
    CHECK(index < cpu_count);
    return &cpus[index];
}

// SPDX-License-Identifier: GPL-3.0-only
#include "arch/host/host.h"
#include "testing/audit/world.h"

const char *audit_port(const struct percpu *cpu) {
    const struct host_cpu *host = &host_cpus[cpu->index % HOST_MAX_CPUS];
    return host->record.stale_activations == 0
               ? NULL
               : "a CPU uses an identifier of which its TLB knows another VSpace";
}

// SPDX-License-Identifier: GPL-3.0-only
//
// Other CPUs: how they start. Interrupts between them are the GIC's (interrupt.c, gic.c).
#include "arch/include/smp.h"

#include <stdbool.h>
#include <stddef.h>

#include "arch/aarch64/boot.h"
#include "arch/aarch64/mmu_format.h"
#include "arch/aarch64/offsets.h"
#include "arch/aarch64/sysreg.h"
#include "arch/include/mmu.h"
#include "kernel/percpu.h"
#include "kernel/window.h"

static_assert(offsetof(struct aarch64_start, root) == START_ROOT, "entry.S");
static_assert(offsetof(struct aarch64_start, control) == START_ROOT + 8, "entry.S");
static_assert(offsetof(struct aarch64_start, cpu) == START_CPU, "entry.S");

#define PSCI_CPU_ON 0xc4000003u // addresses of 64 bits

static struct aarch64_start start;

// Arm DEN 0022, 5.2.2.
static const char *psci_text(int64_t status) {
    static const char *const texts[] = {
        "firmware can't start CPUs",      "firmware knows no CPU with this affinity",
        "firmware does not want it to",   "it runs already",
        "it is about to run already",     "firmware says: internal failure",
        "firmware says: no such CPU",     "firmware says: disabled",
        "firmware can't reach its entry",
    };
    if (status >= 0) {
        return NULL;
    }
    uint64_t index = (uint64_t)(-status - 1);
    return index < sizeof(texts) / sizeof(texts[0]) ? texts[index] : "firmware does not say why";
}

const char *arch_cpu_start(struct percpu *cpu) {
    if (cpu->arch.emergency_top == 0) {
        cpu->arch.emergency_top = window_stack();
    }
    if (cpu->arch.emergency_top == 0) {
        return "no memory for its stack for faults";
    }
    start = (struct aarch64_start){
        .root = aarch64_machine.kernel_root,
        .control = SYSREG_READ("tcr_el1") | TCR_EPD0,
        .cpu = cpu,
    };
    // Memory has it for a CPU whose caches are off.
    arch_cache_maintain(&start, sizeof(start), CACHE_CLEAN);
    arch_cache_maintain(aarch64_secondary, (uint64_t)(aarch64_secondary_end - aarch64_secondary),
                        CACHE_CLEAN);
    return psci_text(aarch64_psci(PSCI_CPU_ON, cpu->hardware_id,
                                  aarch64_image_physical(aarch64_secondary),
                                  aarch64_image_physical(&start)));
}

bool arch_flush_is_broadcast(void) {
    return true;
}

void arch_instruction_fence(void) {
    AARCH64_ISB();
}

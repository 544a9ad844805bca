// SPDX-License-Identifier: GPL-3.0-only
//
// State of one CPU: what the kernel relies on, and what user mode may do by itself.
#include <stddef.h>

#include "arch/aarch64/boot.h"
#include "arch/aarch64/mmu_format.h"
#include "arch/aarch64/offsets.h"
#include "arch/aarch64/sysreg.h"
#include "arch/aarch64/user_state.h"
#include "arch/include/boot.h"
#include "arch/include/mmu.h"
#include "arch/include/port.h"
#include "kernel/percpu.h"

static_assert(offsetof(struct percpu, arch_current) == PERCPU_CURRENT, "entry.S");
static_assert(offsetof(struct percpu, stack_top) == PERCPU_STACK_TOP, "entry.S");
static_assert(ARCH_STACK_SIZE == AARCH64_BOOT_STACK_SIZE, "entry.S");

// SCTLR_EL1 (Arm ARM D17.2.118). What is not named is zero: no alignment checks (A), no user access
// to DAIF (UMA), no pointer authentication (its instructions in hint space do nothing), no memory
// tagging, no BTI, little endian, SPAN = 0: entry to the kernel sets PAN.
#define SCTLR_M     (1ull << 0)  // translation
#define SCTLR_C     (1ull << 2)  // data caches
#define SCTLR_SA    (1ull << 3)  // stack alignment, kernel
#define SCTLR_SA0   (1ull << 4)  // stack alignment, user
#define SCTLR_ITD   (1ull << 7)  // one where there is no AArch32
#define SCTLR_SED   (1ull << 8)  // likewise
#define SCTLR_EOS   (1ull << 11) // exception return synchronises
#define SCTLR_I     (1ull << 12) // instruction cache
#define SCTLR_DZE   (1ull << 14) // user: DC ZVA, for memset; writes what a store may write
#define SCTLR_UCT   (1ull << 15) // user: CTR_EL0, needed to use what UCI allows
#define SCTLR_NTWI  (1ull << 16) // user: WFI, as good as spinning: interrupts stay on
#define SCTLR_NTWE  (1ull << 18) // user: WFE, in spin locks
#define SCTLR_WXN   (1ull << 19) // what is writable is not executable, whatever the entry says
#define SCTLR_TSCXT (1ull << 20) // no user access to SCXTNUM_EL0
#define SCTLR_EIS   (1ull << 22) // exception entry synchronises
#define SCTLR_UCI   (1ull << 26) // user: cache maintenance by address, for JITs and drivers
#define SCTLR_TIDCP (1ull << 63) // implementation-defined registers trap (FEAT_TIDCP1)

#define SCTLR_BASE                                                                                 \
    (SCTLR_M | SCTLR_C | SCTLR_SA | SCTLR_SA0 | SCTLR_ITD | SCTLR_SED | SCTLR_EOS | SCTLR_I |      \
     SCTLR_DZE | SCTLR_UCT | SCTLR_NTWI | SCTLR_NTWE | SCTLR_WXN | SCTLR_TSCXT | SCTLR_EIS |       \
     SCTLR_UCI)

#define CNTKCTL_EL0VCTEN (1ull << 1) // user: CNTVCT_EL0, CNTFRQ_EL0; nothing else of the timers
#define CNT_CTL_IMASK    (1ull << 1)

// Where entry.S finds the emergency stack, as a symbol: the portable part of struct percpu, which
// comes first, may grow.
static_assert(offsetof(struct percpu, arch.emergency_top) < 4096, "entry.S");
__attribute__((used)) static void define_offset(void) {
    __asm__(".globl aarch64_percpu_emergency_top\n\t.set aarch64_percpu_emergency_top, %c0"
            :
            : "i"(offsetof(struct percpu, arch.emergency_top)));
}

static const char *missing_feature(void) {
    uint64_t mmfr0 = SYSREG_READ("id_aa64mmfr0_el1");
    uint64_t pfr0 = SYSREG_READ("id_aa64pfr0_el1");
    if (SYSREG_READ("currentel") != 1u << 2) {
        return "EL1: the kernel was entered elsewhere";
    }
    if (sysreg_field(mmfr0, 28) == 0xf) {
        return "a translation granule of 4 KiB";
    }
    if (sysreg_field(pfr0, 16) == 0xf || sysreg_field(pfr0, 20) == 0xf) {
        return "floating point and Advanced SIMD";
    }
    return NULL;
}

// The boot CPU says what the kernel uses and lets users do; another one has to have it too.
static const char *agree_on_features(void) {
    uint64_t mmfr0 = SYSREG_READ("id_aa64mmfr0_el1");
    uint64_t ctr = SYSREG_READ("ctr_el0");
    uint64_t pstate =
        user_state_pstate_mask(SYSREG_READ("id_aa64pfr0_el1"), SYSREG_READ("id_aa64pfr1_el1"));
    unsigned breakpoints =
        user_state_breakpoint_count(SYSREG_READ("id_aa64dfr0_el1"), AARCH64_BREAKPOINTS);
    struct aarch64_machine *machine = &aarch64_machine;
    if (!percpu_ready) {
        machine->asid_count = aarch64_asid_count(mmfr0);
        machine->user_pstate = pstate;
        machine->breakpoints = breakpoints;
        machine->ctr = ctr;
        return NULL;
    }
    if (aarch64_asid_count(mmfr0) < machine->asid_count) {
        return "address space identifiers of 16 bits, which the boot CPU has";
    }
    if ((machine->user_pstate & ~pstate) != 0) {
        return "DIT or SSBS, which the boot CPU has";
    }
    if (breakpoints < machine->breakpoints) {
        return "as many breakpoints as the boot CPU has";
    }
    machine->ctr = aarch64_ctr_common(machine->ctr, ctr);
    return NULL;
}

static void init_control(void) {
    uint64_t mmfr1 = SYSREG_READ("id_aa64mmfr1_el1");
    SYSREG_WRITE("sctlr_el1", SCTLR_BASE | (sysreg_field(mmfr1, 52) != 0 ? SCTLR_TIDCP : 0));
    SYSREG_WRITE("cpacr_el1", AARCH64_CPACR_CLOSED);
    AARCH64_ISB();
    if (sysreg_field(mmfr1, 20) != 0) {
        __asm__ volatile(".inst 0xd500419f"); // MSR PAN, #1; exception entry sets it from now on
    }
}

// User mode gets no performance or activity monitor.
static void init_monitors(void) {
    uint64_t dfr0 = SYSREG_READ("id_aa64dfr0_el1");
    uint64_t pmu = sysreg_field(dfr0, 8);
    if (pmu != 0 && pmu != 0xf) {
        SYSREG_WRITE("pmuserenr_el0", 0ull);
    }
    if (sysreg_field(SYSREG_READ("id_aa64pfr0_el1"), 44) != 0) {
        SYSREG_WRITE("s3_3_c13_c2_3", 0ull); // AMUSERENR_EL0
    }
}

static void init_timers(void) {
    SYSREG_WRITE("cntkctl_el1", CNTKCTL_EL0VCTEN);
    SYSREG_WRITE("cntv_ctl_el0", CNT_CTL_IMASK);
    SYSREG_WRITE("cntp_ctl_el0", CNT_CTL_IMASK);
    AARCH64_ISB();
}

const char *arch_cpu_init(struct percpu *cpu) {
    const char *missing = missing_feature();
    missing = missing != NULL ? missing : agree_on_features();
    if (missing != NULL) {
        return missing;
    }
    if (cpu->arch.emergency_top == 0) { // the others' are arch_cpu_start's
        cpu->arch.emergency_top = (uintptr_t)aarch64_emergency_top;
    }
    SYSREG_WRITE("tpidr_el1", cpu);
    SYSREG_WRITE("tpidr_el0", 0ull);
    SYSREG_WRITE("tpidrro_el0", 0ull);
    SYSREG_WRITE("contextidr_el1", 0ull);
    aarch64_mmu_init();
    init_control();
    aarch64_tlb_flush_local(); // WXN may be cached with translations
    init_monitors();
    aarch64_debug_init();
    init_timers();
    return NULL;
}

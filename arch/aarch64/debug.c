// SPDX-License-Identifier: GPL-3.0-only
//
// Self-hosted debug (Arm ARM D2): single step, breakpoints and watchpoints of user mode. Debug
// exceptions from the kernel are never enabled (MDSCR.KDE = 0), so its registers stay loaded while
// the kernel runs.
#include "arch/aarch64/boot.h"
#include "arch/aarch64/sysreg.h"
#include "arch/aarch64/user_state.h"
#include "arch/include/port.h"

#define MDSCR_SS   (1ull << 0)  // software step
#define MDSCR_TDCC (1ull << 12) // no user access to the debug communication channel
#define MDSCR_MDE  (1ull << 15) // breakpoints and watchpoints

#define EACH_DEBUG_REGISTER(X)                                                                     \
    X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)

enum debug_kind { BREAKPOINT, WATCHPOINT };

static void write_pair(enum debug_kind kind, unsigned index, uint64_t address, uint64_t control) {
    switch (index * 2 + kind) {
#define X(n)                                                                                       \
    case 2 * (n) + BREAKPOINT:                                                                     \
        SYSREG_WRITE("dbgbvr" #n "_el1", address);                                                 \
        SYSREG_WRITE("dbgbcr" #n "_el1", control);                                                 \
        break;                                                                                     \
    case 2 * (n) + WATCHPOINT:                                                                     \
        SYSREG_WRITE("dbgwvr" #n "_el1", address);                                                 \
        SYSREG_WRITE("dbgwcr" #n "_el1", control);                                                 \
        break;
        EACH_DEBUG_REGISTER(X)
#undef X
    }
}

void aarch64_debug_init(void) {
    uint64_t dfr0 = SYSREG_READ("id_aa64dfr0_el1");
    SYSREG_WRITE("mdscr_el1", MDSCR_TDCC);
    SYSREG_WRITE("osdlr_el1", 0ull);
    SYSREG_WRITE("oslar_el1", 0ull); // locked by reset; while it is, there are no debug exceptions
    AARCH64_ISB();
    for (unsigned i = 0; i <= sysreg_field(dfr0, 12); i++) {
        write_pair(BREAKPOINT, i, 0, 0);
    }
    for (unsigned i = 0; i <= sysreg_field(dfr0, 20); i++) {
        write_pair(WATCHPOINT, i, 0, 0);
    }
}

void aarch64_debug_load(const struct arch_task *task) {
    uint64_t mdscr = MDSCR_TDCC | ((task->debug & AARCH64_DEBUG_STEP) != 0 ? MDSCR_SS : 0);
    if ((task->debug & AARCH64_DEBUG_BREAKPOINTS) != 0) {
        mdscr |= MDSCR_MDE;
        for (unsigned i = 0; i < aarch64_machine.breakpoints; i++) {
            const struct aarch64_breakpoint *breakpoint = &task->breakpoints[i];
            bool is_data = breakpoint->is_data;
            write_pair(BREAKPOINT, i, breakpoint->address, is_data ? 0 : breakpoint->control);
            write_pair(WATCHPOINT, i, breakpoint->address, is_data ? breakpoint->control : 0);
        }
    }
    SYSREG_WRITE("mdscr_el1", mdscr);
    AARCH64_ISB(); // the kernel's own instructions are stepped over with the old or the new value
}

// SPDX-License-Identifier: GPL-3.0-only
#include "arch/x86_64/debug.h"

#include "arch/include/fault.h"
#include "arch/include/task.h"
#include "arch/x86_64/registers.h"

// DR7: two enable bits per breakpoint (the lower one, "local", is used) from bit 0 on, and four
// bits, condition and length, from bit 16 on.
#define ENABLE(index)          (1ull << (index) * 2)
#define CONDITION_SHIFT(index) (16 + (index) * 4)

enum condition {
    CONDITION_EXECUTE = 0,
    CONDITION_WRITE = 1,
    CONDITION_ACCESS = 3,
    CONDITION_MASK = 3,
};

// The length field, or -1.
static int encode_length(unsigned length) {
    switch (length) {
    case 1:
        return 0;
    case 2:
        return 1;
    case 4:
        return 3;
    case 8:
        return 2;
    default:
        return -1;
    }
}

// Condition and length as DR7 has them, or -1.
static int encode_condition(unsigned kind, unsigned length) {
    int field = encode_length(length);
    switch (kind) {
    case BREAKPOINT_EXECUTE:
        return length == 1 ? CONDITION_EXECUTE : -1;
    case BREAKPOINT_WRITE:
        return field < 0 ? -1 : field << 2 | CONDITION_WRITE;
    case BREAKPOINT_ACCESS:
        return field < 0 ? -1 : field << 2 | CONDITION_ACCESS;
    default:
        return -1;
    }
}

static void disable(struct x86_breakpoints *breakpoints, unsigned index) {
    breakpoints->control &= ~(ENABLE(index) | 0xfull << CONDITION_SHIFT(index));
    breakpoints->address[index] = 0;
    if (breakpoints->control == DR7_CLEAR) {
        breakpoints->control = 0;
    }
}

bool x86_breakpoint_encode(struct x86_breakpoints *breakpoints, unsigned index, unsigned kind,
                           uint64_t address, unsigned length) {
    if (index >= X86_BREAKPOINTS) {
        return false;
    }
    if (kind == BREAKPOINT_OFF) {
        disable(breakpoints, index);
        return true;
    }
    const int condition = encode_condition(kind, length);
    if (condition < 0 || address >> 47 != 0 || address % length != 0) {
        return false;
    }
    disable(breakpoints, index);
    breakpoints->address[index] = address;
    breakpoints->control |=
        DR7_CLEAR | ENABLE(index) | (uint64_t)condition << CONDITION_SHIFT(index);
    return true;
}

void x86_debug_fault(const struct x86_breakpoints *breakpoints, uint64_t dr6, uintptr_t pc,
                     struct fault *fault) {
    *fault = (struct fault){
        .kind = (dr6 & DR6_STEP) ? FAULT_STEP : FAULT_BREAKPOINT, // INT1 leaves no trace
        .pc = pc,
        .code = (uint64_t)VECTOR_DEBUG << 32 | (dr6 & DR6_CAUSES),
    };
    for (unsigned i = 0; i < X86_BREAKPOINTS; i++) {
        // The processor may report breakpoints that are not enabled.
        if (!(dr6 >> i & 1) || !(breakpoints->control & ENABLE(i))) {
            continue;
        }
        const bool executes =
            (breakpoints->control >> CONDITION_SHIFT(i) & CONDITION_MASK) == CONDITION_EXECUTE;
        fault->kind = executes ? FAULT_BREAKPOINT : FAULT_WATCHPOINT;
        fault->address = breakpoints->address[i];
        return;
    }
}

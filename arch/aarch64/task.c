// SPDX-License-Identifier: GPL-3.0-only
//
// Register state of user tasks. Entry and exit are in entry.S.
#include "arch/include/task.h"

#include <stddef.h>

#include "arch/aarch64/boot.h"
#include "arch/aarch64/offsets.h"
#include "arch/aarch64/sysreg.h"
#include "arch/aarch64/user_state.h"
#include "arch/include/port.h"
#include "kernel/percpu.h"
#include "uapi/registers.h"
#include "uapi/syscall.h"

static_assert(offsetof(struct arch_task, x) == 0, "entry.S");
static_assert(offsetof(struct arch_task, x[19]) == TASK_SHORT, "entry.S");
static_assert(AARCH64_SHORT_X29 == 20, "entry.S");
static_assert(offsetof(struct arch_task, sp) == TASK_SP, "entry.S");
static_assert(offsetof(struct arch_task, frame) == TASK_SP + 8, "entry.S");
static_assert(offsetof(struct arch_task, pc) == TASK_PC, "entry.S");
static_assert(offsetof(struct arch_task, pstate) == TASK_PC + 8, "entry.S");
static_assert(offsetof(struct aarch64_machine, empty_root) == 0, "entry.S");
static_assert(ARCH_FRAME_SYSCALL == 0 && ARCH_FRAME_FULL == 1, "entry.S");
static_assert(HELIOS_SYS_YIELD == NUMBER_YIELD && HELIOS_SYS_RECV == NUMBER_RECV &&
                  HELIOS_SYS_CALL == NUMBER_CALL && HELIOS_SYS_SIGNAL == NUMBER_SIGNAL &&
                  HELIOS_SYS_WAIT == NUMBER_WAIT,
              "entry.S");
static_assert(ARCH_REGISTER_COUNT == HELIOS_AARCH64_REGISTERS, "uapi/registers.h");

#define WORD_X(n) ((unsigned)HELIOS_AARCH64_X0 + (n))

// The words that a short frame holds.
#define SHORT_FRAME                                                                                \
    (1ull << HELIOS_REGISTER_PC | 1ull << HELIOS_REGISTER_SP | 1ull << HELIOS_REGISTER_FLAGS |     \
     1ull << WORD_X(19) | 1ull << WORD_X(29))

void arch_task_init(struct arch_task *task, uintptr_t entry, uintptr_t stack, uint64_t argument) {
    // pstate zero: EL0t of AArch64, nothing masked.
    *task = (struct arch_task){.sp = stack, .frame = ARCH_FRAME_FULL, .pc = entry};
    task->x[0] = argument;
}

// What a short frame does not hold is zero.
static uint64_t get_x(const struct arch_task *task, unsigned n) {
    if (task->frame == ARCH_FRAME_FULL) {
        return task->x[n];
    }
    return n == 19 ? task->x[19] : n == 29 ? task->x[AARCH64_SHORT_X29] : 0;
}

uint64_t arch_task_get_registers(const struct arch_task *task, uint64_t *words) {
    words[HELIOS_REGISTER_PC] = task->pc;
    words[HELIOS_REGISTER_SP] = task->sp;
    words[HELIOS_REGISTER_FLAGS] = task->pstate & ~PSTATE_SS;
    for (unsigned n = 0; n < 31; n++) {
        words[WORD_X(n)] = get_x(task, n);
    }
    return task->frame == ARCH_FRAME_FULL ? (1ull << ARCH_REGISTER_COUNT) - 1 : SHORT_FRAME;
}

void arch_task_set_registers(struct arch_task *task, const uint64_t *words, uint64_t mask) {
    // Downwards: x29 of a short frame is found below its place.
    for (unsigned n = 31; n-- > 0;) {
        task->x[n] = (mask >> WORD_X(n) & 1) != 0 ? words[WORD_X(n)] : get_x(task, n);
    }
    task->frame = ARCH_FRAME_FULL;
    // ERET to EL0 takes any address, since top bytes are not ignored (TCR.TBI0 = 0): an impossible
    // one faults on the first fetch, in user mode (Arm ARM D1.4.4).
    if ((mask >> HELIOS_REGISTER_PC & 1) != 0) {
        task->pc = words[HELIOS_REGISTER_PC];
    }
    if ((mask >> HELIOS_REGISTER_SP & 1) != 0) {
        task->sp = words[HELIOS_REGISTER_SP];
    }
    if ((mask >> HELIOS_REGISTER_FLAGS & 1) != 0) {
        task->pstate = (words[HELIOS_REGISTER_FLAGS] & aarch64_machine.user_pstate) |
                       (task->pstate & PSTATE_SS);
    }
}

// The register holds it while the task is the one whose state this CPU has.
static bool is_loaded(const struct arch_task *task) {
    return arch_percpu()->arch_current == task;
}

uint64_t arch_task_get_tls(const struct arch_task *task) {
    return is_loaded(task) ? SYSREG_READ("tpidr_el0") : task->tls;
}

void arch_task_set_tls(struct arch_task *task, uint64_t base) {
    task->tls = base;
    if (is_loaded(task)) {
        SYSREG_WRITE("tpidr_el0", base);
    }
}

void arch_task_skip(struct arch_task *task, uint64_t bytes) {
    task->pc += bytes;
}

// From now on every CPU looks whether a task that it switches to has any of that.
static void note_debug(void) {
    for (uint32_t i = 0; i < percpu_count(); i++) {
        __atomic_store_n(&percpu_get(i)->port_attention, 1, __ATOMIC_RELAXED);
    }
}

static void set_debug(struct arch_task *task, uint64_t bit, bool on) {
    task->debug = on ? task->debug | bit : task->debug & ~bit;
    if (on) {
        note_debug();
    }
    if (is_loaded(task)) {
        aarch64_debug_load(task);
    }
}

// The exception comes after the instruction before which PSTATE.SS was set (Arm ARM D2.12).
bool arch_task_set_step(struct arch_task *task, bool on) {
    task->pstate = on ? task->pstate | PSTATE_SS : task->pstate & ~PSTATE_SS;
    set_debug(task, AARCH64_DEBUG_STEP, on);
    return true;
}

unsigned arch_breakpoint_count(void) {
    return aarch64_machine.breakpoints;
}

bool arch_breakpoint_set(struct arch_task *task, unsigned index, enum breakpoint_kind kind,
                         uintptr_t address, unsigned length) {
    uint32_t control = user_state_debug_control(kind, address, length);
    if (kind != BREAKPOINT_OFF && control == 0) {
        return false;
    }
    task->breakpoints[index] = (struct aarch64_breakpoint){
        .address = user_state_debug_value(kind, address),
        .control = control,
        .is_data = kind != BREAKPOINT_EXECUTE,
    };
    uint32_t any = 0;
    for (unsigned i = 0; i < AARCH64_BREAKPOINTS; i++) {
        any |= task->breakpoints[i].control;
    }
    set_debug(task, AARCH64_DEBUG_BREAKPOINTS, any != 0);
    return true;
}

// SPDX-License-Identifier: GPL-3.0-only
//
// Hardware breakpoints. The trigger registers are machine mode's; firmware writes them for us.
//
// A call to firmware is dear, so triggers are left in the hart when their task is descheduled.
// Until a task has any they cost nothing. From then on one without them pays a comparison at a
// switch, and a trap if it comes by an address where another task's trigger still is: then all of
// them are removed and it goes on.
//
// Sdtrig compares the lowest address of an access; that it also compares the others is only
// recommended. So a watchpoint is certain to see accesses that begin at its address.
#include "arch/riscv64/breakpoint.h"

#include <assert.h>
#include <stddef.h>

#include "arch/include/task.h"
#include "arch/riscv64/sbi.h"
#include "kernel/percpu.h"

// tdata1 of an address match that traps to us, in user mode only (RISC-V Debug Specification 1.0,
// sections 5.7.11 and 5.7.12). The fields that matter here stand in the same places in both types.
#define TYPE_MCONTROL  (2ull << 60)
#define TYPE_MCONTROL6 (6ull << 60)
#define MATCH_LOAD     (1ull << 0)
#define MATCH_STORE    (1ull << 1)
#define MATCH_EXECUTE  (1ull << 2)
#define MATCH_USER     (1ull << 3)

static_assert(sizeof(struct sbi_trigger) == sizeof(((struct arch_percpu *)NULL)->triggers[0]),
              "struct arch_percpu has room for them");

// What every hart of this machine has; 0: none that can be used. All triggers of the hart, of
// whatever type, are ours. Harts come one after the other, before there are tasks.
static unsigned breakpoint_count;
static unsigned trigger_count;
static uint64_t trigger_type;

static uint64_t last_version;

static unsigned count_breakpoints(uint64_t type) {
    return sbi_trigger_count(type | MATCH_USER | MATCH_EXECUTE);
}

static void init_first(void) {
    trigger_type = count_breakpoints(TYPE_MCONTROL6) != 0 ? TYPE_MCONTROL6 : TYPE_MCONTROL;
    breakpoint_count = RISCV_BREAKPOINTS;
}

void riscv_breakpoints_init(struct percpu *cpu) {
    if (!percpu_ready) {
        init_first();
    }
    unsigned count = count_breakpoints(trigger_type);
    if (count != 0 && !sbi_trigger_memory(arch_direct_physical(cpu->arch.triggers))) {
        count = 0;
    }
    const unsigned all = count == 0 ? 0 : sbi_trigger_count(0);
    trigger_count = all > trigger_count ? all : trigger_count;
    breakpoint_count = count < breakpoint_count ? count : breakpoint_count;
}

unsigned arch_breakpoint_count(void) {
    return breakpoint_count;
}

bool arch_breakpoint_set(struct arch_task *task, unsigned index, enum breakpoint_kind kind,
                         uintptr_t address, unsigned length) {
    struct riscv_breakpoint *breakpoint = &task->breakpoint[index];
    task->breakpoints -= breakpoint->kind != BREAKPOINT_OFF ? 1 : 0;
    task->breakpoints += kind != BREAKPOINT_OFF ? 1 : 0;
    *breakpoint = (struct riscv_breakpoint){
        .address = address, .kind = (uint8_t)kind, .length = (uint8_t)length};
    // From now on every hart looks whether a task that it switches to has any.
    for (uint32_t i = 0; i < percpu_count(); i++) {
        __atomic_store_n(&percpu_get(i)->port_attention, 1, __ATOMIC_RELAXED);
    }
    task->version = __atomic_add_fetch(&last_version, 1, __ATOMIC_RELAXED);
    return true;
}

static uint64_t match_of(uint8_t kind) {
    switch (kind) {
    case BREAKPOINT_EXECUTE:
        return MATCH_EXECUTE;
    case BREAKPOINT_WRITE:
        return MATCH_STORE;
    default:
        return MATCH_LOAD | MATCH_STORE;
    }
}

// One by one, and whether or not they are installed: OpenSBI 1.6 stops at one that is not, and does
// not say reliably which one it has chosen (it writes that to another entry of our array).
static void remove_triggers(struct arch_percpu *cpu) {
    for (unsigned i = 0; i < trigger_count; i++) {
        sbi_trigger_uninstall(i);
    }
    cpu->has_triggers = false;
    cpu->triggered = 0;
}

void riscv_breakpoints_load(const struct arch_task *task) {
    struct arch_percpu *cpu = &arch_percpu()->arch;
    if (cpu->triggered == task->version) {
        return;
    }
    remove_triggers(cpu);
    struct sbi_trigger *trigger = (struct sbi_trigger *)cpu->triggers;
    for (unsigned i = 0; i < breakpoint_count; i++) {
        const struct riscv_breakpoint *breakpoint = &task->breakpoint[i];
        if (breakpoint->kind == BREAKPOINT_OFF) {
            continue;
        }
        *trigger = (struct sbi_trigger){
            .tdata1 = trigger_type | MATCH_USER | match_of(breakpoint->kind),
            .tdata2 = breakpoint->address,
        };
        sbi_trigger_install();
    }
    cpu->has_triggers = true;
    cpu->triggered = task->version;
}

// Whether the task has a breakpoint that this access at `address` is for.
static bool is_watched(const struct arch_task *task, uint64_t address) {
    for (unsigned i = 0; i < breakpoint_count; i++) {
        const struct riscv_breakpoint *breakpoint = &task->breakpoint[i];
        if (breakpoint->kind >= BREAKPOINT_WRITE && address >= breakpoint->address &&
            address - breakpoint->address < breakpoint->length) {
            return true;
        }
    }
    return false;
}

bool riscv_breakpoint_hit(const struct arch_task *task, struct fault *fault) {
    struct arch_percpu *cpu = &arch_percpu()->arch;
    const bool is_own = cpu->triggered == task->version && task->breakpoints != 0;
    if (cpu->has_triggers && !is_own) {
        remove_triggers(cpu);
        return false;
    }
    // An ebreak instruction reports its own address, if anything.
    if (task->value != fault->pc && is_watched(task, task->value)) {
        fault->kind = FAULT_WATCHPOINT;
        fault->address = task->value;
    }
    return true;
}

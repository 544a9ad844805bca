// SPDX-License-Identifier: GPL-3.0-only
//
// The invocations of a Task. Any task may be invoked by any other one, or by itself, in every
// state.
#include <stddef.h>

#include "arch/include/task.h"
#include "kernel/cspace.h"
#include "kernel/deadline.h"
#include "kernel/ipc.h"
#include "kernel/reaper.h"
#include "kernel/sched.h"
#include "kernel/smp.h"
#include "kernel/syscall.h"
#include "kernel/table.h"
#include "kernel/task.h"

// Decoding is done when one of these is called: counts and the rights to the task are right.
typedef struct task *(*invocation)(struct task *current, struct task *task,
                                   const struct syscall *call);

#define WORD_PARAMS  HELIOS_REGISTER_PARAMS // what stands before the words of registers
#define REGISTERS    (WORD_PARAMS + ARCH_REGISTER_COUNT)
#define ALL_WORDS    (~0ull >> (64 - ARCH_REGISTER_COUNT))
#define MAX_PRIORITY (HELIOS_PRIORITIES - 1u)

static_assert(ARCH_REGISTER_COUNT <= 64, "a bit each");

static struct task *refuse_param(struct task *current, unsigned index, uint64_t found,
                                 uint64_t wanted) {
    return answer_error(current, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + index, found, wanted);
}

// Parts. -------------------------------------------------------------------------------------

struct part {
    enum helios_task_part bit;
    enum helios_type type;
    unsigned rights;
};

enum { PARTS = 4 };

static const struct part parts[PARTS] = {
    {HELIOS_TASK_CSPACE, HELIOS_TYPE_CSPACE, HELIOS_RIGHT_WRITE},
    {HELIOS_TASK_VSPACE, HELIOS_TYPE_VSPACE, HELIOS_RIGHT_WRITE},
    {HELIOS_TASK_BUFFER, HELIOS_TYPE_PAGE, HELIOS_RIGHT_READ | HELIOS_RIGHT_WRITE},
    {HELIOS_TASK_FAULT_ENDPOINT, HELIOS_TYPE_ENDPOINT, HELIOS_RIGHT_WRITE | HELIOS_RIGHT_GRANT},
};

struct source {
    struct slot *slot;
    uint32_t version;
    enum helios_task_part part;
};

// A buffer is a page that the kernel reaches through the direct map.
static bool check_buffer(struct task *current, unsigned index, const struct slot_view *slot) {
    const struct frame *frame = frame_of(slot->object);
    if (slot->object->order != 0) {
        answer_error(current, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_CAP + index,
                     page_level(slot->object), 0);
        return false;
    }
    if (frame->content != NULL) {
        answer_error(current, HELIOS_ERROR_UNSUPPORTED, HELIOS_ARGUMENT_CAP + index, 0, 0);
        return false;
    }
    return true;
}

static bool find_source(struct task *current, const struct part *part, unsigned index,
                        struct source *source) {
    source->part = part->bit;
    struct slot_view view;
    source->slot = syscall_cap(current, index, part->type, part->rights, &view);
    if (source->slot == NULL) {
        return false;
    }
    source->version = view.version;
    if (object_is_revoking(view.object)) {
        answer_cap_result(current, CAP_REVOKING, HELIOS_ARGUMENT_CAP + index);
        return false;
    }
    return part->bit != HELIOS_TASK_BUFFER || check_buffer(current, index, &view);
}

static struct task *configure(struct task *current, struct task *task, const struct syscall *call) {
    uint64_t mask = call->params[0];
    if ((mask & ~(uint64_t)HELIOS_TASK_PARTS) != 0) {
        return refuse_param(current, 0, mask, HELIOS_TASK_PARTS);
    }
    struct source sources[PARTS];
    unsigned count = 0;
    for (unsigned i = 0; i < PARTS; i++) {
        if ((mask & parts[i].bit) != 0) {
            if (!find_source(current, &parts[i], count, &sources[count])) {
                return current;
            }
            count++;
        }
    }
    uint32_t depth = reaper_depth();
    for (unsigned i = 0; i < count; i++) {
        enum cap_result result =
            task_set_part(task, sources[i].part, sources[i].slot, sources[i].version);
        if (result != CAP_OK) {
            return answer_cap_result(current, result, HELIOS_ARGUMENT_CAP + i);
        }
    }
    answer(current, 0);
    return reaper_finish(current, depth);
}

static struct task *bind(struct task *current, struct task *task, const struct syscall *call) {
    (void)call;
    struct slot_view view;
    struct slot *slot = syscall_cap(current, 0, HELIOS_TYPE_NOTIFICATION, HELIOS_RIGHT_READ, &view);
    if (slot == NULL) {
        return current;
    }
    uint32_t depth = reaper_depth();
    enum cap_result result = task_bind(task, slot, &view);
    if (result != CAP_OK) {
        return answer_cap_result(current, result, HELIOS_ARGUMENT_CAP);
    }
    answer(current, 0);
    return reaper_finish(current, depth);
}

static struct task *unbind(struct task *current, struct task *task, const struct syscall *call) {
    (void)call;
    uint32_t depth = reaper_depth();
    task_unbind(task);
    answer(current, 0);
    return reaper_finish(current, depth);
}

// Registers. ---------------------------------------------------------------------------------

// As they were at one moment. If another CPU ends its wait meanwhile, it writes its result there;
// who has claimed it and puts it back has written nothing.
static uint64_t get_registers(struct task *task, uint64_t *words) {
    for (;;) {
        enum helios_task_state state = task_state(task);
        uint64_t mask = arch_task_get_registers(&task->arch, words);
        ipc_let_copy(task);
        if (task_state(task) == state) {
            return mask;
        }
    }
}

static struct task *read_registers(struct task *current, struct task *task,
                                   const struct syscall *call) {
    (void)call;
    if (current->buffer == NULL) {
        return answer_error(current, HELIOS_ERROR_BUFFER, HELIOS_ARGUMENT_NONE, 0, 0);
    }
    uint64_t words[ARCH_REGISTER_COUNT];
    uint64_t mask = get_registers(task, words);
    for (unsigned i = 0; i < ARCH_REGISTER_COUNT; i++) {
        current->buffer->params[WORD_PARAMS + i] = words[i];
    }
    arch_task_set_message(&current->arch, 0, helios_tag(HELIOS_OK, 0, REGISTERS, 0), mask,
                          ARCH_REGISTER_COUNT, 0, 0);
    return current;
}

// It does not run, here or elsewhere, before all is written.
static void end_call_and_write(struct task *task, const uint64_t *words, uint64_t mask) {
    bool stays = task_stays_suspended(task);
    task_set_suspended(task, 1);
    bool was_waiting = task_unblock(task, HELIOS_ERROR_CANCELLED);
    arch_task_set_registers(&task->arch, words, mask);
    if (!stays) {
        task_let_run(task);
        if (was_waiting) {
            task_make_ready(task);
        }
    }
}

// A task that writes its own gets no other answer than what it has written.
static struct task *write_registers(struct task *current, struct task *task,
                                    const struct syscall *call) {
    uint64_t mask = call->params[0];
    if ((mask & ~ALL_WORDS) != 0) {
        return refuse_param(current, 0, mask, ALL_WORDS);
    }
    for (unsigned i = 1; i < WORD_PARAMS; i++) {
        if (call->params[i] != 0) {
            return refuse_param(current, i, call->params[i], 0);
        }
    }
    uint64_t words[ARCH_REGISTER_COUNT];
    for (unsigned i = 0; i < ARCH_REGISTER_COUNT; i++) {
        words[i] = syscall_param(current, call, WORD_PARAMS + i);
    }
    end_call_and_write(task, words, mask);
    return task == current ? current : answer(current, 0);
}

// A base that is no user address could not even be loaded by some CPUs.
static struct task *set_tls(struct task *current, struct task *task, const struct syscall *call) {
    if (call->params[0] >= USER_LIMIT) {
        return refuse_param(current, 0, call->params[0], USER_LIMIT);
    }
    lock_acquire(&task->reply.lock); // who answers a fault of it may write the same
    arch_task_set_tls(&task->arch, call->params[0]);
    lock_release(&task->reply.lock);
    return answer(current, 0);
}

static struct task *get_tls(struct task *current, struct task *task, const struct syscall *call) {
    (void)call;
    return answer(current, arch_task_get_tls(&task->arch));
}

// Debugging. ---------------------------------------------------------------------------------

static struct task *set_step(struct task *current, struct task *task, const struct syscall *call) {
    if (call->params[0] > 1) {
        return refuse_param(current, 0, call->params[0], 1);
    }
    lock_acquire(&task->reply.lock); // see set_tls
    bool is_done = arch_task_set_step(&task->arch, call->params[0] != 0);
    lock_release(&task->reply.lock);
    if (!is_done) {
        return answer_error(current, HELIOS_ERROR_UNSUPPORTED, HELIOS_ARGUMENT_LABEL,
                            HELIOS_TASK_SET_STEP, 0);
    }
    return answer(current, 0);
}

static bool check_watched_range(struct task *current, uint64_t address, uint64_t bytes) {
    if (bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8) {
        refuse_param(current, 3, bytes, 8);
        return false;
    }
    if (address > USER_LIMIT - bytes) {
        refuse_param(current, 2, address, USER_LIMIT);
        return false;
    }
    if ((address & (bytes - 1)) != 0) {
        answer_error(current, HELIOS_ERROR_ALIGNMENT, HELIOS_ARGUMENT_PARAM + 2, address, bytes);
        return false;
    }
    return true;
}

static struct task *set_breakpoint(struct task *current, struct task *task,
                                   const struct syscall *call) {
    static_assert((int)HELIOS_BREAKPOINT_ACCESS == (int)BREAKPOINT_ACCESS, "the same numbers");
    uint64_t index = call->params[0];
    uint64_t kind = call->params[1];
    if (index >= arch_breakpoint_count()) {
        return refuse_param(current, 0, index, arch_breakpoint_count());
    }
    if (kind > HELIOS_BREAKPOINT_ACCESS) {
        return refuse_param(current, 1, kind, HELIOS_BREAKPOINT_ACCESS);
    }
    if (kind != HELIOS_BREAKPOINT_OFF &&
        !check_watched_range(current, call->params[2], call->params[3])) {
        return current;
    }
    if (!arch_breakpoint_set(&task->arch, (unsigned)index, (enum breakpoint_kind)kind,
                             (uintptr_t)call->params[2], (unsigned)call->params[3])) {
        return answer_error(current, HELIOS_ERROR_UNSUPPORTED, HELIOS_ARGUMENT_PARAM + 1, kind, 0);
    }
    return answer(current, 0);
}

static struct task *set_name(struct task *current, struct task *task, const struct syscall *call) {
    for (unsigned i = 0; i + 1 < sizeof(task->name); i++) {
        char c = (char)(call->params[i / 8] >> (8 * (i % 8)));
        if (c != '\0' && (c < ' ' || c > '~')) {
            c = '?';
        }
        task->name[i] = c;
    }
    task->name[sizeof(task->name) - 1] = '\0';
    return answer(current, 0);
}

static struct task *list(struct task *current, struct task *task, const struct syscall *call) {
    if (task->cspace == NULL) {
        return answer_error(current, HELIOS_ERROR_STATE, HELIOS_ARGUMENT_CAPABILITY, 0, 0);
    }
    return cspace_answer_list(current, task->cspace, call->params[0]);
}

// Scheduling. --------------------------------------------------------------------------------

static struct task *find_authority(struct task *current) {
    struct slot_view view;
    bool is_one = syscall_cap(current, 0, HELIOS_TYPE_TASK, HELIOS_RIGHT_WRITE, &view) != NULL;
    return is_one ? task_of(view.object) : NULL;
}

// What clients have lent stays.
static uint8_t effective_priority(const struct task *task, uint8_t priority, uint8_t base) {
    uint8_t lent = priority > task->base_priority ? priority : 0;
    const struct task *caller = task_caller(task);
    if (caller != NULL) {
        lent = task_priority(caller);
    }
    return lent > base ? lent : base;
}

// While it is blocked another CPU may be lending it one (kernel/endpoint.c).
static void change_priority(struct task *task, uint8_t base) {
    uint8_t old = task_priority(task);
    uint8_t effective = effective_priority(task, old, base);
    if (task->queued != 0 || !task_is_blocked(task)) {
        task->base_priority = base;
        sched_set_priority(task, effective); // it may go to another CPU
        return;
    }
    while (!__atomic_compare_exchange_n(&task->priority, &old, effective, false, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED)) {
        effective = effective_priority(task, old, base);
    }
    task->base_priority = base;
}

static struct task *set_priority(struct task *current, struct task *task,
                                 const struct syscall *call) {
    for (unsigned i = 0; i < 2; i++) {
        if (call->params[i] > MAX_PRIORITY) {
            return refuse_param(current, i, call->params[i], MAX_PRIORITY);
        }
    }
    struct task *authority = find_authority(current);
    if (authority == NULL) {
        return current;
    }
    uint8_t most = __atomic_load_n(&authority->ceiling, __ATOMIC_RELAXED);
    for (unsigned i = 0; i < 2; i++) {
        if (call->params[i] > most) {
            return refuse_param(current, i, call->params[i], most);
        }
    }
    uint8_t base = (uint8_t)call->params[0];
    __atomic_store_n(&task->ceiling, (uint8_t)call->params[1], __ATOMIC_RELAXED);
    change_priority(task, base);
    return answer(current, 0);
}

// A set in which no CPU runs tasks would be the end of the task.
static struct task *set_affinity(struct task *current, struct task *task,
                                 const struct syscall *call) {
    uint64_t set = call->params[0];
    struct task *authority = find_authority(current);
    if (authority == NULL) {
        return current;
    }
    uint64_t most = __atomic_load_n(&authority->affinity, __ATOMIC_RELAXED);
    if ((set & ~most) != 0 || (set & smp_online()) == 0) {
        return refuse_param(current, 0, set, most & smp_online());
    }
    __atomic_store_n(&task->affinity, set, __ATOMIC_RELAXED);
    sched_check_affinity(task);
    return answer(current, 0);
}

static struct task *suspend(struct task *current, struct task *task, const struct syscall *call) {
    (void)call;
    task_set_suspended(task, 1);
    if (task->queued != 0) {
        sched_dequeue(task);
    }
    answer(current, 0);
    return task == current ? NULL : current;
}

static struct task *resume(struct task *current, struct task *task, const struct syscall *call) {
    (void)call;
    if (task->vspace == NULL) {
        return answer_error(current, HELIOS_ERROR_STATE, HELIOS_ARGUMENT_CAPABILITY,
                            task_state(task), HELIOS_TASK_READY);
    }
    task_let_run(task);
    if (!task_is_blocked(task)) {
        task_set_state(task, HELIOS_TASK_READY);
        task_make_ready(task);
    }
    return answer(current, 0);
}

static struct task *cancel(struct task *current, struct task *task, const struct syscall *call) {
    (void)call;
    return answer(current, task_unblock(task, HELIOS_ERROR_CANCELLED));
}

static struct task *query(struct task *current, struct task *task, const struct syscall *call) {
    (void)call;
    uint64_t priorities =
        task->base_priority | (uint64_t)task_priority(task) << 8 | (uint64_t)task->ceiling << 16;
    return answer_values(current, 4, deadline_to_ns(sched_cpu_time(task)),
                         task_state(task) | (uint64_t)task_is_suspended(task) << 8, priorities,
                         task->affinity);
}

// --------------------------------------------------------------------------------------------

struct row {
    invocation act;
    uint8_t caps;
    uint8_t params;
    uint8_t rights;
};

#define READ  HELIOS_RIGHT_READ
#define WRITE HELIOS_RIGHT_WRITE

static const struct row rows[] = {
    [HELIOS_TASK_CONFIGURE] = {configure, 0, 1, WRITE}, // caps: as many as the mask says
    [HELIOS_TASK_READ_REGISTERS] = {read_registers, 0, 0, READ},
    [HELIOS_TASK_WRITE_REGISTERS] = {write_registers, 0, REGISTERS, WRITE},
    [HELIOS_TASK_SET_TLS] = {set_tls, 0, 1, WRITE},
    [HELIOS_TASK_SET_PRIORITY] = {set_priority, 1, 2, WRITE},
    [HELIOS_TASK_SET_AFFINITY] = {set_affinity, 1, 1, WRITE},
    [HELIOS_TASK_SUSPEND] = {suspend, 0, 0, WRITE},
    [HELIOS_TASK_RESUME] = {resume, 0, 0, WRITE},
    [HELIOS_TASK_CANCEL] = {cancel, 0, 0, WRITE},
    [HELIOS_TASK_QUERY] = {query, 0, 0, READ},
    [HELIOS_TASK_BIND] = {bind, 1, 0, WRITE},
    [HELIOS_TASK_UNBIND] = {unbind, 0, 0, WRITE},
    [HELIOS_TASK_SET_STEP] = {set_step, 0, 1, WRITE},
    [HELIOS_TASK_SET_BREAKPOINT] = {set_breakpoint, 0, 4, WRITE},
    [HELIOS_TASK_SET_NAME] = {set_name, 0, 2, WRITE},
    [HELIOS_TASK_LIST] = {list, 0, 1, READ},
    [HELIOS_TASK_DUMP] = {task_dump, 0, 0, READ},
    [HELIOS_TASK_GET_TLS] = {get_tls, 0, 0, READ},
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static uint32_t caps_wanted(const struct row *row, const struct syscall *call) {
    return row->act != configure
               ? row->caps
               : (uint32_t)__builtin_popcountll(call->params[0] & HELIOS_TASK_PARTS);
}

struct task *task_invoke(struct task *current, const struct slot_view *slot,
                         const struct syscall *call) {
    uint32_t label = helios_tag_label(call->tag);
    if (label >= ROWS || rows[label].act == NULL) {
        return answer_invocation(current, call);
    }
    if (sched_is_foreign(task_of(slot->object))) {
        return operation_elsewhere(current, slot, call);
    }
    const struct row *row = &rows[label];
    if (!syscall_check(current, slot, call, caps_wanted(row, call), row->params, row->rights)) {
        return current;
    }
    return row->act(current, task_of(slot->object), call);
}

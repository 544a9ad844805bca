// SPDX-License-Identifier: GPL-3.0-only
//
// userland/interfaces/process.ipc.
#include <string.h>

#include "uapi/object.h"
#include "uapi/registers.h"
#include "userland/helios/kept.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/interfaces/process.h"
#include "userland/mercury/devices.h"
#include "userland/mercury/mercury.h"
#include "userland/mercury/resources.h"
#include "userland/mercury/serve.h"

// Zeroed before.
static void copy_text(char *to, size_t size, const char *from) {
    size_t length = strnlen(from, size - 1);
    memcpy(to, from, length);
}

// A Task that the process shows. It may have put anything there, and take it away at any moment, so
// what has come is looked at where nobody else can reach it. It goes back unless it is gone or its
// place is taken: a process lies about nobody but itself.
static void add_task(uint64_t tasks, uint64_t slot, struct process_info *info) {
    const uint64_t own = helios_environment.cspace;
    struct helios_answer moved = helios_cspace_move(tasks, own, slot, HELIOS_CADDR_UNDEF);
    if (moved.status != HELIOS_OK) {
        return;
    }
    const uint64_t task = moved.value;
    if (helios_cspace_identify(own, task).value == HELIOS_TYPE_TASK) {
        struct helios_answer query = helios_task_query(task);
        bool is_there = query.status == HELIOS_OK;
        info->tasks += is_there;
        info->time += is_there ? query.value : 0;
    }
    if (helios_cspace_move(own, tasks, task, slot).status != HELIOS_OK) {
        helios_drop(task);
    }
}

static void add_tasks(const struct helios_process *process, struct process_info *info) {
    uint64_t slot = 0;
    info->time = helios_task_query(process->task).value;
    info->tasks = 1;
    while (slot < 1u << HELIOS_SPAWN_TASKS_BITS) {
        struct helios_answer answer = helios_cspace_list(process->tasks, slot);
        bool is_found = answer.status == HELIOS_OK && answer.more[0] > 0;
        if (is_found && answer.more[2] == HELIOS_TYPE_TASK) {
            add_task(process->tasks, answer.more[1], info);
        }
        if (answer.status != HELIOS_OK) {
            return;
        }
        slot = is_found ? answer.more[1] + 1 : answer.value;
    }
}

static void fill_info(const struct proc *proc, struct process_info *info) {
    memset(info, 0, sizeof *info);
    info->id = proc->id;
    info->state = (enum process_state)proc->state;
    info->status = (uint32_t)proc->status;
    info->restarts = proc->restarts;
    info->memory = proc->program.memory;
    info->priority = proc->program.priority;
    copy_text(info->name, sizeof info->name, proc->program.name);
    copy_text(info->file, sizeof info->file, proc->program.file);
    if (proc->device >= 0) {
        copy_text(info->device, sizeof info->device, devs[proc->device].name);
    }
    if (proc->state != PROC_RUNNING) {
        return;
    }
    struct helios_answer slots = helios_cspace_query(proc->process.cspace);
    add_tasks(&proc->process, info);
    info->memory_free = helios_memory_query(proc->process.memory).value;
    info->capabilities = (uint32_t)(slots.value - slots.more[0]);
}

void proc_tell_waiters(struct proc *proc) {
    struct process_info info;
    fill_info(proc, &info);
    uint64_t reply;
    while ((reply = waits_take(&proc->waits, 0)) != 0) {
        process_manager_wait_reply(reply, HELIOS_OK, &info);
    }
}

void waits_forget(uint32_t process) {
    struct proc *proc;
    for (uint32_t i = 0; (proc = proc_at(i)) != NULL; i++) {
        uint64_t reply;
        while ((reply = waits_take(&proc->waits, process)) != 0) {
            helios_kept_drop(reply);
        }
    }
}

// What is not in the manifest may look up what its starter may, and has nothing else.
static void ordinary_program(const struct proc *starter, const char *file,
                             struct manifest_program *program) {
    const char *name = strrchr(file, '/');
    memset(program, 0, sizeof *program);
    copy_text(program->name, sizeof program->name, name != NULL ? name + 1 : file);
    copy_text(program->file, sizeof program->file, file);
    program->services = starter->program.services;
    program->memory = 2 * MANIFEST_MEMORY_NORMAL;
    program->priority = MANIFEST_PRIORITY;
}

static enum helios_error start(void *context, const struct helios_request *request,
                               const char *file, const char *arguments, uint32_t *result) {
    struct manifest_program program;
    (void)context;
    const struct proc *starter = proc_of_badge(request->badge);
    if (starter == NULL) {
        return HELIOS_ERROR_RIGHTS;
    }
    const struct manifest_program *known = program_named(file);
    if (known != NULL) {
        program = *known;
    } else {
        ordinary_program(starter, file, &program);
    }
    if (strlen(file) >= MANIFEST_FILE_SIZE || strlen(arguments) >= MANIFEST_ARGUMENTS) {
        return HELIOS_ERROR_RANGE;
    }
    if (arguments[0] != '\0') {
        memset(program.arguments, 0, sizeof program.arguments);
        copy_text(program.arguments, sizeof program.arguments, arguments);
    }
    const struct proc *proc = proc_start(&program, -1);
    *result = proc != NULL ? proc->id : 0;
    return proc != NULL ? HELIOS_OK : PROCESS_ERROR_NOT_STARTED;
}

static enum helios_error kill(void *context, const struct helios_request *request, uint32_t id) {
    (void)context;
    (void)request;
    struct proc *proc = proc_find(id);
    if (proc == NULL || proc->state != PROC_RUNNING) {
        return HELIOS_ERROR_RANGE;
    }
    say("%s: killed", proc->program.name);
    proc_end(proc, PROC_KILLED, 0);
    return HELIOS_OK;
}

// It goes on at address 0, where nothing is mapped.
static enum helios_error crash(void *context, const struct helios_request *request, uint32_t id) {
    uint64_t words[HELIOS_MAX_PARAMS] = {0};
    (void)context;
    (void)request;
    const struct proc *proc = proc_find(id);
    if (proc == NULL || proc->state != PROC_RUNNING) {
        return HELIOS_ERROR_RANGE;
    }
    struct helios_answer registers = helios_task_read_registers(proc->process.task);
    if (registers.status == HELIOS_OK) {
        registers = helios_task_write_registers(proc->process.task, 1u << HELIOS_REGISTER_PC, words,
                                                (uint32_t)registers.more[0]);
    }
    return registers.status;
}

static enum helios_error wait(void *context, const struct helios_request *request, uint32_t id,
                              struct process_info *result) {
    (void)context;
    const struct proc *waiter = proc_of_badge(request->badge);
    struct proc *proc = proc_find(id);
    uint64_t old = 0;
    if (waiter == NULL) {
        return HELIOS_ERROR_RIGHTS;
    }
    if (proc == NULL) {
        return HELIOS_ERROR_RANGE;
    }
    if (proc->state != PROC_RUNNING) {
        fill_info(proc, result);
        return HELIOS_OK;
    }
    if (!waits_make_room(&proc->waits, waiter->id, &old)) {
        return HELIOS_ERROR_BUSY;
    }
    helios_kept_drop(old);
    uint64_t reply = 0;
    enum helios_error status = helios_rpc_defer(request, &reply);
    if (status == HELIOS_RPC_LATER) {
        waits_add(&proc->waits, waiter->id, reply);
    }
    return status;
}

static enum helios_error list(void *context, const struct helios_request *request, uint32_t index,
                              struct process_info *result) {
    (void)context;
    (void)request;
    const struct proc *proc = proc_at(index);
    if (proc == NULL) {
        return HELIOS_ERROR_RANGE;
    }
    fill_info(proc, result);
    return HELIOS_OK;
}

static enum helios_error restart(void *context, const struct helios_request *request,
                                 const char *name, const char *file, uint32_t *result) {
    (void)context;
    (void)request;
    int32_t device = drivers_device(name);
    if (device < 0) {
        return HELIOS_ERROR_RANGE;
    }
    const struct proc *proc = drivers_replace((uint32_t)device, file);
    *result = proc != NULL ? proc->id : 0;
    return proc != NULL ? HELIOS_OK : PROCESS_ERROR_NOT_STARTED;
}

static enum helios_error capability(void *context, const struct helios_request *request,
                                    uint32_t id, uint64_t slot, struct process_capability *result) {
    (void)context;
    (void)request;
    const struct proc *proc = proc_find(id);
    if (proc == NULL || proc->state != PROC_RUNNING) {
        return HELIOS_ERROR_RANGE;
    }
    while (slot != HELIOS_CADDR_UNDEF) {
        struct helios_answer answer = helios_cspace_list(proc->process.cspace, slot);
        if (answer.status != HELIOS_OK) {
            break;
        }
        if (answer.more[0] > 0) {
            result->slot = answer.more[1];
            result->type = (uint32_t)answer.more[2];
            return HELIOS_OK;
        }
        slot = answer.value;
    }
    return HELIOS_ERROR_RANGE;
}

static enum helios_error memory(void *context, const struct helios_request *request,
                                struct process_memory *result) {
    (void)context;
    (void)request;
    struct helios_answer own = helios_memory_query(helios_environment.memories[0]);
    struct helios_answer slots = helios_cspace_query(helios_environment.cspace);
    result->free = own.value;
    result->largest = own.more[0] != 0 ? 1ull << own.more[0] : 0;
    result->total = own.more[1];
    result->slots = slots.value;
    result->slots_free = slots.more[0];
    return HELIOS_OK;
}

static const struct process_manager_ops ops = {
    .start = start,
    .kill = kill,
    .crash = crash,
    .wait = wait,
    .list = list,
    .restart = restart,
    .capability = capability,
    .memory = memory,
};

bool serve_processes(struct helios_message *message) {
    return process_manager_dispatch(&ops, NULL, message);
}

// SPDX-License-Identifier: GPL-3.0-only
//
// What the log says of a fault. The process stands still and is read, page by page, by way of the
// capabilities to its stack that were kept when it was made; it can't have changed those.
#include <string.h>

#include "uapi/fault.h"
#include "uapi/registers.h"
#include "userland/helios/ipc.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/mercury/backtrace.h"
#include "userland/mercury/mercury.h"

enum {
    REGISTERS_SHOWN = 34,
    REGISTERS_A_LINE = 4,
};

// One page of a stack at a time.
struct stack_window {
    const struct helios_process *process;
    uint64_t index; // of the page
    uint64_t page;  // capability; 0: none
    const uint64_t *words;
};

static const char *fault_text(uint32_t fault) {
    static const char *const texts[] = {"?",       "READ",       "WRITE", "EXECUTE",
                                        "ILLEGAL", "BREAKPOINT", "STEP",  "ALIGNMENT",
                                        "FPU",     "WATCHPOINT", "OTHER", "SYSCALL"};
    return fault < sizeof texts / sizeof texts[0] ? texts[fault] : texts[0];
}

static void say_registers(const struct proc *proc, const uint64_t *words, uint64_t count) {
    for (uint64_t i = 0; i < count; i += REGISTERS_A_LINE) {
        uint64_t four[REGISTERS_A_LINE] = {0};
        for (uint64_t j = 0; j < REGISTERS_A_LINE && i + j < count; j++) {
            four[j] = words[i + j];
        }
        say("%s: r%lu: %p %p %p %p", proc->program.name, (unsigned long)i,
            (void *)(uintptr_t)four[0], (void *)(uintptr_t)four[1], (void *)(uintptr_t)four[2],
            (void *)(uintptr_t)four[3]);
    }
}

static void close_window(struct stack_window *window) {
    helios_pages_free((void *)(uintptr_t)window->words);
    if (window->page != 0) {
        helios_drop(window->page);
    }
    window->page = 0;
    window->words = NULL;
}

// The capability is taken out: the process does not live on.
static bool open_window(struct stack_window *window, uint64_t index) {
    close_window(window);
    struct helios_answer answer = helios_cspace_move(
        window->process->stack, helios_environment.cspace, index, HELIOS_CADDR_UNDEF);
    if (answer.status != HELIOS_OK) {
        return false;
    }
    window->index = index;
    window->page = answer.value;
    window->words = helios_pages_map(&window->page, 1, 0, NULL);
    return window->words != NULL;
}

static bool read_stack(void *context, uint64_t address, uint64_t *word) {
    struct stack_window *window = context;
    uint64_t offset = address - window->process->stack_base;
    uint64_t index = offset / HELIOS_PAGE_BYTES;
    if ((window->words == NULL || window->index != index) && !open_window(window, index)) {
        return false;
    }
    *word = window->words[offset % HELIOS_PAGE_BYTES / sizeof *word];
    return true;
}

// As helios_backtrace prints it, and the place of the fault before.
static void say_callers(const struct proc *proc, uint64_t pc, uint64_t frame) {
    const struct helios_process *process = &proc->process;
    const struct backtrace_limits limits = {process->stack_base, process->stack_top,
                                            process->image_base, process->image_end,
                                            HELIOS_STUB_FRAME};
    struct stack_window window = {.process = process};
    uint64_t callers[BACKTRACE_FRAMES];
    uint32_t count = backtrace_walk(&limits, frame, read_stack, &window, callers);
    close_window(&window);
    say("%s: #0 %p", proc->program.name, (void *)(uintptr_t)pc);
    for (uint32_t i = 0; i < count; i++) {
        say("%s: #%u %p", proc->program.name, i + 1, (void *)(uintptr_t)callers[i]);
    }
}

void fault_report(const struct proc *proc, const struct helios_process_event *event,
                  const struct helios_message *message) {
    uint64_t words[REGISTERS_SHOWN] = {0};
    uint64_t count = message->params[3] < REGISTERS_SHOWN ? message->params[3] : REGISTERS_SHOWN;
    memcpy(words, &helios_buffer->params[4], count * sizeof words[0]);
    say("%s: fault %s at %p, pc %p, sp %p", proc->program.name, fault_text(event->fault),
        (void *)(uintptr_t)event->address, (void *)(uintptr_t)event->pc,
        (void *)(uintptr_t)event->sp);
    say_registers(proc, words, count);
    say_callers(proc, event->pc, words[HELIOS_STUB_FRAME_POINTER]);
}

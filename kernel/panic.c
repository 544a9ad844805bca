// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/panic.h"

#include <stdarg.h>
#include <stdint.h>

#include "arch/include/boot.h"
#include "arch/include/port.h"
#include "arch/include/power.h"
#include "kernel/backtrace.h"
#include "kernel/check.h"
#include "kernel/console.h"
#include "kernel/entry.h"
#include "kernel/memory.h"
#include "kernel/percpu.h"
#include "kernel/power.h"
#include "kernel/smp.h"
#include "toolchains/freestanding/format.h"

enum { LINE_LENGTH = 256 };

// The CPU's stack: the boot CPU's, before there is a struct percpu.
static uintptr_t stack_top(void) {
    if (percpu_ready) {
        return arch_percpu()->stack_top;
    }
    return arch_boot_stack_guard(0) + KERNEL_PAGE_SIZE + ARCH_STACK_SIZE;
}

// The stack that ends at `*context`.
static bool read_stack(void *context, uintptr_t address, uint64_t *word) {
    uintptr_t high = *(const uintptr_t *)context;
    bool is_inside = address < high && high - address <= ARCH_STACK_SIZE;
    if (is_inside) {
        *word = *(const uint64_t *)address;
    }
    return is_inside;
}

static void print_backtrace(const struct arch_trap_frame *frame) {
    uintptr_t fp;
    uintptr_t pc;
    uintptr_t high = stack_top();
    arch_backtrace_start(frame, &fp, &pc);
    backtrace_print(pc, fp, read_stack, &high);
}

_Noreturn static void stop(const struct arch_trap_frame *frame) {
    if (KERNEL_CHECKED) {
        if (frame != NULL) {
            arch_dump_trap(frame);
        }
        print_backtrace(frame);
    }
    power_stop();
}

// Whoever comes first reports, when all others have stopped: nobody writes between its lines. A
// panic inside a panic (a broken stack, a broken console) must not go round for ever.
static void begin(void) {
    static bool begun;
    bool is_first = !__atomic_exchange_n(&begun, true, __ATOMIC_RELAXED);
    if (percpu_ready && !is_first) {
        smp_stop();
    }
    if (!is_first) {
        arch_halt();
    }
    if (percpu_ready) {
        smp_stop_others();
    }
    console_take_back();
    console_break_lock();
}

void panic(const char *format, ...) {
    begin();
    char line[LINE_LENGTH];
    va_list arguments;
    va_start(arguments, format);
    format_text_v(line, sizeof(line), format, arguments);
    va_end(arguments);
    console_printf("\nKERNEL PANIC: %s, CPU %u\n", line, percpu_index());
    stop(NULL);
}

void check_failed(const char *condition, const char *file, int line) {
    panic("check failed: %s (%s:%d)", condition, file, line);
}

void kernel_fault(const struct fault *fault, const struct arch_trap_frame *frame) {
    begin();
    console_printf("\nKERNEL PANIC: %s at 0x%016lx, pc 0x%016lx, code 0x%lx, CPU %u\n",
                   fault_kind_text(fault->kind), (unsigned long)fault->address,
                   (unsigned long)fault->pc, (unsigned long)fault->code, percpu_index());
    stop(frame);
}

const char *fault_kind_text(enum fault_kind kind) {
    static const char *const texts[FAULT_OTHER] = {
        [FAULT_READ] = "read fault",           [FAULT_WRITE] = "write fault",
        [FAULT_EXECUTE] = "execute fault",     [FAULT_ILLEGAL] = "illegal instruction",
        [FAULT_BREAKPOINT] = "breakpoint",     [FAULT_STEP] = "single step",
        [FAULT_ALIGNMENT] = "alignment fault", [FAULT_FPU] = "arithmetic fault",
        [FAULT_WATCHPOINT] = "watchpoint",
    };
    return kind < FAULT_OTHER ? texts[kind] : "other fault";
}

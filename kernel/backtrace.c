// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/backtrace.h"

#include "arch/include/port.h"
#include "kernel/console.h"

enum { MAX_FRAMES = 32 };

// The caller's frame pointer and the return address stand side by side on every architecture, but
// not where the frame pointer points (ARCH_FRAME_RECORD).
static bool read_record(uintptr_t fp, backtrace_reader read, void *context, uint64_t record[2]) {
    uintptr_t at = fp + (uintptr_t)ARCH_FRAME_RECORD;
    return fp != 0 && at % sizeof(uint64_t) == 0 && read(context, at, &record[0]) &&
           read(context, at + sizeof(uint64_t), &record[1]) && record[1] != 0;
}

void backtrace_print(uintptr_t pc, uintptr_t fp, backtrace_reader read, void *context) {
    console_printf("backtrace:\n  0x%016lx\n", (unsigned long)pc);
    uint64_t record[2];
    for (unsigned i = 1; i < MAX_FRAMES && read_record(fp, read, context, record); i++) {
        console_printf("  0x%016lx\n", (unsigned long)record[1]);
        fp = record[0] > fp ? (uintptr_t)record[0] : 0;
    }
}

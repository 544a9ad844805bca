// SPDX-License-Identifier: GPL-3.0-only
#include "arch/include/fault.h"

#include "arch/include/port.h"
#include "arch/include/task.h"
#include "arch/x86_64/exceptions.h"
#include "arch/x86_64/instructions.h"
#include "arch/x86_64/registers.h"
#include "kernel/console.h"
#include "toolchains/freestanding/format.h"

// Four registers on a line.
#define EMIT4(a, b, c, d, va, vb, vc, vd)                                                          \
    console_printf("  " a " %016lx  " b " %016lx  " c " %016lx  " d " %016lx\n", va, vb, vc, vd)

// A task inside a system call keeps five registers; the others are arguments or nothing.
void arch_dump_task(const struct arch_task *task) {
    const struct arch_task *t = task;
    EMIT4("rip", "rsp", "rbp", "rbx", t->rip, t->rsp, t->rbp, t->rbx);
    if (t->frame == ARCH_FRAME_FULL) {
        EMIT4("rax", "rcx", "rdx", "rsi", t->rax, t->rcx, t->rdx, t->rsi);
        EMIT4("rdi", "r8 ", "r9 ", "r10", t->rdi, t->r8, t->r9, t->r10);
        EMIT4("r11", "r12", "r13", "r14", t->r11, t->r12, t->r13, t->r14);
        EMIT4("r15", "rfl", "cr2", "fs ", t->r15, t->rflags, cr2_read(), arch_task_get_tls(t));
    }
}

// The error code in words, where it says something.
static void error_text(char *buffer, size_t size, uint64_t vector, uint64_t error) {
    buffer[0] = '\0';
    if (vector == VECTOR_PAGE) {
        const struct x86_page_fault_words words = x86_page_fault_decode(error);
        format_text(buffer, size, ": %s by %s, %s", words.access, words.by, words.cause);
    } else if (vector >= VECTOR_TSS && vector <= VECTOR_PROTECTION && error != 0) {
        format_text(buffer, size, ": %s entry %u", x86_selector_table(error),
                    (unsigned)(error >> 3 & 0x1fff));
    }
}

void arch_dump_trap(const struct arch_trap_frame *frame) {
    const struct arch_trap_frame *f = frame;
    char error[48];
    error_text(error, sizeof error, f->vector, f->error);
    console_printf("  vector %lu (%s), error code %lx%s\n", f->vector, x86_vector_text(f->vector),
                   f->error, error);
    EMIT4("rip", "rsp", "rbp", "rfl", f->rip, f->rsp, f->rbp, f->rflags);
    EMIT4("rax", "rbx", "rcx", "rdx", f->rax, f->rbx, f->rcx, f->rdx);
    EMIT4("rsi", "rdi", "r8 ", "r9 ", f->rsi, f->rdi, f->r8, f->r9);
    EMIT4("r10", "r11", "r12", "r13", f->r10, f->r11, f->r12, f->r13);
    EMIT4("r14", "r15", "cs ", "ss ", f->r14, f->r15, f->cs, f->ss);
    EMIT4("cr0", "cr2", "cr3", "cr4", cr0_read(), cr2_read(), cr3_read(), cr4_read());
}

void arch_backtrace_start(const struct arch_trap_frame *frame, uintptr_t *fp, uintptr_t *pc) {
    if (frame != NULL) {
        *fp = frame->rbp;
        *pc = frame->rip;
    } else {
        const uintptr_t *words = (const uintptr_t *)__builtin_frame_address(0);
        *fp = words[0];
        *pc = words[1];
    }
}

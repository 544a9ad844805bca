// SPDX-License-Identifier: GPL-3.0-only
//
// x86_64: the inline part of the port (arch/include/port.h says what is wanted).
#ifndef HELIOS_ARCH_X86_64_INCLUDE_HELIOS_PORT_H
#define HELIOS_ARCH_X86_64_INCLUDE_HELIOS_PORT_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/x86_64/descriptors.h"
#include "arch/x86_64/frame.h"
#include "arch/x86_64/layout.h"
#include "boot/protocol/protocol.h"
#include "uapi/registers.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ARCH_NAME               "x86_64"
#define ARCH_ID                 HELIOS_ARCH_X86_64
#define ARCH_ELF_MACHINE        62 // EM_X86_64
#define ARCH_PAGE_SHIFT         12
#define ARCH_USER_TOP           0x00007ffffffff000ull
#define ARCH_KERNEL_WINDOW      0xffffffff00000000ull
#define ARCH_KERNEL_WINDOW_SIZE 0x40000000ull
#define ARCH_STACK_SIZE         X86_STACK_SIZE
#define ARCH_REGISTER_COUNT     HELIOS_X86_64_REGISTERS
#define ARCH_REGISTER_FP        HELIOS_X86_64_RBP
#define ARCH_REGISTER_RETURN    ARCH_REGISTER_COUNT // on the stack
#define ARCH_FRAME_RECORD       0

// The port's part of struct percpu. The processor reads the tables in it, so it stays where it is
// from arch_cpu_init on.
struct arch_percpu {
    uint32_t taken; // interrupt that was taken in the kernel, nobody has heard of it yet
    uint32_t has_loaded_breakpoints; // DR7 enables some
    uint64_t gdt[X86_GDT_ENTRIES];
    struct x86_tss tss;
};

// Registers as XSAVE's standard format has them, up to AVX; as FXSAVE has them, up to the header.
struct __attribute__((aligned(64))) arch_fpu {
    uint16_t control; // x87
    uint16_t unused0[11];
    uint32_t mxcsr;
    uint32_t unused1[121];
    uint64_t header[8]; // first word: which parts are not in their initial state
    uint64_t avx[32];
};

static_assert(offsetof(struct arch_fpu, mxcsr) == 24, "Intel SDM vol. 1 table 10-2");
static_assert(offsetof(struct arch_fpu, header) == 512, "Intel SDM vol. 1 section 13.4.1");
static_assert(offsetof(struct arch_fpu, avx) == 576, "Intel SDM vol. 1 section 13.4.2");
static_assert(sizeof(struct arch_fpu) == 832, "a whole number of 64-byte lines");

// Through GS base: swapgs on every entry from user mode makes it the kernel's (README.md). Not
// volatile: it never changes on a CPU, so that one reading serves a whole function.
static inline struct percpu *arch_percpu(void) {
    struct percpu *self;
    __asm__("movq %%gs:%c1, %0" : "=r"(self) : "i"(X86_PERCPU_SELF));
    return self;
}

static inline void arch_relax(void) {
    __asm__ volatile("pause");
}

static inline uint64_t arch_counter(void) {
    uint64_t low; // its upper half is cleared
    uint64_t high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return high << 32 | low;
}

static inline void *arch_direct(uint64_t physical) {
    return (void *)(uintptr_t)(HELIOS_DIRECT_MAP_BASE + physical);
}

static inline uint64_t arch_direct_physical(const void *virtual_address) {
    return (uint64_t)(uintptr_t)virtual_address - HELIOS_DIRECT_MAP_BASE;
}

static inline void arch_task_set_message(struct arch_task *task, uint64_t badge, uint64_t tag,
                                         uint64_t p0, uint64_t p1, uint64_t p2, uint64_t p3) {
    task->rdi = badge;
    task->rsi = tag;
    task->rdx = p0;
    task->r10 = p1;
    task->r8 = p2;
    task->r9 = p3;
}

// entry.S calls the short ways with the current task in r12, p1 in r13, and everything else where
// SYSCALL found it: so LLVM's convention preserve_none has it (r12 to r15, rdi, rsi, rdx, rcx, r8,
// r9), which also leaves all registers to the callee.
#define X86_ARGUMENT __attribute__((unused)) uint64_t
#define ARCH_WAY(name)                                                                             \
    __attribute__((preserve_none)) struct arch_task *name(                                         \
        struct task *r12, X86_ARGUMENT p1, X86_ARGUMENT r14, X86_ARGUMENT r15,                     \
        X86_ARGUMENT capability, X86_ARGUMENT tag, X86_ARGUMENT p0, X86_ARGUMENT rcx,              \
        X86_ARGUMENT p2, X86_ARGUMENT p3)
#define ARCH_WAY_CURRENT r12
#define ARCH_WAY_CALL(name, capability, tag, p0, p1, p2, p3)                                       \
    name(arch_percpu()->current, p1, 0, 0, capability, tag, p0, 0, p2, p3)

// The exit of a short frame, as in entry.S: the message need not go through memory. The task may be
// in rbx, which is loaded last.
#define X86_LEAVE                                                                                  \
    "movq %c[rip](%[task]), %%rcx\n\t"                                                             \
    "movq %c[rflags](%[task]), %%r11\n\t"                                                          \
    "movq %c[rsp](%[task]), %%rsp\n\t"                                                             \
    "movq %c[rbp](%[task]), %%rbp\n\t"                                                             \
    "movq %c[rbx](%[task]), %%rbx\n\t"                                                             \
    "xorl %%eax, %%eax\n\t"                                                                        \
    "xorl %%r12d, %%r12d\n\t"                                                                      \
    "xorl %%r13d, %%r13d\n\t"                                                                      \
    "xorl %%r14d, %%r14d\n\t"                                                                      \
    "xorl %%r15d, %%r15d\n\t"                                                                      \
    "swapgs\n\t"                                                                                   \
    "sysretq"
#define X86_LEAVE_OFFSETS                                                                          \
    [rip] "i"(X86_TASK_RIP), [rflags] "i"(X86_TASK_RFLAGS), [rsp] "i"(X86_TASK_RSP),               \
        [rbp] "i"(X86_TASK_RBP), [rbx] "i"(X86_TASK_RBX)

static inline struct arch_task *arch_leave(struct arch_task *task, uint64_t badge, uint64_t tag,
                                           uint64_t p0, uint64_t p1, uint64_t p2, uint64_t p3) {
    register uint64_t r10 __asm__("r10") = p1;
    register uint64_t r8 __asm__("r8") = p2;
    register uint64_t r9 __asm__("r9") = p3;
    __asm__ volatile(X86_LEAVE
                     :
                     : [task] "b"(task), "D"(badge), "S"(tag), "d"(p0), "r"(r10), "r"(r8), "r"(r9),
                       X86_LEAVE_OFFSETS
                     : "memory");
    __builtin_unreachable();
}

// The same to the current task, in r12, where ARCH_WAY_CURRENT is.
static inline struct arch_task *arch_return(struct arch_task *task, uint64_t badge, uint64_t tag,
                                            uint64_t p0) {
    register uint64_t r10 __asm__("r10") = 0;
    register uint64_t r8 __asm__("r8") = 0;
    register uint64_t r9 __asm__("r9") = 0;
    register struct arch_task *r12 __asm__("r12") = task;
    __asm__ volatile(X86_LEAVE
                     :
                     : [task] "r"(r12), "D"(badge), "S"(tag), "d"(p0), "r"(r10), "r"(r8), "r"(r9),
                       X86_LEAVE_OFFSETS
                     : "memory");
    __builtin_unreachable();
}

// One instruction per word, and less on processors that see what is meant.
static inline void arch_copy_words(uint64_t *to, const uint64_t *from, uint64_t count) {
    __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
}

static inline bool arch_zero_page(void *page) {
    (void)page;
    return false;
}

// switch.c: whether any task has ever had a breakpoint, and the debug registers of `to`.
extern bool x86_knows_breakpoints;
__attribute__((preserve_most)) void x86_switch_breakpoints(const struct arch_task *to);

// FS base is written even if it is said to be the same: a user can zero it by loading the null
// selector into FS, and the next task with the same TLS base would pay for that.
static inline void x86_load_fs_base(const struct arch_task *task) {
    __asm__ volatile("wrmsr"
                     :
                     : "c"(X86_MSR_FS_BASE), "a"(task->fs_base_low), "d"(task->fs_base_high)
                     : "memory");
}

static inline void arch_task_switch_plain(struct arch_task *from, struct arch_task *to,
                                          uint64_t *from_time, uint64_t *to_time) {
    (void)from;
    uint64_t now = arch_counter();
    *from_time += now;
    *to_time -= now;
    x86_load_fs_base(to);
}

static inline void arch_task_switch(struct arch_task *from, struct arch_task *to) {
    (void)from;
    x86_load_fs_base(to);
    if (__builtin_expect(x86_knows_breakpoints, 0)) {
        x86_switch_breakpoints(to);
    }
}

// FS base is only ever written, never read back, and so is what the debug registers hold.
static inline void arch_task_leave(struct arch_task *from) {
    (void)from;
}

// Whether translations are tagged with process-context identifiers. Written by the boot CPU only.
extern bool x86_has_pcid;

#define X86_CR3_KEEP (1ull << 63) // what this identifier has in the TLB stays

// CR3.
static inline uint64_t arch_root_word(uint64_t root_physical, uint32_t asid) {
    return root_physical | (x86_has_pcid && asid != 0 ? asid | X86_CR3_KEEP : 0);
}

static inline void arch_root_load(uint64_t word) {
    __asm__ volatile("movq %0, %%cr3" : : "r"(word) : "memory");
}

// mmu.c's way where there are process-context identifiers.
__attribute__((cold, preserve_most)) void x86_flush_page(uintptr_t address, uint32_t asid);

extern const uint64_t x86_pte_leaves[64]; // mmu_format.h

#define X86_PTE_LEAVES_USER 4 // MMU_USER (arch/include/mmu.h)

static inline void arch_page_enter(uint64_t *entry, uint64_t physical, unsigned flags,
                                   uintptr_t address, uint32_t asid) {
    (void)address;
    (void)asid;
    *(volatile uint64_t *)entry = physical | x86_pte_leaves[X86_PTE_LEAVES_USER + flags];
}

static inline void arch_page_leave(uint64_t *entry, uintptr_t address, uint32_t asid) {
    *(volatile uint64_t *)entry = 0;
    if (__builtin_expect(x86_has_pcid, 0)) {
        x86_flush_page(address, asid);
    } else {
        __asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
    }
}

// The caller knows whether access is open (kernel/fpu.h): no write here is in vain.
static inline void arch_fpu_enable(struct arch_task *task) {
    (void)task;
    __asm__ volatile("clts" : : : "memory");
}

static inline void arch_fpu_disable(struct arch_task *task) {
    (void)task;
    __asm__ volatile("movq %0, %%cr0" : : "r"((uint64_t)X86_CR0_CLOSED) : "memory");
}

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_X86_64_INCLUDE_HELIOS_PORT_H

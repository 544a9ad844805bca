// SPDX-License-Identifier: GPL-3.0-only
//
// aarch64: the inline part of the port. See arch/include/port.h for what each name means, and
// arch/aarch64/README.md for how the port works.
#ifndef HELIOS_ARCH_AARCH64_INCLUDE_HELIOS_PORT_H
#define HELIOS_ARCH_AARCH64_INCLUDE_HELIOS_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "boot/protocol/protocol.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ARCH_NAME               "aarch64"
#define ARCH_ID                 HELIOS_ARCH_AARCH64
#define ARCH_ELF_MACHINE        183 // EM_AARCH64
#define ARCH_PAGE_SHIFT         12
#define ARCH_USER_TOP           0x0001000000000000ull
#define ARCH_KERNEL_WINDOW      0xffffffff00000000ull
#define ARCH_KERNEL_WINDOW_SIZE 0x0000000040000000ull
#define ARCH_STACK_SIZE         0x4000u
#define ARCH_REGISTER_COUNT     34 // HELIOS_AARCH64_REGISTERS
#define ARCH_REGISTER_FP        32 // HELIOS_AARCH64_X0 + 29
#define ARCH_REGISTER_RETURN    33 // x30
#define ARCH_FRAME_RECORD       0

// What struct arch_task holds.
enum arch_frame {
    ARCH_FRAME_SYSCALL = 0, // x19, x29, sp, pc, pstate; x0..x5 once a result is set
    ARCH_FRAME_FULL = 1,    // everything
};

// In a short frame x29 stands next to x19, so that one instruction stores both.
#define AARCH64_SHORT_X29 20

// Pairs of debug registers that a task can have (the architecture has 2 to 16 of each kind).
#define AARCH64_BREAKPOINTS 4

// What arch_task.debug says; zero for nearly every task.
#define AARCH64_DEBUG_STEP        1ull
#define AARCH64_DEBUG_BREAKPOINTS 2ull

struct aarch64_breakpoint {
    uint64_t address;
    uint32_t control; // DBGBCR or DBGWCR; 0: off
    bool is_data;     // a watchpoint
};

// Register state of a user task. Only the CPU on which the task is current writes here. The layout
// is known to entry.S (offsets.h).
struct arch_task {
    uint64_t x[31];
    uint64_t sp;
    uint64_t frame; // enum arch_frame
    uint64_t pc;
    uint64_t pstate; // in the format of SPSR_EL1; always returns to EL0t
    uint64_t debug;  // AARCH64_DEBUG_*
    struct aarch64_breakpoint breakpoints[AARCH64_BREAKPOINTS];
    uint64_t tls; // TPIDR_EL0, while the task does not run; last: beside struct task's cpu_time
};

struct arch_fpu {
    uint8_t q[32][16];
    uint64_t fpcr;
    uint64_t fpsr;
} __attribute__((aligned(16)));

struct arch_percpu {
    uintptr_t emergency_top; // stack for exceptions in the kernel, whose own may have no room left
    uintptr_t redistributor; // GICv3: its registers, in the kernel window
    uint64_t redistributor_physical;
    uint64_t lpi_pending;  // physical: its LPI pending table, with an ITS
    uint32_t gic_target;   // GICv2: this CPU's bit in a target register
    bool takes_interrupts; // its CPU interface is on
    bool takes_lpis;       // and its redistributor's LPIs
    bool in_kernel_fault;  // this CPU reports a fault; another one stops it
};

// Not volatile: the register changes once, in arch_cpu_init, so a function needs to read it only
// once.
static inline struct percpu *arch_percpu(void) {
    struct percpu *cpu;
    __asm__("mrs %0, tpidr_el1" : "=r"(cpu));
    return cpu;
}

static inline void arch_relax(void) {
    __asm__ volatile("yield" ::: "memory");
}

// May be read a little early, for want of an ISB (Arm ARM D12.1.2), but not before the kernel was
// entered, and an ISB in every task switch would cost more than it is good for.
static inline uint64_t arch_counter(void) {
    uint64_t value;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(value)::"memory");
    return value;
}

static inline void *arch_direct(uint64_t physical) {
    return (void *)(uintptr_t)(HELIOS_DIRECT_MAP_BASE + physical);
}

static inline uint64_t arch_direct_physical(const void *virtual_address) {
    return (uint64_t)(uintptr_t)virtual_address - HELIOS_DIRECT_MAP_BASE;
}

extern const uint64_t aarch64_pages[3]; // mmu_format.h

// What mmu.c does: the walker is an observer like another CPU, and what follows must not have been
// translated before.
static inline void arch_page_enter(uint64_t *entry, uint64_t physical, unsigned flags,
                                   uintptr_t address, uint32_t asid) {
    (void)address;
    (void)asid;
    *(volatile uint64_t *)entry = physical | aarch64_pages[flags];
    __asm__ volatile("dsb ishst\n\tisb" ::: "memory");
}

static inline void arch_page_leave(uint64_t *entry, uintptr_t address, uint32_t asid) {
    uint64_t operand = address >> 12 | (uint64_t)asid << 48;
    *(volatile uint64_t *)entry = 0;
    __asm__ volatile("dsb ishst\n\ttlbi vae1is, %0\n\tdsb ish\n\tisb" ::"r"(operand) : "memory");
}

static inline void arch_task_set_message(struct arch_task *task, uint64_t badge, uint64_t tag,
                                         uint64_t p0, uint64_t p1, uint64_t p2, uint64_t p3) {
    task->x[0] = badge;
    task->x[1] = tag;
    task->x[2] = p0;
    task->x[3] = p1;
    task->x[4] = p2;
    task->x[5] = p3;
}

// entry.S calls the short ways with the current task in x7, because x6 is where arch_leave has the
// one that it goes to.
#define AARCH64_ARGUMENT __attribute__((unused)) uint64_t
#define ARCH_WAY(name)                                                                             \
    struct arch_task *name(AARCH64_ARGUMENT capability, AARCH64_ARGUMENT tag, AARCH64_ARGUMENT p0, \
                           AARCH64_ARGUMENT p1, AARCH64_ARGUMENT p2, AARCH64_ARGUMENT p3,          \
                           AARCH64_ARGUMENT x6, struct task *x7)
#define ARCH_WAY_CURRENT x7
#define ARCH_WAY_CALL(name, capability, tag, p0, p1, p2, p3)                                       \
    name(capability, tag, p0, p1, p2, p3, 0, arch_percpu()->current)

// entry.S: nobody comes here. What ends without a return is laid out by the compiler as if it were
// rare; so the ends of the short ways say that they go on to this.
__attribute__((returns_nonnull)) struct arch_task *aarch64_left(void);

// Out of the kernel, with a message that is where it has to be already, to a task whose frame is a
// short one: what entry.S does at `resume` beside that. Inline, because it is the end of every
// short way. Nothing behind an ERET is to be executed speculatively with user registers.
#define AARCH64_LEAVE                                                                              \
    "ldp x19, x29, [%[task], %[short_x19]]\n\t"                                                    \
    ".irp n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18\n\t"                                   \
    "mov x\\n, xzr\n\t"                                                                            \
    ".endr\n\t"                                                                                    \
    ".irp n, 20, 21, 22, 23, 24, 25, 26, 27, 28, 30\n\t"                                           \
    "mov x\\n, xzr\n\t"                                                                            \
    ".endr\n\t"                                                                                    \
    "eret\n\t"                                                                                     \
    "dsb nsh\n\t"                                                                                  \
    "isb"

static inline struct arch_task *arch_leave(struct arch_task *task, uint64_t badge, uint64_t tag,
                                           uint64_t p0, uint64_t p1, uint64_t p2, uint64_t p3) {
    register uint64_t x0 __asm__("x0") = badge;
    register uint64_t x1 __asm__("x1") = tag;
    register uint64_t x2 __asm__("x2") = p0;
    register uint64_t x3 __asm__("x3") = p1;
    register uint64_t x4 __asm__("x4") = p2;
    register uint64_t x5 __asm__("x5") = p3;
    register const struct arch_task *x6 __asm__("x6") = task;
    __asm__ volatile("ldr x7, [%[task], %[sp]]\n\t"
                     "ldp x8, x9, [%[task], %[pc]]\n\t"
                     "msr sp_el0, x7\n\t"
                     "msr elr_el1, x8\n\t"
                     "msr spsr_el1, x9\n\t" AARCH64_LEAVE
                     :
                     : "r"(x0), "r"(x1), "r"(x2), "r"(x3), "r"(x4),
                       "r"(x5), [task] "r"(x6), [sp] "i"(offsetof(struct arch_task, sp)),
                       [pc] "i"(offsetof(struct arch_task, pc)),
                       [short_x19] "i"(offsetof(struct arch_task, x[19]))
                     : "memory");
    return aarch64_left();
}

// The same to the current task, in x7, where ARCH_WAY_CURRENT is: SP_EL0, ELR and SPSR are as SVC
// left them.
static inline struct arch_task *arch_return(struct arch_task *task, uint64_t badge, uint64_t tag,
                                            uint64_t p0) {
    register uint64_t x0 __asm__("x0") = badge;
    register uint64_t x1 __asm__("x1") = tag;
    register uint64_t x2 __asm__("x2") = p0;
    register uint64_t x3 __asm__("x3") = 0;
    register uint64_t x4 __asm__("x4") = 0;
    register uint64_t x5 __asm__("x5") = 0;
    register const struct arch_task *x7 __asm__("x7") = task;
    __asm__ volatile(AARCH64_LEAVE
                     :
                     : "r"(x0), "r"(x1), "r"(x2), "r"(x3), "r"(x4),
                       "r"(x5), [task] "r"(x7), [short_x19] "i"(offsetof(struct arch_task, x[19]))
                     : "memory");
    return aarch64_left();
}

// Loads the debug registers of this CPU with those of `task` (debug.c). Keeps what it does not
// name, x30 among it, so that a caller for whom this is the rare case needs no frame and spills
// nothing.
__attribute__((cold, preserve_most)) void aarch64_debug_load(const struct arch_task *task);

static inline void aarch64_debug_load_aside(const struct arch_task *task) {
    register const struct arch_task *x0 __asm__("x0") = task;
    __asm__ volatile("str x30, [sp, #-16]!\n\tbl aarch64_debug_load\n\tldr x30, [sp], #16"
                     : "+r"(x0)::"x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x16", "x17", "cc",
                       "memory");
}

// Loads before stores, so that they can come in pairs: the times stand beside `tls`.
static inline void arch_task_switch_plain(struct arch_task *from, struct arch_task *to,
                                          uint64_t *from_time, uint64_t *to_time) {
    uint64_t now = arch_counter();
    uint64_t from_sum = *from_time + now;
    uint64_t to_sum = *to_time - now;
    uint64_t tls = to->tls;
    __asm__ volatile("mrs %0, tpidr_el0" : "=r"(from->tls));
    __asm__ volatile("msr tpidr_el0, %0" ::"r"(tls));
    *from_time = from_sum;
    *to_time = to_sum;
}

// Without `from` nobody knows what the debug registers hold.
static inline void arch_task_switch(struct arch_task *from, struct arch_task *to) {
    uint64_t debug = to->debug;
    if (from != NULL) {
        debug |= from->debug;
        __asm__ volatile("mrs %0, tpidr_el0" : "=r"(from->tls));
    }
    __asm__ volatile("msr tpidr_el0, %0" ::"r"(to->tls));
    if (from == NULL || debug != 0) {
        aarch64_debug_load_aside(to);
    }
}

// Debug registers are never read back, and whoever comes next loads them without a `from`.
static inline void arch_task_leave(struct arch_task *from) {
    __asm__ volatile("mrs %0, tpidr_el0" : "=r"(from->tls));
}

// Activates an address space without an ASID of its own (entry.S, mmu.c). Keeps every register but
// those below, x30 among them: so a caller for whom this is the rare case needs no frame.
static inline void aarch64_root_load_shared(uint64_t root) {
    register uint64_t x0 __asm__("x0") = root;
    __asm__ volatile("mov x17, x30\n\tbl aarch64_root_shared\n\tmov x30, x17"
                     : "+r"(x0)::"x1", "x16", "x17", "memory");
}

// TTBR0_EL1; without an ASID there is a bit in it that is CnP there, which is never set.
#define AARCH64_ROOT_SHARED 1ull

static inline uint64_t arch_root_word(uint64_t root_physical, uint32_t asid) {
    return root_physical | (asid != 0 ? (uint64_t)asid << 48 : AARCH64_ROOT_SHARED);
}

// No barrier: nothing in the kernel accesses the user half, exception return synchronises, and
// whoever flushes a TLB begins with an ISB.
static inline void arch_root_load(uint64_t word) {
    if (__builtin_expect((word & AARCH64_ROOT_SHARED) != 0, 0)) {
        aarch64_root_load_shared(word - AARCH64_ROOT_SHARED);
        return;
    }
    __asm__ volatile("msr ttbr0_el1, %0" ::"r"(word) : "memory");
}

// Eight words per turn, because a turn costs two instructions.
static inline void arch_copy_words(uint64_t *to, const uint64_t *from, uint64_t count) {
    for (; count >= 8; count -= 8) {
        uint64_t a;
        uint64_t b;
        uint64_t c;
        uint64_t d;
        __asm__ volatile("ldp %0, %1, [%4], #64\n\tldp %2, %3, [%4, #-48]\n\t"
                         "stp %0, %1, [%5], #64\n\tstp %2, %3, [%5, #-48]\n\t"
                         "ldp %0, %1, [%4, #-32]\n\tldp %2, %3, [%4, #-16]\n\t"
                         "stp %0, %1, [%5, #-32]\n\tstp %2, %3, [%5, #-16]"
                         : "=&r"(a), "=&r"(b), "=&r"(c), "=&r"(d), "+r"(from), "+r"(to)
                         :
                         : "memory");
    }
    for (; count > 0; count--) {
        *to++ = *from++;
    }
}

static inline bool arch_zero_page(void *page) {
    (void)page;
    return false;
}

// CPACR_EL1: FP and SIMD registers are always there for the kernel (which saves and loads them and
// uses them for nothing else), for users with the upper bit of FPEN. SVE (ZEN) and SME (SMEN) trap,
// and so do trace registers (TTA).
#define AARCH64_CPACR_CLOSED (1ull << 20 | 1ull << 28)
#define AARCH64_CPACR_OPEN   (3ull << 20 | 1ull << 28)

// kernel/fpu.h knows what is open and asks for changes only. Exception return synchronises.
static inline void arch_fpu_enable(struct arch_task *task) {
    (void)task;
    __asm__ volatile("msr cpacr_el1, %0" ::"r"(AARCH64_CPACR_OPEN));
}

static inline void arch_fpu_disable(struct arch_task *task) {
    (void)task;
    __asm__ volatile("msr cpacr_el1, %0" ::"r"(AARCH64_CPACR_CLOSED));
}

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_AARCH64_INCLUDE_HELIOS_PORT_H

// SPDX-License-Identifier: GPL-3.0-only
//
// The riscv64 port's inline part; see arch/include/port.h for the contract.
#ifndef HELIOS_ARCH_RISCV64_INCLUDE_HELIOS_PORT_H
#define HELIOS_ARCH_RISCV64_INCLUDE_HELIOS_PORT_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ARCH_NAME               "riscv64"
#define ARCH_ID                 HELIOS_ARCH_RISCV64
#define ARCH_ELF_MACHINE        243 // EM_RISCV
#define ARCH_PAGE_SHIFT         12
#define ARCH_KERNEL_WINDOW      0xffffffff00000000ull
#define ARCH_KERNEL_WINDOW_SIZE 0x40000000ull
#define ARCH_STACK_SIZE         16384
#define ARCH_REGISTER_COUNT     33 // HELIOS_RISCV64_REGISTERS
#define ARCH_REGISTER_FP        9  // s0: HELIOS_RISCV64_T0 + 3
#define ARCH_REGISTER_RETURN    3  // HELIOS_RISCV64_RA
#define ARCH_FRAME_RECORD       (-16)

// Sv39 or Sv48 is known only at run time.
#define ARCH_USER_TOP (riscv_layout.user_top)

// Where things are in virtual memory. Written once, by arch_boot.
struct riscv_layout {
    uintptr_t direct_base; // of the direct map
    uintptr_t user_top;    // first address above user space
};
extern struct riscv_layout riscv_layout;

// Size of the stack on which a kernel exception is reported.
#define RISCV_FAULT_STACK_SIZE 3072

// Hardware breakpoints per task, at most.
#define RISCV_BREAKPOINTS 4

struct arch_task;

// What is wanted of a hart's IMSIC file (arch/riscv64/msi.h), a bit per interrupt identity.
struct riscv_imsic_file {
    uint64_t enabled[32];
    uint64_t emptied[32]; // to be emptied, and then free if they are nobody's
    uint32_t changed;     // the words in which something has to be done
};

struct arch_percpu {
    uint64_t satp_mode;    // Sv39 or Sv48, in its place in satp
    uint64_t start_satp;   // what a hart that is being started turns translation on with
    uint64_t scratch;      // one register, while a trap entry has no other place for it
    uint64_t in_fault;     // a kernel exception is being reported; a second one stops the CPU
    uintptr_t plic_claim;  // where this hart claims and completes; PLIC only
    uint32_t irq_context;  // PLIC context, APLIC IDC or IMSIC file
    bool has_irq_context;  // there is one
    bool takes_interrupts; // it is set up
    bool is_rung;          // inter-processor interrupts are messages to its IMSIC file
    bool has_triggers;     // maybe of somebody who does not run
    struct riscv_imsic_file imsic;
    struct {
        const struct arch_task *task;
        uint64_t pc, address;
    } retried;          // the last page fault that was not believed (fault.c)
    uint64_t triggered; // whose breakpoints the hart has: their version; 0: nobody's
    uint64_t triggers[RISCV_BREAKPOINTS][4]; // struct sbi_trigger, shared with firmware
    // Kernel exceptions end the kernel, so they always change to a stack of their own: a kernel
    // stack that has run into its guard page needs no case of its own.
    uint8_t fault_stack[RISCV_FAULT_STACK_SIZE] __attribute__((aligned(16)));
};

struct riscv_breakpoint {
    uint64_t address;
    uint8_t kind; // enum breakpoint_kind
    uint8_t length;
};

// Two kinds of frame (arch/include/task.h): a short one holds what a system call preserves, sp, gp,
// tp, s0 and s1, and a0 to a5 once the message is set; a full one holds every register.
struct arch_task {
    uint64_t x[32];       // by number; x[0] is unused
    uint64_t pc;          // bit 0: the frame is full. No instruction has an odd address
    uint64_t pc_odd;      // full frames only: the program counter that was asked for is odd
    uint64_t cause;       // of the last exception or interrupt: scause and stval
    uint64_t value;       //
    uint64_t breakpoints; // how many of the following are on
    uint64_t version;     // of the following: no two sets of breakpoints have the same one
    struct riscv_breakpoint breakpoint[RISCV_BREAKPOINTS];
};

#define RISCV_PC_FULL 1ull

struct arch_fpu {
    uint64_t f[32];
    uint64_t fcsr;
};

// In the kernel tp holds the percpu pointer; in user mode sscratch keeps it. As a register variable
// it can be the base of a load without a copy.
#ifdef __cplusplus
static inline struct percpu *arch_percpu(void) {
    struct percpu *cpu;
    __asm__("mv %0, tp" : "=r"(cpu));
    return cpu;
}
#else
register struct percpu *riscv_percpu __asm__("tp");
static inline struct percpu *arch_percpu(void) {
    return riscv_percpu;
}
#endif

static inline void arch_relax(void) {
    __asm__ volatile(".4byte 0x0100000f" ::: "memory"); // pause (Zihintpause), a hint everywhere
}

static inline uint64_t arch_counter(void) {
    uint64_t ticks;
    __asm__ volatile("rdtime %0" : "=r"(ticks));
    return ticks;
}

static inline void *arch_direct(uint64_t physical) {
    return (void *)(riscv_layout.direct_base + physical); // NOLINT(performance-no-int-to-ptr)
}

static inline uint64_t arch_direct_physical(const void *virtual_address) {
    return (uintptr_t)virtual_address - riscv_layout.direct_base;
}

// Sv39 and Sv48: V, R, U and A; W and D with MMU_WRITE (1), X with MMU_EXECUTE (2).
static inline void arch_page_enter(uint64_t *entry, uint64_t physical, unsigned flags,
                                   uintptr_t address, uint32_t asid) {
    *(volatile uint64_t *)entry = physical >> 2 | 0x53 | (uint64_t)flags << 2 | (flags & 1) << 7;
    __asm__ volatile("sfence.vma %0, %1" ::"r"(address), "r"((uint64_t)asid) : "memory");
}

static inline void arch_page_leave(uint64_t *entry, uintptr_t address, uint32_t asid) {
    *(volatile uint64_t *)entry = 0;
    __asm__ volatile("sfence.vma %0, %1" ::"r"(address), "r"((uint64_t)asid) : "memory");
}

static inline void arch_task_set_message(struct arch_task *task, uint64_t badge, uint64_t tag,
                                         uint64_t p0, uint64_t p1, uint64_t p2, uint64_t p3) {
    uint64_t *a = &task->x[10];
    a[0] = badge;
    a[1] = tag;
    a[2] = p0;
    a[3] = p1;
    a[4] = p2;
    a[5] = p3;
}

// entry.S calls the short ways with the current task in a6, where arch_leave has the one that it
// goes to.
#define RISCV_ARGUMENT __attribute__((unused)) uint64_t
#define ARCH_WAY(name)                                                                             \
    struct arch_task *name(RISCV_ARGUMENT capability, RISCV_ARGUMENT tag, RISCV_ARGUMENT p0,       \
                           RISCV_ARGUMENT p1, RISCV_ARGUMENT p2, RISCV_ARGUMENT p3,                \
                           struct task *a6)
#define ARCH_WAY_CURRENT a6
#define ARCH_WAY_CALL(name, capability, tag, p0, p1, p2, p3)                                       \
    name(capability, tag, p0, p1, p2, p3, arch_percpu()->current)

// entry.S: nobody comes here. What ends without a return is laid out by the compiler as if it were
// rare; so the ends of the short ways say that they go on to this.
__attribute__((returns_nonnull)) struct arch_task *riscv_left(void);

// Out of the kernel, to a task whose frame is a short one, as in entry.S behind arch_resume.
// Inline, because it is the end of every short way. From the load of tp to sret nothing may trap.
static inline struct arch_task *arch_leave(struct arch_task *task, uint64_t badge, uint64_t tag,
                                           uint64_t p0, uint64_t p1, uint64_t p2, uint64_t p3) {
    register uint64_t a0 __asm__("a0") = badge;
    register uint64_t a1 __asm__("a1") = tag;
    register uint64_t a2 __asm__("a2") = p0;
    register uint64_t a3 __asm__("a3") = p1;
    register uint64_t a4 __asm__("a4") = p2;
    register uint64_t a5 __asm__("a5") = p3;
    register const struct arch_task *a6 __asm__("a6") = task;
    __asm__ volatile("ld t0, %[pc](a6)\n\t"
                     "csrw sepc, t0\n\t"
                     "ld sp, 2 * 8(a6)\n\t"
                     "ld gp, 3 * 8(a6)\n\t"
                     "ld tp, 4 * 8(a6)\n\t"
                     "ld s0, 8 * 8(a6)\n\t"
                     "ld s1, 9 * 8(a6)\n\t"
                     ".irp r, ra, t0, t1, t2, a6, a7, s2, s3, s4, s5, s6, s7, s8, s9, s10\n\t"
                     "li \\r, 0\n\t"
                     ".endr\n\t"
                     ".irp r, s11, t3, t4, t5, t6\n\t"
                     "li \\r, 0\n\t"
                     ".endr\n\t"
                     "sret"
                     :
                     : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5),
                       "r"(a6), [pc] "i"(offsetof(struct arch_task, pc))
                     : "memory");
    return riscv_left();
}

static inline struct arch_task *arch_return(struct arch_task *task, uint64_t badge, uint64_t tag,
                                            uint64_t p0) {
    return arch_leave(task, badge, tag, p0, 0, 0, 0);
}

// tp is part of the frame, so only breakpoints are left. Those of `from` stay in the hart until
// another task's replace them or a task that has none runs into one (breakpoint.c), even if `from`
// goes on elsewhere: they are a copy. The call is one that keeps every register but t0 (entry.S):
// what is hardly ever done must not make the functions that this is inlined into save theirs.
static inline void arch_task_switch(struct arch_task *from, struct arch_task *to) {
    (void)from;
    if (__builtin_expect(to->breakpoints != 0, 0)) {
        register const struct arch_task *task __asm__("t1") = to;
        __asm__ volatile("jal t0, riscv_load_breakpoints" ::"r"(task) : "t0", "memory");
    }
}

static inline void arch_task_leave(struct arch_task *from) {
    (void)from;
}

// The mode field of satp is in struct arch_percpu; where that lies, only the linker knows here
// (layout.c).
static inline uint64_t riscv_satp_mode(void) {
    uint64_t mode;
    __asm__("ld %0, %%lo(riscv_percpu_satp_mode)(tp)" : "=r"(mode));
    return mode;
}

static inline void arch_task_switch_plain(struct arch_task *from, struct arch_task *to,
                                          uint64_t *from_time, uint64_t *to_time) {
    (void)from;
    (void)to;
    uint64_t now = arch_counter();
    *from_time += now;
    *to_time -= now;
}

// Four words per turn, because a turn costs three instructions, with two registers: who copies a
// message has it in registers too, and hardly any to spare.
static inline void arch_copy_words(uint64_t *to, const uint64_t *from, uint64_t count) {
    const uint64_t *end = from + count;
    for (const uint64_t *last = from + (count & ~3ull); from != last; from += 4, to += 4) {
        uint64_t a;
        uint64_t b;
        __asm__ volatile("ld %0, 0(%2)\n\tld %1, 8(%2)\n\tsd %0, 0(%3)\n\tsd %1, 8(%3)\n\t"
                         "ld %0, 16(%2)\n\tld %1, 24(%2)\n\tsd %0, 16(%3)\n\tsd %1, 24(%3)"
                         : "=&r"(a), "=&r"(b)
                         : "r"(from), "r"(to)
                         : "memory");
    }
    for (; from != end; from++, to++) {
        *to = *from;
    }
}

// Whether every hart has cbo.zero (Zicboz) for the kernel, with blocks of RISCV_ZERO_BLOCK bytes.
// Written by the boot hart only, before others run.
extern bool riscv_zeroes_blocks;

#define RISCV_ZERO_BLOCK 64 // Zic64b, which the RVA22 profile requires

static inline bool arch_zero_page(void *page) {
    enum { BLOCKS_PER_TURN = 8 };
    if (!riscv_zeroes_blocks) {
        return false;
    }
    uintptr_t at = (uintptr_t)page;
    for (const uintptr_t end = at + (1ull << ARCH_PAGE_SHIFT); at != end;) {
        __asm__ volatile(".option push\n\t.option arch, +zicboz\n\t"
                         ".rept %c1\n\tcbo.zero (%0)\n\taddi %0, %0, %c2\n\t.endr\n\t"
                         ".option pop"
                         : "+r"(at)
                         : "i"(BLOCKS_PER_TURN), "i"(RISCV_ZERO_BLOCK)
                         : "memory");
    }
    return true;
}

// satp; without an identifier its first bit, which all modes have that there are, is missing, so
// that one comparison with 0 tells.
#define RISCV_ROOT_MODE (1ull << 63)

static inline uint64_t arch_root_word(uint64_t root_physical, uint32_t asid) {
    uint64_t word = riscv_satp_mode() | root_physical >> 12;
    return asid != 0 ? word | (uint64_t)asid << 44 : word - RISCV_ROOT_MODE;
}

// The flush comes second: what the hart fetches ahead between the two belongs to the old root.
static inline void arch_root_load(uint64_t word) {
    if (__builtin_expect((int64_t)word < 0, 1)) {
        __asm__ volatile("csrw satp, %0" ::"r"(word) : "memory");
        return;
    }
    // A register that holds 0, unlike the register zero, spares global entries.
    __asm__ volatile("csrw satp, %0\n\tsfence.vma zero, %1" ::"r"(word + RISCV_ROOT_MODE), "r"(0ull)
                     : "memory");
}

// sstatus.FS is the hart's and nothing but these two changes it, so switching between tasks that
// use no FP registers costs nothing. On is Dirty: whether the state was changed is not asked.
#define RISCV_SSTATUS_FS (3ull << 13)

static inline void arch_fpu_enable(struct arch_task *task) {
    (void)task;
    __asm__ volatile("csrs sstatus, %0" ::"r"(RISCV_SSTATUS_FS) : "memory");
}

static inline void arch_fpu_disable(struct arch_task *task) {
    (void)task;
    __asm__ volatile("csrc sstatus, %0" ::"r"(RISCV_SSTATUS_FS) : "memory");
}

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_RISCV64_INCLUDE_HELIOS_PORT_H
